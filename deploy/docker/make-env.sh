#!/bin/sh
# Writes .env from .env.example, every empty secret filled with random bytes. An .env that exists is left alone.
set -eu
cd "$(dirname "$0")/../.."
example=${1:-.env.example} target=${2:-.env}
if [ -e "$target" ]; then
    echo "error: $target exists. Move it away first; its secrets belong to the volumes of the running stack." >&2
    exit 1
fi
umask 077
draft="$target.draft"
trap 'rm -f "$draft"' EXIT
while IFS= read -r line || [ -n "$line" ]; do
    case $line in
    *_KEY= | *_PASSWORD=) printf '%s%s\n' "$line" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$example" >"$draft"
mv "$draft" "$target"
echo "$target is written, with random secrets, readable by you alone."

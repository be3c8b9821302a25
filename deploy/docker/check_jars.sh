#!/bin/sh
# check_jars.sh LOCK FOLDER GROUP: every file of the group is in FOLDER with the checksum that LOCK has for it.
set -eu
lock=$1 folder=$2 group=$3
awk -v group="$group" '$3 ~ "^" group "/" { print $1 "  " $3 }' "$lock" >"$folder/expected.sha256"
test -s "$folder/expected.sha256" || { echo "error: $lock has no files of $group." >&2; exit 1; }
cd "$folder"
sha256sum --check --quiet expected.sha256
found=$(find "$group" -type f | wc -l)
expected=$(wc -l <expected.sha256)
test "$found" -eq "$expected" || { echo "error: $found files in $folder/$group, $expected in $lock." >&2; exit 1; }

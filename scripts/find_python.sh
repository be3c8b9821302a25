#!/bin/sh
# Prints a Python 3.11 or 3.12 that can make virtual environments; PYTHON names one to use in place of the search.
for python in ${PYTHON:-python3.12 python3.11 python3 python}; do
    if "$python" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
        echo "$python"
        exit 0
    fi
done
echo "error: no Python 3.11 or 3.12 with its venv module is on the PATH." \
    "Install one (Debian, Ubuntu: apt install python3.11-venv), or name it: make PYTHON=/path/to/python3.12 …" >&2
exit 1

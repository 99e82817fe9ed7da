#!/bin/sh
# Prints the first Python from 3.11 to 3.13 that really starts: $PYTHON, or else python3, or one of its versions.
for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    path=$("$name" -c 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) and print(sys.executable)' 2>/dev/null)
    if [ -n "$path" ]; then
        echo "$path"
        exit 0
    fi
done
echo "Desktop LLM needs Python 3.11, 3.12 or 3.13: sudo apt-get install -y python3.11" >&2
exit 1

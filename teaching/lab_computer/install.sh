#!/bin/sh
# Installs the course from this folder without a network, and opens it:   sh install.sh [FOLDER]
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$python" > /dev/null; then
        exec "$python" "$(dirname "$0")/install.py" "$@"
    fi
done
echo "There is no Python on this computer. README.txt says which version the course needs."
exit 1

#!/bin/sh
# Prints the Python interpreter to build .venv with: 3.11 or newer.
# PYTHON=/path/to/python chooses one. 3.11 to 3.14 go first: torch has no wheels for later ones.
set -eu

suits() { # interpreter, newest minor version wanted
    "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $2))" 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    if suits "$PYTHON" 99; then
        command -v "$PYTHON"
        exit 0
    fi
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
    exit 2
fi

for newest in 14 99; do
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python3.15 python3.16 \
        python3.17 python /opt/homebrew/bin/python3 /usr/local/bin/python3; do
        if suits "$candidate" "$newest"; then
            command -v "$candidate"
            exit 0
        fi
    done
done

cat >&2 <<'EOF'
Python 3.11 or newer is needed and was not found.
  Debian 12, Ubuntu 23.04 and newer:  sudo apt-get install python3 python3-venv
  Ubuntu 22.04:                       sudo apt-get install python3.11 python3.11-venv
  macOS:                              brew install python@3.13
Or name one that stands elsewhere: PYTHON=/path/to/python3 make compose
EOF
exit 2

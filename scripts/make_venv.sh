#!/bin/sh
# Makes .venv, or keeps the one that is there when it works.
set -eu

here=$(dirname "$0")
if .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exit 0
fi

python=$(sh "$here/find_python.sh")
echo "Making .venv with $python ($("$python" -V))."

# Debian and Ubuntu keep ensurepip, which venv needs, in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if command -v apt-get >/dev/null 2>&1; then
        echo "Python's venv module is not complete: installing python$version-venv with apt-get."
        sh "$here/as_root.sh" apt-get update -q || true
        sh "$here/as_root.sh" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "python$version-venv" || true
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$python has no working venv module." >&2
        echo "On Debian or Ubuntu: sudo apt-get install python$version-venv" >&2
        exit 2
    fi
fi

"$python" -m venv --clear .venv

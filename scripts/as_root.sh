#!/bin/sh
# Runs a command as root: directly, or with sudo. Fails (1) where neither is possible.
set -eu

if [ "$(id -u)" -eq 0 ]; then
    exec "$@"
fi
if ! command -v sudo >/dev/null 2>&1; then
    echo "This needs root, and sudo is not there: $*" >&2
    exit 1
fi
if [ -t 0 ]; then
    exec sudo "$@" # may ask for the password
fi
exec sudo -n "$@" # nobody can answer: fail at once rather than wait

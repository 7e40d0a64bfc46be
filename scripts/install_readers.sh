#!/bin/sh
# Installs the programs of others that tests/readers asks about our files: MuseScore, midi2ly (which
# comes with LilyPond) and timidity, from the distribution's packages. Never fails and is never
# needed: a reader that is not there is a test that is skipped, with a word on why.
set -u

here=$(dirname "$0")
there() { command -v "$1" >/dev/null 2>&1; }

if ! there apt-get; then
    exit 0
fi
missing=""
there musescore3 || there mscore3 || there mscore || missing="$missing musescore3"
there midi2ly || missing="$missing lilypond"
there timidity || missing="$missing timidity"
[ -n "$missing" ] || exit 0

echo "Installing readers for the tests:$missing"
sh "$here/as_root.sh" apt-get update -q >/dev/null 2>&1
for package in $missing; do
    sh "$here/as_root.sh" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$package" >/dev/null 2>&1 ||
        echo "$package cannot be installed here; its tests are skipped."
done
exit 0

#!/bin/sh
# Installs the FluidSynth library where it cannot be loaded. Never fails: without it the audio
# comes from the built-in synthesiser.
set -u

here=$(dirname "$0")
loads() { .venv/bin/python -c 'import fluidsynth' >/dev/null 2>&1; }

loads && exit 0

echo "FluidSynth's library is not there: installing it."
if command -v apt-get >/dev/null 2>&1; then
    sh "$here/as_root.sh" apt-get update -q
    for package in libfluidsynth3 libfluidsynth2; do
        sh "$here/as_root.sh" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "$package" && break
    done
elif command -v brew >/dev/null 2>&1; then
    brew install fluid-synth
else
    echo "Neither apt-get nor brew is there."
fi

loads && exit 0
cat >&2 <<'EOF'
WARNING: FluidSynth's library cannot be loaded. Audio will come from the small built-in synthesiser.
  Debian, Ubuntu:  sudo apt-get install libfluidsynth3
  macOS:           brew install fluid-synth
  then:            make fluidsynth
EOF
exit 0

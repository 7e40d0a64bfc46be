"""Check a MIDI file, ours or anybody's, against the hard rules; then break one and see.

python examples/05_check_a_file.py --out out/checked [FILE.mid]
"""

import argparse
from pathlib import Path

import mido

from composer import Brief, check_file, compose, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("file", nargs="?", type=Path)
parser.add_argument("--out", type=Path, default=Path("out/05"))
options = parser.parse_args()

if options.file is None:
    save(compose(Brief(key="G", bars=4, style="classical", seed=2)), options.out)
    options.file = options.out / "piece.mid"


def show(file: Path) -> None:
    """Print the verdict of every rule."""
    performance, report = check_file(file)
    print(f"{file.name}: {len(performance.tracks)} tracks, ok: {report.ok}")
    for result in report.results:
        print(f"  {result.rule:20} {result.verdict}")
    for violation in report.violations[:3]:
        print("  !", violation)


show(options.file)

# The same file with its first part a semitone too high.
spoiled = mido.MidiFile(options.file)
for track in spoiled.tracks[1:2]:
    for message in track:
        if message.type in ("note_on", "note_off"):
            message.note += 1
options.out.mkdir(parents=True, exist_ok=True)
spoiled.save(options.out / "spoiled.mid")
show(options.out / "spoiled.mid")

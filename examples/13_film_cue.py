"""A film cue: forty seconds, and two cuts of the picture that the music must meet.

python examples/13_film_cue.py --out out/cue
python examples/13_film_cue.py --seconds 90 --hits 12.5 48 71 --out out/cue
"""

import argparse
from pathlib import Path

from composer import Brief, compose, render, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/13"))
parser.add_argument("--seconds", type=float, default=40.0)
parser.add_argument("--hits", type=float, nargs="*", default=[12.5, 31.0])
parser.add_argument("--exports", nargs="*", default=["reaper"], help="for the editor's DAW")
options = parser.parse_args()

brief = Brief(
    style="cinematic",
    mood="tense",
    key="D minor",
    duration=options.seconds,
    hits=tuple(options.hits),
    seed=5,
)
piece = compose(brief)
print(f"{piece.score.bars} bars of {piece.score.meter}, {piece.seconds:.3f} s")
for section in piece.score.sections:
    print(f"  {section.name}: {section.bars} bars")
for note in piece.notes:
    print(note)

sound = render(piece.performance, length_seconds=piece.plan.length_seconds)
for path in save(piece, options.out, rendering=sound, stems=True, exports=options.exports):
    print(path)

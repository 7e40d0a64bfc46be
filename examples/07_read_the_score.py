"""The score as data: chords, the tune with its function in the harmony, and a change of one field.

python examples/07_read_the_score.py --out out/score
"""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

from composer import Brief, compose, dump_brief, picture

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/07"))
options = parser.parse_args()

piece = compose(Brief(key="A", bars=8, style="rock", seed=5))
print("chords:", " ".join(f"{s.chord.symbol} ({s.roman_numeral})" for s in piece.score.chords))

melody = next(part for part in piece.score.parts if part.plan.role == "melody")
for note in melody.notes[:6]:
    print(
        f"  {note.pitch!s:4} at {note.onset_quarters!s:5} for {note.duration_quarters!s:4}",
        end="",
    )
    print(f" as a {note.function} tone")
print("functions:", dict(Counter(note.function for note in melody.notes)))

# The full brief composes the same piece again; with one field changed, the rest stays.
same = compose(piece.brief)
slower = compose(replace(piece.brief, tempo=90))
print("same notes:", same.score == piece.score, "- slower:", slower.seconds > piece.seconds)

options.out.mkdir(parents=True, exist_ok=True)
(options.out / "brief.toml").write_text(dump_brief(piece.brief), encoding="utf-8")
(options.out / "piano-roll.png").write_bytes(picture(piece))
print(options.out / "piano-roll.png")

"""Ten jingles of four bars; keep the three whose tune moves the most.

python examples/03_jingle_variations.py --out out/jingles
"""

import argparse
from dataclasses import replace
from pathlib import Path

from composer import Brief, Piece, compose, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/03"))
options = parser.parse_args()


def tune_range(piece: Piece) -> int:
    """Semitones from the lowest to the highest note of the melody."""
    melody = next(part for part in piece.score.parts if part.plan.role == "melody")
    pitches = [note.pitch.midi for note in melody.notes]
    return max(pitches) - min(pitches)


brief = Brief(key="F", bars=4, tempo=120, mood="happy", parts=("glockenspiel", "piano", "bass"))
pieces = [compose(replace(brief, seed=seed)) for seed in range(10)]
best = sorted(pieces, key=tune_range, reverse=True)[:3]
for number, piece in enumerate(best, start=1):
    save(piece, options.out / f"jingle-{number}")
    print(f"jingle {number}: seed {piece.brief.seed}, range {tune_range(piece)} semitones")

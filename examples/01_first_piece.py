"""A first piece: MIDI, audio, a piano roll and a report, with what was chosen for us.

python examples/01_first_piece.py --out out/first
"""

import argparse

from composer import Brief, compose, render, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", default="out/01")
options = parser.parse_args()

piece = compose(Brief(key="C", bars=8, style="pop", seed=7))
print(f"{piece.score.title}: {piece.seconds:.0f} s at {piece.score.quarters_per_minute:g}")
for section in piece.plan.sections:
    print(f"  {section.name}: {section.bars} bars, energy {section.energy:.2f}")
print("hard rules hold:", piece.report.ok)

for path in save(piece, options.out, rendering=render(piece.performance)):
    print(path)

"""A piece with the sound of recorded instruments: what was refined, how much, and why not more.

python examples/10_refine.py --out out/refined
"""

import argparse
from pathlib import Path

from composer import Brief, Refining, compose, render, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/10"))
options = parser.parse_args()

parts = ("flute", "piano", "bass=acoustic-bass")
piece = compose(Brief(key="G", style="bossa-nova", bars=4, seed=10, parts=parts))
for wet in (0.0, 0.5, 1.0):
    rendering = render(piece.performance, refine=Refining(wet=wet, seed=piece.brief.seed))
    save(piece, options.out / f"wet-{wet:g}", rendering=rendering, stems=True)
    if rendering.refining is None:
        continue
    print(f"wet {wet:g}: {rendering.refining.sentence()}")
    for stem in rendering.refining.stems:
        if stem.verdict is not None:
            kept = "kept" if stem.verdict.ok else "not kept"
            print(f"    {stem.name}: the gate's {len(stem.verdict.checks)} checks are {kept}")

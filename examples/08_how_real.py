"""Measure three seeds against real music, and look for passages that they share with it.

python examples/08_how_real.py --out out/how-real

Needs the extra: pip install "symbolic-composer[evaluate]".
"""

import argparse
from pathlib import Path

from composer import Brief, compose, evaluate, originality, save, song_of

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/08"))
options = parser.parse_args()

for seed in range(3):
    piece = compose(Brief(style="rock", bars=8, seed=seed))
    save(piece, options.out / str(seed))
    print(f"seed {seed}: {originality(song_of(piece.performance)).sentence()}")

found = evaluate(options.out).evaluation
titles = {metric.name: metric.title for metric in found.metrics}
wanted = ("notes_per_bar", "scale_consistency", "groove_consistency", "bass.repeats")
# Three pieces are too few for distances and tests: medians only.
for metric in found.comparisons[0].metrics:
    if metric.metric in wanted:
        ours, real = metric.ours.median, metric.real.median
        print(f"{titles[metric.metric]}: {ours:.2f}, real music {real:.2f}")

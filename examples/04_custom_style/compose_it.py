"""A style of one's own, with no code: a folder of rules laid over those that come with composer.

    python examples/04_custom_style/compose_it.py --out out/music-box

The same from the command line:

    compose --rules examples/04_custom_style/rules --style music-box --bars 24
"""

import argparse
from pathlib import Path

from composer import Brief, compose, render, save, styles

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", default="out/04")
options = parser.parse_args()

rules = Path(__file__).with_name("rules")
print("styles:", ", ".join(styles(rules)))

piece = compose(Brief(style="music-box", bars=12, seed=4), rules=rules)
print(piece.score.title, "in", piece.score.meter, "-", len(piece.score.parts), "parts")
save(piece, options.out, rendering=render(piece.performance))

"""One brief, three writers: the rules, the transformer under the rules, and the mix of both.

python examples/09_writers.py --out out/writers
"""

import argparse
from pathlib import Path

from composer import Brief, compose, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/09"))
options = parser.parse_args()

for writer in ("rules", "hybrid", "transformer"):
    piece = compose(Brief(key="A minor", style="pop", bars=8, seed=4, writer=writer))
    save(piece, options.out / writer)
    about = piece.authorship
    print(about.sentence())
    for name, (model, rules) in about.notes.items():
        print(f"    {name}: {model} notes by the model, {rules} by the rules")
    if about.tokens:
        print(f"    the masks took {about.masked:.0%} of what the model would have drawn")

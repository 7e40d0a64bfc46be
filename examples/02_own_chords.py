"""Your own chords, kept exactly: four bars, played twice, in three styles.

python examples/02_own_chords.py --out out/chords
"""

import argparse
from pathlib import Path

from composer import Brief, compose, save

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/02"))
options = parser.parse_args()

CHORDS = "Am7 | D7 | Gmaj7 | Cmaj7 B7"

for style in ("bossa-nova", "jazz-swing", "lofi-hip-hop"):
    piece = compose(Brief(key="E minor", chords=CHORDS, bars=8, style=style, seed=1))
    print(style, "plays", " ".join(span.chord.symbol for span in piece.plan.chords))
    for note in piece.notes:
        print("  note:", note)
    save(piece, options.out / style)

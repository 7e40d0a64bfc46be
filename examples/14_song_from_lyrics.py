"""A song from a poem: every syllable has a note, stanzas are sections, rhymes shape the phrases.

The words are William Blake's "The Lamb", from *Songs of Innocence* (1789).

python examples/14_song_from_lyrics.py --out out/song
"""

import argparse
from pathlib import Path

from composer import Brief, compose, save

LYRICS = """\
Little Lamb, who made thee?
Dost thou know who made thee?
Gave thee life, and bid thee feed
By the stream and o'er the mead;

Gave thee clothing of delight,
Softest clothing, woolly, bright;
Gave thee such a tender voice,
Making all the vales rejoice?
"""

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/14"))
options = parser.parse_args()

piece = compose(Brief(style="folk", key="G", mood="tender", lyrics=LYRICS, seed=1))
for note in piece.notes:
    print(note)
for section in piece.score.sections:
    print(f"{section.name}: {section.bars} bars")

(tune,) = (part for part in piece.score.parts if any(note.lyric for note in part.notes))
print(f"{tune.plan.name} sings:", " ".join(note.lyric for note in tune.notes if note.lyric))
for path in save(piece, options.out):
    print(path)

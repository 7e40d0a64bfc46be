"""A jingle asked for in words, ten seconds to the sample, as audio.

python examples/11_jingle.py --out out/jingle
python examples/11_jingle.py --prompt "生日派对，活泼，八秒，木琴" --out out/jingle
"""

import argparse
from pathlib import Path

from composer import compose, render, save, take_prompt

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/11"))
parser.add_argument("--prompt", default="cheerful jingle with glockenspiel, ten seconds, in F, pop")
options = parser.parse_args()

taken = take_prompt(options.prompt)
for note in taken.notes:
    print(note)

piece = compose(taken.brief)
sound = render(piece.performance, length_seconds=piece.plan.length_seconds)
for path in save(piece, options.out, rendering=sound):
    print(path)
master = sound.mix.master
print(f"{master.frames} frames at {master.sample_rate} Hz: {master.seconds} s")

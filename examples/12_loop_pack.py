"""A pack of twenty loops in one key, at one tempo, over one round of chords.

Any of them plays over any other: drums, basses, chords, pads and tunes by seeds of their own. Each
comes round without a gap, and its file name says what a producer looks for.

python examples/12_loop_pack.py --out out/loops
"""

import argparse
from pathlib import Path

from composer import Brief, compose, render
from composer.exporting.audio import write_audio
from composer.exporting.files import write_file

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/12"))
parser.add_argument("--count", type=int, default=20)
parser.add_argument("--bars", type=int, default=8)
options = parser.parse_args()

TEMPO = 86
KINDS = {
    "drums": ("drums=tr808-kit",),
    "bass": ("bass=finger-bass",),
    "keys": ("comping=electric-piano",),
    "pad": ("pad=warm-pad",),
    "tune": ("melody=flute", "comping=electric-piano"),
}

options.out.mkdir(parents=True, exist_ok=True)
for number in range(options.count):
    kind = list(KINDS)[number % len(KINDS)]
    brief = Brief(
        style="lofi-hip-hop",
        key="A minor",
        tempo=TEMPO,
        time_signature="4/4",
        bars=options.bars,
        chords="Am7 | Fmaj7",
        parts=KINDS[kind],
        loop=True,
        seed=number,
    )
    piece = compose(brief)
    length = piece.plan.length_seconds
    sound = render(piece.performance, length_seconds=length, loop=True)
    name = f"{number + 1:02d}-{kind}-{TEMPO}bpm-Am"
    write_file(options.out / f"{name}.mid", piece.midi)
    write_audio(sound.mix.master, options.out / f"{name}.wav", title=name)
    print(f"{name}: {sound.mix.master.frames} frames, {len(piece.score.sections)} sections")

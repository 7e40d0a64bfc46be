"""Stems as numpy arrays: measure them, mute one, and write a mix of your own.

python examples/06_stems_to_numpy.py --out out/stems
"""

import argparse
from pathlib import Path

import numpy as np
import soundfile

from composer import Brief, compose, render

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/06"))
options = parser.parse_args()

piece = compose(Brief(key="Dm", bars=4, style="lofi-hip-hop", seed=3))
mix = render(piece.performance).mix

for name, audio in mix.stems.items():
    # float32 [channels, frames], read-only: copy before you change it.
    level = 20 * np.log10(np.sqrt(np.mean(np.square(audio.samples))) + 1e-9)
    print(f"{name:20} {audio.seconds:5.1f} s  {level:6.1f} dB")

total = np.sum([audio.samples for audio in mix.stems.values()], axis=0)
print("stems add up to the premaster:", np.allclose(total, mix.premaster.samples, atol=1e-5))

# Without the drums: stems start together and are of one length, so a sum is enough.
quiet = [audio.samples for name, audio in mix.stems.items() if name != "Drums"]
options.out.mkdir(parents=True, exist_ok=True)
target = options.out / "without-drums.wav"
soundfile.write(target, np.sum(quiet, axis=0).T, mix.premaster.sample_rate, subtype="PCM_24")
print(target)

"""The room of the built-in synthesiser: convolution with a generated impulse response."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples

_SECONDS = 1.6
_PRE_DELAY_SECONDS = 0.018
_SIZE = 1 << 18


def add_reverb(samples: Samples, amount: float, sample_rate: int) -> None:
    """Add the room's answer to a stereo signal, in place.

    Args:
        samples: float32 ``[2, frames]``; the answer is cut at its end.
        amount: Level of the room against the signal, 0 for none.
        sample_rate: Frames a second.
    """
    if amount <= 0:
        return
    response = _response_spectrum(sample_rate)
    fresh = _SIZE - int((_SECONDS + _PRE_DELAY_SECONDS) * sample_rate) - 1
    mono = samples.mean(axis=0) * np.float32(amount)
    for start in range(0, len(mono), fresh):
        block = mono[start : start + fresh]
        if not block.any():
            continue
        answer = np.fft.irfft(np.fft.rfft(block, _SIZE) * response, _SIZE, axis=1)
        end = min(start + _SIZE, samples.shape[1])
        samples[:, start:end] += answer[:, : end - start]


@cache
def _response_spectrum(sample_rate: int) -> NDArray[np.complex64]:
    """Spectrum ``[2, bins]`` of a response: noise that falls by 60 dB, its treble sooner."""
    random = np.random.default_rng(20)
    time = np.arange(int(_SECONDS * sample_rate), dtype=np.float32) / np.float32(sample_rate)
    noise = random.standard_normal((2, len(time)), np.float32)
    dull = np.apply_along_axis(lambda row: np.convolve(row, np.hanning(34)[1:-1], "same"), 1, noise)
    dull *= noise.std() / dull.std()
    response = dull * np.exp(-6.9 * time / _SECONDS) + 0.5 * noise * np.exp(-6.9 * time / 0.5)
    response *= np.minimum(time / 0.02, 1)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True))
    delay = int(_PRE_DELAY_SECONDS * sample_rate)
    return np.asarray(np.fft.rfft(np.pad(response, ((0, 0), (delay, 0))), _SIZE), np.complex64)

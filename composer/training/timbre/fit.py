"""Whether two renders of the same notes fit each other well enough to be learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.refining.spectra import HOP, N_FFT, SAMPLE_RATE, level_of
from composer.training.timbre.playing import Mono

_MOST_LAG_HOPS = 16
_ENVELOPE_HOP = 128
_FARTHEST_SECONDS = 0.040
_LEAST_CHROMA = 0.60
_SILENT = 1e-5


def misfit(dry: Mono, real: Mono, *, drums: bool) -> str:
    """Why a pair is left out: ``silent``, ``late`` or ``other notes``; empty where it fits.

    Args:
        dry: float32 ``[frames]``.
        real: As long.
        drums: Whether pitch is nothing to judge.
    """
    if min(level_of(dry), level_of(real)) < _SILENT:
        return "silent"
    if abs(lag_seconds(dry, real)) > _FARTHEST_SECONDS:
        return "late"
    if not drums and _cosine(chroma(dry), chroma(real)) < _LEAST_CHROMA:
        return "other notes"
    return ""


def lag_seconds(dry: Mono, real: Mono) -> float:
    """How much later the second sound's onsets are, by the correlation of their rises."""
    first, second = (_rises(sound) for sound in (dry, real))
    far = _MOST_LAG_HOPS
    scores = [float(first[far:-far] @ np.roll(second, -lag)[far:-far]) for lag in range(-far, far)]
    return (int(np.argmax(scores)) - far) * _ENVELOPE_HOP / SAMPLE_RATE


def chroma(mono: Mono) -> NDArray[np.float64]:
    """Mean power of the twelve pitch classes between 60 and 5,000 Hz, ``[12]``."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(mono, N_FFT), 2 * N_FFT)[:: 2 * HOP]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(2 * N_FFT), axis=1))).mean(axis=0)
    frequency = np.arange(len(power)) * SAMPLE_RATE / (2 * N_FFT)
    inside = (frequency > 60) & (frequency < 5000)
    classes = np.round(12 * np.log2(frequency[inside] / 440) + 69).astype(int) % 12
    return np.bincount(classes, power[inside], minlength=12).astype(np.float64)


def _rises(mono: Mono) -> NDArray[np.float64]:
    frames = mono[: len(mono) // _ENVELOPE_HOP * _ENVELOPE_HOP].reshape(-1, _ENVELOPE_HOP)
    level = np.log10(np.square(frames).mean(axis=1, dtype=np.float64) + 1e-8)
    rises = np.maximum(level[2:] - level[:-2], 0)
    return np.asarray(rises - rises.mean())


def _cosine(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second) + 1e-30))

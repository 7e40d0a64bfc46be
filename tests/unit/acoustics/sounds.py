"""Sounds to measure, and what others measure of them."""

from __future__ import annotations

import numpy as np

from composer.music.audio import Audio

RATE = 44_100


def noise(seconds: float, level: float, seed: int = 0, rate: int = RATE) -> Audio:
    random = np.random.default_rng(seed)
    samples = random.standard_normal((2, int(seconds * rate)), np.float32) * np.float32(level)
    return Audio(samples, rate)


def strokes(seconds: float, every: float = 0.5, fall: float = 15.0) -> Audio:
    """Short loud strokes with silence between them: a high crest."""
    time = np.arange(int(seconds * RATE)) % int(every * RATE) / RATE
    wave = np.sin(2 * np.pi * 200 * time) * np.exp(-time * fall)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


def oversampled_peak_db(samples: np.ndarray) -> float:
    from scipy.signal import resample_poly

    return 20 * float(np.log10(np.abs(resample_poly(samples, 4, 1, axis=1)).max()))


def reference_loudness(samples: np.ndarray, rate: int = RATE) -> float:
    import pyloudnorm

    return float(pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(float)))

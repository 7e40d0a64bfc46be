"""The wet sound at the dry one's loudness, and below full scale."""

from __future__ import annotations

import numpy as np

from composer.acoustics.limiter import HOP, apply_gain, gain_edges
from composer.acoustics.loudness import hop_peaks, integrated_loudness, true_peak_db
from composer.refining.spectra import SAMPLE_RATE, Floats

CEILING_DBTP = -1.0
"""No wet sound peaks above it, unless the dry one did."""
_MARGIN_DB = 0.1
_TRIES = 3
_SHORTEST = int(0.4 * SAMPLE_RATE)
"""Samples below which no loudness can be measured."""
_MOST_FACTOR = 100.0
_AT_ONCE = 1 << 17
# No sound's true peak is twice as high as its samples' peak.
_SURELY_BELOW = 10 ** (CEILING_DBTP / 20) / 2


def match_level(wet: Floats, dry: Floats, dry_loudness: float | None) -> None:
    """Scale a wet sound to the dry one's loudness, and limit it where it then peaks too high.

    Args:
        wet: ``[channels, N]``; changed in place.
        dry: ``[channels, N]``.
        dry_loudness: Loudness of the dry sound as `loudness_of` gives it.
    """
    factor = _factor(wet, dry, dry_loudness)
    for first in range(0, wet.shape[1], _AT_ONCE):
        wet[:, first : first + _AT_ONCE] *= np.float32(factor)
    if peak_of(wet) > _SURELY_BELOW:
        _limit(wet, dry)


def loudness_of(samples: Floats) -> float | None:
    """Integrated loudness in LUFS; `None` where a sound is too short or too soft to measure."""
    if samples.shape[1] < _SHORTEST:
        return None
    return integrated_loudness(samples, SAMPLE_RATE)


def peak_of(samples: Floats) -> float:
    """Highest absolute sample."""
    peak = 0.0
    for first in range(0, samples.shape[1], _AT_ONCE):
        part = samples[:, first : first + _AT_ONCE]
        peak = max(peak, float(part.max()), -float(part.min()))
    return peak


def _factor(wet: Floats, dry: Floats, dry_loudness: float | None) -> float:
    wet_loudness = None if dry_loudness is None else loudness_of(wet)
    if dry_loudness is not None and wet_loudness is not None:
        return float(min(10 ** ((dry_loudness - wet_loudness) / 20), _MOST_FACTOR))
    power = _power(wet)
    return min(float(np.sqrt(_power(dry) / power)), _MOST_FACTOR) if power > 0 else 1.0


def _power(samples: Floats) -> float:
    """Sum of squares."""
    return sum(
        float(np.square(samples[:, first : first + _AT_ONCE], dtype=np.float64).sum())
        for first in range(0, samples.shape[1], _AT_ONCE)
    )


def _limit(wet: Floats, dry: Floats) -> None:
    """Bring true peaks below the ceiling, or below the dry sound's own where that is higher."""
    ceiling_db = CEILING_DBTP
    for _ in range(_TRIES):
        peaks = hop_peaks(wet, HOP)
        if 20 * np.log10(peaks.max(initial=1e-9)) <= ceiling_db:
            return
        if ceiling_db == CEILING_DBTP:
            ceiling_db = max(CEILING_DBTP, true_peak_db(dry) or CEILING_DBTP)
        edges = gain_edges(peaks, 10 ** ((ceiling_db - _MARGIN_DB) / 20), SAMPLE_RATE)
        apply_gain(wet, edges, 1.0, out=wet)

"""Where sounds begin: a spectral flux over bands, its peaks, and how two lists of them agree.

Each band's level is logarithmic, so that a filter over all time shifts it and leaves its rise as it
was. Source: Böck and Widmer, "Maximum filter vibrato suppression for onset detection" (DAFx 2013).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.refining.spectra import BINS, HOP, N_FFT, SAMPLE_RATE, Floats

BANDS = 30
LAG_FRAMES = 2
TOLERANCE_SECONDS = 0.05
STRONG_DB, WEAK_DB = 1.3, 0.65
"""What the flux of an onset stands above the mean around it."""
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 12_000.0
_LEAST_BINS = 3
_FLOOR = 1e-3
_NEAR_FRAMES = 3
_MEAN_FRAMES = 9

Frames = NDArray[np.int64]


@cache
def band_matrix() -> Floats:
    """``[BINS, BANDS]``: which bins each band averages; about four bands an octave."""
    hertz = np.arange(BINS) * (SAMPLE_RATE / N_FFT)
    edges = [_LOWEST_HZ]
    least = _LEAST_BINS * SAMPLE_RATE / N_FFT
    for left in range(BANDS, 0, -1):
        ratio = (_HIGHEST_HZ / edges[-1]) ** (1 / left)
        edges.append(max(edges[-1] * ratio, edges[-1] + least))
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    inside = (hertz[:, None] >= low) & (hertz[:, None] < high)
    # As if a band's power lay in a spectrum that falls by 3 dB an octave: treble counts too.
    weights = inside * (hertz[:, None] / 1000)
    return weights.astype(np.float32)


def flux(powers: Floats) -> Floats:
    """Mean rise of the bands' levels, in decibels, against `LAG_FRAMES` before.

    Args:
        powers: ``[frames, BANDS]``, as a share of the stem's own power.

    Returns:
        ``[frames - LAG_FRAMES]``.
    """
    levels = 10 * np.log10(powers + np.float32(_FLOOR))
    earlier = levels[:-LAG_FRAMES]
    before = earlier.copy()
    np.maximum(before[:, 1:], earlier[:, :-1], out=before[:, 1:])
    np.maximum(before[:, :-1], earlier[:, 1:], out=before[:, :-1])
    rise = np.maximum(levels[LAG_FRAMES:] - before, 0)
    return np.asarray(rise.mean(axis=1), np.float32)


def peaks(strengths: Floats, least: float) -> Frames:
    """Frames whose flux is the highest nearby and stands `least` above the mean around it."""
    if not strengths.size:
        return np.empty(0, np.int64)
    padded = np.pad(strengths, _NEAR_FRAMES, constant_values=-1.0)
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEAR_FRAMES + 1).max(axis=1)
    sums = np.cumsum(np.pad(strengths, (_MEAN_FRAMES + 1, _MEAN_FRAMES)), dtype=np.float64)
    width = 2 * _MEAN_FRAMES + 1
    means = (sums[width:] - sums[:-width]) / width
    found = np.flatnonzero((strengths >= near) & (strengths >= means + least))
    return found[np.diff(found, prepend=-_NEAR_FRAMES - 1) > _NEAR_FRAMES]


def agreement(dry: Floats, wet: Floats) -> float:
    """F1 of the onsets in two fluxes, 1 where neither has any.

    An onset counts as found where the other has one within `TOLERANCE_SECONDS`, be it a weak one:
    what stands just above the threshold here and just below it there is no lost note.
    """
    strong = peaks(dry, STRONG_DB), peaks(wet, STRONG_DB)
    if not strong[0].size and not strong[1].size:
        return 1.0
    recall = _found(strong[0], peaks(wet, WEAK_DB))
    precision = _found(strong[1], peaks(dry, WEAK_DB))
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _found(wanted: Frames, given: Frames) -> float:
    """Share of `wanted` that has one of `given` nearby, each used once, in order."""
    if not wanted.size:
        return 1.0
    reach = TOLERANCE_SECONDS * SAMPLE_RATE / HOP
    at = found = 0
    for frame in wanted:
        while at < len(given) and given[at] < frame - reach:
            at += 1
        if at < len(given) and given[at] <= frame + reach:
            found += 1
            at += 1
    return found / len(wanted)

"""Envelopes of the dry sound in time: what keeps a wet sound from smearing beyond a note.

A spectrum's frame lasts 46 ms; the gains that are set by it begin before a stroke and go on after
it. Noise is therefore shaped by a 5 ms envelope, and where the dry sound is silent nothing sounds.

All functions take a stretch of the sound with `MARGIN` samples more at each side, and give what
belongs to the N samples between.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.refining.spectra import N_FFT, window

MARGIN = N_FFT // 2
"""Samples that a stretch has before and after those that are asked for."""
SHORT = 221
"""Samples of the short envelope's windows: 5 ms."""
CELL = 16
"""Samples between which the long envelope is a straight line."""

_QUIET_DB, _HEARD_DB = -82.0, -72.0
_LEAST = 1e-7
_MOST_MICRO = 1.5
_MOST_SHARE = 2.0

Floats = NDArray[np.float32]


def short_envelope(stretch: Floats) -> Floats:
    """The lower of two roots of mean squares: of the 221 samples up to here, and from here on.

    The first rises no sooner than a note begins, the second falls no later than it ends: between
    them, silence stays silent to the sample.

    Args:
        stretch: ``[MARGIN + N + MARGIN]``.

    Returns:
        ``[N]``.
    """
    frames = len(stretch) - 2 * MARGIN
    first = MARGIN - SHORT + 1
    sums = np.zeros(frames + 2 * SHORT - 1, np.float64)
    squares = np.square(stretch[first : first + len(sums) - 1])
    np.cumsum(squares, out=sums[1:], dtype=np.float64)
    totals = sums[SHORT:] - sums[:-SHORT]
    lower = np.minimum(totals[:frames], totals[SHORT - 1 :])
    return np.sqrt(np.maximum(lower / SHORT, 0.0)).astype(np.float32)


def long_envelope(stretch: Floats) -> Floats:
    """Root mean square under the squared window of a spectrum's frame.

    It is exact at every `CELL` samples, but for steps of the window within a cell, and a straight
    line between.

    Args:
        stretch: ``[MARGIN + N + MARGIN]``, N a multiple of `CELL`.

    Returns:
        ``[N]``.
    """
    cells = np.asarray(stretch).reshape(-1, CELL)
    powers = np.einsum("ij,ij->i", cells, cells)
    edges = np.sqrt(np.convolve(powers, _cell_weights(), "valid"))
    return straight(edges)


def straight(edges: Floats) -> Floats:
    """Straight lines between values at the edges of cells: ``[cells * CELL]``."""
    steps = np.arange(CELL, dtype=np.float32) / np.float32(CELL)
    lines = np.diff(edges)[:, None] * steps
    lines += edges[:-1, None]
    return lines.reshape(-1)


def micro(short: Floats, long: Floats) -> Floats:
    """What multiplies the noise: the short envelope against the long one, 0 to 1.5."""
    return np.minimum(short / (long + np.float32(_LEAST)), np.float32(_MOST_MICRO))


def share(channel: Floats, mono: Floats) -> Floats:
    """A channel's part of the noise: its long envelope against that of mono, 0 to 2."""
    return np.minimum(channel / (mono + np.float32(_LEAST)), np.float32(_MOST_SHARE))


def gate(short: Floats) -> Floats:
    """What multiplies all that is wet: 0 where the dry sound is silent, 1 from -72 dBFS up.

    Args:
        short: The short envelope of the dry sound at its own level, ``[N]``.
    """
    quiet, heard = 10 ** (_QUIET_DB / 20), 10 ** (_HEARD_DB / 20)
    if not short.size or float(short.min()) >= heard:
        return np.ones_like(short)
    level = np.log10(np.clip(short, np.float32(quiet), np.float32(heard)))
    rise = (20 * level - np.float32(_QUIET_DB)) / np.float32(_HEARD_DB - _QUIET_DB)
    rise = np.clip(rise, 0, 1)
    return np.asarray(rise * rise * (3 - 2 * rise), np.float32)


@cache
def _cell_weights() -> Floats:
    """Squared window summed to 1, its mean over each cell; symmetrical but for half a sample."""
    squares = np.square(window().astype(np.float64))
    means = squares.reshape(-1, CELL).mean(axis=1) / squares.sum()
    # np.convolve turns its second operand round.
    return np.ascontiguousarray(means[::-1].astype(np.float32))

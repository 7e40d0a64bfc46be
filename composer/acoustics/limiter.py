"""A look-ahead limiter: which gain keeps every true peak below a ceiling, without a jerk.

It works on hops of `HOP` frames. The reduction that each hop needs falls off exponentially, is held
a little before and after, and is smoothed over that same stretch, which keeps it at or above what
is needed everywhere. Source: Zölzer (ed.), *DAFX*, 2nd edition (2011), section 4.2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples

HOP = 32
_LOOK_AHEAD_SECONDS = 0.005
_PERIODIC_SECONDS = 1.5
"""How much of the lap before a loop's start is heard for its gain: 25 times the release."""
_RELEASE_SECONDS = 0.06
"""Time in which the reduction, in decibels, falls to a third: fast enough to be back before the
next stroke of a drum, slow enough not to follow the waves of a bass."""


def gain_edges(
    peaks: NDArray[np.float32], ceiling: float, sample_rate: int, *, periodic: bool = False
) -> NDArray[np.float32]:
    """Linear gain at the edges of hops; between them it is a straight line.

    Args:
        peaks: True peak per hop of what is to be limited, linear.
        ceiling: What no peak may exceed, linear.
        sample_rate: Frames a second.
        periodic: Whether the sound is a loop: the gain at its end is that at its beginning.

    Returns:
        ``[hops + 1]``, each at most 1.
    """
    hop_seconds = HOP / sample_rate
    if periodic:
        lap = round(_PERIODIC_SECONDS / hop_seconds)
        edges = gain_edges(np.pad(peaks, lap, mode="wrap"), ceiling, sample_rate)
        inner = edges[lap : lap + len(peaks) + 1].copy()
        inner[-1] = inner[0] = min(inner[0], inner[-1])
        return inner
    need = 20 * np.log10(np.maximum(peaks.astype(np.float64) / ceiling, 1.0))
    if not need.any():
        return np.ones(len(peaks) + 1, np.float32)
    # An exponential fall is a straight one of the logarithm: a running maximum does it.
    fall = np.arange(len(need)) * (hop_seconds / _RELEASE_SECONDS)
    with np.errstate(divide="ignore"):
        released = np.exp(np.maximum.accumulate(np.log(need) + fall) - fall)
    reach = max(1, round(_LOOK_AHEAD_SECONDS / hop_seconds))
    held = _running_maximum(np.pad(released, (1, 1)), 2)
    held = _running_maximum(np.pad(held, 2 * reach), 2 * reach + 1)
    window = np.hanning(2 * reach + 3)[1:-1]
    smooth = np.convolve(held, window / window.sum(), "valid")
    return np.asarray(10 ** (-smooth / 20), dtype=np.float32)


def apply_gain(
    samples: Samples,
    edges: NDArray[np.float32],
    gain: float,
    *,
    out: Samples | None = None,
    periodic: bool = False,
) -> Samples:
    """Multiply by a gain and by the limiter's curve.

    Args:
        samples: ``[channels, frames]``.
        edges: Gains from `gain_edges`.
        gain: Multiplies all.
        out: Where to write, which may be `samples`; `None` for a new array.
        periodic: Whether the sound is a loop: the curve comes to its last edge at its last frame,
            though the last hop may be shorter than the others.

    Returns:
        ``[channels, frames]``.
    """
    steps = np.arange(HOP, dtype=np.float32) / HOP
    limited = np.empty_like(samples) if out is None else out
    hops_at_once = 1024
    for hop in range(0, len(edges) - 1, hops_at_once):
        here = edges[hop : hop + hops_at_once + 1]
        curve = here[:-1, None] + np.diff(here)[:, None] * steps
        part = samples[:, hop * HOP : (hop + len(here) - 1) * HOP]
        flat = curve.reshape(-1)[: part.shape[1]] * np.float32(gain)
        short = part.shape[1] % HOP
        if periodic and short:
            last = np.arange(short, dtype=np.float32) / short
            flat[-short:] = (here[-2] + (here[-1] - here[-2]) * last) * np.float32(gain)
        np.multiply(part, flat, out=limited[:, hop * HOP : hop * HOP + part.shape[1]])
    return limited


def _running_maximum(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """The maximum of every `width` neighbours, by doubling the reach."""
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        values = np.maximum(values[:-step], values[step:])
        reach += step
    return values

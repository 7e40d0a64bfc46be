"""Picks the few bars that stand best for all bars of a family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from composer.training.drum_bars import Bar
from composer.training.drum_clips import LIMBS
from composer.training.drum_grid import STEPS_PER_BAR, STEPS_PER_BEAT

_Matrix: TypeAlias = NDArray[np.float64]

_MOST_BARS = 1600
_ALIKE = 0.85
_TWINS = 0.95
# What a listener tells beats apart by counts for more.
_LIMB_WEIGHTS = {"kick": 1.4, "snare": 1.4, "rim": 1.2, "pedal_hat": 0.5, "crash": 0.6}


class Prototype(NamedTuple):
    """A chosen bar, and how many bars are nearer to it than to any other chosen one."""

    bar: Bar
    bars: int


def choose(
    bars: Sequence[Bar], allowed: Sequence[bool], size: int, beats: int = 4, kin: int = 0
) -> list[Prototype]:
    """Chooses real bars that cover all allowed bars best, most typical first.

    Greedy facility location: each further choice is the bar that raises the summed
    similarity of all bars to their nearest choice most. A clip's bars share a weight that
    grows with the root of their number, so that long takes do not outvote short ones.

    Args:
        bars: all bars.
        allowed: which of them may be chosen.
        size: how many to choose at most.
        beats: how many beats at the end of the bars are compared.
        kin: how many other bars must be much alike, for a bar to be chosen or counted.

    Source: G. Cornuejols, M. Fisher, G. Nemhauser, "Location of Bank Accounts to Optimize
        Float", Management Science 23 (1977): the greedy bound.
    """
    bars = [bar for bar, may in zip(bars, allowed, strict=True) if may]
    scale = 1.0
    if len(bars) > _MOST_BARS:
        picks = sorted({round(i * (len(bars) - 1) / (_MOST_BARS - 1)) for i in range(_MOST_BARS)})
        scale = len(bars) / len(picks)
        bars = [bars[i] for i in picks]
    if not bars:
        return []
    similarity = _similarity(bars, beats)
    relatives = np.count_nonzero(similarity >= _ALIKE, axis=1) - 1
    may = relatives >= kin
    weights = _clip_weights(bars) * may
    chosen: list[int] = []
    covered: _Matrix = np.zeros(len(bars))
    for _ in range(size):
        gains = weights @ np.maximum(similarity - covered[:, None], 0.0)
        gains[~may] = -1.0
        best = int(np.argmax(np.round(gains, 9)))
        if gains[best] <= 1e-6:
            break
        chosen.append(best)
        covered = np.maximum(covered, similarity[:, best])
        may &= similarity[best] < _TWINS
    if not chosen:
        return []
    nearest = np.argmax(similarity[:, chosen], axis=1)
    counts = np.bincount(nearest, minlength=len(chosen))
    prototypes = [
        Prototype(bars[index], max(1, round(float(count) * scale)))
        for index, count in zip(chosen, counts, strict=True)
    ]
    return sorted(prototypes, key=lambda prototype: (-prototype.bars, prototype.bar))


def _similarity(bars: Sequence[Bar], beats: int) -> _Matrix:
    """Cosine of the weighted strokes, [bars, bars]."""
    start = STEPS_PER_BAR - beats * STEPS_PER_BEAT
    levels = np.array([bar.rows for bar in bars], dtype=np.float64)[:, :, start:]
    loudness = np.where(levels > 0, 0.25 + 0.75 * np.minimum(levels, 100.0) / 100.0, 0.0)
    limb_weights = np.array([_LIMB_WEIGHTS.get(limb, 1.0) for limb in LIMBS])
    vectors = (loudness * limb_weights[None, :, None]).reshape(len(bars), -1)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.maximum(norms, 1e-9)
    product: _Matrix = vectors @ vectors.T
    return product


def _clip_weights(bars: Sequence[Bar]) -> _Matrix:
    names = [bar.clip for bar in bars]
    sizes = {name: names.count(name) for name in set(names)}
    return np.array([sizes[name] ** -0.5 for name in names])

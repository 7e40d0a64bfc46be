"""Which metrics give a folder away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from composer.evaluating.results import Giveaway
from composer.music.song import Floats

MOST_GIVEAWAYS = 12
"""How many are listed."""

_ALIKE = 0.85
_LEAST_IMPORTANCE = 0.05
_LEAST_SIGMAS = 3.0
_LARGEST_MATRIX = 4_000_000  # numbers that are scored at once


def giveaways(
    names: Sequence[str], values: Floats, is_ours: Any, losses: Floats
) -> tuple[Giveaway, ...]:
    """Rank the metrics that tell two sides apart, the worst first, at most twelve.

    The rank is the mean of what a metric tells alone (its AUC above one half) and of what is lost
    without it (the permutation importance): the first and the last term of its Shapley value.
    Permutation alone would rank nothing where many metrics each suffice. A metric that rises and
    falls, on both sides, with one already listed is named beside that one.

    Args:
        names: ``[metrics]``.
        values: ``[windows, metrics]``, finite or NaN.
        is_ours: ``[windows]``, true for ours.
        losses: ``[metrics]``, AUC that is lost when a metric is permuted.
    """
    lone = [_alone(column, is_ours) for column in values.T]
    telling = [
        index
        for index, one in enumerate(lone)
        if one.sigmas >= _LEAST_SIGMAS or losses[index] >= _LEAST_IMPORTANCE
    ]
    telling.sort(key=lambda i: (-(lone[i].auc - 0.5 + max(float(losses[i]), 0.0)), names[i]))
    alike = _alike(values[:, telling], is_ours)
    listed: dict[int, list[str]] = {}
    for place, index in enumerate(telling):
        twin = next((other for other in listed if alike[place, other]), None)
        if twin is not None:
            listed[twin].append(names[index])
        elif len(listed) < MOST_GIVEAWAYS:
            listed[place] = []
    return tuple(
        Giveaway(
            names[telling[place]],
            max(float(losses[telling[place]]), 0.0),
            lone[telling[place]].auc,
            lone[telling[place]].higher,
            lone[telling[place]].by_presence,
            tuple(twins),
        )
        for place, twins in listed.items()
    )


def permuted_aucs(
    values: Floats,
    is_ours: Any,
    score: Callable[[Floats], Floats],
    generator: np.random.Generator,
) -> Floats:
    """AUC of a model when one metric after the other is shuffled among held-out windows.

    Args:
        values: ``[windows, metrics]``.
        is_ours: ``[windows]``, true for ours; both sides are there.
        score: The model.
        generator: Shuffles.

    Returns:
        ``[metrics]``.
    """
    windows, metrics = values.shape
    together = max(_LARGEST_MATRIX // values.size, 1)
    aucs = np.zeros(metrics)
    for first in range(0, metrics, together):
        chosen = range(first, min(first + together, metrics))
        stack = np.repeat(values[None], len(chosen), axis=0)
        for layer, metric in enumerate(chosen):
            stack[layer, :, metric] = values[generator.permutation(windows), metric]
        scores = score(stack.reshape(-1, metrics)).reshape(len(chosen), windows)
        ours, real = scores[:, is_ours], scores[:, ~is_ours]
        higher = ours[:, :, None] > real[:, None, :]
        equal = ours[:, :, None] == real[:, None, :]
        aucs[first : first + together] = (higher + 0.5 * equal).mean(axis=(1, 2))
    return aucs


@dataclass(frozen=True, slots=True)
class _Alone:
    """What one metric tells by itself.

    Args:
        auc: 0.5 to 1.
        sigmas: How far above one half, in deviations of what chance gives.
        higher: Whether ours are higher, or have one more often.
        by_presence: Whether it is the presence of a value that tells.
    """

    auc: float
    sigmas: float
    higher: bool
    by_presence: bool


def _alone(column: Floats, is_ours: Any) -> _Alone:
    """By its values where there are any, or by whether there is one, whichever tells more."""
    present = np.isfinite(column)
    by_presence = _signed_auc(present.astype(np.float64), is_ours, by_presence=True)
    kept = is_ours[present]
    if not kept.any() or kept.all():
        return by_presence
    by_value = _signed_auc(column[present], kept, by_presence=False)
    return max(by_value, by_presence, key=lambda one: one.auc)


def _signed_auc(values: Floats, is_ours: Any, *, by_presence: bool) -> _Alone:
    """AUC from the sum of ranks (Mann & Whitney), turned so that it is at least one half."""
    from scipy.stats import rankdata

    ours = int(is_ours.sum())
    real = len(is_ours) - ours
    ranks = rankdata(values)
    auc = (float(ranks[is_ours].sum()) - ours * (ours + 1) / 2) / (ours * real)
    deviation = float(np.sqrt((ours + real + 1) / (12 * ours * real)))
    return _Alone(max(auc, 1 - auc), abs(auc - 0.5) / deviation, auc >= 0.5, by_presence)


def _alike(values: Floats, is_ours: Any) -> Any:
    """Which metrics rise and fall together, ``[metrics, metrics]`` of booleans.

    By Spearman's correlation within each side: between the sides all giveaways differ together.
    """
    from scipy.stats import rankdata

    ranks = np.zeros(values.shape)  # 0, the middle, where there is no value
    present = np.isfinite(values)
    for side in (is_ours, ~is_ours):
        for index in range(values.shape[1]):
            rows = side & present[:, index]
            if rows.any():
                middle = (rows.sum() + 1) / 2
                ranks[rows, index] = (rankdata(values[rows, index]) - middle) / rows.sum()
    squares = (ranks**2).T @ present
    lengths = np.sqrt(squares * squares.T)
    return np.abs(ranks.T @ ranks) >= _ALIKE * np.where(lengths > 0, lengths, np.inf)

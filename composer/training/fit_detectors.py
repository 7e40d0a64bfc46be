"""Fits what the detectors of meter and melody weigh: two small linear models, no randomness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from composer.music.song import Floats, Integers

FOLDS = 5

_METER_RIDGE = 0.01
_METER_BALANCE = 0.75
_MELODY_RIDGE = 1e-3
_MELODY_STEPS = 400
_MELODY_RATE = 0.03
_TINY = 1e-8


def folds_of(groups: Sequence[str]) -> Integers:
    """A fold for each song, 0 to 4, the same for songs of one group.

    >>> folds_of(["b", "a", "b"]).tolist()
    [1, 0, 1]
    """
    numbers = {name: number for number, name in enumerate(sorted(set(groups)))}
    return np.array([numbers[name] % FOLDS for name in groups], dtype=np.int64)


def fit_meter(features: Floats, kinds: Integers, count: int) -> dict[str, Floats]:
    """Fits kinds of meter by least squares, rare kinds weighing more.

    Args:
        features: ``[songs, features]``.
        kinds: ``[songs]``, 0 to count - 1.
        count: how many kinds there are.

    Returns:
        ``mean`` and ``scale`` (``[features]``), ``weights`` (``[kinds, features]``), ``bias``.
    """
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    table = np.concatenate([(features - mean) / scale, np.ones((len(features), 1))], axis=1)
    weights = np.bincount(kinds, minlength=count)[kinds] ** -_METER_BALANCE
    weights = weights / weights.sum()
    ridge = _METER_RIDGE * np.eye(table.shape[1])
    ridge[-1, -1] = 0.0
    weighted = (table * weights[:, None]).T
    solution = np.linalg.solve(weighted @ table + ridge, weighted @ np.eye(count)[kinds])
    return {"mean": mean, "scale": scale, "weights": solution[:-1].T, "bias": solution[-1]}


def say_meter(fitted: dict[str, Floats], features: Floats) -> Integers:
    """The kind of each song, ``[songs]``."""
    table = (features - fitted["mean"]) / fitted["scale"]
    said: Integers = (table @ fitted["weights"].T + fitted["bias"]).argmax(axis=1)
    return said


def fit_melody(
    choices: Sequence[Floats], chosen: Sequence[int], importance: Floats
) -> dict[str, Floats]:
    """Fits a conditional logit: which of a song's parts is the melody.

    Args:
        choices: one ``[parts, features]`` a song.
        chosen: number of the melody in each song.
        importance: weight of each song, ``[songs]``.

    Returns:
        ``scale`` and ``weights``, ``[features]`` each.

    Source: D. McFadden, "Conditional logit analysis of qualitative choice behavior" (1974); D.
    Kingma, J. Ba, "Adam" (2015), for the steps.
    """
    every = np.concatenate(list(choices))
    mean, scale = every.mean(axis=0), every.std(axis=0) + 1e-9
    table, there = _padded([(one - mean) / scale for one in choices])
    target = np.zeros(there.shape)
    target[np.arange(len(chosen)), list(chosen)] = 1.0
    importance = importance / importance.sum()
    weights = np.zeros(table.shape[2])
    momentum, power = np.zeros_like(weights), np.zeros_like(weights)
    for _ in range(_MELODY_STEPS):
        scores = np.where(there, table @ weights, -1e9)
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        error = (likely - target) * importance[:, None]
        slope = (error[:, :, None] * table).sum(axis=(0, 1)) + _MELODY_RIDGE * weights
        momentum = 0.9 * momentum + 0.1 * slope
        power = 0.99 * power + 0.01 * slope**2
        weights = weights - _MELODY_RATE * momentum / (np.sqrt(power) + _TINY)
    return {"scale": scale, "weights": weights}


def say_melody(fitted: dict[str, Floats], choices: Floats) -> int:
    """The part of one song that looks most like the melody."""
    return int(((choices / fitted["scale"]) @ fitted["weights"]).argmax())


def _padded(
    choices: Sequence[Floats],
) -> tuple[Floats, NDArray[np.bool_]]:
    """Choices as ``[songs, most parts, features]``, and which of them are there."""
    most = max(len(one) for one in choices)
    table = np.zeros((len(choices), most, choices[0].shape[1]))
    there = np.zeros((len(choices), most), dtype=np.bool_)
    for number, one in enumerate(choices):
        table[number, : len(one)] = one
        there[number, : len(one)] = True
    return table, there

"""Randomness: one generator for every step of the way, derived from the seed and the step's name.

Because no two steps share a generator, changing one choice moves nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def generator(seed: int, *path: object) -> np.random.Generator:
    """Make the generator of a step.

    Args:
        seed: The piece's seed.
        path: Name of the step, then whatever tells its instances apart (section, part, …).

    >>> generator(1, "form").random() == generator(1, "form").random()
    True
    >>> generator(1, "form").random() == generator(1, "harmony").random()
    False
    """
    text = "/".join([str(seed), *map(str, path)])
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def derived(seed: int, *path: object) -> int:
    """A seed of its own for a branch of the work, such as a style.

    >>> derived(1, "pop") != derived(1, "rock")
    True
    """
    text = "/".join([str(seed), *map(str, path)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def pick(rng: np.random.Generator, items: Sequence[T], weights: Iterable[float]) -> T:
    """Choose one item with probability proportional to its weight.

    Only `Generator.random` is used, whose stream is the same in every numpy release.

    Raises:
        ValueError: If no weight is positive.
    """
    weights = [max(0.0, float(weight)) for weight in weights]
    total = sum(weights)
    if total <= 0:
        raise ValueError("no item has a positive weight")
    target = rng.random() * total
    for item, weight in zip(items, weights, strict=True):
        target -= weight
        if target < 0 and weight > 0:
            return item
    return next(i for i, w in zip(reversed(items), reversed(weights), strict=True) if w > 0)


def pick_key(rng: np.random.Generator, weights: Mapping[T, float]) -> T:
    """Choose a key of a mapping from items to weights."""
    return pick(rng, list(weights), weights.values())


def gauss(rng: np.random.Generator) -> float:
    """A standard normal deviate by Box and Muller, from `Generator.random` alone."""
    radius = float(np.sqrt(-2.0 * np.log(1.0 - rng.random())))
    return radius * float(np.cos(2.0 * np.pi * rng.random()))

"""The smoothest tempo that meets given times: quarters in, seconds out, without a library.

Between the places whose time is given, time over quarters is the curve whose tempo changes least
(the natural cubic spline is the curve whose second derivative is least), held to the common pace by
a light tension, so that it does not swing between far places. The ritardando is a share of the
tempo by which it is multiplied. The equations have two neighbours to each side and are solved by
elimination in plain arithmetic, which gives the same bits on every machine.
Source: Reinsch, "Smoothing by spline functions" (1967); Schweikert, "An interpolation curve using a
spline in tension" (1966); Green and Silverman, *Nonparametric Regression* (1994), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

TENSION_QUARTERS = 24.0
"""Quarters over which the tempo finds back to the common one where nothing pulls at it."""


def seconds_at(
    places: Sequence[Fraction],
    shares: Sequence[float],
    pinned: Mapping[int, float],
    seconds_per_quarter: float,
) -> tuple[float, ...]:
    """The second at which each place falls.

    Args:
        places: Onsets in quarters, ascending: where the tempo may change.
        shares: Share of the tempo that holds from each place to the next, one fewer than places.
        pinned: Seconds that are given, by index of their place; the first place's is among them.
        seconds_per_quarter: The common pace where the share is 1.

    Returns:
        One a place; those pinned are as given, to the bit.

    >>> places = [Fraction(4 * bar) for bar in range(5)]
    >>> seconds_at(places, [1.0] * 4, {0: 0.0, 4: 8.0}, 0.5)
    (0.0, 2.0, 4.0, 6.0, 8.0)
    >>> [round(t, 2) for t in seconds_at(places, [1.0] * 4, {0: 0.0, 2: 4.1, 4: 8.0}, 0.5)]
    [0.0, 2.07, 4.1, 6.07, 8.0]
    """
    lengths = [float(after - before) for before, after in pairwise(places)]
    warped = [length / share for length, share in zip(lengths, shares, strict=True)]
    start = _straight(warped, pinned, seconds_per_quarter)
    system = _Banded(len(places))
    slopes = [1 / width for width in warped]
    # How far the pace of the straight lines is from the common one; the curve mends that.
    off = [
        (b - a) * slope - seconds_per_quarter
        for (a, b), slope in zip(pairwise(start), slopes, strict=True)
    ]
    for i, (slope, width) in enumerate(zip(slopes, lengths, strict=True)):
        weight = width / TENSION_QUARTERS**2
        system.add(weight, i, (-slope, slope), off[i])
    for i in range(1, len(lengths)):
        weight = 2 / (lengths[i - 1] + lengths[i])
        before, after = slopes[i - 1], slopes[i]
        system.add(weight, i - 1, (before, -before - after, after), off[i] - off[i - 1])
    for i in pinned:
        system.pin(i)
    moved = system.solved()
    return tuple(pinned.get(i, a + b) for i, (a, b) in enumerate(zip(start, moved, strict=True)))


def _straight(
    warped: Sequence[float], pinned: Mapping[int, float], seconds_per_quarter: float
) -> list[float]:
    """Straight lines between the pinned places; the common pace after the last of them."""
    quarters = [0.0]
    for width in warped:
        quarters.append(quarters[-1] + width)
    found: list[float] = []
    known = sorted(pinned)
    for left, right in pairwise(known):
        pace = (pinned[right] - pinned[left]) / (quarters[right] - quarters[left])
        found += [pinned[left] + pace * (quarters[i] - quarters[left]) for i in range(left, right)]
    last = known[-1]
    found += [
        pinned[last] + seconds_per_quarter * (quarters[i] - quarters[last])
        for i in range(last, len(quarters))
    ]
    return found


class _Banded:
    """Normal equations of a sum of squares, each over at most three neighbours.

    Args:
        size: How many unknowns.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows = [[0.0, 0.0, 0.0] for _ in range(size)]  # the diagonal, and two beside it
        self._right = [0.0] * size

    def add(self, weight: float, first: int, factors: Sequence[float], constant: float) -> None:
        """Add ``weight * (factors · unknowns + constant)²``, the unknowns counted from `first`."""
        for i, factor in enumerate(factors):
            self._right[first + i] -= weight * factor * constant
            for j in range(i, len(factors)):
                self._rows[first + i][j - i] += weight * factor * factors[j]

    def pin(self, index: int) -> None:
        """Hold an unknown at 0."""
        for distance in (1, 2):
            self._rows[index][distance] = 0.0
            if index >= distance:
                self._rows[index - distance][distance] = 0.0
        self._rows[index][0], self._right[index] = 1.0, 0.0

    def solved(self) -> list[float]:
        """The unknowns at which the sum is least: LDLᵀ with a band of two."""
        rows, values = self._rows, self._right
        for i in range(self._size):
            pivot, one, two = rows[i]
            for distance, factor in ((1, one), (2, two)):
                if i + distance >= self._size or not factor:
                    continue
                share = factor / pivot
                below = rows[i + distance]
                below[0] -= share * factor
                if distance == 1:
                    below[1] -= share * two
                values[i + distance] -= share * values[i]
        for i in reversed(range(self._size)):
            for distance in (1, 2):
                if i + distance < self._size:
                    values[i] -= rows[i][distance] * values[i + distance]
            values[i] /= rows[i][0]
        return values

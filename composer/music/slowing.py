"""How a piece slows at its end: the shares of the tempo, step by step. Clock: quarters.

Source: Friberg and Sundberg, "Does music performance allude to locomotion?" (1999): the speed of
final ritardandi falls as that of a runner who stops, with the third root.
"""

from __future__ import annotations

from fractions import Fraction

SLOWING_BARS = 3
"""Bars at the end in which the tempo may fall."""
SLOWEST = 0.6
"""Share of the tempo below which no ritardando goes.

Source: Friberg and Sundberg, "Does music performance allude to locomotion?" (1999): recorded final
ritardandi end at a third to three quarters of the tempo; ours stay with the gentler ones.
"""

_LATER = 0.008  # of the piece's length that a ritardando may cost, so that the mean tempo holds
_CURVE = 3.0
_STEP = Fraction(1, 2)
_HALVINGS = 24

Shares = tuple[tuple[Fraction, float], ...]
"""Onsets, and the share of the tempo that holds from each on."""


def final_slowing(bar: Fraction, end: Fraction, last: Fraction, ritardando: float) -> Shares:
    """The ritardando of a piece.

    The end slows from the last bar but one to the last notes, in steps of an eighth, and stays
    there. However long the piece, its mean tempo stays within one hundredth of the asked one: the
    shorter it is, the less it slows.

    Args:
        bar: Length of a bar.
        end: Length of the piece.
        last: Onset of the last notes.
        ritardando: How far it slows, 0 (not at all) to 1.

    Returns:
        Ascending; empty where nothing slows. Before the first onset the whole tempo holds.

    >>> shares = final_slowing(Fraction(4), Fraction(128), Fraction(124), 0.5)
    >>> str(shares[0][0]), round(shares[-1][1], 2)
    ('120', 0.85)
    """
    if ritardando <= 0:
        return ()
    start = max(Fraction(0), last - bar * (2 if ritardando > 0.5 else 1), end - bar * SLOWING_BARS)
    steps = _steps(start, last)
    goal = _affordable(1 - (1 - SLOWEST) * ritardando, steps, float(end - last), float(end))
    return tuple((onset, _speed(goal, place)) for onset, place in (*steps, (last, 1.0)))


def _steps(start: Fraction, last: Fraction) -> list[tuple[Fraction, float]]:
    """Onsets of the steps before the last notes, with the place of their middle, 0–1."""
    length = last - start
    count = int(length / _STEP)
    return [
        (start + _STEP * n, float((_STEP * n + _STEP / 2) / length))
        for n in range(count)
        if start + _STEP * n < last
    ]


def _speed(goal: float, place: float) -> float:
    """The share of the tempo at a place of the ritardando."""
    return float((1 + (goal**_CURVE - 1) * min(1.0, place)) ** (1 / _CURVE))


def _affordable(
    goal: float, steps: list[tuple[Fraction, float]], held: float, whole: float
) -> float:
    """The goal, or the nearest one whose delay is within `_LATER` of the piece."""

    def cost(speed: float) -> float:
        slowed = sum(1 / _speed(speed, place) - 1 for _, place in steps) * float(_STEP)
        return slowed + held * (1 / speed - 1)

    if cost(goal) <= _LATER * whole:
        return goal
    low, high = goal, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if cost(middle) <= _LATER * whole else (middle, high)
    return high

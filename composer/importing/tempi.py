"""One tempo for a tune whose file may have many."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

STEADY = 0.02
"""Tempi that differ by less than this share are one."""


def held_longest(
    changes: Sequence[tuple[Fraction, float]], first: Fraction, end: Fraction
) -> tuple[float, bool]:
    """The tempo in the middle of all that hold within a stretch, each by how long it holds.

    A final ritardando does not move it, and a tempo that a tapping hand varies is met in its
    middle.

    Args:
        changes: (onset in quarters, quarters a minute), ordered, at least one.
        first: Beginning of the stretch; what holds before the first change is the first change.
        end: End of the stretch.

    Returns:
        Quarters a minute, and whether others hold as well.

    >>> held_longest([(Fraction(0), 120.0), (Fraction(30), 60.0)], Fraction(0), Fraction(32))
    (120.0, True)
    """
    spans: list[tuple[float, Fraction]] = []
    for index, (onset, tempo) in enumerate(changes):
        start = first if index == 0 else max(onset, first)
        stop = changes[index + 1][0] if index + 1 < len(changes) else end
        length = min(stop, end) - start
        if length > 0:
            spans.append((tempo, length))
    if not spans:
        return changes[-1][1], False
    spans.sort()
    half, passed = sum((length for _, length in spans), Fraction(0)) / 2, Fraction(0)
    middle = spans[-1][0]
    for tempo, length in spans:
        passed += length
        if passed >= half:
            middle = tempo
            break
    return middle, spans[-1][0] > spans[0][0] * (1 + STEADY)

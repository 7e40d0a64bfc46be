"""Breath: who blows or sings a tune must breathe; who plucks or bows it need not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.music.score import Note

_BREATHING = frozenset({"voice", "reed", "brass", "pipe"})
_LONGEST = Fraction(10)  # quarters of one breath at a middling pace
_BREATH = Fraction(1, 2)
_LEAST = Fraction(1)


def breathing(notes: list[Note], family: str) -> list[Note]:
    """The line with a breath in every stretch that is too long for one.

    Args:
        notes: Notes of a line in order.
        family: Family of the instrument; other families play on.

    Source: Adler, *The Study of Orchestration* (3rd ed., 2002), on winds and voices.
    """
    if family not in _BREATHING:
        return notes
    result = list(notes)
    start = 0
    for index in range(1, len(result)):
        here, before = result[index], result[index - 1]
        if here.onset_quarters - before.end_quarters >= _BREATH / 2:
            start = index
        elif here.end_quarters - result[start].onset_quarters > _LONGEST:
            place = _where(result, start, index)
            if place is not None:
                long = result[place]
                kept = long.duration_quarters - _BREATH
                result[place] = replace(long, duration_quarters=kept)
                start = place + 1
    return result


def _where(notes: list[Note], start: int, end: int) -> int | None:
    """Index of the longest note of a stretch before its end that can spare a breath."""
    able = [i for i in range(start, end) if notes[i].duration_quarters >= _LEAST]
    return max(able, key=lambda i: (notes[i].duration_quarters, i), default=None)

"""Time signatures as strangers notate them, and the meters of ours that they are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from composer.theory.meter import METERS, Meter, parse_meter

_UPPER = re.compile(r"[0-9]{1,2}(?:\+[0-9]{1,2}){0,5}")
_LOWERS = (1, 2, 4, 8, 16, 32)
_MOST_BEATS = 64
# Other ways to notate a bar of ours, two or more bars of ours, or half a bar of ours.
_OURS = {
    "1/1": "4/4", "2/2": "4/4", "8/8": "4/4", "16/16": "4/4",
    "1/2": "2/4", "4/8": "2/4", "8/16": "2/4",
    "6/8": "6/8", "10/8": "5/4", "5/4": "5/4", "24/16": "12/8",
    "2/1": "4/4", "4/2": "4/4", "8/4": "4/4", "3/2": "2/4", "6/4": "3/4", "9/4": "3/4",
    "12/4": "3/4", "10/4": "5/4", "18/8": "9/8",
    "3/8": "6/8", "1/4": "2/4", "2/8": "2/4",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NotatedMeter:
    """A time signature as a file has it.

    Args:
        name: As notated, such as ``2/2`` or ``3+2/8``.
        bar_quarters: Length of its bar in quarters.
        meter: The meter that it is written in; None where we write none of the kind. Its bar is
            as long as the notated one, a whole part of it, or twice as long.
    """

    name: str
    bar_quarters: Fraction
    meter: Meter | None


@lru_cache(maxsize=1024)
def notated_meter(upper: str, lower: int) -> NotatedMeter | None:
    """A time signature by its two numbers.

    Args:
        upper: Beats, added up where they are counted in groups: ``4``, ``2+3``.
        lower: What a beat is: 1, 2, 4, 8, 16 or 32.

    Returns:
        None where these are not the numbers of a time signature.

    >>> cut = notated_meter("2", 2)
    >>> cut.name, cut.meter.name
    ('2/2', '4/4')
    >>> pairs = notated_meter("3", 8)
    >>> pairs.bar_quarters, pairs.meter.bar_quarters
    (Fraction(3, 2), Fraction(3, 1))
    >>> notated_meter("5", 8).meter is None
    True
    """
    groups = re.sub(r"\s", "", upper)
    if _UPPER.fullmatch(groups) is None or lower not in _LOWERS:
        return None
    beats = sum(int(group) for group in groups.split("+"))
    if not 1 <= beats <= _MOST_BEATS:
        return None
    return NotatedMeter(
        f"{groups}/{lower}", Fraction(4 * beats, lower), _ours(groups, beats, lower)
    )


def _ours(groups: str, beats: int, lower: int) -> Meter | None:
    """Counted as notated where we count so, or as the sum of its groups."""
    try:
        return parse_meter(f"{groups}/{lower}")
    except ValueError:
        pass
    name = f"{beats}/{lower}"
    name = _OURS.get(name, name)
    return parse_meter(name) if name in METERS else None

"""What the signs of a chordal figure sound: which voices, how loud, how long, how struck.

``>``, ``<``, ``n`` and ``B`` need more than the chord; `composer.writing.chord_lines` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

LINES = "><nB"
SINGLE = "bh123456" + LINES

ACCENTS: Mapping[str, float] = {
    "X": 1.0,
    "x": 0.8,
    "D": 1.0,
    "d": 0.84,
    "U": 0.74,
    "u": 0.8,
    "s": 1.0,
    "r": 0.92,
    "m": 0.52,
    "b": 0.9,
    "h": 0.88,
    "i": 0.76,
    "o": 0.9,
    "B": 0.94,
    "n": 0.78,
}
"""Share of the bar's velocity; digits and runs are loud on the beat and soft off it."""

MARKS: Mapping[str, str] = {
    "D": "down",
    "d": "down",
    "U": "up",
    "m": "muted",
    "s": "staccato",
    "r": "rolled",
}
"""`composer.music.score.Note.mark` by sign."""

SHORTEST: Mapping[str, Fraction] = {"m": Fraction(1, 8), "s": Fraction(1, 4)}
"""Signs that never sound longer than so many quarters."""


def voices_of(sign: str, count: int) -> set[int]:
    """Indices of the voices that a sign sounds, of so many from the lowest up.

    >>> sorted(voices_of("U", 6)), sorted(voices_of("o", 4)), voices_of("5", 3)
    ([2, 3, 4, 5], [0, 3], {2})
    """
    every = range(count)
    if sign.isdigit():
        return {min(int(sign), count) - 1}
    if sign in "bB":
        return {0}
    if sign == "h":
        return {count - 1}
    if sign == "o":
        return {0, count - 1}
    if sign == "i":
        return set(every[1:-1]) or {count - 1}
    if sign in "uUm":
        return set(every[2:] if sign != "u" and count >= 5 else every[1:])
    return set(every)

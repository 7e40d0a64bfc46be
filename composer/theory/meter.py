"""Time signatures, and how their beats are grouped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_GROUPS: dict[str, tuple[int, ...]] = {
    "2/4": (2, 2),
    "3/4": (2, 2, 2),
    "4/4": (2, 2, 2, 2),
    "5/4": (2, 2, 2, 2, 2),
    "6/8": (3, 3),
    "7/8": (2, 2, 3),
    "9/8": (3, 3, 3),
    "12/8": (3, 3, 3, 3),
}
_STRENGTHS: dict[str, tuple[int, ...]] = {
    "2/4": (3, 1),
    "3/4": (3, 1, 1),
    "4/4": (3, 1, 2, 1),
    "5/4": (3, 1, 1, 2, 1),
    "6/8": (3, 2),
    "7/8": (3, 1, 2),
    "9/8": (3, 1, 1),
    "12/8": (3, 1, 2, 1),
}
METERS = tuple(_GROUPS)
# Other ways to count a bar, as the user writes them: beats and strengths. What stands alone is
# "3+2/4" for 5/4 and "2+2+3/8" for 7/8.
_COUNTED: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "2+3/4": ("5/4", (2, 2, 2, 2, 2), (3, 1, 2, 1, 1)),
    "3+2+2/8": ("7/8", (3, 2, 2), (3, 2, 1)),
    "2+3+2/8": ("7/8", (2, 3, 2), (3, 2, 1)),
}
_USUAL = {"3+2/4": "5/4", "2+2+3/8": "7/8"}
COUNTED_METERS = (*METERS, *_COUNTED)


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature with its beats.

    Args:
        numerator: Upper number.
        denominator: Lower number.
        beats: Length of each beat in eighths: 2 is a simple beat, 3 a compound one.
        strengths: Metrical weight of each beat, 3 (downbeat) to 1.
            Source: Lerdahl and Jackendoff, *A Generative Theory of Tonal Music* (1983), chapter 4.
    """

    numerator: int
    denominator: int
    beats: tuple[int, ...]
    strengths: tuple[int, ...]

    @property
    def name(self) -> str:
        """As written, such as ``6/8``."""
        return f"{self.numerator}/{self.denominator}"

    @property
    def counted(self) -> str:
        """As it is counted, such as ``2+3/4``; its name where it is counted as usual.

        >>> parse_meter("2+3/4").counted, parse_meter("3+2/4").counted
        ('2+3/4', '5/4')
        """
        own = (self.name, self.beats, self.strengths)
        return next((text for text, way in _COUNTED.items() if way == own), self.name)

    @property
    def bar_quarters(self) -> Fraction:
        """Length of a bar in quarters."""
        return Fraction(4 * self.numerator, self.denominator)

    @property
    def beat_onsets(self) -> tuple[Fraction, ...]:
        """Onset of each beat within the bar, in quarters."""
        return _onsets(self.beats)

    @property
    def beat_quarters(self) -> tuple[Fraction, ...]:
        """Length of each beat in quarters."""
        return _quarters(self.beats)

    @property
    def middle_beat(self) -> int:
        """Index of the beat that halves the bar best; 0 where the bar has one beat."""
        inner = range(1, len(self.beats))
        return max(inner, key=lambda i: (self.strengths[i], -i), default=0)

    @property
    def middle(self) -> Fraction:
        """Where a bar of two chords changes, in quarters from its start."""
        return self.beat_onsets[self.middle_beat]

    def __str__(self) -> str:
        """As written."""
        return self.name


@lru_cache(maxsize=64)
def _quarters(beats: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(Fraction(eighths, 2) for eighths in beats)


@lru_cache(maxsize=64)
def _onsets(beats: tuple[int, ...]) -> tuple[Fraction, ...]:
    return tuple(Fraction(sum(beats[:i]), 2) for i in range(len(beats)))


def parse_meter(text: str) -> Meter:
    """Read a time signature.

    Raises:
        ValueError: If it is not one of `COUNTED_METERS`.

    >>> parse_meter("7/8").beat_onsets
    (Fraction(0, 1), Fraction(1, 1), Fraction(2, 1))
    """
    asked = re.sub(r"\s", "", text)
    asked = _USUAL.get(asked, asked)
    if asked not in COUNTED_METERS:
        raise ValueError(f'"{text}" is not a known time signature')
    name, beats, strengths = _COUNTED.get(asked) or (asked, _GROUPS[asked], _STRENGTHS[asked])
    numerator, denominator = (int(part) for part in name.split("/"))
    return Meter(numerator, denominator, beats, strengths)

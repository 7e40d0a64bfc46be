"""Chords of one section of a piece, as every harmony corpus is read into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_PITCH = re.compile(r"^([A-G])([b#]*)$")


class ChordEvent(NamedTuple):
    """A chord and how long it lasts; the token is None where no chord sounds."""

    token: str | None
    bars: float


@dataclass(frozen=True, slots=True)
class Section:
    """A section's chords, phrase by phrase.

    Attributes:
        label: `verse`, `chorus` ... or "" where the corpus does not say.
        mode: `major` or `minor`.
        phrases: the chords of each phrase, in order.
        opens: whether the first phrase starts here, not before (in another key).
        closes: whether the last phrase ends here.
    """

    label: str
    mode: str
    phrases: tuple[tuple[ChordEvent, ...], ...]
    opens: bool = True
    closes: bool = True

    def events(self) -> tuple[ChordEvent, ...]:
        """All chords of the section, equal neighbours merged."""
        return merge([event for phrase in self.phrases for event in phrase])


def merge(events: Sequence[ChordEvent]) -> tuple[ChordEvent, ...]:
    """Merges consecutive equal chords into one that lasts as long as all of them.

    Examples:
        >>> [tuple(e) for e in merge([ChordEvent("I", 1), ChordEvent("I", 0.5)])]
        [('I', 1.5)]
    """
    merged: list[ChordEvent] = []
    for event in events:
        if merged and merged[-1].token == event.token:
            merged[-1] = ChordEvent(event.token, merged[-1].bars + event.bars)
        else:
            merged.append(event)
    return tuple(merged)


def pitch_class(name: str) -> int | None:
    """Pitch class of a note name such as `Bb`; None where it is no note name."""
    match = _PITCH.match(name)
    if match is None:
        return None
    return (PITCH_CLASSES[match[1]] + match[2].count("#") - match[2].count("b")) % 12


def mode_of_tonic(major_bars: float, minor_bars: float) -> str:
    """Tells the mode from how long the tonic chord has a major and a minor third."""
    return "minor" if minor_bars > major_bars else "major"

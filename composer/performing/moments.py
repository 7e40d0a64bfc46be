"""A part as its moments: notes that are struck together, and what comes after them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from composer.music.plan import Plan
from composer.music.score import Note

_REST = Fraction(1)  # quarters of silence that a player hears as the end of a phrase
_ABUT = Fraction(1, 48)


@dataclass(frozen=True, slots=True)
class Moment:
    """Notes of a part that begin together.

    Args:
        notes: The notes, in the order of the part.
        onset: Their onset in quarters.
        end: The end of the longest.
        following: Onset of the part's next notes; None at its last.
        step: Semitones from the highest note to the next moment's; 0 at the last.
        opens: Whether it begins a phrase, or comes after a rest.
        closes: Whether it ends a phrase, or comes before a rest.
    """

    notes: tuple[Note, ...]
    onset: Fraction
    end: Fraction
    following: Fraction | None
    step: int
    opens: bool
    closes: bool

    @property
    def is_chord(self) -> bool:
        """Whether more than one note is struck."""
        return len(self.notes) > 1

    @property
    def abuts(self) -> bool:
        """Whether the next notes follow at once."""
        return self.following is not None and abs(self.following - self.end) <= _ABUT

    @property
    def length(self) -> Fraction:
        """Written length of the longest note."""
        return self.end - self.onset

    @property
    def mark(self) -> str:
        """How it is to be struck; empty where the player decides."""
        return self.notes[0].mark


def moments_of(notes: Sequence[Note], phrases: Sequence[Fraction]) -> list[Moment]:
    """The moments of a part.

    Args:
        notes: Its notes by onset.
        phrases: Onset of each phrase of the piece, rising.
    """
    groups = [tuple(group) for _, group in groupby(notes, key=lambda n: n.onset_quarters)]
    onsets = [group[0].onset_quarters for group in groups]
    ends = [max(note.end_quarters for note in group) for group in groups]
    tops = [max(note.pitch.midi for note in group) for group in groups]
    phrase = [bisect_right(phrases, onset) for onset in onsets]
    found = []
    opens = True
    for i, group in enumerate(groups):
        last = i + 1 == len(groups)
        closes = last or phrase[i + 1] != phrase[i] or onsets[i + 1] - ends[i] >= _REST
        found.append(
            Moment(
                notes=group,
                onset=onsets[i],
                end=ends[i],
                following=None if last else onsets[i + 1],
                step=0 if last else tops[i + 1] - tops[i],
                opens=opens,
                closes=closes,
            )
        )
        opens = closes
    return found


def phrase_onsets(plan: Plan) -> tuple[Fraction, ...]:
    """Onset of each phrase of the piece, in quarters."""
    bar = plan.meter.bar_quarters
    return tuple(bar * phrase.start_bar for s in plan.sections for phrase in s.phrases)

"""Cadences as they sound: what kind of ending the planned chords really make."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.checking.form_rules import CLOSING_KINDS, cadence_fits
from composer.music.plan import Cadence, ChordSpan, Phrase, Section
from composer.theory.chord import Chord
from composer.theory.meter import Meter

_ORDER = ("authentic", "plagal", "modal")
_DOMINANT = 7


def closing_kind(before: Chord | None, last: Chord, tonic: int) -> str | None:
    """Which kind of closing cadence two chords make; None where they make none.

    Args:
        before: The chord before, on another root; None where there is none.
        last: The last chord.
        tonic: Pitch-class number of the tonic.
    """
    return next((kind for kind in _ORDER if cadence_fits(kind, before, last, tonic)), None)


def heard(
    sections: Sequence[Section], spans: Sequence[ChordSpan], meter: Meter
) -> tuple[Section, ...]:
    """The form with each phrase's cadence as its chords make it.

    A cadence that is there as it was asked for stays. Another is named by what sounds: closing
    where the last root is the tonic, half where it is the dominant, else open. It falls on the
    last root's onset, but not before the phrase's last bar.
    """
    onsets = [span.onset_quarters for span in spans]

    def cadence(phrase: Phrase) -> Cadence:
        end = meter.bar_quarters * (phrase.start_bar + phrase.bars)
        last = bisect_left(onsets, end) - 1
        asked = phrase.cadence
        root, start = spans[last].chord.root.number, last
        while start > 0 and _goes_on(spans[start - 1], spans[start], root):
            start -= 1
        before = spans[start - 1].chord if start > 0 else None
        onset = max(asked.onset_quarters, spans[start].onset_quarters)
        goal = spans[max(start, bisect_right(onsets, onset) - 1)]
        return Cadence(_kind(asked.kind, before, goal), Fraction(onset))

    return tuple(
        replace(
            section,
            phrases=tuple(replace(phrase, cadence=cadence(phrase)) for phrase in section.phrases),
        )
        for section in sections
    )


def _goes_on(before: ChordSpan, span: ChordSpan, root: int) -> bool:
    """Whether a chord's root, in the same key, was there before."""
    return before.chord.root.number == root and before.key == span.key


def _kind(asked: str, before: Chord | None, goal: ChordSpan) -> str:
    tonic = goal.key.tonic.number
    if asked == "given" or cadence_fits(asked, before, goal.chord, tonic):
        return asked
    closing = closing_kind(before, goal.chord, tonic)
    if closing is not None:
        return closing
    degree = (goal.chord.root.number - tonic) % 12
    return "half" if asked in CLOSING_KINDS | {"half"} and degree == _DOMINANT else "open"

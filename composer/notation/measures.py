"""Measures as a part of a score has them, one after the other on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from composer.theory.chord import Chord
from composer.theory.notated_meter import NotatedMeter
from composer.theory.pitch import Pitch


@dataclass(frozen=True, slots=True)
class MeasureNote:
    """A note.

    Args:
        onset_quarters: Onset from the beginning of its measure.
        duration_quarters: Length.
        pitch: As it sounds.
        voice: Name of its voice.
        tied_from: Whether a tie ends on it.
        tied_on: Whether a tie begins on it.
        lyrics: (verse, syllable), a hyphen where the word goes on.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    pitch: Pitch
    voice: str
    tied_from: bool = False
    tied_on: bool = False
    lyrics: tuple[tuple[int, str], ...] = ()

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters


@dataclass(frozen=True, slots=True)
class Marks:
    """Where playing goes on after a measure, or comes back to.

    Args:
        forward: A repeat begins here.
        backward: How often what is repeated here is played in all; 0 where nothing is.
        endings: The rounds of a repeat that play this measure; empty for all.
        segno: Where ``dal segno`` goes.
        coda: Where ``to coda`` goes.
        to_coda: After a jump back, playing goes on at the coda.
        fine: After a jump back, playing ends here.
        da_capo: Playing goes back to the beginning, once.
        dal_segno: Playing goes back to the segno, once.
    """

    forward: bool = False
    backward: int = 0
    endings: frozenset[int] = frozenset()
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    da_capo: bool = False
    dal_segno: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    Args:
        number: As printed, for messages.
        filled_quarters: How much of it is written out, rests included.
        implicit: Whether it does not count: a pick-up, or half of a measure that a repeat cuts.
        meter: The time signature that holds; None before the first.
        signature: (sharps or flats, mode) of the key that holds; None before the first.
        notes: The notes of the staff that is read, by onset.
        chords: (onset in quarters, chord); None where no chord sounds.
        tempos: (onset in quarters, quarters a minute).
        marks: Repeats and jumps.
    """

    number: str
    filled_quarters: Fraction
    implicit: bool
    meter: NotatedMeter | None
    signature: tuple[int, str | None] | None
    notes: tuple[MeasureNote, ...] = ()
    chords: tuple[tuple[Fraction, Chord | None], ...] = ()
    tempos: tuple[tuple[Fraction, float], ...] = ()
    marks: Marks = field(default_factory=Marks)

"""A lead sheet as it is notated: a tune, chord symbols, and what stands at the head of the page."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.music.tune import Tune
from composer.theory.chord import Chord
from composer.theory.meter import Meter


@dataclass(frozen=True, slots=True)
class SheetChord:
    """A chord symbol.

    Args:
        onset_quarters: Onset from the downbeat of the first full bar; below 0 in a pick-up.
        chord: The chord.
    """

    onset_quarters: Fraction
    chord: Chord


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """A lead sheet, its repeats written out, sounding as it is heard.

    Args:
        tune: The tune; it counts all full bars of the sheet, those without notes included.
        chords: Chord symbols, ordered by onset.
        meter: The time signature that it is written in.
        notated: The time signature as the sheet has it.
        signature: Sharps (positive) or flats (negative), -7 to 7; None where there is none.
        mode: Mode of the signature, such as ``minor`` or ``dorian``; None where it is not said.
        tempos: (onset in quarters, quarters a minute), ordered; empty where there are none.
        title: Title of the work; empty for none.
        notes: What was read in its own way or left out, one sentence each.
    """

    tune: Tune
    chords: tuple[SheetChord, ...]
    meter: Meter
    notated: str
    signature: int | None = None
    mode: str | None = None
    tempos: tuple[tuple[Fraction, float], ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()

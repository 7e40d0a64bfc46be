"""How well a chord fits what a given tune sings over it. Clock: quarters.

Source: Piston, *Harmony* (5th ed., 1987), chapter 8, on nonharmonic tones; Temperley, "A
Probabilistic Model of Melody and Harmony" (2009); Nettles and Graf, *The Chord Scale Theory and
Jazz Harmony* (1997), on tones that a chord avoids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from composer.music.tune import TuneNote
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.tune_chords import UNIT, Costs, Palette

_WORTH = 2300  # of a beat's worth of a note that is foreign to the chord, in thousandths
_ROOT, _THIRD, _FIFTH, _OTHER = 0.0, 0.0, 0.07, 0.4
_TENSION, _SCALE, _AVOIDED, _FOREIGN, _CROSSED = 1.15, 1.4, 2.2, 2.2, 3.2
_PASSING, _RESOLVED, _LEANING = (
    0.22,
    0.55,
    0.85,
)  # what is left of it where it comes and goes by step, goes by step
_STRONG = 1.0  # weight of a place on which a note is no mere passing one
_HELD = 0.7  # of one that is held over
_LONGEST = 2.0  # beats
_STEP = 2


@dataclass(frozen=True, slots=True)
class Sung:
    """A note of the tune within a slot.

    Args:
        pitch: MIDI number.
        weight: How much it is heard: its length in beats, by the strength of where it begins.
        before: Semitones from the note before; None where it rests.
        after: Semitones to the note after; None where it rests.
        short: Whether it is shorter than a beat and begins on a weak place.
        long: Whether it lasts longer than a beat.
    """

    pitch: int
    weight: float
    before: int | None
    after: int | None
    short: bool
    long: bool


def sung_in(
    notes: Sequence[TuneNote], bounds: Sequence[Fraction], meter: Meter
) -> list[list[Sung]]:
    """What is sung in each slot.

    Args:
        notes: The notes in order, with onsets from the same moment as the bounds.
        bounds: Onsets of the slots, and the end of the last.
        meter: The time signature; bars begin at multiples of its length.
    """
    slots: list[list[Sung]] = [[] for _ in bounds[1:]]
    beat = meter.beat_quarters[0]
    slot = 0
    for index, note in enumerate(notes):
        while slot + 1 < len(slots) and bounds[slot + 1] <= note.onset_quarters:
            slot += 1
        at = slot
        while at < len(slots) and bounds[at] < note.end_quarters:
            start = max(bounds[at], note.onset_quarters)
            length = (min(bounds[at + 1], note.end_quarters) - start) / beat
            strength = _strength(start, meter) if start == note.onset_quarters else _HELD
            weight = min(_LONGEST, float(length)) ** 0.7 * strength
            slots[at].append(
                Sung(
                    note.pitch.midi,
                    weight,
                    _move(notes, index - 1, index, meter),
                    _move(notes, index, index + 1, meter),
                    length < 1 and strength < _STRONG,
                    length > 1,
                )
            )
            at += 1
    return slots


def _strength(onset: Fraction, meter: Meter) -> float:
    """How much a note weighs that begins at an onset."""
    place = onset % meter.bar_quarters
    if place == 0:
        return 1.25
    if place == meter.middle:
        return 1.1
    return 0.95 if place in meter.beat_onsets else 0.6


def _move(notes: Sequence[TuneNote], first: int, second: int, meter: Meter) -> int | None:
    """Semitones from a note to the next, if no rest of a beat lies between them."""
    if first < 0 or second >= len(notes):
        return None
    one, two = notes[first], notes[second]
    if two.onset_quarters - one.end_quarters >= meter.beat_quarters[0]:
        return None
    return two.pitch.midi - one.pitch.midi


def fit_costs(slots: Sequence[Sequence[Sung]], palette: Palette, key: Key) -> Costs:
    """What each chord costs in each slot, ``[slots, chords]``, in thousandths of a nat."""
    tables = np.array([_by_tone(chord, key) for chord in palette.chords])
    costs = np.zeros((len(slots), len(palette.chords)), dtype=np.int64)
    for row, sung in zip(costs, slots, strict=True):
        for note in sung:
            worth = tables[:, note.pitch % 12]
            moved = np.where(worth <= _OTHER, 1.0, _left(note))
            row += np.rint(_WORTH * worth * note.weight * moved).astype(np.int64)
    return costs


def sung_cost(
    notes: Sequence[TuneNote],
    bounds: Sequence[Fraction],
    chords: Sequence[Chord],
    key: Key,
    meter: Meter,
) -> int:
    """What a line of chords costs under a tune, in thousandths of a nat.

    Args:
        notes: The notes in order.
        bounds: Onsets of the chords, and the end of the last.
        chords: The chords.
        key: The key.
        meter: The time signature.
    """
    total = 0
    for chord, sung in zip(chords, sung_in(notes, bounds, meter), strict=True):
        table = _by_tone(chord, key)
        total += sum(_cost(note, table) for note in sung)
    return total


def _cost(note: Sung, table: Sequence[float]) -> int:
    """What a note costs over a chord."""
    worth = table[note.pitch % 12]
    return round(_WORTH * worth * note.weight * (1.0 if worth <= _OTHER else _left(note)))


def _left(note: Sung) -> float:
    """How much of a foreign note's harshness is left by the way in which it moves."""
    stepped = note.before is not None and 0 < abs(note.before) <= _STEP
    goes_on = note.after is not None and 0 < abs(note.after) <= _STEP
    if note.short and stepped and goes_on:
        return _PASSING
    if goes_on:
        return _LEANING if note.long else _RESOLVED
    return 0.7 if stepped and note.short else 1.0


def _by_tone(chord: Chord, key: Key) -> tuple[float, ...]:
    """What each pitch class costs over a chord."""
    tones = [(name.number, place) for place, name in enumerate(chord.pitch_classes)]
    costs = []
    tensions = {(chord.root + degree).number for degree in chord.quality.tensions}
    numbers = chord.numbers
    third = chord.quality.third
    crossed = (
        set() if third is None else {((chord.root + third).number + step) % 12 for step in (1, -1)}
    )
    for number in range(12):
        place = next((place for tone, place in tones if tone == number), None)
        if place is not None:
            costs.append((_ROOT, _THIRD, _FIFTH)[place] if place < 3 else _OTHER)
        elif number not in key.numbers and (number in crossed or (number - 1) % 12 in numbers):
            costs.append(_CROSSED)  # F sharp over F: what is raised is not there as it was as well
        elif (number - 1) % 12 in numbers:
            costs.append(_AVOIDED)
        elif number not in key.numbers:
            costs.append(_FOREIGN)
        else:
            costs.append(_TENSION if number in tensions else _SCALE)
    return tuple(costs)


def nats(value: float) -> int:
    """A cost in thousandths of a nat."""
    return round(UNIT * value)

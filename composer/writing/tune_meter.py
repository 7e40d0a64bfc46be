"""The time signature that a given tune is heard in, where nothing says it.

Source: Temperley, *The Cognition of Basic Musical Structures* (2001), chapter 2: onsets, and long
notes above all, fall on strong beats; Longuet-Higgins and Lee, "The Perception of Musical Rhythms"
(1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.tune import TuneNote
from composer.theory.meter import METERS, Meter, parse_meter
from composer.writing.tune_likeness import likeness

# How readily each is heard, before the tune says anything.
_USUAL = {
    "4/4": 0.3,
    "3/4": 0.2,
    "6/8": 0.16,
    "2/4": 0.12,
    "12/8": 0.05,
    "9/8": 0.0,
    "5/4": 0.0,
    "7/8": 0.0,
}
_SPLIT, _FINER = 0.25, 0.0  # strength of the middle of a beat, and of what lies between
_COMPARED = 64  # bars
_ALIKE = 0.4
_SQUARE = 0.08  # tunes have four bars, or a multiple
_HELD = 2.0  # quarters: longer notes are no stronger than that


def meter_of_tune(notes: Sequence[TuneNote]) -> Meter:
    """Find the time signature of a tune.

    Args:
        notes: Its notes, with onsets from the first downbeat.

    >>> from composer.music.tune import parse_tune_note
    >>> tune = [parse_tune_note(f"{3 * i + k} {2 - k // 2} C4 -") for i in range(6) for k in (0, 2)]
    >>> meter_of_tune(tune).name
    '3/4'
    """
    return max((parse_meter(name) for name in METERS), key=lambda meter: _fit(notes, meter))


def _fit(notes: Sequence[TuneNote], meter: Meter) -> float:
    """How far onsets lie on strong beats, beyond what chance would give, and how bars repeat."""
    weights = [min(float(_step(notes, i)), _HELD) for i in range(len(notes))]
    places = [note.onset_quarters % meter.bar_quarters for note in notes]
    strong = sum(w * _strength(p, meter) for w, p in zip(weights, places, strict=True))
    grid = [Fraction(i, 2) for i in range(int(2 * meter.bar_quarters))]
    chance = sum(_strength(place, meter) for place in grid) / len(grid)
    onbeat = strong / max(sum(weights), 1e-9) - chance
    whole = max(1, int(-(-notes[-1].end_quarters // meter.bar_quarters)))
    bars = min(_COMPARED, whole)
    alike = likeness(notes, meter, bars)
    pairs = [int(alike[i, i + step]) for step in (1, 2, 4) for i in range(bars - step)]
    again = sum(pairs) / (100 * len(pairs)) if pairs else 0.0
    square = _SQUARE if whole % 4 == 0 else 0.0
    return onbeat + _ALIKE * again + square + _USUAL[meter.name]


def _step(notes: Sequence[TuneNote], index: int) -> Fraction:
    """Time from a note's onset to the next one's."""
    if index + 1 < len(notes):
        return notes[index + 1].onset_quarters - notes[index].onset_quarters
    return notes[index].duration_quarters


def _strength(place: Fraction, meter: Meter) -> float:
    """Metrical strength of a place of the bar, 0 to 1."""
    for onset, length, strength in zip(
        meter.beat_onsets, meter.beat_quarters, meter.strengths, strict=True
    ):
        within = place - onset
        if within == 0:
            return 1.0 if place == 0 else 0.35 + 0.1 * strength
        if 0 < within < length:
            even = within == length / 2 if length == 1 else within % Fraction(1, 2) == 0
            return _SPLIT if even else _FINER
    return _FINER

"""What harmony and meter ask of a note of the tune."""

from __future__ import annotations

from fractions import Fraction

from composer.music.plan import ChordSpan, Phrase
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.meter import Meter
from composer.writing.context import EIGHTH, Context
from composer.writing.melody_pitch import NoteWish

_BEFORE_REST = 0.85  # how much a note that hangs in the air must be a chord tone
_CADENCE_GOALS = {
    "authentic": (10.0, 2.0, 0.6),
    "plagal": (8.0, 3.0, 1.5),
    "modal": (8.0, 2.0, 2.0),
}


def harmonic_wish(context: Context, onset: Fraction, length: Fraction, *, hangs: bool) -> NoteWish:
    """The wish of a note for its harmony alone.

    Args:
        context: Plan and rules.
        onset: Its onset.
        length: Its length.
        hangs: Whether a rest of a beat or more follows.
    """
    span = sung_span(context, onset, length)
    weight = harmonic_weight(context.plan.meter, onset, length)
    return NoteWish(span.chord, span.key, max(weight, _BEFORE_REST) if hangs else weight, 0.0, 1.0)


def sung_span(context: Context, onset: Fraction, length: Fraction) -> ChordSpan:
    """The chord of a note: the next one, if it is tied over a change from just before."""
    index = context.span_index(onset)
    spans = context.plan.chords
    change = spans[index].end_quarters
    if change - onset <= EIGHTH and onset + length > change and index + 1 < len(spans):
        return spans[index + 1]
    return spans[index]


def harmonic_weight(meter: Meter, onset: Fraction, length: Fraction) -> float:
    """How much a note must be a chord tone, 0–1: by its beat and its length.

    A note that anticipates a beat has the weight of that beat.
    """
    place = onset % meter.bar_quarters
    beats = (*meter.beat_onsets, meter.bar_quarters)
    strengths = (*meter.strengths, meter.strengths[0])
    strength = 0.0
    for beat, weight in zip(beats, strengths, strict=True):
        if place == beat or (0 < beat - place <= EIGHTH and place + length > beat):
            strength = 0.12 + 0.19 * weight
    held = 0.55 if length > 1 else 0.25 if length == 1 else 0.05
    return min(1.0, strength + held)


def goal_weights(phrase: Phrase, chord: Chord, *, final: bool) -> tuple[tuple[int, float], ...]:
    """Weights of the pitch classes on which a phrase may end over its last chord."""
    root, *others = [name.number for name in chord.pitch_classes]
    if phrase.cadence.kind not in _CADENCE_GOALS:
        return tuple({root: 1.0, **dict.fromkeys(others, 1.6)}.items())
    on_root, on_third, on_rest = _CADENCE_GOALS[phrase.cadence.kind]
    weights = {root: on_root * (20 if final else 1), **dict.fromkeys(others, on_rest)}
    if (root - 1) % 12 in others:
        weights[root] *= 0.15  # the tonic grinds against a major seventh below it
    third = chord.quality.third
    if third is not None:
        weights[(root + semitones(third)) % 12] = on_third
    return tuple(weights.items())

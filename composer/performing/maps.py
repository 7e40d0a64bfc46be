"""Meter, key and text: what a performance says of its score."""

from __future__ import annotations

from composer.midi.units import ticks_from_quarters
from composer.music.performance import KeyChange, MeterChange, TextEvent
from composer.music.plan import Plan
from composer.music.score import Score
from composer.theory.key import Key

LOOP_START, LOOP_END = "loopStart", "loopEnd"
"""Markers between which players of games go round."""


def meter_changes(score: Score) -> tuple[MeterChange, ...]:
    """The time signature."""
    return (MeterChange(0, score.meter.numerator, score.meter.denominator),)


def key_changes(score: Score) -> tuple[KeyChange, ...]:
    """The key signatures, one where the key changes."""
    return tuple(
        KeyChange(ticks, max(-7, min(7, key.signature)), key.scale.parent == "minor")
        for ticks, key in _keys(score)
    )


def texts(plan: Plan, score: Score) -> tuple[TextEvent, ...]:
    """Keys and chord symbols as texts; sections, hits and the ends of a loop as markers."""
    bar = score.meter.bar_quarters
    found = [TextEvent(ticks, "text", f"Key: {key.name}") for ticks, key in _keys(score)]
    found += [
        TextEvent(ticks_from_quarters(bar * section.start_bar), "marker", section.name)
        for section in score.sections
    ]
    found += [
        TextEvent(ticks_from_quarters(span.onset_quarters), "text", span.chord.symbol)
        for span in score.chords
    ]
    found += [
        TextEvent(ticks_from_quarters(cue.onset_quarters), "marker", f"hit {cue.seconds:g} s")
        for cue in plan.cues
    ]
    if plan.loop:
        end = ticks_from_quarters(score.length_quarters)
        found += [TextEvent(0, "marker", LOOP_START), TextEvent(end, "marker", LOOP_END)]
    return tuple(sorted(found))


def _keys(score: Score) -> list[tuple[int, Key]]:
    """The keys by the tick from which they hold."""
    found = [(0, score.chords[0].key if score.chords else score.key)]
    for span in score.chords:
        if span.key != found[-1][1]:
            found.append((ticks_from_quarters(span.onset_quarters), span.key))
    return found

"""Strokes of one staff into voices, each of which sounds one stroke at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.exporting.engraving.grid import Stroke
from composer.theory.meter import Meter

MOST_VOICES = 4
"""On one staff, as MusicXML's readers number them."""


def voices(strokes: Sequence[Stroke]) -> tuple[tuple[Stroke, ...], ...]:
    """Put strokes into as few voices as will do, high ones first.

    A stroke takes the first voice that is free. Where all are busy, the one that would be free
    first is cut short: of five lines on one staff none can be read.

    Args:
        strokes: Ordered by onset, then from the highest.

    Returns:
        The voices, ordered by onset, without gaps in their numbers; at most `MOST_VOICES`.
    """
    found: list[list[Stroke]] = []
    for stroke in strokes:
        free = next((v for v in found if v[-1].end_quarters <= stroke.onset_quarters), None)
        if free is None and len(found) < MOST_VOICES:
            found.append([stroke])
            continue
        if free is None:
            started = [v for v in found if v[-1].onset_quarters < stroke.onset_quarters]
            if not started:
                _merge(found, stroke)
                continue
            free = min(started, key=lambda v: v[-1].end_quarters)
            free[-1] = replace(free[-1], end_quarters=stroke.onset_quarters)
        free.append(stroke)
    return tuple(tuple(voice) for voice in found)


def _merge(found: list[list[Stroke]], stroke: Stroke) -> None:
    """Strike with a voice that strikes at the same time, for as long as it does."""
    voice = min(found, key=lambda v: abs(v[-1].end_quarters - stroke.end_quarters))
    there = {pitch.midi: pitch for pitch in (*voice[-1].pitches, *stroke.pitches)}
    voice[-1] = replace(voice[-1], pitches=tuple(there[midi] for midi in sorted(there)))


def until_next(strokes: Sequence[Stroke], meter: Meter) -> tuple[Stroke, ...]:
    """Strokes that last until the next one of their voice, or the next beat, as drums are written.

    Args:
        strokes: One voice, ordered by onset, one stroke at a time.
        meter: The meter.
    """
    following = [stroke.onset_quarters for stroke in strokes[1:]]
    beats = [_next_beat(stroke.onset_quarters, meter) for stroke in strokes]
    ends = [min(pair) for pair in zip(beats, (*following, *beats[-1:]), strict=True)]
    return tuple(
        replace(stroke, end_quarters=end) for stroke, end in zip(strokes, ends, strict=True)
    )


def _next_beat(place: Fraction, meter: Meter) -> Fraction:
    bar = place // meter.bar_quarters * meter.bar_quarters
    beats = (*meter.beat_onsets, meter.bar_quarters)
    return bar + next(beat for beat in beats if bar + beat > place)

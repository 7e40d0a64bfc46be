"""A track as the stream of events that a synthesiser plays."""

from __future__ import annotations

from composer.music.performance import Track

OFF, CONTROL, ON = range(3)
VOLUME, PAN, EXPRESSION, PEDAL, REVERB_SEND, CHORUS_SEND = 7, 10, 11, 64, 91, 93
DRUM_CHANNEL = 9

TimedEvent = tuple[int, int, int, int]
"""Tick, kind (`OFF`, `CONTROL`, `ON`) and two data bytes."""


def timed_events(track: Track) -> list[TimedEvent]:
    """Notes and controllers in order: at one tick offs, then controllers as given, then ons."""
    timed = [(c.ticks, CONTROL, c.controller, c.value) for c in track.controls]
    for note in track.notes:
        timed.append((note.onset_ticks, ON, note.pitch, note.velocity))
        timed.append((note.end_ticks, OFF, note.pitch, 0))
    return sorted(timed, key=lambda event: event[:2])

"""A track as the stream of events that a synthesiser plays."""

from __future__ import annotations

from composer.music.performance import Track

OFF, CONTROL, BEND, ON = range(4)
MODULATION, VOLUME, PAN, EXPRESSION, PEDAL, REVERB_SEND, CHORUS_SEND = 1, 7, 10, 11, 64, 91, 93
DRUM_CHANNEL = 9
WHEEL_MIDDLE = 8192

TimedEvent = tuple[int, int, int, int]
"""Tick, kind (`OFF`, `CONTROL`, `BEND`, `ON`) and two values: the bytes of the message, or the
wheel's place from 0 to 16383, and 0."""


def timed_events(track: Track) -> list[TimedEvent]:
    """Notes, controllers and bends in order: at one tick offs, controllers, the bend, then ons."""
    timed = [(c.ticks, CONTROL, c.controller, c.value) for c in track.controls]
    timed += [(b.ticks, BEND, WHEEL_MIDDLE + b.value, 0) for b in track.bends]
    for note in track.notes:
        timed.append((note.onset_ticks, ON, note.pitch, note.velocity))
        timed.append((note.end_ticks, OFF, note.pitch, 0))
    return sorted(timed, key=lambda event: event[:2])

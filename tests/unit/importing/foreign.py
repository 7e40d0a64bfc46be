"""Small MIDI files as others write them, note by note."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import mido

TICKS = 96
Note = tuple[float, float, int, int]  # onset and length in quarters, pitch, velocity


@dataclass(frozen=True)
class ForeignTrack:
    """A track chunk: what it is called, where it plays, and what."""

    name: str
    channel: int
    program: int
    notes: Sequence[Note]


def foreign_file(
    tracks: Sequence[ForeignTrack],
    meters: Sequence[tuple[float, int, int]] = ((0, 4, 4),),
    tempo: float | None = 110,
    kind: int = 1,
    ticks: int = TICKS,
) -> bytes:
    """A file of type 1, or all tracks in one as type 0."""
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    events: list[list[tuple[int, int, mido.Message | mido.MetaMessage]]] = [[]]
    for onset, upper, lower in meters:
        message = mido.MetaMessage("time_signature", numerator=upper, denominator=lower)
        events[0].append((round(onset * ticks), 0, message))
    if tempo is not None:
        message = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))
        events[0].append((0, 0, message))
    for track in tracks:
        own: list[tuple[int, int, mido.Message | mido.MetaMessage]] = []
        own.append((0, 0, mido.MetaMessage("track_name", name=track.name)))
        own.append(
            (0, 1, mido.Message("program_change", channel=track.channel, program=track.program))
        )
        for onset, length, pitch, velocity in track.notes:
            start, end = round(onset * ticks), round((onset + length) * ticks)
            on = mido.Message("note_on", channel=track.channel, note=pitch, velocity=velocity)
            off = mido.Message("note_off", channel=track.channel, note=pitch)
            own += [(start, 3, on), (end, 2, off)]
        events.append(own)
    if kind == 0:
        events = [[event for chunk in events for event in chunk]]
    for chunk in events:
        now, written = 0, mido.MidiTrack()
        for at, _, message in sorted(chunk, key=lambda event: event[:2]):
            written.append(message.copy(time=at - now))
            now = at
        file.tracks.append(written)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


PROGRESSION = ((57, 60, 64), (53, 57, 60), (55, 59, 62), (57, 60, 64))  # Am F G Am
TUNE = ((0, 1, 76), (1, 0.5, 74), (1.5, 0.5, 72), (2, 2, 69))
"""A bar of tune over A minor; its rhythm is that of every bar."""


def band(bars: int = 16, swing: float = 0.5, tune: bool = True) -> list[ForeignTrack]:
    """Flute, strings, bass and drums over Am F G Am."""
    flute: list[Note] = []
    strings: list[Note] = []
    bass: list[Note] = []
    kit: list[Note] = []
    for bar in range(bars):
        start, chord = 4.0 * bar, PROGRESSION[bar % 4]
        moved = chord[0] - PROGRESSION[0][0]
        flute += [(start + o + (swing - 0.5) * (o % 1 > 0), n, p + moved, 90) for o, n, p in TUNE]
        strings += [(start, 4.0, pitch, 60) for pitch in chord]
        bass += [(start + beat, 0.9, chord[0] - 24, 85) for beat in range(4)]
        for beat in range(4):
            kit.append((start + beat, 0.2, 36 if beat % 2 == 0 else 38, 100))
            kit += [(start + beat, 0.2, 42, 80), (start + beat + swing, 0.2, 42, 60)]
    parts = [
        ForeignTrack("Flauto", 0, 73, flute),
        ForeignTrack("Streicher", 1, 48, strings),
        ForeignTrack("Basso", 2, 33, bass),
        ForeignTrack("Kit", 9, 0, kit),
    ]
    return parts if tune else parts[1:]

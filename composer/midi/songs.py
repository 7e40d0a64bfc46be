"""Anyone's MIDI file, and our own performance, as a `Song`.

Foreign files are read by symusic, which forgives what mido and music21 refuse and reads thousands
of files a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import MidiError
from composer.midi.files import midi_bytes
from composer.midi.reader import MalformedError, read_raw
from composer.midi.units import DEFAULT_MICROSECONDS_PER_QUARTER
from composer.music.performance import Performance
from composer.music.song import (
    KeySpan,
    MeterSpan,
    Song,
    SongPart,
    TempoSpan,
    part_of,
)

_LARGEST_BYTES = 8_000_000
_LONGEST_QUARTERS = 100_000
_MICROSECONDS_PER_MINUTE = 60_000_000
_LARGEST_NUMERATOR = 64
_SEVERAL_PIECES = b"\x00\x02"  # type 2: tracks that follow each other, and are no one piece


def read_song(path: Path | str) -> Song:
    """Read a MIDI file.

    Notes of no length get one tick. Without a tempo it is 120, without a time signature 4/4.

    Raises:
        MidiError: If it cannot be opened, is no MIDI file or one of type 2, is larger than 8 MB,
            lasts longer than 100,000 quarters, or holds no note.
    """
    return song_from_bytes(midi_bytes(path, _LARGEST_BYTES, regular=True), name=str(path))


def song_from_bytes(data: bytes, name: str = "MIDI data") -> Song:
    """Read the bytes of a MIDI file; errors as of `read_song`."""
    from symusic import Score

    if not data.startswith((b"MThd", b"RIFF")):
        raise MidiError(f'{name}: is no MIDI file: it does not begin with "MThd"')
    if data.startswith(b"MThd") and data[8:10] == _SEVERAL_PIECES:
        raise MidiError(f"{name}: is of MIDI type 2; save it as type 0 or 1")
    try:
        score: Any = Score.from_midi(data)
    except Exception as error:  # symusic raises what its C++ side throws, of several types
        raise MidiError(f"{name}: cannot be read as MIDI: {_reason(data, error)}") from None
    ticks_per_quarter = int(score.ticks_per_quarter)
    if ticks_per_quarter <= 0:
        raise MidiError(f"{name}: has no musical time (its resolution is not in ticks a quarter)")
    parts = tuple(_part(track, ticks_per_quarter) for track in score.tracks if len(track.notes))
    if not parts:
        raise MidiError(f"{name}: holds no note")
    if max(part.end_quarters for part in parts) > _LONGEST_QUARTERS:
        raise MidiError(f"{name}: lasts longer than {_LONGEST_QUARTERS:,} quarters")
    tempos = score.tempos.numpy()
    meters = score.time_signatures.numpy()
    keys = score.key_signatures.numpy()
    return Song(
        name,
        parts,
        _tempo_spans(tempos["time"] / ticks_per_quarter, tempos["mspq"]),
        _meter_spans(
            meters["time"] / ticks_per_quarter, meters["numerator"], meters["denominator"]
        ),
        tuple(
            KeySpan(float(onset), int(sharps), bool(minor))
            for onset, sharps, minor in zip(
                keys["time"] / ticks_per_quarter, keys["key"], keys["tonality"], strict=True
            )
        ),
    )


def song_of(performance: Performance) -> Song:
    """A performance as a song.

    >>> from composer import Brief, compose
    >>> song = song_of(compose(Brief(key="C", bars=4, style="pop")).performance)
    >>> song.meters[0].name
    '4/4'
    """
    unit = performance.ticks_per_quarter
    parts = [
        part_of(
            track.name,
            track.program,
            track.channel == 9,
            [note.onset_ticks / unit for note in track.notes],
            [note.duration_ticks / unit for note in track.notes],
            [note.pitch for note in track.notes],
            [note.velocity for note in track.notes],
        )
        for track in performance.tracks
        if track.notes
    ]
    return Song(
        performance.title,
        tuple(parts),
        _tempo_spans(
            np.array([t.ticks / unit for t in performance.tempos]),
            np.array([t.microseconds_per_quarter for t in performance.tempos]),
        ),
        tuple(MeterSpan(m.ticks / unit, m.numerator, m.denominator) for m in performance.meters),
        tuple(KeySpan(k.ticks / unit, k.sharps, k.minor) for k in performance.keys),
    )


def _part(track: Any, ticks_per_quarter: int) -> SongPart:
    notes = track.notes.numpy()
    return part_of(
        str(track.name),
        int(track.program) & 127,
        bool(track.is_drum),
        np.maximum(notes["time"], 0) / ticks_per_quarter,
        np.maximum(notes["duration"], 1) / ticks_per_quarter,
        notes["pitch"],
        np.clip(notes["velocity"], 1, 127),
    )


def _tempo_spans(onset_quarters: Any, microseconds: Any) -> tuple[TempoSpan, ...]:
    found = {0.0: DEFAULT_MICROSECONDS_PER_QUARTER} | {
        max(float(onset), 0.0): int(length)
        for onset, length in zip(onset_quarters, microseconds, strict=True)
        if length > 0
    }
    return tuple(
        TempoSpan(onset, _MICROSECONDS_PER_MINUTE / found[onset]) for onset in sorted(found)
    )


def _meter_spans(onset_quarters: Any, numerators: Any, denominators: Any) -> tuple[MeterSpan, ...]:
    found = {0.0: (4, 4)} | {
        max(float(onset), 0.0): (int(upper), int(lower))
        for onset, upper, lower in zip(onset_quarters, numerators, denominators, strict=True)
        if 0 < upper <= _LARGEST_NUMERATOR and lower in {1, 2, 4, 8, 16, 32}
    }
    return tuple(MeterSpan(onset, *found[onset]) for onset in sorted(found))


def _reason(data: bytes, error: Exception) -> str:
    """Why a file cannot be read: in the words of our own reader, if it finds fault with it too."""
    try:
        read_raw(data)
    except MalformedError as fault:
        return f"it {fault}"
    return " ".join(str(error).split())[:200]

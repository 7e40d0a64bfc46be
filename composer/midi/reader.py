"""The bytes of a Standard MIDI File as raw events, read with tolerance.

mido gives up a whole file for one odd meta event; this reader leaves the meaning of every event to
`composer.midi.decode`, and refuses only what cannot be followed.
Source: *Standard MIDI Files 1.0*, MIDI Manufacturers Association (RP-001).
"""

from __future__ import annotations

from dataclasses import dataclass

META = 0xFF
END_OF_TRACK = 0x2F
MOST_EVENTS = 500_000
"""A file with more is refused: no music has so many, and each takes 250 bytes of memory."""
MOST_TRACKS = 65_535
"""As many as a header can count."""

_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event.

    Args:
        ticks: When, from the start of the track.
        status: Status byte with its channel; `META` for a meta event.
        meta: Type of a meta event, 0 for others.
        data: Its data bytes.
    """

    ticks: int
    status: int
    meta: int
    data: bytes


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file.

    Args:
        kind: 0 (one track) or 1 (simultaneous tracks).
        ticks_per_quarter: Resolution.
        tracks: Events of every track, an end-of-track event last.
    """

    kind: int
    ticks_per_quarter: int
    tracks: tuple[tuple[RawEvent, ...], ...]


class MalformedError(Exception):
    """The bytes are not a readable MIDI file; the message is the rest of a sentence."""


class _TooManyError(Exception):
    """There are more events than a file may hold."""


def read_raw(data: bytes) -> RawFile:
    """Read the chunks and events of a file.

    Raises:
        MalformedError: If the bytes cannot be followed, or are of a kind that cannot be played.
    """
    data = _without_riff(data)
    if not data:
        raise MalformedError("is empty; a MIDI file (.mid) is needed")
    if data[:4] != b"MThd":
        raise MalformedError('is not a MIDI file; it should begin with "MThd"')
    if len(data) < 14 or int.from_bytes(data[4:8], "big") < 6:
        raise MalformedError("is cut short or damaged within its header; a whole file is needed")
    kind, count, division = (int.from_bytes(data[i : i + 2], "big") for i in (8, 10, 12))
    if kind > 1:
        raise MalformedError(f"is of MIDI type {kind}; save it as type 0 or 1")
    if division & 0x8000:
        raise MalformedError("counts time in SMPTE frames; save it with ticks per quarter note")
    if division == 0:
        raise MalformedError("has 0 ticks per quarter note; 480 is usual")
    tracks: list[tuple[RawEvent, ...]] = []
    left = MOST_EVENTS
    at = 8 + int.from_bytes(data[4:8], "big")
    while at + 8 <= len(data):
        start, size = at + 8, int.from_bytes(data[at + 4 : at + 8], "big")
        if data[at : at + 4] == b"MTrk":
            if len(tracks) == MOST_TRACKS:
                raise MalformedError(f"holds more than {MOST_TRACKS:,} tracks; give a smaller file")
            if start + size > len(data):
                raise MalformedError(f"is cut short in track {len(tracks)}; a whole file is needed")
            tracks.append(_read_track(data[start : start + size], len(tracks), left))
            left -= len(tracks[-1])
        at = start + size
    if len(tracks) < count:
        raise MalformedError(f"is cut short: {len(tracks)} of {count} tracks are there")
    return RawFile(kind, division, tuple(tracks))


def _without_riff(data: bytes) -> bytes:
    """Unwrap a RIFF MIDI file (.rmi)."""
    if data[:4] == b"RIFF" and data[8:16] == b"RMIDdata":
        return data[20 : 20 + int.from_bytes(data[16:20], "little")]
    return data


def _read_track(data: bytes, number: int, most: int) -> tuple[RawEvent, ...]:
    try:
        return tuple(_events(data, most))
    except _TooManyError:
        raise MalformedError(
            f"holds more than {MOST_EVENTS:,} events, which no music has; give a smaller file"
        ) from None
    except (IndexError, MalformedError) as error:
        reason = str(error) if isinstance(error, MalformedError) else "ends within an event"
        raise MalformedError(f"is damaged: track {number} {reason}") from None


def _events(data: bytes, most: int) -> list[RawEvent]:
    events: list[RawEvent] = []
    at, ticks, running = 0, 0, 0
    while at < len(data):
        if len(events) >= most:
            raise _TooManyError
        delta, at = _variable_length(data, at)
        ticks += delta
        status = data[at]
        if status & 0x80:
            at += 1
        elif running:
            status = running
        else:
            raise MalformedError("begins with a data byte where a status byte should be")
        if status in (META, 0xF0, 0xF7):
            meta = 0
            if status == META:
                meta = data[at]
                at += 1
            size, at = _variable_length(data, at)
            if at + size > len(data):
                raise IndexError
            events.append(RawEvent(ticks, status, meta, data[at : at + size]))
            at += size
            if status == META and meta == END_OF_TRACK:
                return events
            continue
        if status < 0xF0:
            size, running = _DATA_BYTES[status & 0xF0], status
        else:
            size = _SYSTEM_DATA_BYTES.get(status, 0)
        values = data[at : at + size]
        if len(values) < size:
            raise IndexError
        if any(value > 127 for value in values):
            raise MalformedError(f"has a data byte over 127 at tick {ticks}")
        events.append(RawEvent(ticks, status, 0, values))
        at += size
    events.append(RawEvent(ticks, META, END_OF_TRACK, b""))
    return events


def _variable_length(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to four bytes, seven bits each, and the place after it."""
    value = 0
    for place in range(at, at + 4):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    raise MalformedError("has a length of more than four bytes")

"""Which channels and programs play in which track chunks of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from composer.errors import MidiError
from composer.midi.reader import MalformedError, RawEvent, read_raw

_ON, _PROGRAM = 0x90, 0xC0
_SYSTEM = 0xF0


@dataclass(frozen=True, slots=True)
class Voice:
    """Notes of one channel and program in one track chunk.

    Args:
        chunk: Index of the track chunk.
        channel: MIDI channel, counted from 0.
        program: Program in force where they begin, 0–127.
        first_ticks: Onset of the first.
        notes: How many.
    """

    chunk: int
    channel: int
    program: int
    first_ticks: int
    notes: int


def voices_of(data: bytes, name: str = "MIDI data") -> tuple[Voice, ...]:
    """Which channels and programs play in which track chunks.

    Raises:
        MidiError: If the bytes are not a readable MIDI file of type 0 or 1.
    """
    try:
        file = read_raw(data)
    except MalformedError as error:
        raise MidiError(f"{name}: {error}") from None
    changes = sorted(
        (event.ticks, event.status & 0x0F, event.data[0])
        for chunk in file.tracks
        for event in chunk
        if event.status & 0xF0 == _PROGRAM
    )
    found: dict[tuple[int, int, int], tuple[int, int]] = {}
    for index, chunk in enumerate(file.tracks):
        programs = _opening(chunk, changes)
        for event in chunk:
            kind, channel = event.status & 0xF0, event.status & 0x0F
            if event.status >= _SYSTEM:
                continue
            if kind == _PROGRAM:
                programs[channel] = event.data[0]
            elif kind == _ON and event.data[1]:
                place = (index, channel, programs.get(channel, 0))
                first, count = found.get(place, (event.ticks, 0))
                found[place] = (first, count + 1)
    return tuple(Voice(*place, first, count) for place, (first, count) in found.items())


def _opening(
    chunk: tuple[RawEvent, ...], changes: Sequence[tuple[int, int, int]]
) -> dict[int, int]:
    """Programs that other chunks set for channels whose own chunk sets none."""
    own = {event.status & 0x0F for event in chunk if event.status & 0xF0 == _PROGRAM}
    found: dict[int, int] = {}
    for _, channel, program in changes:
        if channel not in own:
            found.setdefault(channel, program)
    return found

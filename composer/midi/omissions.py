"""What the bytes of a MIDI file leave open, and `composer.midi.decode` fills in.

A `Performance` cannot tell a tempo of 120 from none, nor a note that lasts to the end of the piece
from one that nobody ended; who takes a tune out of a file must know.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from composer.errors import MidiError
from composer.midi.reader import META, MalformedError, RawEvent, read_raw

_TEMPO, _METER = 0x51, 0x58
_OFF, _ON = 0x80, 0x90


@dataclass(frozen=True, slots=True)
class Omissions:
    """What a file leaves open.

    Args:
        tempo: Whether it says no tempo.
        meter: Whether it says no time signature.
        open_notes: (channel, onset in ticks, pitch) of notes that nothing ends.
    """

    tempo: bool
    meter: bool
    open_notes: frozenset[tuple[int, int, int]]


def omissions(data: bytes, name: str = "MIDI data") -> Omissions:
    """See what the bytes of a MIDI file leave open.

    Raises:
        MidiError: If they are not a readable MIDI file of type 0 or 1.
    """
    try:
        file = read_raw(data)
    except MalformedError as error:
        raise MidiError(f"{name}: {error}") from None
    metas = {event.meta for track in file.tracks for event in track if event.status == META}
    open_notes = {note for track in file.tracks for note in _open_notes(track)}
    return Omissions(_TEMPO not in metas, _METER not in metas, frozenset(open_notes))


def _open_notes(events: tuple[RawEvent, ...]) -> list[tuple[int, int, int]]:
    """Notes of a track that are begun and never ended; those begun first are ended first."""
    sounding: dict[tuple[int, int], deque[int]] = defaultdict(deque)
    for event in events:
        kind, channel = event.status & 0xF0, event.status & 0x0F
        if kind not in (_OFF, _ON):
            continue
        onsets = sounding[channel, event.data[0]]
        if kind == _ON and event.data[1]:
            onsets.append(event.ticks)
        elif onsets:
            onsets.popleft()
    return [
        (channel, ticks, pitch) for (channel, pitch), onsets in sounding.items() for ticks in onsets
    ]

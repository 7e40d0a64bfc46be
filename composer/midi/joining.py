"""Two pieces in one MIDI file: the bytes of the first, and the second from a bar line on.

No event of the first is touched. What carries on one of its tracks is written on the same track and
channel; newcomers have tracks and channels of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from composer.errors import MidiError
from composer.midi.reader import END_OF_TRACK, META, MalformedError, RawEvent, RawFile, read_raw
from composer.midi.text import text_to_bytes
from composer.music.performance import Performance, Track

_OFF, _ON, _CONTROL, _PROGRAM, _BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0
_NAME, _MARKER, _TEMPO, _METER, _KEY = 0x03, 0x06, 0x51, 0x58, 0x59
_BANK, _WHEEL, _VOLUME, _PAN, _EXPRESSION, _PEDAL = 0, 1, 7, 10, 11, 64
_DRUM_CHANNEL = 9
_CHANNELS = 16
_MIDDLE = 8192
_TWO_SEMITONES = ((101, 0), (100, 0), (6, 2), (38, 0), (101, 127), (100, 127))
_FULL = 127
_MICROSECONDS = 500_000

_Timed = tuple[int, int, bytes]  # ticks, order at one tick, bytes


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a part of the second piece goes on in the first.

    Args:
        chunk: Index of the track chunk; -1 for one of its own.
        channel: The channel that it would have.
        program: The program that sounds there.
    """

    chunk: int
    channel: int
    program: int


def joined(
    data: bytes,
    performance: Performance,
    at_quarters: Fraction,
    seats: Sequence[Seat | None],
    name: str = "MIDI data",
) -> bytes:
    """The first piece with the second one after it.

    Args:
        data: The first piece's file.
        performance: The second piece.
        at_quarters: Where the second begins in the first, in quarters from its start.
        seats: For each track of the performance, where it goes on; None for a newcomer.
        name: What error messages call the first.

    Raises:
        MidiError: If the bytes are not a readable MIDI file of type 0 or 1.
    """
    file = _read(data, name)
    join = _Join(file, performance, round(at_quarters * file.ticks_per_quarter))
    join.conduct()
    taken: set[int] = set()
    placed: list[tuple[Track, int, Seat | None]] = []
    for track, seat in zip(performance.tracks, seats, strict=True):
        if seat is not None and seat.channel not in taken and seat.channel < _CHANNELS:
            taken.add(seat.channel)
            placed.append((track, seat.chunk, seat))
        else:
            placed.append((track, -1 if seat is None else seat.chunk, None))
    for track, chunk, known in placed:
        channel = known.channel if known is not None else join.free_channel(track, taken)
        taken.add(channel)
        join.add(track, join.chunk(chunk, track), channel, known)
    return join.bytes()


def _read(data: bytes, name: str) -> RawFile:
    try:
        return read_raw(data)
    except MalformedError as error:
        raise MidiError(f"{name}: {error}") from None


@dataclass(slots=True)
class _Join:
    """A file that grows at its end."""

    file: RawFile
    performance: Performance
    at: int
    chunks: list[list[_Timed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chunks = [
            [(event.ticks, 0, _encoded(event)) for event in chunk if not _ends(event)]
            for chunk in self.file.tracks
        ] or [[]]

    def _ticks(self, ticks: int) -> int:
        """A moment of the second piece on the first one's clock."""
        unit = self.performance.ticks_per_quarter
        return self.at + (2 * ticks * self.file.ticks_per_quarter + unit) // (2 * unit)

    def chunk(self, index: int, track: Track) -> list[_Timed]:
        """The chunk of an index, or a new one; a file of type 0 has no more than one."""
        if 0 <= index < len(self.chunks):
            return self.chunks[index]
        if self.file.kind == 0:
            return self.chunks[0]
        new = [(0, 0, _meta(_NAME, text_to_bytes(track.name)))]
        self.chunks.append(new)
        return new

    def free_channel(self, track: Track, taken: set[int]) -> int:
        """A channel that nothing of the second piece has, one that nothing has at all first."""
        if track.channel == _DRUM_CHANNEL:
            return _DRUM_CHANNEL
        used = {
            event.status & 0x0F
            for chunk in self.file.tracks
            for event in chunk
            if event.status & 0xF0 == _ON and event.status < 0xF0
        }
        able = [c for c in range(_CHANNELS) if c != _DRUM_CHANNEL and c not in taken]
        return next((c for c in able if c not in used), able[0] if able else track.channel)

    def conduct(self) -> None:
        """Tempo, meter, key and section names of the second piece, where they are new."""
        piece, chunk = self.performance, self.chunks[0]
        before = {_TEMPO: _MICROSECONDS.to_bytes(3, "big"), _METER: bytes((4, 2)), _KEY: b""}
        metas = sorted(
            (event for track in self.file.tracks for event in track if event.status == META),
            key=lambda event: event.ticks,
        )
        for event in metas:
            if event.meta in before and event.ticks <= self.at:
                before[event.meta] = event.data
        for tempo in piece.tempos:
            length = tempo.microseconds_per_quarter.to_bytes(3, "big")
            if tempo.ticks or length != before[_TEMPO][:3]:
                chunk.append((self._ticks(tempo.ticks), 1, _meta(_TEMPO, length)))
        for meter in piece.meters:
            power = meter.denominator.bit_length() - 1
            if meter.ticks or (meter.numerator, power) != tuple(before[_METER][:2]):
                signs = bytes((meter.numerator, power, 24, 8))
                chunk.append((self._ticks(meter.ticks), 1, _meta(_METER, signs)))
        for key in piece.keys:
            signs = bytes((key.sharps % 256, int(key.minor)))
            if key.ticks or signs != before[_KEY][:2]:
                chunk.append((self._ticks(key.ticks), 1, _meta(_KEY, signs)))
        for text in piece.texts:
            if text.kind == "marker":
                words = _meta(_MARKER, text_to_bytes(text.text))
                chunk.append((self._ticks(text.ticks), 1, words))

    def add(self, track: Track, chunk: list[_Timed], channel: int, known: Seat | None) -> None:
        """A part: where it goes on, its sound, level and place stay what they were."""
        at = self.at
        program = track.program if known is None else known.program
        head = [(_PEDAL, 0), (_WHEEL, 0)]
        head.append(
            (_BANK, track.bank) if known is None else (_VOLUME, self._usual(channel, _VOLUME))
        )
        head += list(_TWO_SEMITONES) if track.bends else []
        chunk += [(at, 2, bytes((_CONTROL | channel, *pair))) for pair in head]
        chunk.append((at, 3, bytes((_PROGRAM | channel, program))))
        chunk.append((at, 3, _bent(channel, 0)))
        kept = () if known is None else (_VOLUME, _PAN)
        if all(change.controller != _EXPRESSION for change in track.controls):
            chunk.append((at, 3, bytes((_CONTROL | channel, _EXPRESSION, _FULL))))
        for change in track.controls:
            if change.controller not in kept:
                event = bytes((_CONTROL | channel, change.controller, change.value))
                chunk.append((self._ticks(change.ticks), 4, event))
        for bend in track.bends:
            chunk.append((self._ticks(bend.ticks), 4, _bent(channel, bend.value)))
        last: dict[int, int] = {}
        for note in track.notes:
            start = self._ticks(note.onset_ticks)
            if last.get(note.pitch) == start:
                continue  # two strokes that a coarse clock cannot tell apart
            last[note.pitch] = start
            end = max(start + 1, self._ticks(note.end_ticks))
            chunk.append((start, 6, bytes((_ON | channel, note.pitch, note.velocity))))
            chunk.append((end, 5, bytes((_OFF | channel, note.pitch, 0))))

    def _usual(self, channel: int, controller: int) -> int:
        """The value that a controller of a channel had for most of its notes."""
        events = sorted(
            (
                (event.ticks, event.status & 0xF0 == _ON, event)
                for chunk in self.file.tracks
                for event in chunk
                if event.status < 0xF0 and event.status & 0x0F == channel
            ),
            key=lambda item: item[:2],
        )
        value, heard = 100, Counter[int]()
        for _, _, event in events:
            if event.status & 0xF0 == _CONTROL and event.data[0] == controller:
                value = event.data[1]
            elif event.status & 0xF0 == _ON and event.data[1]:
                heard[value] += 1
        return max(sorted(heard), key=lambda v: heard[v], default=value)

    def bytes(self) -> bytes:
        """The file."""
        end = self._ticks(self.performance.end_ticks)
        end = max([end, *(event[0] for chunk in self.chunks for event in chunk)])
        body = b"".join(_packed(chunk, end) for chunk in self.chunks)
        head = (self.file.kind, len(self.chunks), self.file.ticks_per_quarter)
        return (
            b"MThd" + (6).to_bytes(4, "big") + b"".join(n.to_bytes(2, "big") for n in head) + body
        )


def _ends(event: RawEvent) -> bool:
    return event.status == META and event.meta == END_OF_TRACK


def _encoded(event: RawEvent) -> bytes:
    """An event with its full status."""
    if event.status == META:
        return _meta(event.meta, event.data)
    if event.status in (0xF0, 0xF7):
        return bytes((event.status,)) + _length(len(event.data)) + event.data
    return bytes((event.status,)) + event.data


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((META, kind)) + _length(len(data)) + data


def _bent(channel: int, value: int) -> bytes:
    wheel = value + _MIDDLE
    return bytes((_BEND | channel, wheel & 0x7F, wheel >> 7))


def _packed(events: list[_Timed], end: int) -> bytes:
    """A track chunk: events in time, at one moment in their order, those of the first piece first.

    Its own events keep the order in which they were.
    """
    body = bytearray()
    now = 0
    for ticks, _, data in sorted(events, key=lambda event: event[:2]):
        body += _length(ticks - now) + data
        now = ticks
    body += _length(end - now) + bytes((META, END_OF_TRACK, 0))
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def _length(value: int) -> bytes:
    """A number as MIDI writes it: seven bits a byte, the last with its high bit clear."""
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))

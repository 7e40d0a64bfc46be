"""A Standard MIDI File to `Performance`: our own files exactly, foreign ones as well as can be.

What a foreign file leaves open is filled in: no tempo is 120, no time signature 4/4, an unnamed
track is called after its channel. A note without an end lasts to the end of the piece, notes of
one pitch end in the order in which they began, and one of no length gets a tick. A channel that
changes its program becomes one track a program; syllables stay with the first of a chunk, and are
lost where it has no notes. Aftertouch and system exclusive messages are left out: a `Performance`
has no place for them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from composer.errors import MidiError
from composer.midi.files import midi_bytes
from composer.midi.reader import META, MalformedError, RawEvent, RawFile, read_raw
from composer.midi.text import ROLE_PREFIX, text_from_bytes
from composer.midi.units import DEFAULT_MICROSECONDS_PER_QUARTER
from composer.music.performance import (
    ControlChange,
    KeyChange,
    LyricEvent,
    MeterChange,
    Performance,
    PitchBend,
    PlayedNote,
    TempoChange,
    TextEvent,
    Track,
)

_TEXT, _TRACK_NAME, _LYRIC, _MARKER = 0x01, 0x03, 0x05, 0x06
_TEMPO, _METER, _KEY = 0x51, 0x58, 0x59
_OFF, _ON, _CONTROL, _PROGRAM, _BEND = 0x80, 0x90, 0xB0, 0xC0, 0xE0
_WHEEL_MIDDLE = 8192
_BANK, _BANK_FINE = 0, 32
_DRUM_CHANNEL = 9

_Change = TypeVar("_Change", TempoChange, MeterChange, KeyChange)


def read_midi(path: Path | str) -> Performance:
    """Read a MIDI file.

    Raises:
        MidiError: If it cannot be opened, or not be understood.
    """
    return decode(midi_bytes(path), name=str(path))


def decode(data: bytes, name: str = "MIDI data", *, by_program: bool = True) -> Performance:
    """Read the bytes of a MIDI file.

    Args:
        data: The file's bytes.
        name: What error messages call it.
        by_program: Whether a channel that changes its program becomes one track a program;
            otherwise it stays one track, of its first program.

    Raises:
        MidiError: If they are not a readable MIDI file of type 0 or 1.
    """
    try:
        file = read_raw(data)
    except MalformedError as error:
        raise MidiError(f"{name}: {error}") from None
    chunks = [_Chunk(index, events) for index, events in enumerate(file.tracks)]
    end_ticks = max((chunk.end_ticks for chunk in chunks), default=0)
    events = [event for chunk in file.tracks for event in chunk if event.status == META]
    tempos = _changes(events, _tempo, TempoChange(0, DEFAULT_MICROSECONDS_PER_QUARTER))
    meters = _changes(events, _meter, MeterChange(0, 4, 4))
    tracks = _tracks(file, chunks, end_ticks, by_program)
    ends = [note.end_ticks for track in tracks for note in track.notes]
    return Performance(
        title=chunks[0].name or "" if chunks else "",
        end_ticks=max([end_ticks, *ends]),
        tempos=tempos,
        meters=meters,
        keys=_changes(events, _key, None),
        texts=_texts(chunks),
        tracks=tracks,
        ticks_per_quarter=file.ticks_per_quarter,
    )


class _Chunk:
    """What the meta events of one track chunk say."""

    def __init__(self, index: int, events: tuple[RawEvent, ...]) -> None:
        self.events = events
        self.end_ticks = events[-1].ticks
        self.name: str | None = None
        self.role: str | None = None
        self.texts: list[TextEvent] = []
        self.lyrics: list[LyricEvent] = []
        for event in events:
            if event.status != META or event.meta not in (_TEXT, _TRACK_NAME, _LYRIC, _MARKER):
                continue
            text = text_from_bytes(event.data)
            if event.meta == _TRACK_NAME:
                self.name = text if self.name is None else self.name
            elif event.meta == _LYRIC:
                self.lyrics.append(LyricEvent(event.ticks, text))
            elif event.meta == _TEXT and index and not self.texts and text.startswith(ROLE_PREFIX):
                self.role = text.removeprefix(ROLE_PREFIX)
            else:
                kind = "text" if event.meta == _TEXT else "marker"
                self.texts.append(TextEvent(event.ticks, kind, text))


def _texts(chunks: Iterable[_Chunk]) -> tuple[TextEvent, ...]:
    texts = [text for chunk in chunks for text in chunk.texts]
    return tuple(sorted(texts, key=lambda text: text.ticks))


def _changes(
    events: Iterable[RawEvent],
    read: Callable[[RawEvent], _Change | None],
    default: _Change | None,
) -> tuple[_Change, ...]:
    """The changes that `read` finds, one a tick (the last), opened by the default if need be."""
    found = {} if default is None else {0: default}
    for event in events:
        change = read(event)
        if change is not None:
            found[change.ticks] = change
    return tuple(found[ticks] for ticks in sorted(found))


def _tempo(event: RawEvent) -> TempoChange | None:
    microseconds = int.from_bytes(event.data[:3], "big")
    if event.meta != _TEMPO or len(event.data) < 3 or microseconds == 0:
        return None
    return TempoChange(event.ticks, microseconds)


def _meter(event: RawEvent) -> MeterChange | None:
    if event.meta != _METER or len(event.data) < 2 or event.data[0] == 0 or event.data[1] > 7:
        return None
    return MeterChange(event.ticks, event.data[0], 2 ** event.data[1])


def _key(event: RawEvent) -> KeyChange | None:
    if event.meta != _KEY or len(event.data) < 2:
        return None
    sharps = int.from_bytes(event.data[:1], "big", signed=True)
    if not -7 <= sharps <= 7 or event.data[1] > 1:
        return None
    return KeyChange(event.ticks, sharps, event.data[1] == 1)


@dataclass(slots=True)
class _Voice:
    """One channel of one chunk."""

    channel: int
    notes: list[tuple[tuple[int, int] | None, PlayedNote]] = field(default_factory=list)
    controls: list[ControlChange] = field(default_factory=list)
    programs: list[tuple[int, int]] = field(default_factory=list)
    bends: list[PitchBend] = field(default_factory=list)


def _tracks(
    file: RawFile, chunks: list[_Chunk], end_ticks: int, by_program: bool
) -> tuple[Track, ...]:
    voices = [_voices(chunk, end_ticks) for chunk in chunks]
    lent = _set_up(chunks, voices)
    tracks: list[Track] = []
    for chunk, by_channel in zip(chunks, voices, strict=True):
        made: list[Track] = []
        for voice in by_channel.values():
            if voice.notes or chunk.role is not None:
                made += _split(voice, chunk, lent.get(voice.channel), by_program)
        named = chunk.name if file.kind == 1 else None
        for number, track in enumerate(made, start=1):
            name = _default_name(track.channel) if named is None else named
            if number > 1 and named is not None:
                name = f"{name} {number}"
            lyrics = tuple(chunk.lyrics) if number == 1 else ()
            tracks.append(replace(track, name=name, lyrics=lyrics))
    return tuple(tracks)


def _default_name(channel: int) -> str:
    return "Drums" if channel == _DRUM_CHANNEL else f"Channel {channel + 1}"


def _voices(chunk: _Chunk, end_ticks: int) -> dict[int, _Voice]:
    """The channels of a chunk, notes closed and controllers in order."""
    voices: dict[int, _Voice] = {}
    sounding: dict[tuple[int, int], deque[tuple[RawEvent, tuple[int, int] | None]]]
    sounding = defaultdict(deque)

    def close(start: tuple[RawEvent, tuple[int, int] | None], ticks: int) -> None:
        event, program = start
        length = max(ticks - event.ticks, 1)
        note = PlayedNote(event.ticks, event.data[0], length, event.data[1])
        voices[event.status & 0x0F].notes.append((program, note))

    for event in chunk.events:
        kind, channel = event.status & 0xF0, event.status & 0x0F
        if kind not in (_OFF, _ON, _CONTROL, _PROGRAM, _BEND):
            continue
        voice = voices.setdefault(channel, _Voice(channel))
        if kind == _CONTROL:
            voice.controls.append(ControlChange(event.ticks, *event.data))
        elif kind == _BEND:
            voice.bends.append(_bend(event))
        elif kind == _PROGRAM:
            _choose_program(voice, event.data[0])
        elif kind == _ON and event.data[1]:
            program = voice.programs[-1] if voice.programs else None
            sounding[channel, event.data[0]].append((event, program))
        elif starts := sounding[channel, event.data[0]]:
            close(starts.popleft(), event.ticks)
    for starts in sounding.values():
        for start in starts:
            if start[0].ticks < end_ticks:
                close(start, end_ticks)
    return voices


def _bend(event: RawEvent) -> PitchBend:
    fine, coarse = event.data
    return PitchBend(event.ticks, (coarse << 7 | fine) - _WHEEL_MIDDLE)


def _choose_program(voice: _Voice, program: int) -> None:
    """Take over the banks chosen for the program out of the controllers."""
    banks = [change for change in voice.controls if change.controller == _BANK]
    bank = voice.programs[-1][0] if voice.programs else 0
    voice.controls = [c for c in voice.controls if c.controller not in (_BANK, _BANK_FINE)]
    voice.programs.append((banks[-1].value if banks else bank, program))


def _set_up(chunks: list[_Chunk], voices: list[dict[int, _Voice]]) -> dict[int, _Voice]:
    """By channel, what chunks without notes set for those that have them."""
    lent: dict[int, _Voice] = {}
    for chunk, by_channel in zip(chunks, voices, strict=True):
        for voice in by_channel.values():
            if chunk.role is None and not voice.notes:
                target = lent.setdefault(voice.channel, _Voice(voice.channel))
                target.controls += voice.controls
                target.bends += voice.bends
                target.programs += voice.programs
    return lent


def _split(voice: _Voice, chunk: _Chunk, lent: _Voice | None, by_program: bool) -> list[Track]:
    """A channel as one track a program, in the order of their first notes."""
    controls, bends = list(voice.controls), list(voice.bends)
    first = voice.programs[0] if voice.programs else (0, 0)
    if lent is not None and chunk.role is None:
        controls = sorted([*lent.controls, *controls], key=lambda change: change.ticks)
        bends = sorted([*lent.bends, *bends], key=lambda change: change.ticks)
        if lent.programs and not voice.programs:
            first = lent.programs[0]
    opening = any(program is None for program, _ in voice.notes) and voice.programs
    before: tuple[int, int] = (0, 0) if opening else first
    notes: dict[tuple[int, int], list[PlayedNote]] = {}
    for program, note in sorted(voice.notes, key=lambda pair: pair[1]):
        own = before if program is None else program
        notes.setdefault(own if by_program else first, []).append(note)
    return [
        Track(
            "",
            chunk.role or "",
            voice.channel,
            program,
            bank,
            tuple(played),
            tuple(controls),
            tuple(bends),
        )
        for (bank, program), played in (notes or {first: []}).items()
    ]

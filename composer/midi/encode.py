"""`Performance` to the bytes of a Standard MIDI File, type 1, on top of mido.

The first track is the conductor's: title, tempo, time and key signatures, markers and texts. Then
one track a part: name, role (a text ``role=…``), bank, program, controllers, bends, syllables and
notes. At one tick note-offs come first, then controllers, bends, syllables and note-ons; every
track ends at the end of the piece. The same performance gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import mido

from composer.midi.text import ROLE_PREFIX, text_to_bytes
from composer.music.performance import ControlChange, Performance, PlayedNote, Track

TEXT_KINDS = ("marker", "text")
_FIFTHS = (*"FCGDAEB",)
_KEYS = tuple(f"{step}{alter}" for alter in ("b", "", "#") for step in _FIFTHS)
_OFF, _CONTROL, _BEND, _LYRIC, _ON = range(5)

_Timed = tuple[int, mido.Message | mido.MetaMessage]


def encode(performance: Performance) -> bytes:
    """Write a performance as a MIDI file.

    Raises:
        ValueError: If the performance is not valid: a value outside MIDI's range, or an event
            after the end.
    """
    file = mido.MidiFile(type=1, ticks_per_beat=performance.ticks_per_quarter)
    file.tracks.append(_chunk(_conductor_events(performance), performance.end_ticks))
    for track in performance.tracks:
        file.tracks.append(_chunk(_part_events(track), performance.end_ticks))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _conductor_events(performance: Performance) -> list[_Timed]:
    events: list[_Timed] = [(0, _text_event("track_name", performance.title))]
    for tempo in performance.tempos:
        message = mido.MetaMessage("set_tempo", tempo=tempo.microseconds_per_quarter)
        events.append((tempo.ticks, message))
    for meter in performance.meters:
        message = mido.MetaMessage(
            "time_signature", numerator=meter.numerator, denominator=meter.denominator
        )
        events.append((meter.ticks, message))
    for key in performance.keys:
        if not -7 <= key.sharps <= 7:
            raise ValueError(f"a key signature has at most 7 sharps or flats, not {key.sharps}")
        name = f"{_KEYS[key.sharps + 11]}m" if key.minor else _KEYS[key.sharps + 8]
        events.append((key.ticks, mido.MetaMessage("key_signature", key=name)))
    for text in performance.texts:
        if text.kind not in TEXT_KINDS:
            raise ValueError(f'a text is one of {", ".join(TEXT_KINDS)}, not "{text.kind}"')
        events.append((text.ticks, _text_event(text.kind, text.text)))
    return sorted(events, key=lambda event: event[0])


def _part_events(track: Track) -> Iterable[_Timed]:
    channel = track.channel
    yield 0, _text_event("track_name", track.name)
    yield 0, _text_event("text", ROLE_PREFIX + track.role)
    yield 0, mido.Message("control_change", channel=channel, control=0, value=track.bank)
    yield 0, mido.Message("program_change", channel=channel, program=track.program)
    timed = [(c.ticks, _CONTROL, i) for i, c in enumerate(track.controls)]
    timed += [(b.ticks, _BEND, i) for i, b in enumerate(track.bends)]
    timed += [(lyric.ticks, _LYRIC, i) for i, lyric in enumerate(track.lyrics)]
    for i, note in enumerate(track.notes):
        timed += [(note.onset_ticks, _ON, i), (note.end_ticks, _OFF, i)]
    for ticks, kind, i in sorted(timed):
        if kind == _CONTROL:
            yield ticks, _control_event(channel, track.controls[i])
        elif kind == _BEND:
            pitch = track.bends[i].value
            yield ticks, mido.Message("pitchwheel", channel=channel, pitch=pitch)
        elif kind == _LYRIC:
            yield ticks, _text_event("lyrics", track.lyrics[i].text)
        else:
            yield ticks, _note_event(channel, track.notes[i], on=kind == _ON)


def _control_event(channel: int, change: ControlChange) -> mido.Message:
    return mido.Message(
        "control_change", channel=channel, control=change.controller, value=change.value
    )


def _note_event(channel: int, note: PlayedNote, *, on: bool) -> mido.Message:
    if note.duration_ticks < 1 or not 1 <= note.velocity <= 127:
        raise ValueError(f"a note needs a tick and a velocity of 1 to 127: {note}")
    velocity = note.velocity if on else 0
    kind = "note_on" if on else "note_off"
    return mido.Message(kind, channel=channel, note=note.pitch, velocity=velocity)


def _text_event(kind: str, text: str) -> mido.MetaMessage:
    """A text event; mido writes each character below 256 as one byte.

    What is sung is UTF-8 always, as programs that show it expect.
    """
    field = "name" if kind == "track_name" else "text"
    data = text.encode("utf-8", errors="replace") if kind == "lyrics" else text_to_bytes(text)
    return mido.MetaMessage(kind, **{field: data.decode("latin-1")})


def _chunk(events: Iterable[_Timed], end_ticks: int) -> mido.MidiTrack:
    chunk, now = mido.MidiTrack(), 0
    for ticks, message in events:
        if not now <= ticks <= end_ticks:
            raise ValueError(f"an event at tick {ticks} lies outside the piece (0 to {end_ticks})")
        message.time = ticks - now
        chunk.append(message)
        now = ticks
    chunk.append(mido.MetaMessage("end_of_track", time=end_ticks - now))
    return chunk

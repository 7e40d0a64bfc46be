"""Foreign files: dirty ones are read, broken ones are refused in one line."""

from __future__ import annotations

import io
from pathlib import Path

import mido
import pytest

from composer.errors import MidiError
from composer.midi.decode import decode, read_midi
from composer.music.performance import (
    ControlChange,
    MeterChange,
    PitchBend,
    PlayedNote,
    TempoChange,
)

HEADER = b"MThd\0\0\0\6"


def file_of(*tracks: bytes, kind: int = 1, division: int = 96) -> bytes:
    head = HEADER + b"".join(n.to_bytes(2, "big") for n in (kind, len(tracks), division))
    return head + b"".join(b"MTrk" + len(t).to_bytes(4, "big") + t for t in tracks)


def events(text: str) -> bytes:
    return bytes.fromhex(text)


END = events("00 ff 2f 00")


def test_running_status_and_note_on_with_velocity_zero() -> None:
    piece = decode(file_of(events("00 90 3c 40 60 3c 00 00 3e 41 60 3e 00") + END))
    assert piece.tracks[0].notes == (PlayedNote(0, 60, 96, 64), PlayedNote(96, 62, 96, 65))
    assert piece.ticks_per_quarter == 96
    assert piece.end_ticks == 192


def test_what_is_missing_is_filled_in() -> None:
    piece = decode(file_of(events("00 93 3c 40 60 83 3c 00") + END))
    assert piece.tempos == (TempoChange(0, 500_000),)
    assert piece.meters == (MeterChange(0, 4, 4),)
    assert (piece.title, piece.keys) == ("", ())
    assert (piece.tracks[0].name, piece.tracks[0].program) == ("Channel 4", 0)


def test_type_0_becomes_one_track_a_channel() -> None:
    song = "00 ff 03 02 48 69 00 c0 05 00 c1 20 00 90 3c 40 00 91 24 40 00 99 26 40 60 90 3c 00"
    piece = decode(file_of(events(song + "00 91 24 00 00 99 26 00") + END, kind=0))
    assert piece.title == "Hi"
    assert [(t.name, t.channel, t.program) for t in piece.tracks] == [
        ("Channel 1", 0, 5),
        ("Channel 2", 1, 32),
        ("Drums", 9, 0),
    ]


def test_a_note_without_an_end_lasts_to_the_end() -> None:
    piece = decode(file_of(events("00 90 3c 40 83 60 ff 2f 00")))
    assert piece.tracks[0].notes == (PlayedNote(0, 60, 480, 64),)


def test_overlapping_notes_end_in_the_order_they_began() -> None:
    song = "00 90 3c 40 0a 90 3c 41 0a 80 3c 00 0a 80 3c 00"
    piece = decode(file_of(events(song) + END))
    assert piece.tracks[0].notes == (PlayedNote(0, 60, 20, 64), PlayedNote(10, 60, 20, 65))


def test_a_note_of_no_length_gets_a_tick() -> None:
    piece = decode(file_of(events("00 90 3c 40 00 80 3c 00") + END))
    assert piece.tracks[0].notes == (PlayedNote(0, 60, 1, 64),)
    assert piece.end_ticks == 1


def test_a_change_of_program_opens_a_new_track() -> None:
    note = "00 90 3c 40 0a 80 3c 00"
    song = f"00 ff 03 01 78 00 b0 00 08 00 c0 01 {note} 00 c0 02 {note}"
    piece = decode(file_of(events(song) + END))
    assert [(t.name, t.bank, t.program) for t in piece.tracks] == [("x", 8, 1), ("x 2", 8, 2)]


def test_a_set_up_track_lends_its_programs() -> None:
    setup = events("00 c0 28 00 b0 07 50") + END
    piece = decode(file_of(setup, events("00 90 3c 40 0a 80 3c 00") + END))
    assert len(piece.tracks) == 1
    assert piece.tracks[0].program == 0x28
    assert piece.tracks[0].controls == (ControlChange(0, 7, 0x50),)


@pytest.mark.parametrize("data", [b"Caf\xe9", b"Caf\xc3\xa9"])
def test_text_is_latin_1_or_utf_8(data: bytes) -> None:
    name = b"\0\xff\x03" + bytes([len(data)]) + data
    assert decode(file_of(name + END)).title == "Café"


def test_odd_meta_events_are_passed_over() -> None:
    odd = (
        "00 ff 59 02 09 00 00 ff 58 00 00 ff 51 03 00 00 00 00 ff 54 05 90 00 00 00 00 00 ff 7f 00"
    )
    song = odd + "00 f0 02 01 f7 00 e0 00 40 00 a0 3c 01 00 d0 01 00 90 3c 40 0a 80 3c 00"
    piece = decode(file_of(events(song) + END))
    assert len(piece.tracks[0].notes) == 1
    assert piece.tempos == (TempoChange(0, 500_000),)


def test_foreign_chunks_and_riff_wrapping_are_passed_over() -> None:
    inner = file_of(events("00 90 3c 40 0a 80 3c 00") + END)
    inner = inner[:14] + b"XFIH\0\0\0\2ab" + inner[14:]
    riff = b"RIFF" + (len(inner) + 12).to_bytes(4, "little")
    riff += b"RMIDdata" + len(inner).to_bytes(4, "little") + inner
    assert decode(riff) == decode(inner)
    assert len(decode(inner).tracks) == 1


def test_an_ordinary_mido_file_is_read() -> None:
    file = mido.MidiFile(type=1, ticks_per_beat=220)
    track = file.add_track("Flute")
    for pitch in range(60, 72):
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=0, channel=2))
        track.append(mido.Message("note_off", note=pitch, time=110, channel=2))
    buffer = io.BytesIO()
    file.save(file=buffer)
    (flute,) = decode(buffer.getvalue()).tracks
    assert (flute.name, flute.channel) == ("Flute", 2)
    assert [note.pitch for note in flute.notes] == list(range(60, 72))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"RIFF....WAVE", "not a MIDI file"),
        (HEADER + b"\0\1", "cut short"),
        (file_of(END, kind=2), "type 2"),
        (file_of(END, division=0xE728), "SMPTE"),
        (file_of(END, division=0), "0 ticks"),
        (file_of(END)[:-1], "cut short in track 0"),
        (HEADER + b"\0\1\0\2\0\x60" + file_of(END)[14:], "1 of 2 tracks"),
        (file_of(events("00 90 3c")), "ends within an event"),
        (file_of(events("00 3c 40") + END), "status byte"),
        (file_of(events("00 90 3c 90") + END), "over 127"),
        (file_of(events("ff ff ff ff 7f") + END), "four bytes"),
    ],
)
def test_a_broken_file_is_refused_in_one_clear_line(
    data: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(data)
    with pytest.raises(MidiError, match=words) as caught:
        read_midi(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="no such file"):
        read_midi(tmp_path / "none.mid")
    with pytest.raises(MidiError, match="folder"):
        read_midi(tmp_path)


def test_the_bend_wheel_is_read() -> None:
    piece = decode(
        file_of(events("00 e0 00 00 10 e0 00 40 00 90 3c 40 10 e0 7f 7f 00 80 3c 00") + END)
    )
    assert piece.tracks[0].bends == (PitchBend(0, -8192), PitchBend(16, 0), PitchBend(32, 8191))


def test_a_chunk_without_notes_lends_its_bends() -> None:
    wheel = events("00 e0 00 50") + END
    notes = events("10 90 3c 40 10 80 3c 00") + END
    piece = decode(file_of(wheel, notes))
    assert piece.tracks[0].bends == (PitchBend(0, 2048),)

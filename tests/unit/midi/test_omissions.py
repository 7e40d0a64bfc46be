"""What files leave open, and how large they may be."""

from __future__ import annotations

import pytest

from composer.errors import MidiError
from composer.midi import reader
from composer.midi.decode import decode
from composer.midi.omissions import omissions
from tests.mutations import midi_file

TEMPO = bytes.fromhex("00 ff 51 03 07 a1 20")
METER = bytes.fromhex("00 ff 58 04 03 02 18 08")
NOTE = bytes.fromhex("00 90 3c 50 60 3c 00")


def test_tempo_and_meter() -> None:
    bare = omissions(midi_file(NOTE))
    assert (bare.tempo, bare.meter) == (True, True)
    told = omissions(midi_file(TEMPO + METER, NOTE))
    assert (told.tempo, told.meter) == (False, False)


def test_open_notes() -> None:
    twice = bytes.fromhex("00 91 3c 50 30 91 3c 50 30 81 3c 00 00 91 40 50")
    assert omissions(midi_file(NOTE, twice)).open_notes == {(1, 48, 60), (1, 96, 64)}


def test_what_is_no_midi() -> None:
    with pytest.raises(MidiError, match="is empty"):
        omissions(b"", "x.mid")


def test_a_channel_may_stay_one_track() -> None:
    both = bytes.fromhex("00 c0 05") + NOTE + bytes.fromhex("00 c0 06") + NOTE
    assert [t.program for t in decode(midi_file(both)).tracks] == [5, 6]
    whole = decode(midi_file(both), by_program=False).tracks
    assert [(t.program, len(t.notes)) for t in whole] == [(5, 2)]


def test_more_events_than_music_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_EVENTS", 8)
    assert len(decode(midi_file(NOTE, NOTE)).tracks) == 2
    with pytest.raises(MidiError, match="holds more than 8 events"):
        decode(midi_file(NOTE, NOTE, NOTE))

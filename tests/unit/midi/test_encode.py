"""The bytes, and what four other readers make of them."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from composer.midi.encode import encode
from composer.music.performance import (
    ControlChange,
    KeyChange,
    MeterChange,
    Performance,
    PitchBend,
    PlayedNote,
    TempoChange,
    TextEvent,
    Track,
)

PIECE = Performance(
    title="Café",
    end_ticks=3840,
    tempos=(TempoChange(0, 500_000), TempoChange(1920, 400_000)),
    meters=(MeterChange(0, 6, 8),),
    keys=(KeyChange(0, -3, True),),
    texts=(
        TextEvent(0, "marker", "verse 1"),
        TextEvent(0, "text", "Cm7"),
        TextEvent(1920, "text", "Ab"),
    ),
    tracks=(
        Track(
            "lead",
            "melody",
            0,
            73,
            0,
            (
                PlayedNote(0, 72, 480, 90),
                PlayedNote(480, 72, 479, 1),
                PlayedNote(1920, 75, 1920, 127),
            ),
            (ControlChange(0, 7, 100), ControlChange(0, 10, 30), ControlChange(960, 64, 127)),
        ),
        Track(
            "kit", "drums", 9, 0, 0, (PlayedNote(0, 36, 1, 100), PlayedNote(240, 42, 60, 70)), ()
        ),
    ),
)
NOTES = {(note.onset_ticks, note.pitch, note.end_ticks) for t in PIECE.tracks for note in t.notes}


def test_the_bytes_of_a_tiny_piece() -> None:
    tiny = Performance(
        "A",
        480,
        (TempoChange(0, 500_000),),
        (MeterChange(0, 3, 4),),
        (KeyChange(0, 1, False),),
        (TextEvent(0, "marker", "v"),),
        (Track("b", "bass", 1, 32, 0, (PlayedNote(0, 36, 240, 100),), ()),),
    )
    assert encode(tiny).hex(" ") == " ".join(
        [
            "4d 54 68 64 00 00 00 06 00 01 00 02 01 e0",  # MThd, type 1, 2 tracks, 480
            "4d 54 72 6b 00 00 00 24",  # MTrk
            "00 ff 03 01 41",  # title "A"
            "00 ff 51 03 07 a1 20",  # 500,000 µs a quarter
            "00 ff 58 04 03 02 18 08",  # 3/4
            "00 ff 59 02 01 00",  # one sharp, major
            "00 ff 06 01 76",  # marker "v"
            "83 60 ff 2f 00",  # end at 480
            "4d 54 72 6b 00 00 00 27",  # MTrk
            "00 ff 03 01 62",  # name "b"
            "00 ff 01 09 72 6f 6c 65 3d 62 61 73 73",  # role=bass
            "00 b1 00 00",  # bank 0
            "00 c1 20",  # program 32
            "00 91 24 64",  # note on
            "81 70 81 24 00",  # note off at 240
            "81 70 ff 2f 00",  # end at 480
        ]
    )


def test_mido_finds_the_same() -> None:
    file = mido.MidiFile(file=io.BytesIO(encode(PIECE)))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 480, 3)
    assert [sum(message.time for message in track) for track in file.tracks] == [3840] * 3
    assert file.tracks[0].name == "Café"
    found = {m.type: m for m in reversed(file.tracks[0])}
    assert found["key_signature"].key == "Cm"
    assert (found["time_signature"].numerator, found["time_signature"].denominator) == (6, 8)
    assert [m.text for m in file.tracks[0] if m.type in ("marker", "text")] == [
        "verse 1",
        "Cm7",
        "Ab",
    ]
    assert [m.program for m in file.tracks[1] if m.type == "program_change"] == [73]


def test_offs_come_before_ons_at_one_tick() -> None:
    track = mido.MidiFile(file=io.BytesIO(encode(PIECE))).tracks[1]
    now, at_480 = 0, []
    for message in track:
        now += message.time
        if now == 480:
            at_480.append(message.type)
    assert at_480 == ["note_off", "note_on"]


def test_symusic_finds_the_same_notes() -> None:
    symusic = pytest.importorskip("symusic")
    score = symusic.Score.from_midi(encode(PIECE))
    found = {(n.time, n.pitch, n.time + n.duration) for t in score.tracks for n in t.notes}
    assert found == NOTES
    assert {(t.name, t.program, t.is_drum) for t in score.tracks} == {
        ("lead", 73, False),
        ("kit", 0, True),
    }


def test_pretty_midi_finds_the_same_notes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pretty_midi
    midi = pretty_midi.PrettyMIDI(io.BytesIO(encode(PIECE)))
    found = {
        (midi.time_to_tick(n.start), n.pitch, midi.time_to_tick(n.end))
        for instrument in midi.instruments
        for n in instrument.notes
    }
    assert found == NOTES
    assert midi.resolution == 480
    assert midi.get_tempo_changes()[1].tolist() == pytest.approx([120, 150])


def test_music21_finds_the_same_notes(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        music21 = pytest.importorskip("music21")
        path = tmp_path / "piece.mid"
        path.write_bytes(encode(PIECE))
        # Unquantised: music21 otherwise rounds to sixteenths and triplets.
        score = music21.converter.parse(path, quantizePost=False)
        found = [
            (round(n.getOffsetInHierarchy(score) * 480), pitch.midi)
            for n in score.recurse().notes
            if n.tie is None or n.tie.type == "start"
            for pitch in _pitches(n)
        ]
    assert sorted(found) == sorted((onset, pitch) for onset, pitch, _ in NOTES)


def _pitches(element: object) -> list[object]:
    """A percussion element keeps its pitch in its notehead."""
    pitches = list(getattr(element, "pitches", ()))
    if pitches:
        return pitches
    stored = getattr(element, "storedInstrument", None)
    assert stored is not None

    class Percussion:
        midi = stored.percMapPitch

    return [Percussion()]


@pytest.mark.parametrize(
    "broken",
    [
        replace(PIECE, end_ticks=3000),
        replace(PIECE, keys=(KeyChange(0, 8, False),)),
        replace(PIECE, texts=(TextEvent(0, "lyrics", "la"),)),
        replace(PIECE, tracks=(replace(PIECE.tracks[0], notes=(PlayedNote(0, 60, 0, 80),)),)),
        replace(PIECE, tracks=(replace(PIECE.tracks[0], notes=(PlayedNote(0, 60, 9, 0),)),)),
        replace(PIECE, tracks=(replace(PIECE.tracks[0], notes=(PlayedNote(0, 128, 9, 9),)),)),
        replace(PIECE, tracks=(replace(PIECE.tracks[0], channel=16),)),
        replace(PIECE, tracks=(replace(PIECE.tracks[0], bank=128),)),
    ],
)
def test_what_midi_cannot_say_is_refused(broken: Performance) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (mido words some of them)
        encode(broken)


def test_bends_come_before_the_notes_of_their_tick_and_after_controllers() -> None:
    track = replace(
        PIECE.tracks[0],
        bends=(PitchBend(0, -4096), PitchBend(480, 8191), PitchBend(960, -8192), PitchBend(970, 0)),
        controls=(ControlChange(480, 1, 64),),
    )
    file = mido.MidiFile(file=io.BytesIO(encode(replace(PIECE, tracks=(track,)))))
    now, found = 0, []
    for message in file.tracks[1]:
        now += message.time
        if message.type == "pitchwheel":
            found.append((now, message.pitch))
    assert found == [(0, -4096), (480, 8191), (960, -8192), (970, 0)]
    kinds = [m.type for m in file.tracks[1] if not m.is_meta]
    at = kinds.index("control_change", 1)
    assert kinds[at - 1 : at + 3] == ["note_off", "control_change", "pitchwheel", "note_on"]


def test_a_bend_beyond_the_wheel_is_refused() -> None:
    track = replace(PIECE.tracks[0], bends=(PitchBend(0, 8192),))
    with pytest.raises(ValueError, match="pitch"):
        encode(replace(PIECE, tracks=(track,)))

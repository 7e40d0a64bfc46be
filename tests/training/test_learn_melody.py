"""Melodies: cells, degrees and phrases are counted as the tables' contract says."""

from __future__ import annotations

import io
import tomllib
import zipfile
from fractions import Fraction
from pathlib import Path

import mido
import pytest

from composer.training.corpora import Tally
from composer.training.folk_tunes import parse_tune
from composer.training.jazz_solos import parse_solo
from composer.training.lead_sheets import UnusableScoreError, parse_score, read_lead_sheets
from composer.training.learn_melody import main
from composer.training.melodies import METERS, Melody, Note, monophonic
from composer.training.melody_statistics import cells, count
from composer.training.pop909_melody import parse_song


def _melody(*notes: tuple[float, float, int], meter: tuple[int, int] = (4, 4)) -> Melody:
    """A melody in C major from (onset, length, pitch), in sixteenths."""
    built = [Note(Fraction(o).limit_denominator(12), Fraction(n), p) for o, n, p in notes]
    return Melody(METERS[meter], 0, "major", tuple(built))


def test_cells_show_onsets_holds_and_rests() -> None:
    melody = _melody((0, 2, 60), (2, 4, 62), (8, 1, 64))
    assert cells(melody) == ["o-o-", "--..", "o...", "...."]


def test_cells_with_triplets_are_left_out() -> None:
    melody = _melody((0, 4, 60), (4, 1, 62), (4 + 4 / 3, 1, 64), (8, 4, 65))
    assert cells(melody) == ["o---", None, "o---", "...."]


def test_compound_cells_have_six_steps() -> None:
    melody = _melody((0, 4, 60), (4, 2, 62), (6, 6, 64), meter=(6, 8))
    assert cells(melody) == ["o---o-", "o-----"]


def test_rhythm_counts_start_again_after_a_rest() -> None:
    melody = _melody((0, 2, 60), (2, 2, 62), (4, 4, 64), (16, 4, 60), (20, 4, 60))
    rhythm = count([melody]).rhythm
    assert rhythm["simple"] == {
        "1 ^": {"o-o-": 1, "o---": 1},
        "w o-o-": {"o---": 1},
        "w o---": {"o---": 1},
        "2 o---": {"....": 2},
    }
    assert rhythm["simple2"]["1 ^ ^"] == {"o-o-": 1, "o---": 1}
    assert rhythm["simple2"]["w ^ o-o-"] == {"o---": 1}


def test_degrees_intervals_starts_and_ends() -> None:
    # g a (chromatic) g e | rest | c' held
    melody = _melody((0, 2, 67), (2, 2, 69), (4, 2, 68), (6, 2, 67), (8, 2, 64), (16, 16, 72))
    statistics = count([melody])
    assert statistics.degrees["major"] == {"5 ^": {"1": 1}, "6 1": {"-1": 1}, "5 -1": {"-2": 1}}
    assert statistics.starts["major"] == {"5": 1, "1": 1}
    assert statistics.ends["major"] == {"3": 1, "1": 1}
    assert statistics.chromatic == 1
    assert statistics.notes_per_bar == [5, 1]
    assert statistics.ranges == [8]
    assert statistics.rest_steps == 6
    assert statistics.phrase_beats == {"2": 1, "4": 1}


def test_a_long_note_ends_a_phrase() -> None:
    melody = _melody((0, 12, 60), (12, 4, 62), (16, 4, 64))
    assert [len(phrase) for phrase in melody.phrases()] == [1, 2]


def test_octaves_count_as_seven_steps_and_wider_leaps_are_clipped() -> None:
    statistics = count([_melody((0, 4, 60), (4, 4, 72), (8, 4, 48))])
    assert statistics.intervals == {"7": 1, "-7": 1}


def test_minor_has_two_sixths_and_sevenths() -> None:
    melody = Melody(METERS[4, 4], 9, "minor", ())
    assert [melody.degree(pitch) for pitch in (65, 66, 67, 68, 69, 61)] == [6, 6, 7, 7, 1, None]


def test_overlaps_are_ended_and_chords_thinned() -> None:
    notes = [Note(Fraction(0), Fraction(8), 60), Note(Fraction(0), Fraction(4), 64)]
    notes.append(Note(Fraction(2), Fraction(2), 62))
    assert [(int(n.length_steps), n.pitch) for n in monophonic(notes)] == [(2, 64), (2, 62)]


def _pop909(lines: str) -> Melody | str:
    return parse_song(lines, "C:maj [0] 0 16\n", "A4", "C:maj")


def test_pop909_melody_fills_breaths_only() -> None:
    lines = "0 4\n" + "60 3\n0 1\n62 2\n0 2\n" * 8
    melody = _pop909(lines)
    assert isinstance(melody, Melody)
    assert cells(melody)[:3] == ["....", "o---", "o-.."]


def test_pop909_labels_cut_phrases_at_the_longest_gap_nearby() -> None:
    lines = "60 2\n" * 27 + "60 4\n0 2\n" + "62 2\n" * 10  # the label says step 64
    melody = parse_song(lines, "C:maj [0] 0 32\n", "A4B4", "C:maj")
    assert isinstance(melody, Melody)
    assert [len(phrase) for phrase in melody.phrases()] == [28, 10]


def test_pop909_reasons_to_drop() -> None:
    assert _pop909("60 4\n") == "fewer than 16 notes"
    assert _pop909("60\n") == "unreadable melody"
    assert _pop909("61 2\n" * 20) == "does not fit its key"
    assert parse_song("60 4\n" * 20, "C:maj [0] 0 16\n", "A4", "C:maj\nD:maj") == "several keys"


def _note(step: str, octave: int, duration: int, extra: str = "", alter: int = 0) -> str:
    return (
        f"<note>{extra}<pitch><step>{step}</step><alter>{alter}</alter>"
        f"<octave>{octave}</octave></pitch><duration>{duration}</duration></note>"
    )


def _score(bars: str, fifths: int = 0, attributes: str = "") -> bytes:
    """A score of two divisions to the quarter, with an upbeat of one eighth."""
    upbeat = (
        "<measure><attributes><divisions>2</divisions>"
        f"<key><fifths>{fifths}</fifths></key>"
        "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
        f"{attributes}{_note('G', 4, 1)}</measure>"
    )
    return f"<score-partwise><part>{upbeat}{bars}</part></score-partwise>".encode()


EIGHTHS = "<measure>" + _note("C", 5, 1) * 8 + "</measure>"


def test_lead_sheet_upbeat_ties_graces_and_chords() -> None:
    tied = (
        "<measure>"
        + _note("C", 5, 2, "<grace/>")
        + _note("E", 5, 6)
        + _note("G", 5, 6, "<chord/>")
        + _note("D", 5, 2, '<tie type="start"/>')
        + "</measure><measure>"
        + _note("D", 5, 2, '<tie type="stop"/>')
        + "<note><rest/><duration>6</duration></note></measure>"
    )
    melody = parse_score(_score(tied + EIGHTHS * 2))
    assert melody.notes[0].onset_steps == 14  # an eighth before the first full bar
    assert cells(melody)[3:9] == ["..o-", "o---", "----", "----", "o---", "----"]
    assert [note.pitch for note in melody.notes[:3]] == [67, 76, 74]
    assert (melody.tonic, melody.mode) == (0, "major")


def test_lead_sheet_mode_is_heard_from_the_last_chord() -> None:
    harmony = "<harmony><root><root-step>A</root-step></root><kind>minor-seventh</kind></harmony>"
    melody = parse_score(_score(EIGHTHS * 2, attributes=harmony))
    assert (melody.tonic, melody.mode) == (9, "minor")


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"<score", "unreadable XML"),
        (b"<score-partwise/>", "no part"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "defines XML entities"),
        (_score(EIGHTHS), "fewer than 16 notes"),
        (_score(EIGHTHS * 3, fifths=6), "does not fit its key"),
        (_score(EIGHTHS.replace("<measure>", "<measure><backup/>") * 3), "several voices"),
    ],
)
def test_unusable_scores(xml: bytes, reason: str) -> None:
    with pytest.raises(UnusableScoreError, match=reason):
        parse_score(xml)


def test_broken_archives_are_counted() -> None:
    tally = Tally("openewld")
    assert read_lead_sheets({"a.mxl": b"no zip", "b.mxl": _zip(b"<score")}, tally) == []
    assert tally.dropped == {"unreadable archive": 1, "unreadable XML": 1}


def _zip(xml: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", xml)
    return stream.getvalue()


def _tune(key: str = "G") -> bytes:
    """A jig with an upbeat of an eighth: 8 bars of eighths over a chord per bar."""
    midi = mido.MidiFile(ticks_per_beat=480)
    melody, chords = mido.MidiTrack(), mido.MidiTrack()
    melody.append(mido.MetaMessage("key_signature", key=key))
    melody.append(mido.MetaMessage("time_signature", numerator=6, denominator=8))
    for _ in range(1 + 6 * 8):
        melody.append(mido.Message("note_on", note=67, velocity=80, time=0))
        melody.append(mido.Message("note_off", note=67, velocity=0, time=240))
    chords.append(mido.Message("note_on", note=43, velocity=80, time=240))
    chords.append(mido.Message("note_off", note=43, velocity=0, time=1440))
    midi.tracks += [melody, chords]
    stream = io.BytesIO()
    midi.save(file=stream)
    return stream.getvalue()


def test_folk_tune_finds_its_upbeat() -> None:
    melody = parse_tune(_tune())
    assert isinstance(melody, Melody)
    assert (melody.tonic, melody.mode, melody.meter.name) == (7, "major", "6_8")
    assert cells(melody)[:4] == ["......", "....o-", "o-o-o-", "o-o-o-"]


def test_folk_tune_reasons_to_drop() -> None:
    assert parse_tune(b"") == "unreadable file"
    assert parse_tune(_tune(key="F#")) == "does not fit its key"


def _solo(bars: range, *, signature: str = "4/4") -> bytes:
    """A solo in C: swung eighths, a held note, a triplet; the second beat swings at a quarter."""
    head = "duration,division,bar,beat,tatum,beat_duration,signature,pitch,phrase_begin,chord"
    rows = []
    for bar in bars:
        for beat, division, tatum, length, pitch in (
            (1, 3, 1, 0.3, 60),
            (1, 3, 3, 0.15, 62),
            (2, 4, 1, 0.35, 64),
            (2, 4, 4, 0.1, 65),
            (3, 1, 1, 0.4, 67),
            (4, 3, 1, 0.15, 64),
            (4, 3, 2, 0.15, 62),
            (4, 3, 3, 0.15, 60),
        ):
            begins = int(bar == bars[0] and beat == 1 and tatum == 1)
            rows.append(
                f'{length},{division},{bar},{beat},{tatum},0.5,"""{signature}""",{pitch},{begins},C6'
            )
    return "\n".join([head, *rows]).encode()


def test_a_jazz_solo_is_written_straight() -> None:
    melody = parse_solo(_solo(range(3)))
    assert isinstance(melody, Melody)
    assert (melody.tonic, melody.mode) == (0, "major")
    onsets = [note.onset_steps for note in melody.notes[:8]]
    assert onsets[:5] == [0, 2, 4, 6, 8]
    assert onsets[5:] == [12, Fraction(40, 3), Fraction(44, 3)]
    assert melody.phrase_starts == {0}
    assert cells(melody)[:4] == ["o-o-", "o-o-", "o---", None]


def test_a_jazz_solo_that_cannot_be_read_says_why() -> None:
    assert parse_solo(b"bar,beat\n1,1") == "unreadable file"
    assert parse_solo(_solo(range(3), signature="7/4")) == "several meters, or an unusual one"


def test_command_writes_four_families(tmp_path: Path) -> None:
    corpora = tmp_path / "corpora"
    song = corpora / "pop909" / "structure" / "POP909" / "001"
    song.mkdir(parents=True)
    (song / "melody.txt").write_text("60 2\n62 2\n64 4\n" * 8, encoding="utf-8")
    (song / "finalized_chord.txt").write_text("C:maj [0] 0 16\n", encoding="utf-8")
    (song / "human_label1.txt").write_text("A4", encoding="utf-8")
    (song / "analyzed_key.txt").write_text("C:maj", encoding="utf-8")
    for inner, content in {
        "openewld/dataset/a/t.mxl": _zip(_score(EIGHTHS * 3)),
        "openewld/dataset/b/t.mxl": b"broken",
        "nottingham/MIDI/jigs1.mid": _tune(),
        "wjazzd-mcsv/mcsv_melody/solo.csv": _solo(range(1, 9)),
    }.items():
        path = corpora / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    flags = ["--corpora", str(corpora), "--out", str(tmp_path / "rules")]
    assert main([*flags, "--date", "2026-11-21"]) == 0
    folder = tmp_path / "rules" / "melody"
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in folder.iterdir()}
    assert set(tables) == {"pop", "lead", "folk", "jazz"}
    assert tables["pop"]["rhythm"]["simple"]["w o-o-"] == {"o---": 8}
    assert tables["pop"]["degrees"]["major"]["1 -2"] == {"1": 7}
    assert tables["pop"]["summary"]["notes_per_bar_mean"] == 6.0
    assert tables["lead"]["provenance"]["pieces_dropped"] == {"openewld: unreadable archive": 1}
    assert tables["folk"]["provenance"]["pieces_used"] == {"nottingham": 1}
    assert tables["jazz"]["provenance"]["pieces_used"] == {"wjazzd-mcsv": 1}

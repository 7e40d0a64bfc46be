"""Tunes, lead sheets and words from strangers: odd ones are read, bad ones refused in one line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Compose
from tests.mutations import LEAD_SHEET, compressed, midi_file
from tests.scores import attributes, barline, harmony, note, notes, part, score

SCALE = bytes.fromhex("00 90 3c 50 60 3c 00 00 3e 50 60 3e 00 00 40 50 60 40 00 00 41 50 60 41 00")
CHORD = bytes.fromhex("00 90 3c 50 00 40 50 60 3c 00 00 40 00")
TUNE = midi_file(SCALE)
RULES = ("--no-audio", "--writer", "rules", "--quiet")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    file = tmp_path / name
    file.write_bytes(data)
    return file


# -- what is refused ----------------------------------------------------------------------------

BAD_MIDI = {
    "empty": (b"", "is empty"),
    "text": (b"hello, I am no tune", "is neither MIDI"),
    "type 2": (TUNE[:9] + b"\x02" + TUNE[10:], "is of MIDI type 2; save it as type 0 or 1"),
    "smpte": (TUNE[:12] + b"\xe7\x28" + TUNE[14:], "counts time in SMPTE frames"),
    "no resolution": (TUNE[:12] + b"\0\0" + TUNE[14:], "has 0 ticks per quarter note"),
    "truncated": (TUNE[:-9], "is cut short in track 0"),
    "a track missing": (TUNE[:11] + b"\x02" + TUNE[12:], "is cut short: 1 of 2 tracks are there"),
    "running status without a status": (
        midi_file(b"\0\x3c\x50"),
        "is damaged: track 0 begins with a data byte where a status byte should be",
    ),
    "data byte over 127": (midi_file(b"\0\x90\x3c\xff"), "has a data byte over 127"),
    "half an event": (TUNE[:14] + b"MTrk\0\0\0\3\0\x90\x3c", "is damaged: track 0 ends within"),
    "polyphonic": (midi_file(CHORD), "two notes sound together in bar 1, beat 1 (C4 and E4)"),
    "no notes": (midi_file(b""), "holds no notes"),
    "several tracks": (midi_file(SCALE, SCALE), "has 2 tracks; choose one with --track: 1"),
    "odd meter": (
        midi_file(b"\0\xff\x58\x04\x05\x03\x18\x08" + SCALE),
        "its time signature 5/8 in bar 1 is none that we write",
    ),
}


@pytest.mark.parametrize("kind", BAD_MIDI)
def test_bad_midi(compose: Compose, tmp_path: Path, out: Path, kind: str) -> None:
    data, told = BAD_MIDI[kind]
    # The content says what a file is, not its name.
    file = written(tmp_path, "tune.musicxml" if kind == "type 2" else "tune.mid", data)
    message = compose("--melody", file, *RULES, "--out", out).refused()
    assert message.startswith(f"{file}: ") and told in message, message
    assert not out.exists()


BAR = attributes() + notes("C4:4")
BAD_SCORES = {
    "broken": (score(part(BAR))[:-30], "is no readable XML"),
    "entities": (
        score(part(BAR), prolog='<!DOCTYPE a [<!ENTITY b "c">]>'),
        "declares the entity 'b'; entities are not expanded",
    ),
    "another language": (b"<?xml version='1.0'?><html/>", "is XML but no MusicXML score"),
    "a damaged archive": (compressed(score(part(BAR)))[:-40], "is no readable .mxl archive"),
    "chords of notes": (
        score(part(BAR, note("C4", 4) + note("E4", 4, inner="<chord/>"))),
        "two notes sound together in bar 2, beat 1",
    ),
    "a change of meter": (
        score(part(BAR, attributes("3/4") + notes("C4:3"))),
        "its time signature changes from 4/4 to 3/4 in bar 2",
    ),
    "too full": (score(part(BAR, notes("C4:5"))), "bar 2 holds 5 quarters; 4/4 takes 4"),
    "endless": (
        score(part(*[BAR + barline(repeat="backward", times=16)] * 300)),
        "its repeats unroll to more than 4,096 bars",
    ),
    "an unknown chord": (
        score(part(attributes() + harmony("C", "mayor") + notes("C4:4"))),
        'bar 1: "mayor" in <kind> is no kind of chord; did you mean "major"?',
    ),
    "silent": (score(part(attributes() + notes("R:4"))), "holds no notes"),
}


@pytest.mark.parametrize("option", ["--melody", "--lead-sheet"])
@pytest.mark.parametrize("kind", BAD_SCORES)
def test_bad_scores(compose: Compose, tmp_path: Path, out: Path, kind: str, option: str) -> None:
    data, told = BAD_SCORES[kind]
    file = written(tmp_path, "tune.mid" if kind == "broken" else "tune.musicxml", data)
    message = compose(option, file, *RULES, "--out", out).refused()
    assert message.startswith(f"{file}: ") and told in message, message
    assert not out.exists()


@pytest.mark.parametrize("option", ["--melody", "--lead-sheet", "--lyrics"])
def test_what_is_no_file(compose: Compose, tmp_path: Path, out: Path, option: str) -> None:
    for place, told in ((tmp_path / "none", "no such file"), (tmp_path, "is a folder")):
        message = compose(option, place, *RULES, "--out", out).refused()
        assert str(place) in message and told in message
    assert not out.exists()


@pytest.mark.parametrize("option", ["--melody", "--lead-sheet", "--lyrics"])
def test_a_hundred_megabytes(compose: Compose, tmp_path: Path, out: Path, option: str) -> None:
    file = tmp_path / "large.mid"
    with file.open("wb") as stream:
        stream.write(b"MThd")
        stream.truncate(100_000_000)
    start = time.perf_counter()
    message = compose(option, file, *RULES, "--out", out).refused()
    assert str(file) in message and "is larger than" in message
    assert time.perf_counter() - start < 2
    assert not out.exists()


def test_midi_is_no_lead_sheet(compose: Compose, tmp_path: Path, out: Path) -> None:
    file = written(tmp_path, "sheet.musicxml", TUNE)
    message = compose("--lead-sheet", file, *RULES, "--out", out).refused()
    assert "is MIDI, which has no chord symbols; --melody takes it" in message
    assert not out.exists()


def test_a_track_that_is_not_there(compose: Compose, tmp_path: Path, out: Path) -> None:
    name = b"\0\xff\x03\x05Flute"
    file = written(tmp_path, "tune.mid", midi_file(name + SCALE, SCALE))
    message = compose("--melody", file, "--track", "flut2", *RULES, "--out", out).refused()
    assert 'has no track "flut2"; did you mean "Flute"?' in message
    sheet = written(tmp_path, "tune.xml", score(part(BAR), part(BAR), names=("Flute", "Oboe")))
    message = compose("--melody", sheet, "--track", "obo2", *RULES, "--out", out).refused()
    assert 'has no part "obo2"; did you mean "Oboe"?' in message
    assert not out.exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\xff", "is no UTF-8 text"),
        (b"la la\0la", "is no text (it holds '\\x00')"),
        (b"", "is empty"),
        (b" \n\n ... \n", "holds no words"),
        (b"a\n" * 5000, "has more than 4,000 lines"),
    ],
    ids=["picture", "nul", "empty", "dots", "long"],
)
def test_bad_lyrics(compose: Compose, tmp_path: Path, out: Path, data: bytes, told: str) -> None:
    file = written(tmp_path, "words.txt", data)
    message = compose("--lyrics", file, *RULES, "--out", out).refused()
    assert message.startswith("lyrics: ") and str(file) in message and told in message, message
    assert not out.exists()


# -- what is odd, and read ------------------------------------------------------------------------


def test_a_lead_sheet_becomes_a_brief_that_needs_it_no_more(
    compose: Compose, tmp_path: Path, out: Path
) -> None:
    """Pick-up, repeat with endings, da capo, a clarinet in B flat, chord symbols and words."""
    file = written(tmp_path, "sheet.xml", LEAD_SHEET.encode())
    flags = ("--no-audio", "--writer", "rules", "--json")
    done = compose("--lead-sheet", file, *flags, "--out", out)
    assert done.code == 0, done.err
    brief = (out / "brief.toml").read_text()
    assert 'time_signature = "3/4"' in brief and "tempo = 96" in brief
    assert '"-1 1 C4 - Hel-"' in brief
    said = " ".join(json.loads(done.out)["notes"])
    assert "its repeats are written out" in said and "with a pick-up of 1 quarter" in said
    file.unlink()
    again = compose("--brief", out / "brief.toml", *flags, "--out", tmp_path / "again")
    assert again.code == 0, again.err
    first, second = ((place / "piece.mid").read_bytes() for place in (out, tmp_path / "again"))
    assert first == second


def test_a_tune_without_tempo_or_meter(compose: Compose, tmp_path: Path, out: Path) -> None:
    file = written(tmp_path, "tune.mid", midi_file(SCALE + SCALE, kind=0))
    flags = ("--no-audio", "--writer", "rules", "--json", "--out", out)
    done = compose("--melody", file, *flags)
    assert done.code == 0, done.err
    said = json.loads(done.out)["notes"]
    assert "it says no tempo; 120 quarters a minute are taken, as MIDI has it" in said
    assert "it says no time signature; it is heard in 4/4" in said
    assert "tempo = 120" in (out / "brief.toml").read_text()


def test_a_title_is_the_one_asked_for_and_comes_again_with_its_brief(
    compose: Compose, tmp_path: Path
) -> None:
    options = ("--bars", 2, "--writer", "rules", "--no-audio", "--json", "--out", tmp_path / "out")
    result = compose("--title", "Harbour Lights", *options)
    assert result.code == 0, result.err
    assert json.loads(result.out)["title"] == "Harbour Lights"
    again = compose("--brief", tmp_path / "out" / "brief.toml", *options[2:])
    assert json.loads(again.out)["title"] == "Harbour Lights"
    wrong = compose("--title", "x" * 201, *options)
    assert wrong.code == 2 and wrong.err.startswith("error: title: must be one line")

"""The same piece in another style: tune, chords and form are kept, players and feel are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from composer import Brief, compose
from composer.errors import BriefError
from composer.exporting.brief_toml import dump_brief, parse_brief
from composer.importing.arranging import take_arrangement
from tests.unit.importing.foreign import ForeignTrack, band, foreign_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "piece.mid"
    path.write_bytes(foreign_file(band()))
    return path


def test_what_is_heard_fills_the_brief(file: Path) -> None:
    taken = take_arrangement(file, Brief(style="bossa"))
    brief = taken.brief
    assert (brief.style, brief.key, brief.time_signature) == ("bossa-nova", "A minor", "4/4")
    assert (brief.bars, brief.tempo) == (16, 112.0)
    assert brief.chords == " | ".join(["Am | F | G | Am"] * 4)
    assert brief.melody is not None
    assert len(brief.melody.notes) == 64
    assert brief.parts is None
    assert any("110" in note and "112" in note for note in taken.notes)


def test_the_tune_sounds_note_for_note_in_the_other_style(file: Path) -> None:
    brief = take_arrangement(file, Brief(style="reggae", writer="rules", bars=8)).brief
    piece = compose(brief)
    assert piece.report.ok
    assert brief.melody is not None
    sung = {
        (note.onset_quarters, note.pitch.midi % 12)
        for part in piece.score.parts
        if part.plan.role == "melody"
        for note in part.notes
    }
    assert {(n.onset_quarters, n.pitch.midi % 12) for n in brief.melody.notes} <= sung
    assert [c.chord.symbol for c in piece.score.chords][:3] == ["Am", "F", "G"]


def test_what_was_asked_wins(file: Path) -> None:
    asked = Brief(style="jazz-waltz", key="E minor", tempo=99, swing=0.6)
    brief = take_arrangement(file, replace(asked, time_signature="4/4")).brief
    assert (brief.key, brief.tempo, brief.swing, brief.time_signature) == (
        "E minor", 99, 0.6, "4/4",
    )  # fmt: skip


def test_a_tempo_far_from_the_style_is_halved_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "slow.mid"
    path.write_bytes(foreign_file(band(8), tempo=64))
    assert take_arrangement(path, Brief(style="bossa")).brief.tempo == 128
    path.write_bytes(foreign_file(band(8), tempo=240))
    assert take_arrangement(path, Brief(style="bossa")).brief.tempo == 120


def test_without_a_style_the_likest_is_taken_and_named(file: Path) -> None:
    taken = take_arrangement(file, Brief())
    assert any(str(taken.brief.style) in note and "--style" in note for note in taken.notes)


def test_without_a_tune_chords_and_form_are_kept(tmp_path: Path) -> None:
    chords = band(tune=False)[0]
    path = tmp_path / "chords.mid"
    path.write_bytes(foreign_file([chords]))
    taken = take_arrangement(path, Brief(style="pop", writer="rules"))
    assert taken.brief.melody is None
    assert taken.brief.chords is not None
    assert any("the tune is new" in note for note in taken.notes)
    assert compose(taken.brief).report.ok


def test_an_upbeat_has_a_bar_of_its_own(tmp_path: Path) -> None:
    tracks = [
        ForeignTrack(t.name, t.channel, t.program, [(o + 4, n, p, v) for o, n, p, v in t.notes])
        for t in band(8)
    ]
    upbeat = [(3.0, 1.0, 64, 90)]
    tracks[0] = ForeignTrack("Flauto", 0, 73, [*upbeat, *tracks[0].notes])
    path = tmp_path / "upbeat.mid"
    path.write_bytes(foreign_file(tracks))
    brief = take_arrangement(path, Brief(style="pop", writer="rules")).brief
    assert brief.bars == 9
    piece = compose(brief)
    first = min(
        n.onset_quarters for p in piece.score.parts if p.plan.role == "melody" for n in p.notes
    )
    assert first == Fraction(3)
    asked = take_arrangement(path, Brief(style="pop", bars=5)).brief
    assert asked.bars == 5


def test_more_bars_than_there_are_are_refused(file: Path) -> None:
    with pytest.raises(BriefError, match="has 16 bars; give 16 or fewer"):
        take_arrangement(file, Brief(style="bossa", bars=17))


def test_the_brief_composes_it_again_without_the_file(file: Path) -> None:
    brief = take_arrangement(file, Brief(style="bossa", writer="rules", bars=4)).brief
    file.unlink()
    again = parse_brief(dump_brief(brief))
    assert again == brief
    assert compose(again).midi == compose(brief).midi

"""What was asked for beside what is heard."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from composer import Brief, compose
from composer.errors import EvaluationError
from composer.evaluating.controls import bars_of, controls, is_key_heard, mean_tempo
from composer.evaluating.detectors import DetectedKey
from composer.evaluating.requests import requests_of
from composer.evaluating.results import Control
from composer.exporting.brief_toml import dump_brief
from composer.midi.encode import encode
from composer.midi.songs import read_song
from composer.music.song import MeterSpan, Song, TempoSpan, part_of
from composer.rulebook import load_rulebook

ASKED = Brief(
    key="G",
    bars=8,
    tempo=100.0,
    style="pop",
    seed=2,
    chords="G | C | D | Em | C | G/B | D7 | G",
    writer="rules",
)


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A piece in its folder, with the brief beside it."""
    folder = tmp_path_factory.mktemp("run")
    found = compose(ASKED)
    (folder / "piece.mid").write_bytes(encode(found.performance))
    (folder / "brief.toml").write_text(dump_brief(found.brief), encoding="utf-8")
    return folder / "piece.mid"


def rows(*paths: Path) -> dict[str, Control]:
    requests, bad = requests_of(paths)
    assert bad == ()
    pieces = [(path, read_song(path)) for path in paths]
    return {row.name: row for row in controls(pieces, requests)}


def copied(piece: Path, folder: Path, table: str) -> Path:
    """The piece alone in a folder, with a table of requests."""
    (folder / "a.mid").write_bytes(piece.read_bytes())
    (folder / "requests.csv").write_text(table, encoding="utf-8")
    return folder / "a.mid"


def test_our_own_piece_is_heard_as_its_brief_asks(piece: Path) -> None:
    found = rows(piece)

    assert list(found) == ["key", "tempo", "meter (file)", "meter (heard)", "bars", "chords"]
    for name in ("key", "tempo", "meter (file)", "meter (heard)", "bars"):
        assert (found[name].asked, found[name].heard) == (1, 1), name
    assert found["chords"].asked == 16
    assert found["chords"].heard >= 12


def test_detectors_state_their_error_and_files_need_none(piece: Path) -> None:
    found = rows(piece)

    assert 0.8 < found["key"].detector_right < 1.0
    assert "POP909" in found["key"].detector_source
    assert math.isnan(found["tempo"].detector_right)
    assert found["bars"].detector_source == "the file says it"


def test_wrong_requests_are_not_heard(piece: Path, tmp_path: Path) -> None:
    table = "file,key,tempo,time_signature,bars,chords\na.mid,Eb minor,120,3/4,9,Eb | Ab\n"
    found = rows(copied(piece, tmp_path, table))

    assert {name: row.heard for name, row in found.items()} == dict.fromkeys(found, 0)
    assert len(found) == 6


def test_empty_cells_ask_nothing(piece: Path, tmp_path: Path) -> None:
    found = rows(copied(piece, tmp_path, "file,tempo,bars\na.mid,100,\n"))

    assert list(found) == ["tempo"]


def test_a_table_goes_before_the_brief(piece: Path, tmp_path: Path) -> None:
    for name in ("piece.mid", "brief.toml"):
        (tmp_path / name).write_bytes((piece.parent / name).read_bytes())
    (tmp_path / "requests.csv").write_text("file,key\npiece.mid,A minor\n", encoding="utf-8")

    assert list(rows(tmp_path / "piece.mid")) == ["key"]


def test_a_table_may_lie_above_the_pieces(piece: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.mid").write_bytes(piece.read_bytes())
    table = "file,key\none/x.mid,G\ntwo/x.mid,C\n"
    (tmp_path / "requests.csv").write_text(table, encoding="utf-8")

    found = rows(tmp_path / "one" / "x.mid", tmp_path / "two" / "x.mid")["key"]
    assert (found.asked, found.heard) == (2, 1)


def test_nothing_asked_nothing_said(piece: Path, tmp_path: Path) -> None:
    (tmp_path / "alone.mid").write_bytes(piece.read_bytes())

    assert controls([], []) == ()
    assert rows(tmp_path / "alone.mid") == {}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.mid,H major,,,,", ("line 2", "key", "H major")),
        ("a.mid,,fast,,,", ("line 2", "tempo", "fast")),
        ("a.mid,,-1,,,", ("line 2", "tempo")),
        ("a.mid,,nan,,,", ("line 2", "tempo")),
        ("a.mid,,,4,,", ("line 2", "time_signature")),
        ("a.mid,,,4/5,,", ("line 2", "time_signature")),
        ("a.mid,,,,eight,", ("line 2", "bars")),
        ("a.mid,,,,0,", ("line 2", "bars")),
        ("a.mid,,,,,C | H", ("line 2", "chords", "bar 2")),
        ("a.mid,,,,,C || G", ("line 2", "chords", "bar 2")),
        ("a.mid,,,,,ii | V", ("line 2", "chords", "key")),
        ("b.mid,C,,,,", ("line 2", "file", "b.mid")),
        ("a.mid,C,,,,C,F", ("line 2", "cells")),
    ],
)
def test_bad_rows_name_file_line_and_field(
    piece: Path, tmp_path: Path, row: str, words: tuple[str, ...]
) -> None:
    path = copied(piece, tmp_path, f"file,key,tempo,time_signature,bars,chords\n{row}\n")

    with pytest.raises(EvaluationError) as caught:
        requests_of([path])
    message = str(caught.value)
    assert "requests.csv" in message and "\n" not in message
    assert all(word in message for word in words)


def test_bad_columns_and_bad_briefs(piece: Path, tmp_path: Path) -> None:
    path = copied(piece, tmp_path, "name,key\na.mid,C\n")
    with pytest.raises(EvaluationError, match="line 1: the columns must be file, key"):
        requests_of([path])

    path.rename(tmp_path / "piece.mid")
    (tmp_path / "requests.csv").unlink()
    (tmp_path / "brief.toml").write_text('key = "H"\n', encoding="utf-8")
    ((request,), (bad,)) = requests_of([tmp_path / "piece.mid"])
    assert request is None and bad.path == str(tmp_path / "brief.toml")
    assert bad.reason.startswith("key")
    (tmp_path / "brief.toml").write_text("key = \n", encoding="utf-8")
    ((request,), (bad,)) = requests_of([tmp_path / "piece.mid"])
    assert request is None and bad.reason.startswith("is no brief that can be read")


def test_a_file_has_one_row(piece: Path, tmp_path: Path) -> None:
    path = copied(piece, tmp_path, "file,key\na.mid,C\na.mid,D\n")
    with pytest.raises(EvaluationError, match=r'line 3, file: "a\.mid" has a row already'):
        requests_of([path])


@pytest.mark.parametrize(
    ("asked", "tonic", "minor", "heard"),
    [
        ("C", 0, False, True),
        ("C", 9, True, False),  # the relative minor is wrong
        ("C", 0, True, False),
        ("A minor", 9, True, True),
        ("A harmonic minor", 9, True, True),
        ("D dorian", 2, True, True),  # tonic and third
        ("D dorian", 0, False, True),  # the same seven pitch classes
        ("D dorian", 9, True, True),
        ("D dorian", 2, False, False),
        ("D dorian", 5, False, False),
        ("G mixolydian", 7, False, True),
    ],
)
def test_when_a_key_counts_as_heard(asked: str, tonic: int, minor: bool, heard: bool) -> None:
    key = load_rulebook().key(asked)

    assert is_key_heard(key, DetectedKey(tonic, minor, 0.9, 0.1)) is heard
    assert not is_key_heard(key, None)


def song(*onsets: float, tempos: tuple[TempoSpan, ...] = (TempoSpan(0.0, 120.0),)) -> Song:
    count = len(onsets)
    part = part_of("", 0, False, onsets, [1.0] * count, [60] * count, [80] * count)
    return Song("", (part,), tempos, (MeterSpan(0.0, 4, 4), MeterSpan(8.0, 3, 4)))


def test_mean_tempo_is_weighted_by_time() -> None:
    two = (TempoSpan(0.0, 60.0), TempoSpan(4.0, 120.0))

    assert mean_tempo(song(0, 7)) == pytest.approx(120.0)
    assert mean_tempo(song(0, 7, tempos=two)) == pytest.approx(80.0)


def test_bars_are_counted_over_a_change_of_meter() -> None:
    assert bars_of(song(0), 4.0) == 1
    assert bars_of(song(0), 8.0) == 2
    assert bars_of(song(0), 8.5) == 3
    assert bars_of(song(0), 14.0) == 4


def test_a_final_bar_of_rests_counts_where_the_track_goes_on(piece: Path, tmp_path: Path) -> None:
    performance = compose(ASKED).performance
    bar = performance.ticks_per_quarter * 4
    (tmp_path / "long.mid").write_bytes(
        encode(replace(performance, end_ticks=performance.end_ticks + bar))
    )
    (tmp_path / "requests.csv").write_text("file,bars\nlong.mid,9\n", encoding="utf-8")

    assert rows(tmp_path / "long.mid")["bars"].heard == 1

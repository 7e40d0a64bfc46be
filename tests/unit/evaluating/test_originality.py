"""Planted passages are found, and what is not shared is not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from composer.evaluating.borrowing import Borrowed, band_of, band_table
from composer.evaluating.folder_index import index_folder
from composer.evaluating.index_file import Index
from composer.evaluating.originality import originality, same_work, shipped_index
from composer.music.song import MeterSpan, Song, TempoSpan, part_of
from tests.unit.evaluating.pieces import STYLES, midi, piece, planted


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("works")
    for style in STYLES:
        for seed in range(9):
            (folder / f"{style}-{seed}.mid").write_bytes(midi(style, seed))
    return index_folder(folder, folder / "index", "works").index


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"semitones": 5},
        {"stretch": 1.3},
        {"edits": 0.1},
        {"semitones": -4, "stretch": 0.75, "edits": 0.08},
    ],
    ids=["as it is", "another key", "slower", "some notes changed", "all of it"],
)
def test_a_planted_passage_is_found(index: Index, how: dict[str, float]) -> None:
    song = planted(piece("rock", 40), piece("classical", 3), **how)  # type: ignore[arg-type]
    found = originality(song, index)
    assert found.strongest is not None
    top = found.strongest
    assert top.work == "classical-3.mid"
    assert top.semitones == how.get("semitones", 0)
    assert top.stretch == pytest.approx(how.get("stretch", 1.0), rel=0.03)
    assert 4 <= top.first_bar <= 9 and top.bars >= 3
    assert 4 <= top.work_first_bar <= 9
    assert top.notes > 20 and found.near_match_share > 0.1


def test_a_planted_melody_is_found(index: Index) -> None:
    song = planted(piece("rock", 41), piece("classical", 4), semitones=2, melody=True)
    found = originality(song, index)
    assert found.strongest is not None and found.strongest.work == "classical-4.mid"


def test_a_work_finds_itself_unless_it_is_left_out(index: Index) -> None:
    found = originality(piece("classical", 2), index)
    assert found.strongest is not None and found.strongest.work == "classical-2.mid"
    assert found.near_match_share > 0.9 and same_work(found)
    number = index.identifiers(range(index.pieces)).index("classical-2.mid")
    rest = originality(piece("classical", 2), index, without=number)
    assert all(passage.work != "classical-2.mid" for passage in rest.passages)


def test_the_band_of_a_catalogue_is_measured_on_its_own_works(index: Index) -> None:
    band = band_of(index.manifest, 32)
    assert band is not None and band.pieces + band.versions <= 36


def test_the_report_is_plain_data(index: Index) -> None:
    found = originality(planted(piece("rock", 42), piece("pop", 3)), index)
    data = json.loads(json.dumps(found.to_dict()))
    assert data["verdict"] == found.verdict
    assert data["strongest"]["work"] == "pop-3.mid"


def test_the_same_song_gives_the_same_report() -> None:
    assert originality(piece("pop", 1)) == originality(piece("pop", 1))


@pytest.mark.parametrize("style", STYLES)
def test_what_we_compose_is_within_the_band_of_the_training_corpus(style: str) -> None:
    found = originality(piece(style, 1, 32))
    assert found.ok and found.band is not None
    assert found.verdict in {"within the band", "nothing shared"}


def test_a_song_that_says_nothing() -> None:
    part = part_of("one", 0, False, [0.0], [1.0], [60], [80])
    song = Song("one", (part,), (TempoSpan(0, 120),), (MeterSpan(0, 4, 4),))
    found = originality(song)
    assert found.verdict == "nothing shared" and found.strongest is None and found.bars == 1
    assert found.near_match_share == 0 and found.share_more is not None


def test_a_query_is_fast() -> None:
    song = piece("pop", 1, 32)
    shipped_index()
    begun = time.perf_counter()
    originality(song)
    assert time.perf_counter() - begun < 0.5


def test_a_verdict_needs_a_band() -> None:
    assert band_of({}, 32) is None
    table = band_table("real pieces", [Borrowed(float(i), 1.0, 8, 0.0) for i in range(21)], 2)
    band = band_of({"bands": {"windows": table}}, 32)
    assert band is not None
    assert band.limit_bits == 19.0 and band.versions == 2
    assert band.share_above(19.0) == pytest.approx(0.05, abs=0.01)
    assert band_of({"bands": {"windows": table}}, 400) is None


def test_paths_are_not_needed(tmp_path: Path) -> None:
    assert originality(piece("pop", 2)).index == shipped_index().title

"""Windows, masks and batches: what the model is shown, and what it is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composer.errors import CorpusError
from composer.training.batches import (
    Batches,
    Corpus,
    held_out,
    padded,
    validation_batches,
    validation_cells,
)
from composer.training.windows import MASKS, WindowOptions, draw_cells, draw_window, transposed
from composer.transformer.cells import token_ids
from composer.transformer.conditions import chord_token, stream_columns
from composer.transformer.sequence import RECALL, TARGET, TokenRow, assemble
from tests.training.prepared import heard_songs, make_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_corpus(tmp_path)


def same(one: TokenRow, other: TokenRow) -> bool:
    return (
        np.array_equal(one.tokens, other.tokens)
        and np.array_equal(one.plan, other.plan)
        and np.array_equal(one.targets, other.targets)
        and np.array_equal(one.wanted, other.wanted)
    )


@pytest.mark.parametrize("mask", MASKS)
def test_every_token_of_a_cell_to_be_written_is_predicted_once(folder: Path, mask: str) -> None:
    corpus, ids = Corpus(folder, "train"), token_ids()
    random = np.random.default_rng(1)
    for _ in range(20):
        song = corpus.draw(random)
        drawn = draw_cells(song, random, WindowOptions(mask=mask))
        if drawn is None:
            continue
        cells, plan = drawn
        row = assemble(cells, plan)
        asked = [[*cell.tokens, ids.cell] for cell in cells if cell.segment == TARGET]
        assert row.targets[row.wanted].tolist() == [token for cell in asked for token in cell]
        shown = [(cell.bar, cell.part) for cell in cells if cell.segment != RECALL]
        assert len(shown) == len(set(shown))
        bars, parts = {bar for bar, _ in shown}, {part for _, part in shown}
        sounding = {(b, p) for b in bars for p in parts if np.diff(song.bounds[b, p])[0] > 0}
        assert set(shown) == sounding
        if mask in ("all", "recall"):
            assert len(asked) == len(shown)
        recalled = {cell.bar for cell in cells if cell.segment == RECALL}
        assert not recalled & bars


@pytest.mark.parametrize("longest", [96, 250, 1024])
def test_no_window_is_too_long(folder: Path, longest: int) -> None:
    corpus, random = Corpus(folder, "train"), np.random.default_rng(2)
    for number in range(60):
        options = WindowOptions(longest, mask=MASKS[number % len(MASKS)])
        row = draw_window(corpus.draw(random), random, options)
        assert row is None or 0 < len(row.tokens) <= longest


def test_batches_depend_on_seed_and_step_alone(folder: Path) -> None:
    corpus, options = Corpus(folder, "train"), WindowOptions(256)
    walked = Batches(corpus, 3, 7, options)
    steps = {step: walked.rows_at(step) for step in range(12)}
    for step in (11, 2, 9):
        fresh = Batches(Corpus(folder, "train"), 3, 7, options).rows_at(step)
        assert len(fresh) == 3
        assert all(map(same, fresh, steps[step]))
    other = Batches(corpus, 3, 8, options).rows_at(2)
    assert not all(map(same, other, steps[2]))


def test_without_the_plan_only_what_a_cell_is_is_told(folder: Path) -> None:
    song = Corpus(folder, "valid").song(0)
    told = draw_window(song, np.random.default_rng(3), WindowOptions(512))
    untold = draw_window(song, np.random.default_rng(3), WindowOptions(512, plan=False))
    assert told is not None
    assert untold is not None
    assert np.array_equal(told.tokens, untold.tokens)
    streams = stream_columns()
    changed = {n for n, c in streams.columns.items() if (told.plan != untold.plan)[:, c].any()}
    assert "chord" in changed
    assert not changed & {"segment", "slot", "place", "role", "program", "meter"}
    assert (
        untold.plan[:, streams.columns["chord"]] == streams.offsets[streams.columns["chord"]]
    ).all()


def test_padding_is_neither_asked_for_nor_told(folder: Path) -> None:
    rows = Batches(Corpus(folder, "train"), 4, 1, WindowOptions(300)).rows_at(0)
    batch = padded(rows, 64)
    assert batch.tokens.shape[1] % 64 == 0
    assert int((batch.targets >= 0).sum()) == sum(len(row.tokens) for row in rows)
    assert not (batch.wanted & (batch.targets < 0)).any()
    assert (batch.plan[batch.targets < 0] == stream_columns().offsets).all()


def test_a_song_is_moved_and_back(folder: Path) -> None:
    song = Corpus(folder, "train").song(0)
    moved = transposed(song, 5)
    back = transposed(moved, -5)
    assert np.array_equal(back.tokens, song.tokens)
    assert np.array_equal(back.bars, song.bars)
    first = chord_token(0, "maj")
    places = song.bars[:, 4:] == first
    assert places.any()
    assert (moved.bars[:, 4:][places] == chord_token(5, "maj")).all()


def test_pitches_beyond_the_range_go_back_by_octaves(folder: Path) -> None:
    song, ids = Corpus(folder, "train").song(0), token_ids()
    for semitones in (-60, 60):
        moved = transposed(song, semitones).tokens.astype(np.int64)
        pitched = (song.tokens >= ids.pitch) & (song.tokens < ids.drum)
        assert ((moved >= ids.pitch) & (moved < ids.drum) == pitched).all()


def test_file_keys_are_those_of_the_files(folder: Path) -> None:
    ids = token_ids()
    normalised, original = Corpus(folder, "train"), Corpus(folder, "train", normalised=False)
    songs = heard_songs()[:3]
    assert any(heard.shift for heard in songs)
    for number, heard in enumerate(songs):
        one = normalised.song(number).tokens.astype(np.int64)
        other = original.song(number).tokens.astype(np.int64)
        pitched = (one >= ids.pitch) & (one < ids.drum)
        assert np.array_equal(one[~pitched], other[~pitched])
        assert (one[pitched] - other[pitched] == heard.shift).all()


def test_validation_windows_are_always_the_same(folder: Path) -> None:
    options = held_out(256)
    one = validation_batches(Corpus(folder, "valid"), options, 5)
    other = validation_batches(Corpus(folder, "valid"), options, 5)
    for batch, again in zip(one, other, strict=True):
        assert np.array_equal(batch.tokens, again.tokens)
    cells = validation_cells(Corpus(folder, "valid"), options, 5)
    asked = sum(len(cell.tokens) + 1 for _, row in cells for cell in row)
    assert asked == sum(int(batch.wanted.sum()) for batch in one)


def test_a_corpus_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no shard of the train split"):
        Corpus(tmp_path, "train")
    make_corpus(tmp_path, ("train",))
    with pytest.raises(CorpusError, match="no shard of the valid split"):
        Corpus(tmp_path, "valid")


def test_windows_that_cannot_be_drawn(folder: Path) -> None:
    corpus = Corpus(folder, "valid")
    with pytest.raises(CorpusError, match="--longest"):
        Batches(corpus, 2, 1, WindowOptions(2)).rows_at(0)
    with pytest.raises(CorpusError, match="--longest"):
        validation_batches(corpus, held_out(2), 2)

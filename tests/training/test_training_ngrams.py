"""The Markov baseline, held against counting with dictionaries."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from composer.training.batches import Corpus, held_out, validation_cells
from composer.training.ngrams import (
    ORDERS,
    events_of,
    main,
    probabilities,
    song_sequences,
    window_sequences,
)
from composer.transformer.cells import token_ids
from tests.training.prepared import make_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_corpus(tmp_path)


def by_hand(train: list[list[int]], valid: list[list[int]], order: int) -> list[float]:
    """Witten and Bell's interpolation, one token after the other."""
    ids = token_ids()
    counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    gap = [ids.end] * (ORDERS - 1)
    for tokens in train:
        row = gap + tokens
        for at in range(len(gap) + 1, len(row)):
            for length in range(order):
                counts[tuple(row[at - length : at])][row[at]] += 1
    found = []
    for tokens in valid:
        row = gap + tokens
        for at in range(len(gap) + 1, len(row)):
            known = 1.0 / (ids.end - ids.cell)
            for length in range(order):
                seen = counts[tuple(row[at - length : at])]
                if seen:
                    total = sum(seen.values()) + len(seen)
                    known = (seen[row[at]] + len(seen) * known) / total
            found.append(known)
    return found


@pytest.mark.parametrize("by_part", [False, True])
def test_probabilities_are_those_of_counting_by_hand(folder: Path, by_part: bool) -> None:
    songs = list(Corpus(folder, "train").songs())
    windows = validation_cells(Corpus(folder, "valid"), held_out(200), 2)
    train = [tokens for song in songs for tokens in song_sequences(song, by_part)]
    valid = [s for song, cells in windows for s in window_sequences(song, cells, by_part)]
    ways = list(probabilities(events_of(train), events_of(valid), told_role=False))
    assert len(ways) == ORDERS
    for order in (1, 2, 4):
        expected = by_hand(
            [tokens.tolist() for tokens, _ in train],
            [tokens.tolist() for tokens, _ in valid],
            order,
        )
        assert np.allclose(ways[order - 1], expected, rtol=1e-9)


def test_told_the_role_the_probabilities_are_others_and_still_some(folder: Path) -> None:
    song = Corpus(folder, "train").song(0)
    events = events_of(song_sequences(song, by_part=False))
    plain = list(probabilities(events, events, told_role=False))
    told = list(probabilities(events, events, told_role=True))
    for one, other in zip(plain, told, strict=True):
        assert ((other > 0) & (other < 1)).all()
        assert not np.allclose(one, other)
    assert np.log2(told[0]).mean() > np.log2(plain[0]).mean()


def test_sequences_hold_every_token_of_the_song(folder: Path) -> None:
    song, ids = Corpus(folder, "train").song(1), token_ids()
    rows = list(song_sequences(song, by_part=False))
    parts = list(song_sequences(song, by_part=True))
    assert len(rows) == 1
    assert len(parts) == len(song.parts)
    tokens = rows[0][0]
    assert np.array_equal(tokens[tokens != ids.cell], song.tokens)
    assert Counter(np.concatenate([t for t, _ in parts]).tolist()) - Counter(tokens.tolist()) == {
        ids.cell: len(parts) - 1
    }


def test_the_command_prints_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--corpus", str(folder), "--longest", "200", "--validation-rows", "2"]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 4 * ORDERS + 1
    assert lines[-1].startswith("best: ")
    assert not math.isnan(float(lines[-1].split()[-4]))


def test_the_command_says_in_one_line_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--corpus", str(tmp_path / "none")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1

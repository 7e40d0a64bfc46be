from __future__ import annotations

import numpy as np
import pytest

from composer.evaluating.fitness import fitness_by_length
from composer.evaluating.material import prepare
from composer.evaluating.structure import (
    STRUCTURE_METRICS,
    bar_similarity,
    boundaries,
    section_ends,
    self_similarity,
    structure_metrics,
)
from composer.evaluating.windows import opening
from composer.music.song import Song
from tests.unit.evaluating.songs import Note, part, scale_song, song


def _measured(piece: Song) -> dict[str, float]:
    material = prepare(opening(piece))
    return structure_metrics(material, bar_similarity(material))


def _bars(*kinds: int) -> Song:
    """A bar of its own pitches and rhythm for each kind."""
    generator = np.random.default_rng(5)
    bars: dict[int, list[Note]] = {}
    for kind in sorted(set(kinds)):
        onsets = np.sort(generator.choice(16, 6, replace=False)) / 4
        bars[kind] = [
            (float(onset), 0.25, int(pitch))
            for onset, pitch in zip(onsets, generator.integers(55, 80, 6), strict=True)
        ]
    notes = [
        (4.0 * bar + onset, length, pitch)
        for bar, kind in enumerate(kinds)
        for onset, length, pitch in bars[kind]
    ]
    return song(part(notes, program=73))


def test_every_metric_of_the_catalogue_is_measured() -> None:
    assert set(_measured(scale_song())) == {metric.name for metric in STRUCTURE_METRICS}


def test_self_similarity_is_symmetric_between_0_and_1_with_ones_on_the_diagonal() -> None:
    matrix = self_similarity(opening(_bars(*range(8), *range(8))))
    assert matrix.shape == (16, 16)
    assert np.array_equal(matrix, matrix.T)
    assert matrix.min() >= 0 and matrix.max() <= 1
    assert np.allclose(np.diagonal(matrix), 1.0)
    assert np.allclose(np.diagonal(matrix, 8), 1.0)
    assert matrix[0, 1] < 0.8


def test_a_repeated_section_is_found_with_its_length() -> None:
    found = _measured(_bars(*range(8), *range(8)))
    assert found["identical_bar_rate"] == 0.5
    assert found["phrase_coverage"] == 1.0
    assert found["longest_repeat"] == 8.0
    assert found["similarity_8"] == 1.0
    # The paths of the repeat cover the piece: eight bars explain what four cannot.
    assert found["structureness_mid"] > 0.4
    assert found["structureness_mid"] > found["structureness_short"]


def test_music_without_repetition_has_no_structureness() -> None:
    found = _measured(_bars(*range(16)))
    assert found["identical_bar_rate"] == 0.0
    assert found["phrase_coverage"] == 0.0
    assert found["structureness_mid"] < 0.25


def test_one_repeated_bar_is_all_repetition() -> None:
    found = _measured(_bars(*([0] * 16)))
    assert found["identical_bar_rate"] == pytest.approx(15 / 16)
    assert found["structureness_short"] > 0.8
    assert found["novelty"] == 0.0


def test_boundaries_lie_where_the_music_changes() -> None:
    piece = _bars(*([0, 1] * 4), *([2, 3] * 4), *([0, 1] * 4))
    ends, novelty = boundaries(self_similarity(opening(piece)))
    assert ends == (8, 16, 24)
    assert novelty > 0.2
    assert section_ends(opening(piece)) == ends
    assert _measured(piece)["sections_of_four"] == 1.0


def test_fitness_of_a_piece_that_repeats_its_first_half() -> None:
    # Two halves of four frames: the paper's measure for the segment of one half. Its family has
    # two paths of four cells: (8 - 4) / 8 gained, (8 - 4) / 8 covered beyond itself.
    matrix = np.full((8, 8), -2.0)
    for offset in (-4, 0, 4):
        matrix += 3.0 * np.eye(8, k=offset)
    fitness = fitness_by_length(matrix)
    assert fitness[3] == pytest.approx(0.5)
    assert fitness[3] == fitness.max()
    assert fitness[7] == 0.0


def test_fitness_follows_a_repeat_that_is_played_faster() -> None:
    # Five frames, then the same in three: only the step (1, 2) connects them.
    matrix = np.full((8, 8), -2.0)
    np.fill_diagonal(matrix, 1.0)
    for slow, fast in ((0, 5), (2, 6), (4, 7)):
        matrix[slow, fast] = matrix[fast, slow] = 1.0
    assert fitness_by_length(matrix)[4] == pytest.approx(3 / 8)

"""The measuring stick measured: what is alike cannot be told apart, what is spoiled can."""

from __future__ import annotations

import numpy as np
import pytest

from composer.evaluating.comparing import compare
from composer.evaluating.measuring import measure_song, table_of
from composer.evaluating.metrics import METRIC_NAMES, METRICS
from composer.evaluating.reference import load_reference
from composer.evaluating.results import Comparison, MetricTable
from composer.training.damage import DAMAGES
from tests.unit.evaluating.songs import composed

_STYLES = ("pop", "rock", "bossa-nova", "jazz-swing")
_SEEDS = range(5)


def _half(table: MetricTable, remainder: int) -> MetricTable:
    rows = range(remainder, len(table), 2)
    return MetricTable(table.metrics, table.values[rows], tuple(table.songs[row] for row in rows))


def _auc(comparison: Comparison, features: str) -> float:
    return max(test.auc for test in comparison.tests if test.features == features)


@pytest.fixture(scope="module")
def tables() -> dict[str, MetricTable]:
    """Pieces of ours as they are (``none``) and after each damage."""
    generator = np.random.default_rng(3)
    songs = [composed(style, seed, 16) for style in _STYLES for seed in _SEEDS]
    found = {}
    for name in ("none", *DAMAGES):
        changed = songs if name == "none" else [DAMAGES[name](song, generator) for song in songs]
        rows = [measure_song(song, f"{i}") for i, song in enumerate(changed)]
        found[name] = table_of(rows, "opening")
    return found


def _mean(table: MetricTable, metric: str) -> float:
    return float(np.nanmean(table.values[:, METRIC_NAMES.index(metric)]))


def _median(table: MetricTable, metric: str) -> float:
    return float(np.nanmedian(table.values[:, METRIC_NAMES.index(metric)]))


@pytest.mark.slow
@pytest.mark.parametrize("place", ["opening", "middle"])
def test_real_music_cannot_be_told_from_real_music_of_the_same_corpus(place: str) -> None:
    table = load_reference("lakh").at("opening" if place == "opening" else "middle")
    found = compare(_half(table, 0), _half(table, 1), METRICS, reference="itself", place="opening")
    for test in found.tests:
        assert 0.35 < test.auc < 0.65, test
        assert test.low < 0.55
    assert np.nanmedian([metric.distance for metric in found.metrics]) < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["notes random", "one bar repeated", "parts out of key"])
def test_what_is_spoiled_is_told_from_what_is_not_by_its_notes(
    tables: dict[str, MetricTable], damage: str
) -> None:
    found = compare(tables[damage], tables["none"], METRICS, reference="ours", place="opening")
    assert _auc(found, "notes only") > 0.9


def test_shuffled_bars_lose_their_phrases_and_nothing_else(tables: dict[str, MetricTable]) -> None:
    before, after = tables["none"], tables["bars shuffled"]
    assert _median(after, "structureness_mid") < _median(before, "structureness_mid")
    phrases = "melody.phrase_coverage"
    assert _mean(after, phrases) < 0.7 * _mean(before, phrases)
    assert _mean(after, "longest_repeat") < _mean(before, "longest_repeat")
    assert _median(after, "notes_per_bar") == pytest.approx(_median(before, "notes_per_bar"), 0.1)
    assert _median(after, "scale_consistency") == pytest.approx(
        _median(before, "scale_consistency"), 0.02
    )


def test_random_notes_lose_key_harmony_and_groove(tables: dict[str, MetricTable]) -> None:
    before, after = tables["none"], tables["notes random"]
    assert _median(after, "scale_consistency") < _median(before, "scale_consistency") - 0.15
    assert _median(after, "pitch_class_entropy") > 3.4 > _median(before, "pitch_class_entropy")
    assert _median(after, "bass.rhythm_patterns") > 0.9 > _median(before, "bass.rhythm_patterns")
    assert _median(after, "chord_tone_share") < _median(before, "chord_tone_share") - 0.1
    assert _median(after, "identical_bar_rate") == 0.0


def test_a_single_repeated_bar_is_all_repetition(tables: dict[str, MetricTable]) -> None:
    before, after = tables["none"], tables["one bar repeated"]
    assert _median(after, "identical_bar_rate") > 0.9 > _median(before, "identical_bar_rate")
    assert _median(after, "similarity_1") > 0.99 > _median(before, "similarity_1")
    assert _median(after, "novelty") < 0.01 < _median(before, "novelty")


def test_parts_in_keys_of_their_own_break_the_harmony(tables: dict[str, MetricTable]) -> None:
    before, after = tables["none"], tables["parts out of key"]
    assert _median(after, "scale_consistency") < _median(before, "scale_consistency") - 0.05
    assert _median(after, "chord_tone_share") < _median(before, "chord_tone_share")


def test_the_grid_takes_the_performance_only(tables: dict[str, MetricTable]) -> None:
    before, after = tables["none"], tables["on the grid"]
    found = compare(after, before, METRICS, reference="ours", place="opening")
    far = [m.metric for m in found.metrics if m.distance > 1.0]
    groups = {metric.name: metric.group for metric in METRICS}
    # A player's touch goes; of the notes' own places only what stood between the slots.
    assert {groups[name] for name in far} <= {"performance", "rhythm"}
    assert sum(groups[name] == "performance" for name in far) > 0.8 * len(far)

"""The metrics of MusPy and of the Jazz Transformer, worked out by hand."""

from __future__ import annotations

import math

import pytest

from composer.evaluating.general import GENERAL_METRICS, general_metrics
from composer.evaluating.material import prepare
from composer.evaluating.windows import opening
from composer.music.song import Song
from tests.unit.evaluating.songs import part, scale_song, song


def _measured(piece: Song) -> dict[str, float]:
    return general_metrics(prepare(opening(piece)))


def test_every_metric_of_the_catalogue_is_measured() -> None:
    assert list(_measured(scale_song())) == [metric.name for metric in GENERAL_METRICS]


def test_entropy_of_a_scale_played_evenly() -> None:
    # Seven classes, C twice as often: 8 notes in two bars.
    found = _measured(
        song(part([(float(i), 1.0, p) for i, p in enumerate([60, 62, 64, 65, 67, 69, 71, 72] * 2)]))
    )
    shares = [2 / 8] + [1 / 8] * 6
    assert found["pitch_class_entropy"] == pytest.approx(-sum(s * math.log2(s) for s in shares))
    assert found["pitch_entropy"] == pytest.approx(3.0)
    assert found["pitch_class_entropy_1"] == pytest.approx(2.0)


def test_scale_consistency_is_the_best_scale_of_all() -> None:
    notes = [(float(i), 1.0, p) for i, p in enumerate([60, 62, 64, 65, 67, 69, 71, 61] * 2)]
    assert _measured(song(part(notes)))["scale_consistency"] == pytest.approx(7 / 8)


def test_polyphony_counts_pitches_where_any_sounds() -> None:
    # Two notes in the first half of every bar, silence in the second.
    notes = [(4.0 * bar, 2.0, p) for bar in range(8) for p in (60, 64)]
    found = _measured(song(part(notes)))
    assert found["polyphony"] == 2.0
    assert found["polyphony_rate"] == 0.5
    assert found["empty_beat_rate"] == 0.5
    assert found["notes_per_bar"] == 2.0


def test_a_pitch_that_two_parts_play_counts_once() -> None:
    notes = [(4.0 * bar, 4.0, p) for bar in range(8) for p in (60, 64)]
    double = [(4.0 * bar, 4.0, p) for bar in range(8) for p in (60, 67)]
    assert _measured(song(part(notes), part(double, program=48)))["polyphony"] == 3.0


def test_groove_consistency_is_the_hamming_distance_of_neighbouring_bars() -> None:
    # Bars of one onset and of two onsets in turn: one slot of 48 differs between any neighbours.
    notes = [(4.0 * bar, 1.0, 60) for bar in range(8)]
    notes += [(4.0 * bar + 2, 1.0, 60) for bar in range(0, 8, 2)]
    assert _measured(song(part(notes)))["groove_consistency"] == pytest.approx(1 - 1 / 48)


def test_grooving_similarity_compares_all_pairs_on_64_slots() -> None:
    # 2 bars of one kind and 2 of the other: 4 of 6 pairs differ, in one slot of 64.
    notes = [(4.0 * bar, 0.25, 60) for bar in range(4)] + [(2.0, 1.0, 60), (6.0, 1.0, 60)]
    notes += [(4.0 * bar, 0.25, 64) for bar in range(4)]
    found = _measured(song(part(notes)))
    assert found["grooving_similarity"] == pytest.approx(1 - 4 / 6 / 64)


def test_drums_count_for_rhythm_but_not_for_pitch() -> None:
    found = _measured(song(part([(float(i), 0.5, 36) for i in range(32)], drums=True)))
    assert math.isnan(found["pitch_class_entropy"])
    assert math.isnan(found["polyphony"])
    assert found["groove_consistency"] == 1.0
    assert found["notes_per_bar"] == 4.0

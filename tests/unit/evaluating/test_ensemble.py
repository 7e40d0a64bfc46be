from __future__ import annotations

import math

import pytest

from composer.evaluating.ensemble import ENSEMBLE_METRICS, ensemble_metrics
from composer.evaluating.expression import EXPRESSION_METRICS, expression_metrics
from composer.evaluating.material import prepare
from composer.evaluating.windows import opening
from composer.music.song import Song, part_of
from tests.unit.evaluating.songs import part, scale_song, song


def _ensemble(piece: Song) -> dict[str, float]:
    return ensemble_metrics(prepare(opening(piece)))


def _expression(piece: Song) -> dict[str, float]:
    return expression_metrics(prepare(opening(piece)))


def test_every_metric_of_the_catalogues_is_measured() -> None:
    assert set(_ensemble(scale_song())) == {metric.name for metric in ENSEMBLE_METRICS}
    assert set(_expression(scale_song())) == {metric.name for metric in EXPRESSION_METRICS}


def test_parts_that_enter_and_leave_are_counted() -> None:
    whole = part([(float(i), 1.0, 72 + i % 7) for i in range(32)], program=73)
    second_half = part([(16.0 + 4 * bar, 4.0, 36) for bar in range(4)], program=33)
    found = _ensemble(song(whole, second_half))
    assert found["parts"] == 2.0
    assert found["parts_per_bar"] == 1.5
    assert found["parts_change"] == pytest.approx(1 / 7)
    assert found["parts_from_start"] == 0.5
    assert found["density_growth"] > 0


def test_drums_are_told_by_their_keys() -> None:
    beat = [
        (4.0 * bar + place, 0.25, key)
        for bar in range(8)
        for place, key in ((0.0, 36), (1.0, 38), (2.0, 36), (3.0, 38))
    ]
    hats = [(i / 2, 0.25, 42) for i in range(64)]
    fill = [(28.0 + i / 4, 0.25, 45) for i in range(4)]
    found = _ensemble(song(part([*beat, *hats, *fill], drums=True)))
    assert found["drums.kicks_per_bar"] == 2.0
    assert found["drums.snares_per_bar"] == 2.0
    assert found["drums.hats_per_bar"] == 8.0
    assert found["drums.backbeat"] == 1.0
    assert found["drums.kick_on_one"] == 1.0
    assert found["drums.fills"] == pytest.approx(1 / 8)
    assert found["drums.patterns"] == pytest.approx(2 / 8)
    assert found["drums.commonest"] == pytest.approx(7 / 8)


def test_bass_and_kick_are_heard_together_within_a_slot() -> None:
    kick = part([(4.0 * bar, 0.25, 36) for bar in range(8)], drums=True)
    on_it = part([(4.0 * bar + 0.05, 1.0, 36) for bar in range(8)], program=33)
    beside_it = part([(4.0 * bar + 0.5, 1.0, 36) for bar in range(8)], program=33)
    assert _ensemble(song(kick, on_it))["kick_with_bass"] == 1.0
    assert _ensemble(song(kick, beside_it))["kick_with_bass"] == 0.0


def test_without_drums_their_metrics_are_nan() -> None:
    found = _ensemble(song(part([(float(i), 1.0, 60 + i % 7) for i in range(32)])))
    assert all(math.isnan(v) for name, v in found.items() if name.startswith("drums."))


def test_a_backbeat_is_asked_only_of_bars_of_four_quarters() -> None:
    waltz = part([(float(i), 0.25, 36) for i in range(48)], drums=True)
    assert math.isnan(_ensemble(song(waltz, meter=(3, 4)))["drums.backbeat"])


def test_performance_is_velocity_and_distance_from_the_grid() -> None:
    late = part_of(
        "",
        73,
        False,
        [i + 0.02 for i in range(32)],
        [0.5] * 32,
        [60 + i % 7 for i in range(32)],
        [70 + 20 * (i % 2) for i in range(32)],
    )
    found = _expression(song(late, tempo=96.0))
    assert found["tempo"] == pytest.approx(96.0)
    assert found["melody.push"] == pytest.approx(0.02)
    assert found["melody.deviation"] == pytest.approx(0.02)
    assert found["melody.on_grid"] == 0.0
    assert found["melody.velocity"] == pytest.approx(80.0)
    assert found["melody.velocity_spread"] == pytest.approx(10.0)
    assert found["family.pipe"] == 1.0


def test_swing_is_where_the_off_beat_falls() -> None:
    straight = [(i / 2, 0.4, 60 + i % 7) for i in range(64)]
    swung = [(i // 2 + (2 / 3 if i % 2 else 0.0), 0.3, 60 + i % 7) for i in range(64)]
    assert _expression(song(part(straight)))["swing"] == pytest.approx(0.5)
    assert _expression(song(part(swung)))["swing"] == pytest.approx(2 / 3)

import math

import numpy as np
import pytest

from composer.errors import EvaluationError
from composer.evaluating import extra
from composer.evaluating.comparing import column, compare, distance, spread
from composer.evaluating.results import Metric, MetricTable

METRICS = tuple(Metric(name, name, "pitch", "bits", "own") for name in ("a", "b", "c", "d"))


def table(windows: int, seed: int, shift: float = 0.0, side: str = "x") -> MetricTable:
    values = np.random.default_rng(seed).normal(size=(windows, 4))
    values[:, 0] += shift
    return MetricTable(
        ("a", "b", "c", "d"), values, tuple(f"{side}{number}" for number in range(windows))
    )


def test_distance_is_in_standard_deviations_of_the_reference() -> None:
    real = np.random.default_rng(1).normal(0, 10, 5000)
    assert distance(real + 20, real) == pytest.approx(20 / real.std())
    assert distance(real, real) == 0


def test_distance_of_constants() -> None:
    ones = np.ones(10)
    assert distance(ones, ones) == 0
    assert distance(ones * 3, ones) == 2.0  # in deviations of both sides together


def test_a_shift_is_more_than_chance_and_no_shift_is_not() -> None:
    found = compare(
        table(60, 1, shift=1.0), table(120, 2), METRICS, reference="real", place="opening"
    )
    shifted, *others = found.metrics
    assert shifted.distance == pytest.approx(1.0, abs=0.35)
    assert shifted.distance > 2 * shifted.chance
    assert sum(one.distance > one.chance for one in others) <= 1
    assert (found.our_windows, found.real_windows) == (60, 120)
    assert [one.metric for one in found.metrics] == ["a", "b", "c", "d"]


def test_what_is_missing_infinite_or_rare_has_no_distance() -> None:
    ours, real = table(20, 1), table(20, 2)
    ours.values[:, 0] = np.nan
    ours.values[:16, 1] = np.inf
    real.values[0, 2] = -np.inf
    real.values[:, 3] = 7
    found = compare(ours, real, METRICS, reference="real", place="opening").metrics
    assert math.isnan(found[0].distance) and found[0].ours.windows == 0
    assert math.isnan(found[0].ours.median)
    assert math.isnan(found[1].distance) and found[1].ours.windows == 4
    assert math.isfinite(found[2].distance) and found[2].real.windows == 19
    assert math.isfinite(found[3].distance)


def test_metrics_that_a_table_lacks_are_left_out() -> None:
    lacking = MetricTable(("b",), np.zeros((3, 1)), ("x", "y", "z"))
    found = compare(lacking, table(5, 1), METRICS, reference="real", place="middle")
    assert [one.metric for one in found.metrics] == ["b"]
    assert found.tests == ()


def test_the_same_tables_give_the_same_comparison() -> None:
    first, second = (
        compare(table(15, 1), table(30, 2), METRICS, reference="real", place="opening")
        for _ in range(2)
    )
    assert first == second


def test_spread() -> None:
    found = spread(column(table(100, 3), "a"))
    assert found.windows == 100
    assert found.lower_quartile < found.median < found.upper_quartile


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "_NEEDED", ("scipy", "no_such_library"))
    with pytest.raises(EvaluationError, match=r"no_such_library.*symbolic-composer\[evaluate\]"):
        compare(table(5, 1), table(5, 2), METRICS, reference="real", place="opening")

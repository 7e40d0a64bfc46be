import json
from dataclasses import replace

import numpy as np

from composer.evaluating.comparing import compare
from composer.evaluating.json_report import evaluation_as_data
from composer.evaluating.results import Diversity, Evaluation, Metric, MetricTable, Skipped

METRICS = (Metric("a", "A", "pitch", "bits", "own"), Metric("b", "B", "rhythm", "share", "own"))


def table(windows: int, seed: int) -> MetricTable:
    values = np.random.default_rng(seed).normal(size=(windows, 2))
    values[0] = np.nan, np.inf
    return MetricTable(("a", "b"), values, tuple(f"caf\udce9 {n}" for n in range(windows)))


def evaluation() -> Evaluation:
    ours = table(12, 1)
    return Evaluation(
        "out",
        12,
        (Skipped("\ud800.mid", "is no MIDI file"),),
        METRICS,
        ours,
        table(1, 3),
        (compare(ours, table(15, 2), METRICS, reference="real", place="opening"),),
        Diversity(1.0, float("nan"), 0.5, float("nan"), 0.1, None, 0),
        (),
        1.23456,
    )


def test_it_is_strict_json_and_comes_back_the_same() -> None:
    data = evaluation_as_data(evaluation())
    text = json.dumps(data, allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    assert json.loads(text) == data


def test_what_is_not_known_is_null() -> None:
    data = evaluation_as_data(evaluation())
    assert data["diversity"]["real_spread"] is None
    assert data["openings"][0]["values"] == {"a": None, "b": None}
    assert data["openings"][0]["song"] == "caf\\xe9 0"
    assert data["skipped"][0]["path"] == "\\ud800.mid"


def test_everything_is_in_it() -> None:
    data = evaluation_as_data(evaluation())
    found = data["comparisons"][0]
    assert set(found["metrics"]) == {"a", "b"}
    assert set(found["metrics"]["a"]) == {"ours", "real", "distance", "chance"}
    assert len(found["tests"]) == 4
    assert found["tests"][0]["features"] == "everything"
    assert data["metrics"]["b"]["title"] == "B"
    assert len(data["openings"]) == 12 and len(data["middles"]) == 1


def test_a_folder_without_a_reference() -> None:
    data = evaluation_as_data(replace(evaluation(), comparisons=(), diversity=None))
    assert data["comparisons"] == [] and data["diversity"] is None

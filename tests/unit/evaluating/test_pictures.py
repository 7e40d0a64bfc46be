import math
from xml.etree import ElementTree

import numpy as np
import pytest

from composer import Brief, compose
from composer.evaluating.drawing import Picture
from composer.evaluating.pictures import (
    auc_chart,
    bin_edges,
    distance_chart,
    histogram,
    piano_roll,
    similarity_picture,
)
from composer.evaluating.results import (
    Comparison,
    Metric,
    MetricComparison,
    Spread,
    TwoSampleTest,
    Yardstick,
)
from composer.evaluating.windows import Window, opening
from composer.midi.songs import song_of

METRIC = Metric("a", 'Notes < & > "$x$"', "pitch", "bits & <b>", "own")
SPREAD = Spread(10, 0.0, 1.0, 2.0, 1.0)


def comparison(distances: list[float]) -> Comparison:
    return Comparison(
        "real",
        "opening",
        10,
        20,
        tuple(
            MetricComparison(f"m{number}", SPREAD, SPREAD, distance, 0.1)
            for number, distance in enumerate(distances)
        ),
        (TwoSampleTest("notes only", "gradient boosting", 0.7, 0.6, 0.8),),
    )


@pytest.fixture(scope="module")
def window() -> Window:
    piece = compose(Brief(writer="rules", key="C", bars=8, style="rock", seed=1))
    return opening(song_of(piece.performance))


def check(picture: Picture, most_bytes: int) -> ElementTree.Element:
    root = ElementTree.fromstring(picture.svg)  # noqa: S314 - it is our own
    assert root.tag == "svg" and root.get("viewBox")
    assert len(picture.svg.encode()) < most_bytes
    assert "http" not in picture.svg and "<style" not in picture.svg
    assert picture.alt and "nan" not in picture.alt
    return root


def texts(root: ElementTree.Element) -> str:
    return " ".join(node.text or "" for node in root.iter("text"))


def test_histogram() -> None:
    generator = np.random.default_rng(1)
    picture = histogram(METRIC, generator.normal(size=50), generator.normal(2, 1, 90))
    root = check(picture, 8_000)
    assert "bits & <b>" in texts(root)
    assert "var(--ours)" in picture.svg and "var(--real)" in picture.svg
    assert "#0" not in picture.svg  # all colours are the page's


@pytest.mark.parametrize(
    ("ours", "real"),
    [
        ([3.0], [3.0]),
        ([0.0] * 20, [1.0] * 20),
        ([1e-12, 2e-12], [1.0, 1e9]),
        ([-1e300, 1e300], [0.0, 1.0]),
        ([5.0] * 10, [5.0 + 1e-12] * 10),
    ],
)
def test_histogram_of_odd_values(ours: list[float], real: list[float]) -> None:
    check(histogram(METRIC, np.array(ours), np.array(real)), 12_000)


def test_bins_hold_both_sides_and_whole_numbers_stand_alone() -> None:
    edges = bin_edges(np.array([0.0, 10.0]), np.array([5.0, 30.0]))
    assert edges[0] <= 0.5 and edges[-1] >= 29.5
    assert bin_edges(np.array([1.0, 2, 3]), np.array([3.0, 5])).tolist() == [
        0.5, 1.5, 2.5, 3.5, 4.5, 5.5,
    ]  # fmt: skip


def test_distance_chart() -> None:
    picture = distance_chart(comparison([0.3, math.nan, 1.2]), {"m2": "Swing <b>"})
    shown = texts(check(picture, 12_000))
    assert "Swing <b>" in shown and "m0" in shown and "m1" not in shown
    assert picture.alt.startswith("The most distant metrics: Swing <b> 1.2")


def test_distance_chart_of_nothing() -> None:
    check(distance_chart(comparison([]), {}), 6_000)
    check(distance_chart(comparison([0.0]), {}), 6_000)


def test_auc_chart() -> None:
    yardstick = Yardstick("notes only", 0.8, "jazz against rock")
    picture = auc_chart(comparison([]), (yardstick,))
    shown = texts(check(picture, 12_000))
    assert "notes only, gradient boosting" in shown and "jazz against rock" in shown
    assert "0.70" in picture.alt and "0.80" in picture.alt


def test_piano_roll(window: Window) -> None:
    picture = piano_roll(window)
    root = check(picture, 60_000)
    assert "data:image/png;base64" in picture.svg
    assert "C3" in texts(root)
    assert "8 bars" in picture.alt and "drums" in picture.alt


def test_self_similarity() -> None:
    picture = similarity_picture(np.eye(32), 32)
    check(picture, 20_000)
    assert "32 bars" in picture.alt


def test_the_same_values_give_the_same_picture(window: Window) -> None:
    assert piano_roll(window) == piano_roll(window)
    values = np.arange(20.0)
    assert histogram(METRIC, values, values) == histogram(METRIC, values, values)

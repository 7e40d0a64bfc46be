"""The rows of the HTML report's tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from composer.evaluating.results import (
    Comparison,
    FeatureSet,
    Metric,
    MetricComparison,
    TwoSampleTest,
)
from composer.evaluating.words import MAIN_MODEL, auc_in_words, chosen_test

_FULL_BAR = 2.0  # standard deviations; what is farther fills its bar as well


@dataclass(frozen=True, slots=True)
class Row:
    """A metric in a table.

    Args:
        metric: What it is.
        found: What was found.
        bar: How much of its bar the distance fills, in per cent; 0 where there is none.
        tick: Where on the bar chance stands, in per cent.
        beyond: Whether the distance is more than chance.
    """

    metric: Metric
    found: MetricComparison
    bar: float
    tick: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class GroupOfRows:
    """The metrics of one group, the most distant first.

    Args:
        name: Its name.
        rows: Its metrics.
        beyond: How many of them are farther than chance.
    """

    name: str
    rows: tuple[Row, ...]
    beyond: int


@dataclass(frozen=True, slots=True)
class FeaturesRow:
    """What is told of one feature set.

    Args:
        features: Which.
        test: The gradient boosting's test, with its giveaways.
        other: The logistic regression's.
        words: What the first one means.
    """

    features: FeatureSet
    test: TwoSampleTest
    other: TwoSampleTest | None
    words: str


def groups_of(metrics: Sequence[Metric], comparison: Comparison) -> tuple[GroupOfRows, ...]:
    """The tables of a comparison, in the order of the catalogue.

    Args:
        metrics: The catalogue; metrics that were not compared are left out.
        comparison: What was found.
    """
    found = {one.metric: one for one in comparison.metrics}
    groups: dict[str, list[Row]] = {}
    for metric in metrics:
        if metric.name in found:
            groups.setdefault(metric.group, []).append(_row(metric, found[metric.name]))
    return tuple(
        GroupOfRows(
            name,
            tuple(sorted(rows, key=_order)),
            sum(row.beyond for row in rows),
        )
        for name, rows in groups.items()
    )


def feature_rows(comparison: Comparison) -> tuple[FeaturesRow, ...]:
    """What the tests say, notes only first."""
    rows = []
    features: FeatureSet
    for features in ("notes only", "everything"):
        test = chosen_test(comparison, features)
        if test is not None:
            other = next(
                (t for t in comparison.tests if t.features == features and t.model != MAIN_MODEL),
                None,
            )
            rows.append(FeaturesRow(features, test, other, auc_in_words(test)))
    return tuple(rows)


def _order(row: Row) -> tuple[bool, float]:
    known = math.isfinite(row.found.distance)
    return (not known, -row.found.distance if known else 0.0)


def _row(metric: Metric, found: MetricComparison) -> Row:
    return Row(
        metric,
        found,
        _percent(found.distance),
        _percent(found.chance),
        found.distance > found.chance,
    )


def _percent(distance: float) -> float:
    return round(100 * min(distance / _FULL_BAR, 1.0), 1) if math.isfinite(distance) else 0.0

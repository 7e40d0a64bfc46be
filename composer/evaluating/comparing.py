"""Metric by metric: how ours lie beside real ones.

Source: Yang & Lerch 2020, "On the evaluation of generative models in music", who compare the
distributions of musical features; the distance here is Wasserstein's, which needs no bins or
kernels and has the metric's own unit before it is divided by the reference's deviation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from composer.evaluating.extra import require
from composer.evaluating.results import (
    Comparison,
    Metric,
    MetricComparison,
    MetricTable,
    Spread,
)
from composer.evaluating.two_sample import LARGEST, two_sample_tests
from composer.evaluating.windows import Place
from composer.music.song import Floats

FEWEST_VALUES = 5
"""With fewer values on one side there is no distance."""

_DRAWS = 20  # of which the 19th is taken
_SEED = 909


def compare(
    ours: MetricTable,
    real: MetricTable,
    catalogue: Sequence[Metric],
    *,
    reference: str,
    place: Place,
) -> Comparison:
    """Compare a folder's pieces with a reference: each metric by itself, then all together.

    Args:
        ours: Metrics of the folder's windows.
        real: Metrics of the reference's windows.
        catalogue: What the metrics are; those that a table lacks are left out.
        reference: What the reference is, in words.
        place: Where the windows were cut.

    Raises:
        EvaluationError: If the extra ``[evaluate]`` is not installed.
    """
    require()
    shared = [m for m in catalogue if m.name in ours.metrics and m.name in real.metrics]
    generator = np.random.default_rng(_SEED)
    return Comparison(
        reference,
        place,
        len(ours),
        len(real),
        tuple(
            _compare_one(m.name, column(ours, m.name), column(real, m.name), generator)
            for m in shared
        ),
        two_sample_tests(ours, real, shared),
    )


def column(table: MetricTable, metric: str) -> Floats:
    """The finite values of one metric, ``[at most windows]``, those beyond 1e100 moved to it.

    >>> table = MetricTable(("tempo",), np.array([[120.0], [np.nan], [90.0]]), ("a", "b", "c"))
    >>> column(table, "tempo").tolist()
    [120.0, 90.0]

    Raises:
        ValueError: If the table has no such metric.
    """
    values = table.values[:, table.metrics.index(metric)]
    return np.asarray(np.clip(values[np.isfinite(values)], -LARGEST, LARGEST), dtype=np.float64)


def spread(values: Floats) -> Spread:
    """Number, quartiles and mean of finite values; NaN where there is none.

    >>> spread(np.array([1.0, 2.0, 3.0])).median
    2.0
    """
    if not len(values):
        return Spread(0, math.nan, math.nan, math.nan, math.nan)
    lower, median, upper = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return Spread(len(values), lower, median, upper, float(values.mean()))


def distance(ours: Floats, real: Floats) -> float:
    """Wasserstein-1 distance in standard deviations of the real values.

    Where all real values are one, the deviation of both sides together is taken instead.

    Args:
        ours: Finite values, at least one.
        real: Finite values, at least one.

    >>> distance(np.array([1.0, 3.0]), np.array([0.0, 2.0]))
    1.0
    """
    from scipy.stats import wasserstein_distance

    deviation = float(real.std()) or float(np.concatenate((ours, real)).std())
    if deviation == 0.0:
        return 0.0
    return float(wasserstein_distance(ours, real)) / deviation


def _compare_one(
    metric: str, ours: Floats, real: Floats, generator: np.random.Generator
) -> MetricComparison:
    if min(len(ours), len(real)) < FEWEST_VALUES:
        return MetricComparison(metric, spread(ours), spread(real), math.nan)
    return MetricComparison(
        metric,
        spread(ours),
        spread(real),
        distance(ours, real),
        _chance(real, len(ours), generator),
    )


def _chance(real: Floats, count: int, generator: np.random.Generator) -> float:
    """The distance of the reference to draws of as many values from itself, 95th percentile."""
    draws = [
        distance(generator.choice(real, count), generator.choice(real, len(real)))
        for _ in range(_DRAWS)
    ]
    return float(np.quantile(draws, 0.95))

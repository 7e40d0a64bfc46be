"""All metrics, and how a window becomes a row of them."""

from __future__ import annotations

import numpy as np

from composer.evaluating.ensemble import ENSEMBLE_METRICS, ensemble_metrics
from composer.evaluating.expression import EXPRESSION_METRICS, expression_metrics
from composer.evaluating.general import GENERAL_METRICS, general_metrics
from composer.evaluating.harmony import HARMONY_METRICS, harmony_metrics
from composer.evaluating.lines import LINE_METRICS, line_metrics
from composer.evaluating.material import prepare
from composer.evaluating.results import Metric
from composer.evaluating.structure import (
    STRUCTURE_METRICS,
    bar_similarity,
    boundaries,
    structure_metrics,
)
from composer.evaluating.theory_rates import THEORY_METRICS, theory_metrics
from composer.evaluating.windows import Window
from composer.music.song import Floats

METRICS: tuple[Metric, ...] = (
    *GENERAL_METRICS,
    *STRUCTURE_METRICS,
    *HARMONY_METRICS,
    *THEORY_METRICS,
    *ENSEMBLE_METRICS,
    *LINE_METRICS,
    *EXPRESSION_METRICS,
)
"""Every metric, in the order of a row."""

METRIC_NAMES: tuple[str, ...] = tuple(metric.name for metric in METRICS)


def measure(window: Window) -> Floats:
    """Measure a window by every metric.

    Returns:
        ``[metrics]`` in the order of `METRICS`, rounded to single precision as the references are
        stored: else a third would differ from a third, and a classifier would know. NaN where a
        metric has no meaning.
    """
    material = prepare(window)
    similarity = bar_similarity(material)
    # A song's window is cut where no section need end; a short piece of ours ends there.
    inner = tuple(end for end in boundaries(similarity)[0] if end < window.bars)
    found = (
        general_metrics(material)
        | structure_metrics(material, similarity)
        | harmony_metrics(window, material.found_roles, inner)
        | theory_metrics(window, material.found_roles)
        | ensemble_metrics(material)
        | line_metrics(material)
        | expression_metrics(material)
    )
    return np.array([found[name] for name in METRIC_NAMES], dtype=np.float32).astype(np.float64)

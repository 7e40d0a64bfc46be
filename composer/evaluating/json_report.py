"""An evaluation as plain data for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from composer.evaluating.results import Evaluation, Metric, MetricTable
from composer.evaluating.words import (
    median_distance,
    printable,
    share_beyond_chance,
    worst,
)

_WORST = 12


def evaluation_as_data(evaluation: Evaluation) -> dict[str, Any]:
    """All that was found, as what JSON knows: what is not known or not finite is null.

    The figures of each piece are in it too; names that are no valid Unicode are escaped.

    >>> from composer.evaluating.results import MetricTable
    >>> import numpy as np
    >>> none = MetricTable((), np.zeros((0, 0)), ())
    >>> data = evaluation_as_data(Evaluation("out", 0, (), (), none, none, (), None, (), 0.5))
    >>> data["folder"], data["diversity"]
    ('out', None)
    """
    data = {
        "folder": evaluation.folder,
        "pieces": evaluation.pieces,
        "seconds": round(evaluation.seconds, 3),
        "skipped": [asdict(one) for one in evaluation.skipped],
        "comparisons": [
            {
                "reference": one.reference,
                "place": one.place,
                "our_windows": one.our_windows,
                "real_windows": one.real_windows,
                "median_distance": median_distance(one),
                "share_beyond_chance": share_beyond_chance(one),
                "worst": [metric.metric for metric in worst(one, _WORST)],
                "tests": [asdict(test) for test in one.tests],
                "groups": [asdict(test) for test in one.groups],
                "metrics": {
                    metric.metric: {
                        "ours": asdict(metric.ours),
                        "real": asdict(metric.real),
                        "distance": metric.distance,
                        "chance": metric.chance,
                    }
                    for metric in one.metrics
                },
            }
            for one in evaluation.comparisons
        ],
        "yardsticks": [asdict(one) for one in evaluation.yardsticks],
        "diversity": asdict(evaluation.diversity) if evaluation.diversity else None,
        "controls": [asdict(one) for one in evaluation.controls],
        "metrics": {metric.name: _definition(metric) for metric in evaluation.metrics},
        "openings": _rows(evaluation.openings),
        "middles": _rows(evaluation.middles),
    }
    cleaned: dict[str, Any] = _clean(data)
    return cleaned


def _definition(metric: Metric) -> dict[str, Any]:
    return {name: value for name, value in asdict(metric).items() if name != "name"}


def _rows(table: MetricTable) -> list[dict[str, Any]]:
    """One a window: the song, and its values in the order of ``metrics``."""
    return [
        {"song": song, "values": dict(zip(table.metrics, row.tolist(), strict=True))}
        for song, row in zip(table.songs, table.values, strict=True)
    ]


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {printable(str(key)): _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value

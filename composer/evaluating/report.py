"""From what `evaluate` found to the HTML report: which histograms, which pieces are shown."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from composer.evaluating.diversity import distances, standardised
from composer.evaluating.evaluate import Evaluated
from composer.evaluating.html import Example, render_html
from composer.evaluating.results import Comparison, MetricTable
from composer.evaluating.structure import self_similarity
from composer.music.song import Floats

_MOST_WITH_HISTOGRAMS = 3

Progress = Callable[[str, float], None]


def html_of(found: Evaluated, progress: Progress | None = None) -> str:
    """The report of an evaluation as one HTML document.

    Histograms are drawn for the openings of the first three references that all pieces are
    compared with; shown are the piece that is nearest to the middle of the first reference, one
    halfway, and the two farthest.

    Args:
        found: The evaluation, its pieces and the references.
        progress: Told of the step ``report``.

    Raises:
        EvaluationError: If the extra ``[evaluate]`` is not installed.
    """
    tell = progress or (lambda step, done: None)
    tell("report", 0.0)
    sides: list[tuple[MetricTable, MetricTable] | None] = []
    for comparison, real in zip(found.evaluation.comparisons, found.references, strict=True):
        drawn = sum(side is not None for side in sides)
        whole = comparison.our_windows == len(found.measured)
        wanted = whole and comparison.place == "opening" and drawn < _MOST_WITH_HISTOGRAMS
        sides.append((_ours(found, comparison), real) if wanted else None)
    html = render_html(found.evaluation, sides, _examples(found), lambda done: tell("report", done))
    tell("report", 1.0)
    return html


def _ours(found: Evaluated, comparison: Comparison) -> MetricTable:
    """Our rows as they were compared: a piece without a middle stands with its opening."""
    table = found.evaluation.openings
    if comparison.place == "opening":
        return table
    rows = [one.opening_row if one.middle_row is None else one.middle_row for one in found.measured]
    return MetricTable(table.metrics, np.array(rows), table.songs)


def _examples(found: Evaluated) -> tuple[Example, ...]:
    away = _from_the_middle(found)
    order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
    wanted: dict[int, str] = {}
    for place, title in (
        (0, "the most typical"),
        (len(order) - 1, "the least typical"),
        (len(order) // 2, "halfway between"),
        (len(order) - 2, "the second least typical"),
    ):
        if 0 <= place < len(order):
            wanted.setdefault(int(order[place]), title)
    return tuple(
        Example(
            wanted[index],
            found.measured[index].opening,
            self_similarity(found.measured[index].opening),
            float(away[index]),
        )
        for index in sorted(wanted, key=lambda index: (away[index], index))
    )


def _from_the_middle(found: Evaluated) -> Floats:
    """Each piece's distance from the medians of the first reference, on notes only, ``[pieces]``.

    Without a reference, from the folder's own medians.
    """
    table = found.evaluation.openings
    real = found.references[0] if found.references else table
    names = [
        m.name
        for m in found.evaluation.metrics
        if m.notes_only and m.name in table.metrics and m.name in real.metrics
    ]
    ours, theirs = (
        side.values[:, [side.metrics.index(name) for name in names]] for side in (table, real)
    )
    away = standardised(np.where(np.isfinite(ours), ours, np.nan), theirs)
    return np.asarray(distances(away, np.zeros((1, len(names))))[:, 0], dtype=np.float64)

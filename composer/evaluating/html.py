"""The report as one HTML file that needs nothing else: no network, no other files, no scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from composer.evaluating.comparing import FEWEST_VALUES, column
from composer.evaluating.drawing import Picture
from composer.evaluating.extra import require
from composer.evaluating.html_tables import feature_rows, groups_of
from composer.evaluating.pictures import (
    ROLE_COLOURS,
    auc_chart,
    distance_chart,
    histogram,
    piano_roll,
    similarity_picture,
)
from composer.evaluating.results import Comparison, Evaluation, MetricTable
from composer.evaluating.windows import Window
from composer.evaluating.words import (
    auc_in_words,
    median_distance,
    number,
    printable,
    share_beyond_chance,
    sharper_test,
    worst,
)
from composer.music.song import Floats

_WORST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A piece that is shown.

    Args:
        title: Why, such as ``most typical``.
        window: Its notes.
        similarity: ``[frames, frames]``, 0 to 1: how alike each two moments are.
        distance: From the middle of the reference, in standard deviations a metric.
    """

    title: str
    window: Window
    similarity: Floats
    distance: float


def render_html(
    evaluation: Evaluation,
    sides: Sequence[tuple[MetricTable, MetricTable] | None],
    examples: Sequence[Example] = (),
    progress: Callable[[float], None] | None = None,
) -> str:
    """Write the report.

    Args:
        evaluation: What was found.
        sides: For each comparison our table and the real one, from which histograms are drawn;
            None draws none.
        examples: Pieces to be shown.
        progress: Told how much is done, 0 to 1.

    Returns:
        A whole HTML document; names in it that are no valid Unicode are escaped.

    Raises:
        EvaluationError: If the extra ``[evaluate]`` is not installed.
    """
    require()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("composer.evaluating", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    titles = {metric.name: metric.title for metric in evaluation.metrics}
    template = environment.get_template("report.html.j2")
    return template.render(
        evaluation=evaluation,
        titles=titles,
        metrics={metric.name: metric for metric in evaluation.metrics},
        summary=_summary(evaluation),
        comparisons=[
            _comparison_view(evaluation, comparison, side, progress)
            for comparison, side in zip(evaluation.comparisons, sides, strict=True)
        ],
        examples=[_example_view(example) for example in examples],
        role_colours=ROLE_COLOURS,
        ours_alone=_ours_alone(evaluation) if not evaluation.comparisons else [],
    )


def _summary(evaluation: Evaluation) -> dict[str, Any] | None:
    """What stands on top: the first comparison, in a few figures."""
    if not evaluation.comparisons:
        return None
    first = evaluation.comparisons[0]
    notes, everything = (sharper_test(first, f) for f in ("notes only", "everything"))
    return {
        "comparison": first,
        "notes": notes,
        "everything": everything,
        "words": auc_in_words(notes) if notes else "",
        "median": median_distance(first),
        "beyond": share_beyond_chance(first),
        "worst": [
            (
                title,
                worst(first, _WORST, {m.name for m in evaluation.metrics if m.notes_only is of}),
            )
            for title, of in (("In the notes", True), ("In performance and instruments", False))
        ],
        "yardsticks": [one for one in evaluation.yardsticks if one.features == "notes only"],
    }


def _comparison_view(
    evaluation: Evaluation,
    comparison: Comparison,
    side: tuple[MetricTable, MetricTable] | None,
    progress: Callable[[float], None] | None,
) -> dict[str, Any]:
    titles = {metric.name: metric.title for metric in evaluation.metrics}
    return {
        "data": comparison,
        "groups": groups_of(evaluation.metrics, comparison),
        "tests": feature_rows(comparison),
        "aucs": auc_chart(comparison, evaluation.yardsticks) if comparison.tests else None,
        "distances": distance_chart(comparison, titles) if comparison.metrics else None,
        "histograms": {} if side is None else _histograms(evaluation, *side, progress),
    }


def _histograms(
    evaluation: Evaluation,
    ours: MetricTable,
    real: MetricTable,
    progress: Callable[[float], None] | None,
) -> dict[str, Picture]:
    """One a metric that both sides have."""
    drawn: dict[str, Picture] = {}
    for done, metric in enumerate(evaluation.metrics, start=1):
        if metric.name not in ours.metrics or metric.name not in real.metrics:
            continue
        values = column(ours, metric.name), column(real, metric.name)
        if min(len(side) for side in values) >= FEWEST_VALUES:
            drawn[metric.name] = histogram(metric, *values)
        if progress is not None:
            progress(done / len(evaluation.metrics))
    return drawn


def _example_view(example: Example) -> dict[str, Any]:
    return {
        "data": example,
        "roll": piano_roll(example.window),
        "similarity": similarity_picture(example.similarity, example.window.bars),
    }


def _ours_alone(evaluation: Evaluation) -> list[tuple[str, list[Any]]]:
    """Without a reference there is still what was measured."""
    from composer.evaluating.comparing import spread

    table = evaluation.openings
    groups: dict[str, list[Any]] = {}
    for metric in evaluation.metrics:
        if metric.name in table.metrics:
            row = (metric, spread(column(table, metric.name)))
            groups.setdefault(metric.group, []).append(row)
    return list(groups.items())

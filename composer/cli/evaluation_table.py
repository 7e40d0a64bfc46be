"""What `compose evaluate` shows in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from composer.evaluating.words import (
    auc_in_words,
    chosen_test,
    median_distance,
    number,
    printable,
    share_beyond_chance,
    sharper_test,
    worst,
)
from composer.summary import show, terminal

if TYPE_CHECKING:
    from composer.evaluating.results import Comparison, Diversity, Evaluation

_WORST = 8
_GIVEAWAYS = 5
_SKIPPED = 5


def print_evaluation(evaluation: Evaluation, paths: Sequence[Path] = ()) -> None:
    """The tests, the most distant metrics, diversity, controls and where the report lies.

    Args:
        evaluation: What was found.
        paths: Files that were written.
    """
    console = terminal()
    count = f"{evaluation.pieces} piece{'' if evaluation.pieces == 1 else 's'}"
    _say(console, f"{printable(evaluation.folder)}: {count}", "bold")
    if evaluation.comparisons:
        _tests(console, evaluation)
        _verdict(console, evaluation)
        _worst(console, evaluation, evaluation.comparisons[0])
    if evaluation.diversity:
        _diversity(console, evaluation.diversity)
    _controls(console, evaluation)
    for one in evaluation.skipped[:_SKIPPED]:
        _say(console, f"left out: {printable(one.path)}: {printable(one.reason)}")
    more = len(evaluation.skipped) - _SKIPPED
    if more > 0:
        _say(console, f"and {more} more left out; the report lists them")
    _say(console, f"took {evaluation.seconds:.1f} s")
    if paths:
        _say(console, "files")
    for path in paths:
        _say(console, f"  {printable(str(path))}")


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style), soft_wrap=True)


def _table(*headings: str) -> Table:
    """Words to the left, figures to the right: a heading that ends in ``#`` is a figure's."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        figures = heading.endswith("#")
        table.add_column(
            heading.rstrip("#"), justify="right" if figures else "left", overflow="fold"
        )
    return table


def _tests(console: Console, evaluation: Evaluation) -> None:
    table = _table(
        "against", "windows", "AUC notes only#", "95 %#", "everything#", "distance#", "beyond#"
    )
    for one in evaluation.comparisons:
        notes, everything = (sharper_test(one, f) for f in ("notes only", "everything"))
        beyond = share_beyond_chance(one)
        table.add_row(
            Text(printable(one.reference)),
            f"{one.place}s",
            f"{notes.auc:.2f}" if notes else "–",
            f"{notes.low:.2f}-{notes.high:.2f}" if notes else "",
            f"{everything.auc:.2f}" if everything else "–",
            number(median_distance(one)),
            f"{100 * beyond:.0f} %" if beyond == beyond else "–",
        )
    for yardstick in evaluation.yardsticks:
        auc = f"{yardstick.auc:.2f}"
        notes_only = yardstick.features == "notes only"
        table.add_row(
            Text(f"(for scale, real against real: {printable(yardstick.between)})"),
            "",
            auc if notes_only else "",
            "",
            "" if notes_only else auc,
        )
    show(console, table)


def _verdict(console: Console, evaluation: Evaluation) -> None:
    """What the first test says, and what gives the pieces away."""
    first = evaluation.comparisons[0]
    notes, sharper = chosen_test(first, "notes only"), sharper_test(first, "notes only")
    if notes is None or sharper is None:
        _say(console, "fewer than ten songs on one side: no two-sample test")
        return
    _say(console, f"By its notes alone this music {auc_in_words(sharper)}.")
    titles = {metric.name: metric.title for metric in evaluation.metrics}
    shown = [
        f"{titles.get(one.metric, one.metric)} "
        f"({_way(one.by_presence, one.higher)}, AUC alone {one.alone:.2f})"
        for one in notes.giveaways[:_GIVEAWAYS]
    ]
    if shown:
        _say(console, f"It is given away by: {'; '.join(shown)}")
    groups = [f"{test.group} {test.auc:.2f}" for test in evaluation.comparisons[0].groups]
    _say(console, f"AUC of each group of metrics alone: {', '.join(groups)}")


def _way(by_presence: bool, higher: bool) -> str:
    if by_presence:
        return "more often there" if higher else "more often missing"
    return "higher" if higher else "lower"


def _worst(console: Console, evaluation: Evaluation, comparison: Comparison) -> None:
    metrics = {metric.name: metric for metric in evaluation.metrics}
    table = _table("most distant metrics", "ours#", "real#", "distance#", "unit")
    rows = worst(comparison, _WORST)
    if not rows:
        return
    for one in rows:
        table.add_row(
            Text(metrics[one.metric].title),
            number(one.ours.median),
            number(one.real.median),
            number(one.distance),
            Text(metrics[one.metric].unit),
        )
    show(console, table)


def _diversity(console: Console, diversity: Diversity) -> None:
    table = _table("diversity", "ours#", "real#")
    table.add_row("between two pieces", number(diversity.spread), number(diversity.real_spread))
    table.add_row("to the nearest", number(diversity.nearest), number(diversity.real_nearest))
    if diversity.between_seeds is not None:
        table.add_row("between seeds of one brief", number(diversity.between_seeds), "")
    table.add_row("bars that another piece has too", number(diversity.shared_bars), "")
    show(console, table)


def _controls(console: Console, evaluation: Evaluation) -> None:
    if not evaluation.controls:
        return
    table = _table("control", "asked#", "heard#", "share#", "detector right#")
    for one in evaluation.controls:
        right = one.detector_right
        table.add_row(
            Text(one.name),
            str(one.asked),
            str(one.heard),
            f"{100 * one.heard / one.asked:.0f} %" if one.asked else "–",
            f"{100 * right:.0f} %" if right == right else "–",
        )
    show(console, table)

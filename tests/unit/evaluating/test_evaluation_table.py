from pathlib import Path

import numpy as np
import pytest

from composer.cli.evaluation_table import print_evaluation
from composer.evaluating.comparing import compare
from composer.evaluating.results import (
    Control,
    Diversity,
    Evaluation,
    Metric,
    MetricTable,
    Skipped,
    Yardstick,
)

METRICS = (Metric("a", "Notes a bar", "pitch", "bits", "own"),)


def table(windows: int, shift: float) -> MetricTable:
    values = np.random.default_rng(windows).normal(shift, 1, size=(windows, 1))
    return MetricTable(("a",), values, tuple(str(number) for number in range(windows)))


@pytest.mark.parametrize("pieces", [1, 12])
def test_it_tells_what_was_found(capsys: pytest.CaptureFixture[str], pieces: int) -> None:
    ours = table(pieces, 4)
    evaluation = Evaluation(
        "caf\udce9 [bold]",
        pieces,
        tuple(Skipped(f"{number}\udce9.mid", "is broken") for number in range(7)),
        METRICS,
        ours,
        table(0, 0),
        (compare(ours, table(20, 0), METRICS, reference="[red]real", place="opening"),),
        Diversity(1.0, 1.2, 0.5, 0.7, 0.25, 0.9, 2, 0.5),
        (Control("key", 10, 9, 0.85, "POP909"), Control("bars", 0, 0, float("nan"), "")),
        2.0,
        (Yardstick("notes only", 0.8, "jazz against rock"),),
    )
    print_evaluation(evaluation, (Path("out") / "evaluation.html",))
    shown = capsys.readouterr().out
    shown.encode("utf-8")
    assert "caf\\xe9 [bold]" in shown and "[red]real" in shown
    assert "and 2 more left out" in shown
    assert "evaluation.html" in shown
    assert ("Notes a bar (higher" in shown) == (pieces == 12)
    assert ("fewer than ten songs" in shown) == (pieces == 1)


def test_nothing_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    ours = table(1, 0)
    print_evaluation(Evaluation("out", 1, (), METRICS, ours, ours, (), None, (), 0.1))
    assert capsys.readouterr().out.startswith("out: 1 piece\n")

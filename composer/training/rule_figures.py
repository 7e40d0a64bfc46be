r"""The rule layer's figures beside real music, and beside what another real corpus reaches.

    python benchmarks/pieces.py --count 216 --writer rules --out DIR
    python -m composer.training.rule_figures --pieces DIR [--out FILE]

For each figure that is watched: the mean of our openings, mean and deviation of Lakh's (of POP909's
for our pop), whether ours lies within one deviation, and the distance of ours, and of Freedoom's
music, to Lakh (Wasserstein-1 by Lakh's deviation, see `composer.evaluating.comparing`). Then the
mean of the distances over all metrics on notes, and the classifier's AUC with what gives us away.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from composer.errors import ComposerError
from composer.evaluating.comparing import FEWEST_VALUES, column, distance
from composer.evaluating.measuring import measure_files, table_of
from composer.evaluating.metrics import METRICS
from composer.evaluating.reference import load_reference
from composer.evaluating.results import MetricTable
from composer.evaluating.two_sample import two_sample_tests
from composer.training.classify_styles import style_of

WATCHED = (
    "structureness_short", "structureness_mid", "structureness_long", "phrase_coverage",
    "melody.phrase_coverage", "near_bar_rate", "identical_bar_rate", "drums.notes_per_bar",
    "bass.notes_per_bar", "melody.notes_per_bar", "harmony.notes_per_bar", "drums.off_sixteenths",
    "bass.syncopation", "melody.syncopation", "harmony.syncopation", "melody.repeats",
    "melody.steps", "melody.thirds", "melody.leaps", "melody.octaves", "drums.velocity_spread",
    "bass.velocity_spread", "melody.velocity_spread", "harmony.velocity_spread", "parts",
    "parts_per_bar", "parts_change", "parts_from_start", "part_activity",
)  # fmt: skip
"""Structure, notes a bar by role, syncopation, melodic intervals, velocity spread, active parts."""

_OTHER = "freedoom"


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of ours beside real music.

    Args:
        metric: Its name.
        ours: Mean of our openings.
        real: Mean of the reference's.
        deviation: Standard deviation of the reference's.
        distance: Distance of ours to the reference.
        other: Distance of the other real corpus to it.
    """

    metric: str
    ours: float
    real: float
    deviation: float
    distance: float
    other: float

    @property
    def is_within(self) -> bool:
        """Whether our mean lies within one deviation of the real one."""
        return abs(self.ours - self.real) <= self.deviation


def figures(
    ours: MetricTable, real: MetricTable, other: MetricTable, metrics: Sequence[str]
) -> list[Figure]:
    """Set metrics beside each other; those with too few values on a side are left out."""
    found = []
    for name in metrics:
        columns = [column(table, name) for table in (ours, real, other)]
        if min(map(len, columns)) < FEWEST_VALUES:
            continue
        mine, theirs, others = columns
        found.append(
            Figure(
                name,
                float(mine.mean()),
                float(theirs.mean()),
                float(theirs.std()),
                distance(mine, theirs),
                distance(others, theirs),
            )
        )
    return found


def _print(title: str, found: Sequence[Figure]) -> None:
    print(f"\n## {title}\n")
    print("| figure | ours | real | distance | Freedoom's |  |")
    print("|---|---|---|---|---|---|")
    for one in found:
        marks = ("" if one.is_within else "beyond a deviation ") + (
            "" if one.distance <= one.other else "further than Freedoom"
        )
        print(
            f"| `{one.metric}` | {one.ours:.3g} | {one.real:.3g} ± {one.deviation:.2g} "
            f"| {one.distance:.2f} | {one.other:.2f} | {marks.strip()} |"
        )
    within = sum(one.is_within for one in found)
    nearer = sum(one.distance <= one.other for one in found)
    print(f"\n{within} of {len(found)} within a deviation; {nearer} as near as Freedoom or nearer")


def _told(folder: Path, jobs: int) -> dict[str, object]:
    measured, skipped = measure_files(folder, jobs=jobs)
    for one in skipped:
        print(f"left out: {one.path}: {one.reason}", file=sys.stderr)
    ours = table_of(measured, "opening")
    pop = table_of([one for one in measured if style_of(folder / one.path) == "pop"], "opening")
    lakh, other = load_reference("lakh").openings, load_reference(_OTHER).openings
    watched = figures(ours, lakh, other, WATCHED)
    _print(f"All styles ({len(ours)} pieces) and Lakh ({len(lakh)})", watched)
    if len(pop) >= FEWEST_VALUES:
        songs = load_reference("pop909").openings
        _print(f"Pop ({len(pop)} pieces) and POP909", figures(pop, songs, other, WATCHED))
    notes = [metric.name for metric in METRICS if metric.notes_only]
    every = figures(ours, lakh, other, notes)
    means = [float(np.mean([getattr(f, side) for f in every])) for side in ("distance", "other")]
    print(f"\nmean distance over {len(every)} metrics on notes: {means[0]:.3f}")
    print(f"Freedoom's: {means[1]:.3f}")
    tests = {
        f"{test.features}, {test.model}": test.auc for test in two_sample_tests(ours, lakh, METRICS)
    }
    print("\nAUC:", ", ".join(f"{name} {auc:.3f}" for name, auc in tests.items()))
    worst = sorted(every, key=lambda one: -one.distance)[:25]
    _print("What lies furthest", worst)
    return {
        "pieces": len(ours),
        "watched": [asdict(one) for one in watched],
        "mean_distance": means[0],
        "mean_distance_freedoom": means[1],
        "auc": tests,
        "furthest": [asdict(one) for one in worst],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and tell; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m composer.training.rule_figures", description=__doc__
    )
    parser.add_argument("--pieces", type=Path, required=True, help="folder of saved pieces")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    flags = parser.parse_args(argv)
    try:
        found = _told(flags.pieces, flags.jobs)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    if flags.out is not None:
        flags.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

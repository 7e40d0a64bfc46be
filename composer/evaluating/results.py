"""What `compose evaluate` finds, as plain frozen types: the contract between its steps.

files → windows → `MetricTable` → `Comparison`, `Diversity`, `Controls` → `Evaluation` → table,
JSON and HTML.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from composer.evaluating.windows import Place
from composer.music.song import Floats

Group = Literal[
    "pitch", "rhythm", "texture", "structure", "harmony", "theory", "performance", "instruments"
]
FeatureSet = Literal["everything", "notes only"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number that is measured on a window.

    Args:
        name: Identifier, such as ``pitch_class_entropy`` or ``bass.notes_per_bar``.
        title: In words.
        group: What it is about. ``performance`` needs velocities, micro-timing or the tempo, and
            ``instruments`` the programs: both are left out of comparisons on notes only.
        unit: Its unit, such as ``bits`` or ``share``.
        source: Paper or library that defines it.
        published: Value published for real music, with where, or empty.
    """

    name: str
    title: str
    group: Group
    unit: str
    source: str
    published: str = ""

    @property
    def notes_only(self) -> bool:
        """Whether it is computed from notes on the grid alone."""
        return self.group not in {"performance", "instruments"}


@dataclass(frozen=True, slots=True, eq=False)
class MetricTable:
    """Metrics of many windows.

    Args:
        metrics: Names, in the order of the columns.
        values: ``[windows, metrics]``; NaN where a metric has no meaning (no bass part, say).
        songs: Which song each window comes from, ``[windows]``; windows of one song are never
            split between training and test.
    """

    metrics: tuple[str, ...]
    values: Floats
    songs: tuple[str, ...]

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.songs)


@dataclass(frozen=True, slots=True)
class Spread:
    """How one metric lies over windows: the number of windows that have it, and quartiles."""

    windows: int
    lower_quartile: float
    median: float
    upper_quartile: float
    mean: float


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One metric, ours beside real.

    Args:
        metric: Its name.
        ours: The folder's pieces.
        real: The reference.
        distance: Wasserstein-1 distance between the two, divided by the reference's standard
            deviation: 0 the same, 1 as far apart as one standard deviation of real music. NaN
            where one side has fewer than five values.
        chance: The distance that as many windows drawn from the reference itself stay under in 19
            of 20 draws: what lies under it says nothing. NaN where the distance is.
    """

    metric: str
    ours: Spread
    real: Spread
    distance: float
    chance: float = math.nan


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A metric by which the two are told apart.

    Args:
        metric: Its name.
        importance: How much AUC the gradient boosting loses when it is permuted.
        alone: AUC of this metric alone, 0.5 to 1.
        higher: Whether our values are higher than real ones; with ``by_presence``, whether ours
            have one more often.
        by_presence: Whether it is not the value that tells but that there is one (a bass, say).
        alike: Other metrics that rise and fall with it and are left out of the list.
    """

    metric: str
    importance: float
    alone: float
    higher: bool
    by_presence: bool = False
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TwoSampleTest:
    """A classifier two-sample test.

    Args:
        features: ``everything``, or ``notes only`` (no velocity, micro-timing, tempo, programs).
        model: ``gradient boosting`` or ``logistic regression``.
        auc: Area under the ROC curve over five held-out folds: 0.5 cannot be told apart, 1 always.
        low: Lower end of its 95% bootstrap interval over songs.
        high: Upper end.
        giveaways: What gave it away, the worst first; empty for the logistic regression.
    """

    features: FeatureSet
    model: str
    auc: float
    low: float
    high: float
    giveaways: tuple[Giveaway, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTest:
    """The gradient boosting on one group of metrics alone: where music is given away.

    Args:
        group: The group.
        metrics: How many metrics it has.
        auc: As of a `TwoSampleTest`.
    """

    group: Group
    metrics: int
    auc: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The folder's pieces beside one reference.

    Args:
        reference: What it is compared with, in words.
        place: Whether the reference's windows are openings or from the middle.
        our_windows: How many of ours.
        real_windows: How many of the reference.
        metrics: One a metric, in the order of the table.
        tests: Two-sample tests; empty where one side has fewer than ten songs.
        groups: Two-sample tests of each group of metrics, the worst first; of the first comparison
            only.
    """

    reference: str
    place: Place
    our_windows: int
    real_windows: int
    metrics: tuple[MetricComparison, ...]
    tests: tuple[TwoSampleTest, ...]
    groups: tuple[GroupTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much the pieces differ from each other.

    Args:
        spread: Mean distance between two pieces, in standard deviations of the reference a metric
            (root mean square over metrics, on notes only).
        real_spread: The same between two pieces of the reference.
        nearest: Mean distance of a piece to the one nearest to it.
        real_nearest: The same in the reference, in a sample of as many pieces.
        shared_bars: Mean share of a piece's pitched bars (as they sound together, transposed to
            one key) that another piece of the folder holds too.
        between_seeds: Mean distance between two pieces whose briefs differ in the seed alone; None
            where the folder has no two such pieces.
        seed_groups: How many groups of such pieces there are.
        shared_between_seeds: Mean share of a piece's pitched bars that another piece of its group
            holds too; None as above.
    """

    spread: float
    real_spread: float
    nearest: float
    real_nearest: float
    shared_bars: float
    between_seeds: float | None
    seed_groups: int
    shared_between_seeds: float | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """How often what was asked for is what is heard.

    Args:
        name: ``key``, ``tempo``, ``meter``, ``bars`` or ``chords``.
        asked: In how many pieces it was asked for (for chords: how many half bars).
        heard: In how many of them the detector hears it.
        detector_right: How often the detector is right on real music whose annotation is known,
            0 to 1; NaN where no detector is needed because the file says it exactly.
        detector_source: Which music that was measured on, and how many pieces.
    """

    name: str
    asked: int
    heard: int
    detector_right: float
    detector_source: str


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How well real music of one origin is told from real music of another.

    Args:
        features: On which metrics.
        auc: AUC of the gradient boosting, 0.5 to 1.
        between: Which music, in words.
    """

    features: FeatureSet
    auc: float
    between: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not measured, and why, in one line."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All that was found.

    Args:
        folder: The folder that was measured.
        pieces: How many pieces were measured.
        skipped: Files that were not.
        metrics: The catalogue, in the order of the tables.
        openings: Metrics of the pieces' first windows.
        middles: Metrics of their middle windows, for pieces long enough.
        comparisons: One a reference; empty where there is none.
        diversity: None with fewer than two pieces.
        controls: Empty where no piece says what was asked for.
        seconds: How long it took.
        yardsticks: What the two-sample tests find between two kinds of real music.
    """

    folder: str
    pieces: int
    skipped: tuple[Skipped, ...]
    metrics: tuple[Metric, ...]
    openings: MetricTable
    middles: MetricTable
    comparisons: tuple[Comparison, ...]
    diversity: Diversity | None
    controls: tuple[Control, ...]
    seconds: float
    yardsticks: tuple[Yardstick, ...] = ()

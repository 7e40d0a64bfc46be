"""Can a classifier tell ours from real music? The classifier two-sample test.

Source: Lopez-Paz & Oquab 2017, "Revisiting classifier two-sample tests". Theirs counts right
answers; AUC is counted here, because the sides differ in size. Pairs are compared within one fold
only, so that the scores of different folds' models need not lie on one scale (Forman & Scholz
2010, "Apples-to-apples in cross-validation studies").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from composer.evaluating.classifiers import SEED, Fitter, fit_boosting, fit_logistic
from composer.evaluating.giveaways import giveaways, permuted_aucs
from composer.evaluating.results import (
    FeatureSet,
    Giveaway,
    GroupTest,
    Metric,
    MetricTable,
    TwoSampleTest,
)
from composer.music.song import Floats, Integers

FEWEST_SONGS = 10
"""With fewer songs on one side there is no test."""

LARGEST = 1e100
"""Values beyond it are taken for it, so that their squares can be added."""

GRADIENT_BOOSTING = "gradient boosting"
LOGISTIC_REGRESSION = "logistic regression"

_FOLDS = 5
_DRAWS = 1000
_FEWEST_VALUES = 5
_LEVELS = 48  # scikit-learn looks for steps of its own, one by one, where it finds more than 255
_FEATURE_SETS: tuple[FeatureSet, ...] = ("everything", "notes only")


def two_sample_tests(
    ours: MetricTable, real: MetricTable, catalogue: Sequence[Metric]
) -> tuple[TwoSampleTest, ...]:
    """Test twice on everything and twice on notes only: gradient boosting, logistic regression.

    Args:
        ours: Metrics of the folder's windows.
        real: Metrics of the reference's windows.
        catalogue: The metrics that are looked at; all are in both tables.

    Returns:
        Four tests; fewer where no metric of a kind varies, none under ten songs a side.
    """
    if min(len(set(ours.songs)), len(set(real.songs))) < FEWEST_SONGS:
        return ()
    tests = []
    with _one_thread():
        for features in _FEATURE_SETS:
            names = [m.name for m in catalogue if features == "everything" or m.notes_only]
            sample = _sample(ours, real, names)
            if sample.names:
                tests += [_boosting_test(features, sample), _logistic_test(features, sample)]
    return tuple(tests)


def group_tests(
    ours: MetricTable, real: MetricTable, catalogue: Sequence[Metric]
) -> tuple[GroupTest, ...]:
    """Test each group of metrics by itself, by gradient boosting; the worst group first."""
    if min(len(set(ours.songs)), len(set(real.songs))) < FEWEST_SONGS:
        return ()
    found = []
    with _one_thread():
        for group in dict.fromkeys(metric.group for metric in catalogue):
            names = [metric.name for metric in catalogue if metric.group == group]
            sample = _sample(ours, real, names)
            if sample.names:
                scores, _ = _held_out_scores(sample, sample.levels, fit_boosting, with_losses=False)
                test = _judged("everything", GRADIENT_BOOSTING, sample, scores, ())
                found.append(GroupTest(group, len(sample.names), test.auc))
    return tuple(sorted(found, key=lambda test: (-test.auc, test.group)))


def _one_thread() -> Any:
    """Keep scikit-learn's libraries to one thread, as a context.

    Threads that wait for each other cost more than they bring on tables of this size, and a
    hundred times more where another program has the cores.
    """
    import sklearn.ensemble  # noqa: F401 - only libraries that are loaded can be limited
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    return threadpool_limits(1)


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Both sides in one matrix.

    Args:
        names: Metrics that vary.
        values: ``[windows, metrics]``, finite or NaN.
        levels: The same in at most 48 steps that are equally often taken, which is all that trees
            look at.
        is_ours: ``[windows]``, 1 for ours and 0 for real.
        songs: ``[windows]``, a number a song.
        folds: ``[windows]``, in which fold a window is held out; songs are never split.
    """

    names: tuple[str, ...]
    values: Floats
    levels: Floats
    is_ours: Integers
    songs: Integers
    folds: Integers


def _sample(ours: MetricTable, real: MetricTable, names: Sequence[str]) -> _Sample:
    from sklearn.model_selection import StratifiedGroupKFold

    sides = [
        table.values[:, [table.metrics.index(name) for name in names]] for table in (ours, real)
    ]
    values = np.concatenate(sides).astype(np.float64)
    values = np.clip(np.where(np.isfinite(values), values, np.nan), -LARGEST, LARGEST)
    varies = np.array([_varies(column) for column in values.T], dtype=bool)
    is_ours = np.repeat((1, 0), (len(ours), len(real)))
    keys = _keys(ours.songs, real.songs)
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    songs = np.array([numbers[key] for key in keys])
    folds = np.zeros(len(songs), dtype=np.int64)
    splitter = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=SEED)
    for fold, (_, held_out) in enumerate(splitter.split(songs[:, None], is_ours, songs)):
        folds[held_out] = fold
    kept = tuple(name for name, keep in zip(names, varies, strict=True) if keep)
    values = values[:, varies]
    return _Sample(kept, values, _levels(values), is_ours, songs, folds)


def _keys(ours: Sequence[str], real: Sequence[str]) -> list[str]:
    """What each window's song is known by; one that both sides hold, by its file's name, is one."""
    stems = Counter(PurePath(song).stem for song in set(ours))
    theirs = Counter(PurePath(song).stem for song in set(real))
    both = {stem for stem, count in stems.items() if count == theirs.get(stem) == 1}

    def key(side: str, song: str) -> str:
        stem = PurePath(song).stem
        return stem if stem in both else f"{side} {song}"

    return [key("ours", song) for song in ours] + [key("real", song) for song in real]


def _varies(column: Floats) -> bool:
    present = column[np.isfinite(column)]
    if len(present) < _FEWEST_VALUES:
        return False
    return len(present) < len(column) or bool(present.min() < present.max())


def _levels(values: Floats) -> Floats:
    levels = np.full(values.shape, np.nan)
    for index, column in enumerate(values.T):
        present = np.isfinite(column)
        steps = np.linspace(0, 1, _LEVELS + 1)[1:-1]
        edges = np.unique(np.quantile(column[present], steps, method="inverted_cdf"))
        levels[present, index] = np.searchsorted(edges, column[present])
    return levels


def _boosting_test(features: FeatureSet, sample: _Sample) -> TwoSampleTest:
    scores, losses = _held_out_scores(sample, sample.levels, fit_boosting, with_losses=True)
    found = giveaways(sample.names, sample.values, sample.is_ours == 1, losses)
    return _judged(features, GRADIENT_BOOSTING, sample, scores, found)


def _logistic_test(features: FeatureSet, sample: _Sample) -> TwoSampleTest:
    scores, _ = _held_out_scores(sample, sample.values, fit_logistic, with_losses=False)
    return _judged(features, LOGISTIC_REGRESSION, sample, scores, ())


def _held_out_scores(
    sample: _Sample, values: Floats, fit: Fitter, *, with_losses: bool
) -> tuple[Floats, Floats]:
    """Score each window by a model that has not seen its song.

    Returns:
        Scores ``[windows]``, and AUC lost by each metric's permutation ``[metrics]`` (zeros
        without ``with_losses``).
    """
    scores = np.zeros(len(sample.songs))
    losses, weights = [np.zeros(len(sample.names))], [0.0]
    generator = np.random.default_rng(SEED)
    for fold in range(_FOLDS):
        held_out = sample.folds == fold
        train = ~held_out
        score = fit(values[train], sample.is_ours[train])
        scores[held_out] = score(values[held_out])
        truth = sample.is_ours[held_out] == 1
        pairs = float(truth.sum() * (~truth).sum())
        if with_losses and pairs:
            permuted = permuted_aucs(values[held_out], truth, score, generator)
            losses.append(auc_of(scores[held_out], truth) - permuted)
            weights.append(pairs)
    if sum(weights) == 0.0:
        return scores, losses[0]
    return scores, np.average(losses, axis=0, weights=weights)


def auc_of(scores: Floats, is_ours: Any) -> float:
    """Chance that one of ours scores above a real one, ties counting half.

    >>> auc_of(np.array([0.1, 0.9, 0.4]), np.array([False, True, True]))
    1.0
    """
    return float(_wins(scores[is_ours], scores[~is_ours]).mean())


def _wins(ours: Floats, real: Floats) -> Floats:
    """``[ours, real]``: 1 where ours scores higher, 0.5 in a tie, else 0."""
    higher, equal = ours[:, None] > real, ours[:, None] == real
    return np.asarray(higher + 0.5 * equal, dtype=np.float64)


def _judged(
    features: FeatureSet,
    model: str,
    sample: _Sample,
    scores: Floats,
    found: tuple[Giveaway, ...],
) -> TwoSampleTest:
    """AUC over all folds, and its interval over draws of songs."""
    weights = _song_draws(sample)
    won, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for fold in range(_FOLDS):
        ours = (sample.folds == fold) & (sample.is_ours == 1)
        real = (sample.folds == fold) & (sample.is_ours == 0)
        wins = _wins(scores[ours], scores[real])
        won += ((weights[:, ours] @ wins) * weights[:, real]).sum(axis=1)
        pairs += weights[:, ours].sum(axis=1) * weights[:, real].sum(axis=1)
    aucs = won[pairs > 0] / pairs[pairs > 0]
    low, high = (float(q) for q in np.quantile(aucs[1:], (0.025, 0.975)))
    return TwoSampleTest(features, model, float(aucs[0]), low, high, found)


def _song_draws(sample: _Sample) -> Floats:
    """Weights of the windows ``[1 + draws, windows]``: all ones, then songs drawn anew."""
    generator = np.random.default_rng(SEED)
    counts = np.zeros((_DRAWS + 1, int(sample.songs.max()) + 1))
    counts[0] = 1.0
    for side in (0, 1):
        songs = np.unique(sample.songs[sample.is_ours == side])
        shares = np.full(len(songs), 1 / len(songs))
        counts[1:, songs] = generator.multinomial(len(songs), shares, size=_DRAWS)
    return np.asarray(counts[:, sample.songs], dtype=np.float64)

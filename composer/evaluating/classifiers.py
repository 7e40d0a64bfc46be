"""The two models of the two-sample test: gradient boosting and logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from composer.music.song import Floats, Integers

SEED = 2017
"""What is random in the tests is drawn from it."""

Scorer = Callable[[Floats], Floats]
"""Takes ``[windows, metrics]``, gives ``[windows]``."""

Fitter = Callable[[Floats, Integers], Scorer]
"""Learns from windows and their sides."""

_STRENGTH = 0.05  # C: strong, for there are almost as many metrics as windows


def fit_boosting(values: Floats, is_ours: Integers) -> Scorer:
    """Fit small boosted trees.

    Args:
        values: ``[windows, metrics]``; NaN where a metric has no meaning.
        is_ours: ``[windows]``, 1 for ours and 0 for real music.

    Returns:
        What gives new windows their scores, higher for ours.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    model: Any = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=6,
        min_samples_leaf=8,
        l2_regularization=1.0,
        max_features=0.3,
        class_weight="balanced",
        early_stopping=False,
        random_state=SEED,
    )
    known = np.isfinite(values).any(axis=0)  # in every fold's training windows but for oddities
    model.fit(values[:, known], is_ours)
    return lambda new: np.asarray(model.decision_function(new[:, known]), dtype=np.float64)


def fit_logistic(values: Floats, is_ours: Integers) -> Scorer:
    """Fit a straight line through standardised metrics; what is missing is the median, and marked.

    Args and returned value are those of `fit_boosting`.
    """
    from sklearn.linear_model import LogisticRegression

    prepare = _preparation(values)
    model: Any = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=2000)
    model.fit(prepare(values), is_ours)
    return lambda new: np.asarray(model.decision_function(prepare(new)), dtype=np.float64)


def _preparation(train: Floats) -> Callable[[Floats], Floats]:
    """Learn medians, bounds and scales from the training windows.

    Values beyond the first and last percentile are moved to it, so that one broken file does not
    set the scale.
    """
    with_values = np.isfinite(train).any(axis=0)
    kept = train[:, with_values]
    low, median, high = (
        np.array([np.quantile(column[np.isfinite(column)], share) for column in kept.T])
        for share in (0.01, 0.5, 0.99)
    )
    often_missing = np.isnan(kept).any(axis=0)

    def filled(values: Floats) -> Floats:
        values = values[:, with_values]
        missing = np.isnan(values)
        clipped = np.clip(np.where(missing, median, values), low, high)
        return np.concatenate((clipped, missing[:, often_missing].astype(np.float64)), axis=1)

    seen = filled(train)
    mean, deviation = seen.mean(axis=0), seen.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return lambda values: np.asarray((filled(values) - mean) / deviation)

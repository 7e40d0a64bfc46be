"""Whether a sound is taken for a real recording: a classifier of three-second windows.

It is trained on the dry and the real renders of pieces that the networks were trained on, and asked
about others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from composer.errors import EvaluationError
from composer.refining.spectra import BANDS, HOP, SAMPLE_RATE, Floats, log_mel, stretch_of

WINDOW_SECONDS = 3.0
FEATURES = 3 * BANDS
_LEAST_WINDOWS = 8


def window_features(mono: Floats) -> Floats:
    """What the classifier is told of each window: ``[windows, FEATURES]``.

    Mean, spread and mean step of each log mel band over the window, at the network's own level.
    Windows in which little sounds are left out.
    """
    frames = round(WINDOW_SECONDS * SAMPLE_RATE / HOP)
    windows = max(1, round(len(mono) / (WINDOW_SECONDS * SAMPLE_RATE)))
    mel = np.maximum(log_mel(stretch_of(mono, 0, windows * frames * HOP))[:-1], -7.0)
    mel = mel[: windows * frames].reshape(windows, frames, BANDS)
    heard = mel.max(axis=2) > -5.0
    mel = mel[heard.mean(axis=1) > 0.2]
    steps = np.abs(np.diff(mel, axis=1)).mean(axis=1)
    return np.concatenate([mel.mean(axis=1), mel.std(axis=1), steps], axis=1)


class RealnessClassifier:
    """Tells dry from real.

    Args:
        dry: Features of dry windows, ``[windows, FEATURES]``.
        real: The same of real ones.

    Raises:
        EvaluationError: If there are too few of either.
    """

    def __init__(self, dry: Floats, real: Floats) -> None:
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        if min(len(dry), len(real)) < _LEAST_WINDOWS:
            raise EvaluationError(
                f"{len(dry)} dry and {len(real)} real windows of three seconds; a classifier needs"
                f" {_LEAST_WINDOWS} of each"
            )
        self._model = make_pipeline(
            StandardScaler(), LogisticRegression(C=0.02, max_iter=2000, class_weight="balanced")
        )
        truth = np.repeat([0, 1], [len(dry), len(real)])
        self._model.fit(np.concatenate([dry, real]).astype(np.float64), truth)

    def probabilities(self, features: Floats) -> NDArray[np.float64]:
        """Probability that each window is real."""
        return np.asarray(self._model.predict_proba(features.astype(np.float64))[:, 1])

    def realness(self, features: Floats) -> float:
        """Mean probability of a sound's windows; a half where it has none."""
        return float(self.probabilities(features).mean()) if len(features) else 0.5


def gather(parts: Sequence[Floats]) -> Floats:
    """Windows of several sounds one after the other; none for none."""
    return np.concatenate([np.zeros((0, FEATURES), np.float32), *parts])

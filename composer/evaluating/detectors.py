"""What is heard in anyone's notes: key, chords and meter; and how often that is right.

Tempo and the number of bars are not detected: the file says them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from composer.evaluating.chords_heard import DetectedChord, chords_of
from composer.evaluating.chroma import Chroma, chroma_of, spans_of
from composer.evaluating.detector_data import Accuracy, accuracy
from composer.evaluating.meter_heard import kind_of, meter_of
from composer.evaluating.windows import Window
from composer.music.song import Floats

__all__ = [
    "Accuracy",
    "DetectedChord",
    "DetectedKey",
    "accuracy",
    "chords_of",
    "key_in",
    "key_of",
    "kind_of",
    "meter_of",
]

# Albrecht and Shanahan (2013): how long each degree sounds in major and in minor pieces.
_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_MAJOR_SCALE = frozenset({0, 2, 4, 5, 7, 9, 11})
_MINOR_SCALE = frozenset({0, 2, 3, 5, 7, 8, 10})


@dataclass(frozen=True, slots=True)
class DetectedKey:
    """A key that is heard.

    Args:
        tonic: Pitch class, 0–11.
        minor: Whether its third is minor.
        correlation: With the profile of that key, -1 to 1.
        margin: How much better it fits than the next best key, 0 to 2.
    """

    tonic: int
    minor: bool
    correlation: float
    margin: float

    @property
    def mode(self) -> str:
        """``major`` or ``minor``."""
        return "minor" if self.minor else "major"

    @property
    def scale(self) -> frozenset[int]:
        """Pitch classes of the major or natural minor scale."""
        degrees = _MINOR_SCALE if self.minor else _MAJOR_SCALE
        return frozenset((self.tonic + degree) % 12 for degree in degrees)

    @property
    def wide_scale(self) -> frozenset[int]:
        """As `scale`; in minor with the raised sixth and seventh too."""
        raised = {(self.tonic + 9) % 12, (self.tonic + 11) % 12} if self.minor else set()
        return self.scale | raised


def key_of(window: Window) -> DetectedKey | None:
    """The major or minor key whose profile fits best what sounds; None without pitched notes.

    In each span (half a bar as a rule) every pitch class counts for as long as it sounds, but no
    longer than the span, so that doublings and thick chords do not outweigh a single line.
    Source: Albrecht and Shanahan, "The Use of Large Corpora to Train a New Type of Key-Finding
    Algorithm", Music Perception 31 (2013), for the profiles; Krumhansl, *Cognitive Foundations of
    Musical Pitch* (1990), for the correlation. Accuracy: ``data/detectors.json``.
    """
    return key_in(chroma_of(window), np.diff(spans_of(window)))


def key_in(chroma: Chroma, lengths_quarters: Floats) -> DetectedKey | None:
    """The key of spans whose chroma is known; lengths are ``[spans]``."""
    scores = key_scores(chroma, lengths_quarters)
    if scores is None:
        return None
    order = np.argsort(-scores, kind="stable")
    best = int(order[0])
    margin = float(scores[best] - scores[order[1]])
    return DetectedKey(best // 2, best % 2 == 1, float(scores[best]), margin)


def key_scores(chroma: Chroma, lengths_quarters: Floats) -> Floats | None:
    """How well each key fits, -1 to 1: ``[24]``, C major, C minor, C# major …; None for none."""
    durations = np.minimum(chroma.all, lengths_quarters[:, None]).sum(axis=0)
    if durations.max() == durations.min():
        return None
    centred = (durations - durations.mean()) / np.linalg.norm(durations - durations.mean())
    rotated = np.stack([np.roll(centred, -tonic) for tonic in range(12)])
    scores: Floats = (rotated @ _profiles()).ravel()
    return scores


@lru_cache(maxsize=1)
def _profiles() -> Floats:
    """The two profiles, centred and of length one, ``[12, 2]``."""
    table = np.array([_MAJOR, _MINOR]).T
    table = table - table.mean(axis=0)
    result: Floats = table / np.linalg.norm(table, axis=0)
    return result

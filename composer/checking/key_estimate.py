"""The key of notes whose file does not say it."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_PROFILES = (("major", _MAJOR), ("minor", _MINOR))


def estimate_key(durations: Sequence[float]) -> tuple[int, str, float] | None:
    """Find the major or minor key whose profile fits a distribution of pitch classes best.

    Args:
        durations: Total sounding time of each of the twelve pitch classes, C first, in any unit.

    Returns:
        Pitch-class number of the tonic, ``major`` or ``minor``, and the correlation with the
        profile, -1 to 1; None where all pitch classes sound equally long.

    Source: Krumhansl, *Cognitive Foundations of Musical Pitch* (1990), chapters 2 and 4: the
    probe-tone profiles of Krumhansl and Kessler, and the algorithm of Krumhansl and Schmuckler.

    >>> estimate_key([2, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 1])[:2]
    (0, 'major')
    """
    if max(durations) == min(durations):
        return None
    scores = [
        (_correlation([durations[(tonic + i) % 12] for i in range(12)], profile), tonic, mode)
        for tonic in range(12)
        for mode, profile in _PROFILES
    ]
    correlation, tonic, mode = max(scores)
    return tonic, mode, correlation


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Pearson's correlation; neither sequence may be constant."""
    mean_first, mean_second = sum(first) / len(first), sum(second) / len(second)
    pairs = [(a - mean_first, b - mean_second) for a, b in zip(first, second, strict=True)]
    product = sum(a * b for a, b in pairs)
    return product / sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))

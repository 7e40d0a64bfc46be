"""Whether bars are duple, triple or compound, heard from the notes alone.

What begins when is held against itself some eighths later: in triple bars accents come back after
six eighths, in duple ones after four and eight. Bar lines are not looked at, but the file's
quarters are; a logistic regression that was fitted on Lakh weighs the evidence.
Source: Brown, "Determination of the Meter of Musical Scores by Autocorrelation" (JASA 94, 1993).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.evaluating.chroma import NO_PITCH, outer_pitches
from composer.evaluating.detector_data import read_detectors
from composer.evaluating.windows import GRID, Window
from composer.music.song import Floats, SongPart

KINDS = ("duple", "triple", "compound")
"""What is told apart: 2/4, 4/4 and 2/2; 3/4 and 3/2; 3/8, 6/8, 9/8 and 12/8."""

_EIGHTH = GRID // 2
_LAGS = (GRID // 4, GRID // 3, 2 * GRID // 3, *(_EIGHTH * count for count in range(1, 17)))
_KICKS = (35, 36)
_SNARES = (37, 38, 39, 40)
_LONGEST_ACCENT = 4.0


def kind_of(numerator: int, denominator: int) -> str:
    """The kind of a time signature; ``odd`` for what is none of `KINDS`, such as 5/4 and 7/8.

    >>> kind_of(4, 4), kind_of(3, 4), kind_of(6, 8), kind_of(7, 8)
    ('duple', 'triple', 'compound', 'odd')
    """
    if denominator >= 8 and numerator % 3 == 0:
        return "compound"
    if numerator == 3:
        return "triple"
    return "duple" if numerator in (1, 2, 4, 8) else "odd"


def meter_of(window: Window) -> str | None:
    """The kind of meter that is heard: one of `KINDS`; None where the weights are not installed.

    Odd meters (5/4, 7/8) are not known to it. Accuracy: ``data/detectors.json``.
    """
    fitted = read_detectors().get("meter")
    if fitted is None:
        return None
    features = (meter_features(window) - np.array(fitted["mean"])) / np.array(fitted["scale"])
    scores = np.array(fitted["weights"]) @ features + np.array(fitted["bias"])
    return KINDS[int(scores.argmax())]


def meter_features(window: Window) -> Floats:
    """The evidence, ``[6 * 19 + 12]``.

    For each of six signals (all onsets, pitched onsets, long notes, changes of the lowest note,
    bass drum, snare) its correlation with itself at 19 lags from a sixteenth to 16 eighths, -1 to
    1; then the share of onsets in each of the twelve slots of a quarter.
    """
    correlations = [_autocorrelation(signal) for signal in _signals(window)]
    slots = np.concatenate([window.onset_slots(part) for part in window.parts]) % GRID
    shares = np.bincount(slots, minlength=GRID) / len(slots)
    return np.concatenate([*correlations, shares])


def _signals(window: Window) -> list[Floats]:
    """How strongly something begins in each slot, ``[slots]`` each."""
    lowest, _ = outer_pitches(window)
    changes = np.diff(lowest, prepend=NO_PITCH) != 0
    return [
        _onsets(window, window.parts),
        _onsets(window, window.pitched),
        _onsets(window, window.pitched, by_length=True),
        (changes & (lowest < NO_PITCH)).astype(np.float64),
        _onsets(window, window.drums, keys=_KICKS),
        _onsets(window, window.drums, keys=_SNARES),
    ]


def _onsets(
    window: Window,
    parts: Sequence[SongPart],
    *,
    keys: tuple[int, ...] = (),
    by_length: bool = False,
) -> Floats:
    """The root of how many notes begin in each slot, or of how long they are together."""
    signal = np.zeros(window.bars * window.bar_slots)
    for part in parts:
        weights = np.minimum(part.duration_quarters, _LONGEST_ACCENT)
        if not by_length:
            weights = np.isin(part.pitch, keys) if keys else np.ones(len(part))
        np.add.at(signal, window.onset_slots(part), weights)
    result: Floats = np.sqrt(signal)
    return result


def _autocorrelation(signal: Floats) -> Floats:
    """Correlation of a signal with itself at each lag; zeros for silence."""
    centred = signal - signal.mean()
    power = float(centred @ centred)
    if power <= 0:
        return np.zeros(len(_LAGS))
    return np.array(
        [
            float(centred[lag:] @ centred[:-lag]) / power if lag < len(centred) else 0.0
            for lag in _LAGS
        ]
    )

"""Metrics of the whole texture: those of MusPy and MMT, and of the Jazz Transformer paper.

Sources: Dong, Chen, McAuley, Berg-Kirkpatrick, "MusPy: A Toolkit for Symbolic Music Generation"
(ISMIR 2020); Dong, Chen, Dubnov, McAuley, Berg-Kirkpatrick, "Multitrack Music Transformer" (ICASSP
2023); Wu and Yang, "The Jazz Transformer on the Front Line" (ISMIR 2020).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.evaluating.material import Line, Material
from composer.evaluating.results import Metric
from composer.music.song import Floats, Integers

_MUSPY = "MusPy (Dong et al. 2020)"
_JAZZ = "Jazz Transformer (Wu and Yang 2020)"
_GROOVE_SLOTS = 16
_MAJOR = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], dtype=np.float64)
_MINOR = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0], dtype=np.float64)
_SCALES = np.array([np.roll(scale, root) for scale in (_MAJOR, _MINOR) for root in range(12)])

GENERAL_METRICS: tuple[Metric, ...] = (
    Metric(
        "pitch_class_entropy",
        "Entropy of the pitch-class histogram",
        "pitch",
        "bits",
        _MUSPY,
        "2.974 (MMT's Symbolic Orchestral Database)",
    ),
    Metric(
        "scale_consistency",
        "Notes in the best-fitting major or minor scale",
        "pitch",
        "share",
        _MUSPY,
        "0.9226 (MMT's Symbolic Orchestral Database)",
    ),
    Metric("pitch_entropy", "Entropy of the pitch histogram", "pitch", "bits", _MUSPY),
    Metric("pitch_range", "Highest less lowest pitch", "pitch", "semitones", _MUSPY),
    Metric("pitches_used", "Different pitches", "pitch", "count", _MUSPY),
    Metric("polyphony", "Pitches sounding where any sounds", "texture", "pitches", _MUSPY),
    Metric("polyphony_rate", "Time in which two pitches or more sound", "texture", "share", _MUSPY),
    Metric("notes_per_bar", "Notes a bar, drums too", "texture", "notes", _MUSPY),
    Metric("empty_beat_rate", "Beats in which nothing sounds", "texture", "share", _MUSPY),
    Metric(
        "groove_consistency",
        "Onset pattern shared by neighbouring bars",
        "rhythm",
        "share",
        _MUSPY,
        "0.9305 (MMT's Symbolic Orchestral Database)",
    ),
    Metric("pitch_class_entropy_1", "H1: entropy within one bar", "pitch", "bits", _JAZZ),
    Metric("pitch_class_entropy_4", "H4: entropy within four bars", "pitch", "bits", _JAZZ),
    Metric(
        "grooving_similarity", "GS: onset pattern shared by any two bars", "rhythm", "share", _JAZZ
    ),
)
"""What `general_metrics` measures."""


def general_metrics(material: Material) -> dict[str, float]:
    """Measure the whole texture; NaN for what needs pitches where there are only drums.

    Drums count for rhythm, density and silence, never for pitch. P is a normalised histogram of
    notes, G(b) the set of slots of bar b at which anything begins, T the number of bars.

    - ``pitch_class_entropy``: -sum over 12 classes of P log2 P; ``pitch_entropy``: over pitches.
    - ``scale_consistency``: the largest share of notes in any of 24 major and natural minor scales.
    - ``polyphony``: pitches sounding, mean over slots at which one sounds; ``polyphony_rate``: the
      share of all slots at which two or more sound. A pitch that two parts play counts once.
    - ``empty_beat_rate``: share of beats in which nothing sounds.
    - ``groove_consistency``: 1 - mean over neighbouring bars of |G(b) xor G(b+1)| / slots of a bar,
      at 12 slots a quarter.
    - ``pitch_class_entropy_1``, ``_4`` (H1, H4): mean of the entropy over all spans of one and of
      four bars that hold notes.
    - ``grooving_similarity`` (GS): 1 - mean over all pairs of bars of |G(a) xor G(b)| / slots, at
      16 slots a quarter (64 a bar of 4/4, as in the paper).
    """
    pitched = material.pitched
    pitch = _joined([line.pitch for line in pitched])
    classes = np.bincount(pitch % 12, minlength=12).astype(np.float64)
    sounding = material.pitches_sounding(pitched)
    anything = material.sounding(material.lines)
    window = material.window
    voiced = sounding > 0
    return {
        "pitch_class_entropy": entropy(classes),
        "scale_consistency": float((_SCALES @ classes).max() / len(pitch))
        if len(pitch)
        else np.nan,
        "pitch_entropy": entropy(np.bincount(pitch, minlength=128)),
        "pitch_range": float(np.ptp(pitch)) if len(pitch) else np.nan,
        "pitches_used": float(len(np.unique(pitch))) if len(pitch) else np.nan,
        "polyphony": float(sounding[voiced].mean()) if voiced.any() else np.nan,
        "polyphony_rate": float((sounding > 1).mean()) if len(pitch) else np.nan,
        "notes_per_bar": sum(len(line.onset) for line in material.lines) / window.bars,
        "empty_beat_rate": _empty_beats(anything, round(window.beat_quarters * 12)),
        "groove_consistency": _groove_consistency(material),
        "pitch_class_entropy_1": _bar_entropy(material, pitched, 1),
        "pitch_class_entropy_4": _bar_entropy(material, pitched, 4),
        "grooving_similarity": _grooving_similarity(material),
    }


def entropy(counts: Integers | Floats) -> float:
    """Shannon entropy of a histogram in bits; NaN where it is empty.

    >>> entropy(np.array([1, 1, 0, 2]))
    1.5
    """
    total = counts.sum()
    if total <= 0:
        return float("nan")
    shares = counts[counts > 0] / total
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _joined(arrays: Sequence[Integers]) -> Integers:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])


def _empty_beats(sounding: Integers, beat_slots: int) -> float:
    """Share of beats without sound. Bars always hold whole beats."""
    beat_slots = max(beat_slots, 1)
    beats = len(sounding) // beat_slots
    if beats == 0:
        return float("nan")
    used = sounding[: beats * beat_slots].reshape(beats, beat_slots)
    return float((used.max(axis=1) == 0).mean())


def _groove_consistency(material: Material) -> float:
    """1 - mean Hamming distance of the onset vectors of neighbouring bars, 12 slots a quarter."""
    grid = material.onset_grid(material.lines)
    if len(grid) < 2:
        return float("nan")
    return float(1.0 - (grid[1:] != grid[:-1]).mean())


def _bar_entropy(material: Material, pitched: Sequence[Line], bars: int) -> float:
    """Mean entropy of pitch classes over all spans of some bars; spans without notes left out."""
    counts = np.zeros((material.window.bars, 12))
    for line in pitched:
        np.add.at(counts, (material.bar_of(line.onset), line.pitch % 12), 1)
    if len(counts) < bars:
        return float("nan")
    spans = [counts[i : i + bars].sum(axis=0) for i in range(len(counts) - bars + 1)]
    found = [entropy(span) for span in spans if span.any()]
    return float(np.mean(found)) if found else float("nan")


def _grooving_similarity(material: Material) -> float:
    """Mean over all pairs of bars of 1 - the share of slots that differ, at 16 slots a quarter-bar.

    The paper divides a bar of 4/4 into 64 slots; here a bar has 16 slots a quarter as well.
    """
    window = material.window
    slots = max(round(window.bar_quarters * _GROOVE_SLOTS), 1)
    grid = np.zeros((window.bars, slots))
    for line in material.lines:
        onset = line.part.onset_quarters
        bars = np.minimum((onset / window.bar_quarters).astype(np.int64), window.bars - 1)
        inside = onset - bars * window.bar_quarters
        grid[bars, np.minimum((inside * _GROOVE_SLOTS + 0.5).astype(np.int64), slots - 1)] = 1
    if window.bars < 2:
        return float("nan")
    ones = grid.sum(axis=1)
    differing = ones[:, None] + ones[None, :] - 2 * grid @ grid.T
    upper = np.triu_indices(window.bars, 1)
    return float(1.0 - (differing[upper] / slots).mean())

"""Metrics of one role's parts: bass, melody, harmony, each as lines of notes.

A role with several parts gets the mean of its parts, weighted by their notes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from composer.evaluating.general import entropy
from composer.evaluating.material import Line, Material
from composer.evaluating.results import Metric
from composer.evaluating.roles import Role
from composer.evaluating.windows import GRID
from composer.music.song import Floats, Integers

_OWN = "own"
_SYNCOPATION = "Longuet-Higgins and Lee, The Rhythmic Interpretation of Monophonic Music (1984)"
_PITCHED: tuple[Role, ...] = ("bass", "melody", "harmony")
_TITLES = {"bass": "Bass", "melody": "Melody", "harmony": "Harmony"}

_PART_METRICS: tuple[tuple[str, str, str, str], ...] = (
    ("notes_per_bar", "notes a bar in which it plays", "notes", _OWN),
    ("active_bars", "bars in which it plays", "share", _OWN),
    ("mean_pitch", "mean pitch", "MIDI pitch", _OWN),
    ("range", "range between the 5th and 95th percentile of pitch", "semitones", _OWN),
    ("pitch_class_entropy", "entropy of its pitch classes", "bits", _OWN),
    ("repeats", "melodic intervals that repeat the pitch", "share", _OWN),
    ("steps", "melodic intervals of 1 or 2 semitones", "share", _OWN),
    ("thirds", "melodic intervals of 3 or 4 semitones", "share", _OWN),
    ("leaps", "melodic intervals of 5 to 11 semitones", "share", _OWN),
    ("octaves", "melodic intervals of an octave or more", "share", _OWN),
    ("rising", "melodic intervals that rise, of those that move", "share", _OWN),
    ("turns", "changes of direction, of moves that follow a move", "share", _OWN),
    ("chord_size", "notes at one onset", "notes", _OWN),
    ("ioi_sixteenth", "inter-onset intervals up to a sixteenth", "share", _OWN),
    ("ioi_eighth", "inter-onset intervals of about an eighth", "share", _OWN),
    ("ioi_quarter", "inter-onset intervals of about a quarter", "share", _OWN),
    ("ioi_half", "inter-onset intervals of about a half", "share", _OWN),
    ("ioi_longer", "inter-onset intervals over a half", "share", _OWN),
    ("ioi_entropy", "entropy of inter-onset intervals on the grid", "bits", _OWN),
    ("triplets", "onsets on a triplet's slot", "share", _OWN),
    ("mean_duration", "mean duration", "quarters", _OWN),
    ("duration_entropy", "entropy of durations on the grid", "bits", _OWN),
    ("legato", "duration by inter-onset interval, at most 1", "share", _OWN),
    ("rests", "time in which it is silent, in bars in which it plays", "share", _OWN),
    ("off_beats", "onsets off the beat", "share", _OWN),
    ("syncopation", "onsets held over a stronger position", "share", _SYNCOPATION),
    ("rhythm_again", "bars with the rhythm of the bar before", "share", _OWN),
    ("rhythm_patterns", "different rhythms, of bars in which it plays", "share", _OWN),
    ("bar_again", "bars with the notes of the bar before", "share", _OWN),
)

LINE_METRICS: tuple[Metric, ...] = tuple(
    Metric(f"{role}.{name}", f"{_TITLES[role]}: {title}", "texture", unit, source)
    for role in _PITCHED
    for name, title, unit, source in _PART_METRICS
)
"""What `line_metrics` measures."""


def line_metrics(material: Material) -> dict[str, float]:
    """Measure the lines of every pitched role; NaN for a role that nobody plays."""
    strength = slot_strengths(material.window.bar_slots, material.window.beat_quarters)
    found: dict[str, float] = {}
    for role in _PITCHED:
        lines = material.of(role)
        measured = [_measure(material, line, strength) for line in lines]
        weights = np.array([len(line.onset) for line in lines], dtype=np.float64)
        for name, _, _, _ in _PART_METRICS:
            values = np.array([one[name] for one in measured])
            found[f"{role}.{name}"] = weighted_mean(values, weights)
    return found


def weighted_mean(values: Floats, weights: Floats) -> float:
    """Mean of the values that are not NaN; NaN where none is.

    >>> weighted_mean(np.array([1.0, np.nan, 3.0]), np.array([1.0, 9.0, 1.0]))
    2.0
    """
    known = ~np.isnan(values)
    total = weights[known].sum() if len(values) else 0.0
    return float((values[known] * weights[known]).sum() / total) if total > 0 else float("nan")


def slot_strengths(bar_slots: int, beat_quarters: float) -> Integers:
    """Metrical strength of each slot of a bar, 0 (no metrical place) to 5 (the downbeat).

    >>> slot_strengths(48, 1.0)[[0, 24, 12, 6, 3, 4]].tolist()
    [5, 4, 3, 2, 1, 0]
    """
    beat = max(round(beat_quarters * GRID), 1)
    strength = np.zeros(bar_slots, dtype=np.int64)
    parts = (3, 1) if beat % 36 == 0 else (2, 1)
    division = beat // (3 if parts[0] == 3 else 2)
    for step, level in ((division // 2, 1), (division, 2), (beat, 3)):
        if step > 0:
            strength[::step] = level
    if bar_slots % (2 * beat) == 0:
        strength[:: bar_slots // 2] = 4
    strength[0] = 5
    return strength


def _measure(material: Material, line: Line, strength: Integers) -> dict[str, float]:
    onset, top = line.top
    bar_slots = material.window.bar_slots
    bars = material.bar_of(onset)
    active = len(np.unique(bars))
    gaps = np.diff(onset)
    place = onset % bar_slots
    quarters = line.duration / GRID
    return {
        "notes_per_bar": len(line.onset) / active,
        "active_bars": active / material.window.bars,
        "mean_pitch": float(line.pitch.mean()),
        "range": float(np.ptp(np.quantile(line.pitch, (0.05, 0.95)))),
        "pitch_class_entropy": entropy(np.bincount(line.pitch % 12)),
        **_intervals(np.diff(top)[gaps <= bar_slots]),
        "chord_size": len(line.onset) / len(onset),
        **_inter_onsets(gaps[gaps <= 2 * bar_slots] / GRID),
        "triplets": float(((place % 3 != 0) & (place % 4 == 0)).mean()),
        "mean_duration": float(quarters.mean()),
        "duration_entropy": entropy(np.bincount(np.minimum(line.duration, 2 * bar_slots))),
        "legato": _legato(line, onset, gaps, bar_slots),
        "rests": _rests(material, line),
        "off_beats": float((strength[place] < 3).mean()),
        "syncopation": _syncopation(onset, strength),
        **_rhythms(material, line),
    }


def _intervals(intervals: Integers) -> dict[str, float]:
    """Shares of melodic intervals, between tops of onsets at most a bar apart."""
    names = ("repeats", "steps", "thirds", "leaps", "octaves")
    if not len(intervals):
        return dict.fromkeys((*names, "rising", "turns"), float("nan"))
    kinds = np.digitize(np.abs(intervals), (1, 3, 5, 12))
    shares = np.bincount(kinds, minlength=5) / len(intervals)
    moves = intervals[intervals != 0]
    found = dict(zip(names, (float(share) for share in shares), strict=True))
    found["rising"] = float((moves > 0).mean()) if len(moves) else float("nan")
    turned = np.sign(moves[1:]) != np.sign(moves[:-1])
    found["turns"] = float(turned.mean()) if len(turned) else float("nan")
    return found


def _inter_onsets(quarters: Floats) -> dict[str, float]:
    names = ("ioi_sixteenth", "ioi_eighth", "ioi_quarter", "ioi_half", "ioi_longer")
    if not len(quarters):
        return dict.fromkeys((*names, "ioi_entropy"), float("nan"))
    kinds = np.digitize(quarters, (0.3, 0.7, 1.3, 2.3))
    shares = np.bincount(kinds, minlength=5) / len(quarters)
    found = dict(zip(names, (float(share) for share in shares), strict=True))
    found["ioi_entropy"] = entropy(np.bincount(np.round(quarters * GRID).astype(np.int64)))
    return found


def _legato(line: Line, onset: Integers, gaps: Integers, bar_slots: int) -> float:
    """Mean over onsets of the longest duration there by the gap to the next, at most 1."""
    near = gaps <= bar_slots
    if not near.any():
        return float("nan")
    starts = np.searchsorted(line.onset, onset)
    longest = np.maximum.reduceat(line.duration, starts)[:-1]
    return float(np.minimum(longest[near] / gaps[near], 1.0).mean())


def _rests(material: Material, line: Line) -> float:
    silent = (material.sounding((line,)) == 0).reshape(material.window.bars, -1)
    played = np.zeros(material.window.bars, dtype=np.bool_)
    played[material.bar_of(line.onset)] = True
    return float(silent[played].mean())


def _syncopation(onset: Integers, strength: Integers) -> float:
    """Share of onsets after which a stronger place comes before the next onset."""
    if len(onset) < 2:
        return float("nan")
    bar_slots = len(strength)
    twice = np.concatenate([strength, strength])
    # How many slots after each slot of a bar the next stronger one lies; none above the downbeat.
    until = np.array(
        [
            next(
                (step for step in range(1, bar_slots) if twice[slot + step] > strength[slot]),
                2 * bar_slots,
            )
            for slot in range(bar_slots)
        ]
    )
    gaps = np.diff(onset)
    near = gaps <= bar_slots
    if not near.any():
        return float("nan")
    return float((gaps[near] > until[onset[:-1][near] % bar_slots]).mean())


def _rhythms(material: Material, line: Line) -> dict[str, float]:
    """How often a bar's rhythm, and its notes, are those of the bar before."""
    names = ("rhythm_again", "rhythm_patterns", "bar_again")
    bar_slots = material.window.bar_slots
    bars = material.bar_of(line.onset)
    edges = np.searchsorted(bars, np.arange(material.window.bars + 1))
    rhythms: list[bytes] = []
    notes: list[bytes] = []
    for first, last in itertools.pairwise(edges):
        place = line.onset[first:last] % bar_slots
        rhythms.append(np.unique(place).tobytes())
        notes.append((place * 128 + line.pitch[first:last]).tobytes())
    played = [rhythm for rhythm in rhythms if rhythm]
    pairs = [i for i in range(1, len(rhythms)) if rhythms[i] and rhythms[i - 1]]
    if not pairs:
        return dict.fromkeys(names, float("nan"))
    return {
        "rhythm_again": _share([rhythms[i] == rhythms[i - 1] for i in pairs]),
        "rhythm_patterns": len(set(played)) / len(played),
        "bar_again": _share([notes[i] == notes[i - 1] for i in pairs]),
    }


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)

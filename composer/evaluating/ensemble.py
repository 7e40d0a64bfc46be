"""Metrics of the ensemble and of the drums: who plays when, and how the parts lock."""

from __future__ import annotations

import itertools

import numpy as np

from composer.evaluating.general import entropy
from composer.evaluating.material import Material
from composer.evaluating.results import Metric
from composer.evaluating.windows import GRID
from composer.music.song import Floats, Integers

_OWN = "own"
_GROUP_BARS = 4
_KICKS = (35, 36)
_SNARES = (37, 38, 39, 40)
_HATS = (42, 44, 46, 51, 53, 59)
_OPEN_HAT = (46,)
_TOMS = (41, 43, 45, 47, 48, 50)
_CRASHES = (49, 52, 55, 57)
_KIT_TOP = 59
_NEAR_SLOTS = 1

ENSEMBLE_METRICS: tuple[Metric, ...] = (
    Metric("parts", "Parts in the window", "texture", "parts", _OWN),
    Metric("parts_per_bar", "Parts that play, a bar", "texture", "parts", _OWN),
    Metric("parts_spread", "Standard deviation of the parts that play", "texture", "parts", _OWN),
    Metric("parts_change", "Parts that enter or leave, a bar", "texture", "parts", _OWN),
    Metric("parts_from_start", "Parts that play in the first bar", "texture", "share", _OWN),
    Metric(
        "part_activity", "Bars in which a part plays, mean over parts", "texture", "share", _OWN
    ),
    Metric("density_spread", "Spread of notes a bar over its mean", "texture", "ratio", _OWN),
    Metric(
        "density_contrast", "Notes a bar: busiest four bars by the calmest", "texture", "log2", _OWN
    ),
    Metric("density_growth", "Notes a bar: second half by the first", "texture", "log2", _OWN),
    Metric("simultaneous_onsets", "Notes at one onset, all parts", "texture", "notes", _OWN),
    Metric("onset_slots", "Sixteenths of a bar at which anything begins", "rhythm", "share", _OWN),
    Metric(
        "melody_above_harmony",
        "Melody's mean pitch less the harmony's",
        "texture",
        "semitones",
        _OWN,
    ),
    Metric(
        "harmony_above_bass", "Harmony's mean pitch less the bass's", "texture", "semitones", _OWN
    ),
    Metric(
        "melody_lift", "Melody: highest less lowest mean of four bars", "texture", "semitones", _OWN
    ),
    Metric("kick_with_bass", "Kicks at which the bass plays", "rhythm", "share", _OWN),
    Metric("bass_with_kick", "Bass onsets at which the kick plays", "rhythm", "share", _OWN),
    Metric(
        "melody_alone", "Melody onsets at which the harmony does not play", "rhythm", "share", _OWN
    ),
    Metric("drums.notes_per_bar", "Drums: notes a bar in which they play", "rhythm", "notes", _OWN),
    Metric("drums.active_bars", "Drums: bars in which they play", "rhythm", "share", _OWN),
    Metric("drums.kit_pieces", "Drums: different keys", "rhythm", "keys", _OWN),
    Metric("drums.kicks_per_bar", "Drums: kicks a bar", "rhythm", "notes", _OWN),
    Metric(
        "drums.snares_per_bar", "Drums: snares, claps and rimshots a bar", "rhythm", "notes", _OWN
    ),
    Metric("drums.hats_per_bar", "Drums: hi-hats and rides a bar", "rhythm", "notes", _OWN),
    Metric("drums.open_hats", "Drums: open ones of hi-hats and rides", "rhythm", "share", _OWN),
    Metric("drums.toms_per_bar", "Drums: toms a bar", "rhythm", "notes", _OWN),
    Metric("drums.crashes_per_bar", "Drums: crashes a bar", "rhythm", "notes", _OWN),
    Metric("drums.percussion", "Drums: notes beyond the kit", "rhythm", "share", _OWN),
    Metric("drums.backbeat", "Drums: bars with a snare on beats 2 and 4", "rhythm", "share", _OWN),
    Metric("drums.kick_on_one", "Drums: bars with a kick on beat 1", "rhythm", "share", _OWN),
    Metric("drums.off_sixteenths", "Drums: onsets between the eighths", "rhythm", "share", _OWN),
    Metric("drums.bar_again", "Drums: bars equal to the bar before", "rhythm", "share", _OWN),
    Metric("drums.patterns", "Drums: different bars, of those with drums", "rhythm", "share", _OWN),
    Metric("drums.commonest", "Drums: bars of the commonest pattern", "rhythm", "share", _OWN),
    Metric("drums.fills", "Drums: bars with two toms or more", "rhythm", "share", _OWN),
    Metric("drums.entropy", "Drums: entropy of the keys", "rhythm", "bits", _OWN),
)
"""What `ensemble_metrics` measures."""


def ensemble_metrics(material: Material) -> dict[str, float]:
    """Measure who plays when and the drums; NaN for what nobody plays."""
    found = dict.fromkeys((metric.name for metric in ENSEMBLE_METRICS), float("nan"))
    return (
        found
        | _activity(material)
        | _density(material)
        | _registers(material)
        | _locking(material)
        | _drums(material)
    )


def _activity(material: Material) -> dict[str, float]:
    bars = material.window.bars
    plays = np.zeros((len(material.lines), bars), dtype=np.bool_)
    for row, line in enumerate(material.lines):
        first = material.bar_of(line.onset)
        last = material.bar_of(np.minimum(line.onset + line.duration, material.slots) - 1)
        for start, end in zip(first, last, strict=True):
            plays[row, start : end + 1] = True
    each = plays.sum(axis=0)
    return {
        "parts": float(len(plays)),
        "parts_per_bar": float(each.mean()),
        "parts_spread": float(each.std()),
        "parts_change": float((plays[:, 1:] != plays[:, :-1]).sum() / max(bars - 1, 1)),
        "parts_from_start": float(plays[:, 0].mean()),
        "part_activity": float(plays.mean()),
    }


def _density(material: Material) -> dict[str, float]:
    bars = material.window.bars
    onsets = np.concatenate([line.onset for line in material.lines])
    each = np.bincount(material.bar_of(onsets), minlength=bars).astype(np.float64)
    groups = [each[i : i + _GROUP_BARS].mean() for i in range(0, bars, _GROUP_BARS)]
    half = bars // 2
    grid = material.onset_grid(material.lines)
    sixteenths = max(round(material.window.bar_quarters * 4), 1)
    slots = np.unique(np.argwhere(grid)[:, 1] * sixteenths // material.window.bar_slots)
    return {
        "density_spread": float(each.std() / each.mean()),
        "density_contrast": float(np.log2((max(groups) + 1) / (min(groups) + 1))),
        "density_growth": float(np.log2((each[half:].mean() + 1) / (each[:half].mean() + 1))),
        "simultaneous_onsets": len(onsets) / len(np.unique(onsets)),
        "onset_slots": len(slots) / sixteenths,
    }


def _registers(material: Material) -> dict[str, float]:
    means = {
        role: np.concatenate([line.pitch for line in lines]).mean()
        for role in ("melody", "harmony", "bass")
        if (lines := material.of(role))
    }
    found = {}
    if "melody" in means and "harmony" in means:
        found["melody_above_harmony"] = float(means["melody"] - means["harmony"])
    if "harmony" in means and "bass" in means:
        found["harmony_above_bass"] = float(means["harmony"] - means["bass"])
    for line in material.of("melody"):
        groups = material.bar_of(line.onset) // _GROUP_BARS
        counts = np.bincount(groups)
        sums = np.bincount(groups, weights=line.pitch)
        means_of_groups = sums[counts >= _GROUP_BARS] / counts[counts >= _GROUP_BARS]
        if len(means_of_groups) > 1:
            found["melody_lift"] = float(np.ptp(means_of_groups))
    return found


def _locking(material: Material) -> dict[str, float]:
    """Which onsets fall together, within a slot."""
    drums = _drum_notes(material)
    kicks = np.unique(drums[0][np.isin(drums[1], _KICKS)])
    onsets = {
        role: np.unique(np.concatenate([line.onset for line in lines]))
        for role in ("melody", "harmony", "bass")
        if (lines := material.of(role))
    }
    found = {}
    if len(kicks) and "bass" in onsets:
        found["kick_with_bass"] = _together(kicks, onsets["bass"])
        found["bass_with_kick"] = _together(onsets["bass"], kicks)
    if "melody" in onsets and "harmony" in onsets:
        found["melody_alone"] = 1.0 - _together(onsets["melody"], onsets["harmony"])
    return found


def _together(onsets: Integers, others: Integers) -> float:
    """Share of onsets that have one of the others within a slot; both ascending."""
    after = np.searchsorted(others, onsets - _NEAR_SLOTS)
    near = others[np.minimum(after, len(others) - 1)]
    return float((np.abs(near - onsets) <= _NEAR_SLOTS).mean())


def _drum_notes(material: Material) -> tuple[Integers, Integers]:
    """Onsets and keys of all drum parts, in order of time."""
    lines = material.of("drums")
    empty = np.zeros(0, dtype=np.int64)
    onset = np.concatenate([empty, *(line.onset for line in lines)])
    key = np.concatenate([empty, *(line.pitch for line in lines)])
    order = np.lexsort((key, onset))
    return onset[order], key[order]


def _drums(material: Material) -> dict[str, float]:
    onset, key = _drum_notes(material)
    if not len(onset):
        return {}
    window = material.window
    bars = material.bar_of(onset)
    played = np.unique(bars)
    kick, snare = np.isin(key, _KICKS), np.isin(key, _SNARES)
    hat, tom = np.isin(key, _HATS), np.isin(key, _TOMS)
    crash, opened = np.isin(key, _CRASHES), np.isin(key, _OPEN_HAT)
    place = onset % window.bar_slots
    toms = np.bincount(bars[tom], minlength=window.bars)[played]
    per_bar = 1.0 / len(played)
    return {
        "drums.notes_per_bar": len(onset) * per_bar,
        "drums.active_bars": len(played) / window.bars,
        "drums.kit_pieces": float(len(np.unique(key))),
        "drums.kicks_per_bar": float(kick.sum() * per_bar),
        "drums.snares_per_bar": float(snare.sum() * per_bar),
        "drums.hats_per_bar": float(hat.sum() * per_bar),
        "drums.open_hats": float(opened.sum() / hat.sum()) if hat.any() else float("nan"),
        "drums.toms_per_bar": float(tom.sum() * per_bar),
        "drums.crashes_per_bar": float(crash.sum() * per_bar),
        "drums.percussion": float((key > _KIT_TOP).mean()),
        "drums.backbeat": _backbeat(window.bar_slots, bars[snare], place[snare], played),
        "drums.kick_on_one": float(np.isin(played, bars[kick & (place <= 1)]).mean()),
        "drums.off_sixteenths": float((place % (GRID // 2) != 0).mean()),
        "drums.fills": float((toms > 1).mean()),
        "drums.entropy": entropy(np.bincount(key)),
        **_patterns(bars, place, key, window.bars),
    }


def _backbeat(bar_slots: int, bars: Integers, place: Integers, played: Integers) -> float:
    """Share of bars with a snare on beats 2 and 4; NaN but in bars of four quarters."""
    if bar_slots != 4 * GRID:
        return float("nan")
    second = bars[np.abs(place - GRID) <= 1]
    fourth = bars[np.abs(place - 3 * GRID) <= 1]
    return float((np.isin(played, second) & np.isin(played, fourth)).mean())


def _patterns(bars: Integers, place: Integers, key: Integers, count: int) -> dict[str, float]:
    edges = np.searchsorted(bars, np.arange(count + 1))
    patterns = [
        np.unique(place[a:b] * 128 + key[a:b]).tobytes() for a, b in itertools.pairwise(edges)
    ]
    played = [pattern for pattern in patterns if pattern]
    pairs = [(a, b) for a, b in itertools.pairwise(patterns) if a and b]
    commonest = max(played.count(pattern) for pattern in set(played))
    again: Floats = np.array([a == b for a, b in pairs], dtype=np.float64)
    return {
        "drums.bar_again": float(again.mean()) if len(again) else float("nan"),
        "drums.patterns": len(set(played)) / len(played),
        "drums.commonest": commonest / len(played),
    }

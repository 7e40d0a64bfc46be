"""Which part sings: evidence that a part is the melody, heard from its notes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.evaluating.detector_data import read_detectors
from composer.evaluating.windows import GRID, Window
from composer.music.song import Floats, Integers, SongPart

MELODY_FEATURES = (
    "single line",
    "single line up to nine in ten",
    "active bars",
    "height",
    "distance from F#4, squared",
    "highest",
    "rank by height",
    "entropy of pitches",
    "entropy of pitch classes",
    "steps",
    "repeats",
    "thirds",
    "leaps of a fifth or more",
    "entropy of inter-onset intervals",
    "onsets a bar",
    "onsets a bar, squared",
    "different rhythms of bars",
    "different bars",
    "legato",
    "length of notes",
    "begins late",
    "share of all notes",
)
"""The evidence, in the order of `melody_features`."""

_MIDDLE_C, _F_SHARP_4 = 60.0, 66.0
_OCTAVE = 12.0
_NINE_IN_TEN = 0.9
_HASH = 2654435761


def melody_scores(window: Window, candidates: Sequence[SongPart]) -> Floats:
    """How much each candidate looks like the melody; only the order means anything.

    The weights are those of a conditional logit (McFadden 1974), fitted on parts of POP909 and of
    Lakh's files that are called melody; see ``data/detectors.json``.
    """
    fitted = read_detectors().get("melody")
    if fitted is None:
        return np.zeros(len(candidates))
    features = np.array([melody_features(window, part, candidates) for part in candidates])
    scores: Floats = (features / np.array(fitted["scale"])) @ np.array(fitted["weights"])
    return scores


def melody_features(window: Window, part: SongPart, candidates: Sequence[SongPart]) -> Floats:
    """The evidence for one part, ``[22]``.

    Args:
        window: The window that it plays in.
        part: Its notes.
        candidates: All parts that might be the melody, itself among them.
    """
    onsets = window.onset_slots(part)
    slots, firsts, counts = np.unique(onsets, return_index=True, return_counts=True)
    bars = np.unique(onsets // window.bar_slots)
    single = float((counts == 1).mean())
    mean = float(part.pitch.mean())
    means = np.array([other.pitch.mean() for other in candidates])
    rate = float(np.log(max(len(slots) / len(bars), 0.1)))
    intervals = np.diff(slots)
    rhythms, contents = _different_bars(window, onsets, part.pitch)
    return np.array(
        [
            single,
            min(single, _NINE_IN_TEN),
            len(bars) / window.bars,
            np.clip((mean - _MIDDLE_C) / _OCTAVE, -1.5, 2.0),
            ((mean - _F_SHARP_4) / _OCTAVE) ** 2,
            float(mean >= means.max() - 0.01),
            float((mean > means).mean()),
            min(_entropy(np.bincount(part.pitch)), 4.0),
            _entropy(np.bincount(part.pitch % 12)),
            *_melodic_shares(onsets, part.pitch),
            _entropy(np.bincount(np.minimum(intervals, 4 * GRID))) if len(intervals) else 0.0,
            rate,
            rate**2,
            rhythms / len(bars),
            contents / len(bars),
            _legato(part.duration_quarters[firsts], intervals),
            float(np.log(part.duration_quarters.mean() + 0.01)),
            float(bars[0] >= 2),
            len(part) / sum(len(other) for other in candidates),
        ]
    )


def _melodic_shares(onsets: Integers, pitches: Integers) -> tuple[float, float, float, float]:
    """Shares of steps, repeats, thirds and leaps from top note to top note."""
    order = np.lexsort((pitches, onsets))
    top = pitches[order][np.diff(onsets[order], append=-1) != 0]
    sizes = np.abs(np.diff(top))
    if not len(sizes):
        return 0.0, 0.0, 0.0, 0.0
    return (
        float(((sizes > 0) & (sizes <= 2)).mean()),
        float((sizes == 0).mean()),
        float(((sizes >= 3) & (sizes <= 4)).mean()),
        float((sizes >= 7).mean()),
    )


def _different_bars(window: Window, onsets: Integers, pitches: Integers) -> tuple[int, int]:
    """How many different rhythms and how many different contents its bars have, by hashing."""
    bars, slots = onsets // window.bar_slots, onsets % window.bar_slots
    rhythm, content = (np.zeros(window.bars, dtype=np.int64) for _ in range(2))
    np.add.at(rhythm, bars, (slots + 1) * _HASH % 2**40)
    np.add.at(content, bars, (slots * 128 + pitches + 1) * _HASH % 2**40)
    played = np.unique(bars)
    return len(np.unique(rhythm[played])), len(np.unique(content[played]))


def _legato(durations_quarters: Floats, intervals_slots: Integers) -> float:
    """Mean share of the time to the next onset that a note sounds."""
    if not len(intervals_slots):
        return 1.0
    sounded = durations_quarters[:-1] * GRID / np.maximum(intervals_slots, 1)
    return float(np.minimum(sounded, 1.0).mean())


def _entropy(counts: Integers) -> float:
    """Entropy in bits of counts; 0 without any."""
    shares = counts[counts > 0] / max(int(counts.sum()), 1)
    return float(-(shares * np.log2(shares)).sum()) + 0.0

"""Structure: what comes again, how exactly, and after how long.

The self-similarity matrix is computed on the notes, bar by bar; its fitness scape plot follows
Müller, Jiang and Grosche, "A Robust Fitness Measure for Capturing Repetitions in Music Recordings"
(IEEE TASLP 2013), and the structureness indicators Wu and Yang (ISMIR 2020), whose seconds (3-8,
8-15, over 15) are bars here (2-4, 5-8, over 8: at 120 quarters a minute a bar of 4/4 lasts 2 s).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.evaluating.fitness import fitness_by_length
from composer.evaluating.material import Line, Material, prepare
from composer.evaluating.results import Metric
from composer.evaluating.windows import Window
from composer.music.song import Floats

_JAZZ = "Jazz Transformer (Wu and Yang 2020), on the symbolic self-similarity"
_FOOTE = "Foote, Automatic Audio Segmentation Using a Measure of Audio Novelty (ICME 2000)"
_OWN = "own"
_SHORT, _MIDDLE, _LONG = (2, 4), (5, 8), (9, 999)
_KEPT = 0.25
_PENALTY = -2.0
_NEAR = 0.7
_PHRASE_BARS = 4
_KERNEL_BARS = 4
_LAGS = (1, 2, 4, 8, 16)
_IDENTICAL = 1.0 - 1e-9

STRUCTURE_METRICS: tuple[Metric, ...] = (
    Metric("structureness_short", "SI: fitness of repeats of 2-4 bars", "structure", "0-1", _JAZZ),
    Metric("structureness_mid", "SI: fitness of repeats of 5-8 bars", "structure", "0-1", _JAZZ),
    Metric("structureness_long", "SI: fitness of repeats over 8 bars", "structure", "0-1", _JAZZ),
    Metric(
        "identical_bar_rate",
        "Bars equal to an earlier one, note for note",
        "structure",
        "share",
        _OWN,
    ),
    Metric(
        "near_bar_rate",
        "Bars that share 70% of their notes with an earlier one",
        "structure",
        "share",
        _OWN,
    ),
    Metric("phrase_coverage", "Bars in a repeated four-bar phrase", "structure", "share", _OWN),
    Metric(
        "melody.phrase_coverage",
        "Bars in a repeated two-bar phrase of the melody",
        "structure",
        "share",
        _OWN,
    ),
    Metric("longest_repeat", "Longest repeated passage", "structure", "bars", _OWN),
    *(
        Metric(f"similarity_{lag}", f"Likeness of bars {lag} apart", "structure", "0-1", _OWN)
        for lag in _LAGS
    ),
    Metric("novelty", "Contrast at the strongest section boundary", "structure", "0-1", _FOOTE),
    Metric("sections", "Sections heard, a 32 bars", "structure", "count", _FOOTE),
    Metric("sections_of_four", "Sections of 4, 8, 12 … bars", "structure", "share", _FOOTE),
)
"""What `structure_metrics` measures."""


def structure_metrics(material: Material, similarity: Floats) -> dict[str, float]:
    """Measure structure.

    - ``structureness_*`` (SI): the largest fitness of any segment of the given length, on the
      self-similarity of bars with the highest quarter kept and a penalty of -2 for the rest.
    - ``identical_bar_rate``, ``near_bar_rate``: share of bars with an earlier one whose pitched
      notes (slot and pitch) are the same, or have a Jaccard index of 0.7.
    - ``phrase_coverage``: share of bars in a run of four bars or more that are near those at some
      other place; ``melody.phrase_coverage``: of two bars or more of the melody.
    - ``longest_repeat``: the longest such run, at most as long as its distance.
    - ``similarity_n``: mean likeness of bars n apart.
    - ``novelty``, ``sections``, ``sections_of_four``: see `boundaries`.

    Args:
        material: The window's notes.
        similarity: What `bar_similarity` gives for it.
    """
    overlap = shared_notes(material, material.pitched)
    melody = material.of("melody")
    fitness = fitness_by_length(_thresholded(similarity))
    ends, novelty = boundaries(similarity)
    bars = material.window.bars
    lengths = np.diff([end for end in ends if end < bars])
    found = {
        "structureness_short": _best(fitness, _SHORT),
        "structureness_mid": _best(fitness, _MIDDLE),
        "structureness_long": _best(fitness, _LONG),
        "identical_bar_rate": _earlier_rate(overlap, _IDENTICAL),
        "near_bar_rate": _earlier_rate(overlap, _NEAR),
        "phrase_coverage": _coverage(overlap, _PHRASE_BARS),
        "melody.phrase_coverage": (
            _coverage(shared_notes(material, melody), 2) if melody else float("nan")
        ),
        "longest_repeat": _longest_repeat(overlap),
        "novelty": novelty,
        "sections": len(ends) * 32 / bars,
        "sections_of_four": float((lengths % 4 == 0).mean()) if len(lengths) else float("nan"),
    }
    for lag in _LAGS:
        diagonal = np.diagonal(similarity, lag)
        found[f"similarity_{lag}"] = float(diagonal.mean()) if len(diagonal) else float("nan")
    return found


def self_similarity(window: Window) -> Floats:
    """How much each two bars of a window are alike: ``[bars, bars]``, 0 to 1."""
    return bar_similarity(prepare(window))


def bar_similarity(material: Material) -> Floats:
    """Likeness of bars: the mean of cosine similarities of harmony, bass, rhythm, drums and tune.

    Where a feature is silent in both bars it does not count; in one of them, it is 0.
    """
    bars = material.window.bars
    features = [
        _chroma(material, material.pitched),
        _chroma(material, material.of("bass")),
        material.onset_grid(material.pitched).astype(np.float64),
        _drum_pattern(material),
        _note_sets(material, material.of("melody")),
    ]
    total = np.zeros((bars, bars))
    weight = np.zeros((bars, bars))
    for feature in features:
        norm = np.linalg.norm(feature, axis=1)
        unit = feature / np.where(norm > 0, norm, 1.0)[:, None]
        either = (norm[:, None] > 0) | (norm[None, :] > 0)
        total += unit @ unit.T
        weight += either
    similarity = np.where(weight > 0, total / np.maximum(weight, 1), 1.0)
    np.fill_diagonal(similarity, 1.0)
    return np.clip(similarity, 0.0, 1.0)


def boundaries(similarity: Floats) -> tuple[tuple[int, ...], float]:
    """Where sections end, and the strongest contrast.

    Returns:
        Bars, counted from 0, before which a new section begins, the window's end last; and the
        highest novelty, 0 to 1.

    Source: Foote's checkerboard kernel of eight bars; a boundary is a local maximum above the mean
    by half a standard deviation, four bars or more from the next.
    """
    bars = len(similarity)
    novelty = np.zeros(bars)
    for bar in range(2, bars - 1):
        reach = min(_KERNEL_BARS, bar, bars - bar)
        before, after = slice(bar - reach, bar), slice(bar, bar + reach)
        within = (similarity[before, before].mean() + similarity[after, after].mean()) / 2
        novelty[bar] = max(within - similarity[before, after].mean(), 0.0)
    limit = novelty.mean() + novelty.std() / 2
    chosen: list[int] = []
    for bar in np.argsort(-novelty, kind="stable"):
        if novelty[bar] <= max(limit, 1e-9):
            break
        if all(abs(bar - other) >= _KERNEL_BARS for other in chosen):
            chosen.append(int(bar))
    return (*sorted(chosen), bars), float(novelty.max(initial=0.0))


def section_ends(window: Window) -> tuple[int, ...]:
    """Bars before which a new section begins, counted from 0; the window's end last."""
    return boundaries(self_similarity(window))[0]


def shared_notes(material: Material, lines: Sequence[Line]) -> Floats:
    """Share of notes (slot in the bar and pitch) that two bars have in common: ``[bars, bars]``.

    It is the Jaccard index; two empty bars share nothing.
    """
    sets = _note_sets(material, lines)
    both = sets @ sets.T
    sizes = sets.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - both
    return np.where(union > 0, both / np.maximum(union, 1), 0.0)


def _note_sets(material: Material, lines: Sequence[Line]) -> Floats:
    """Which (slot, pitch) begin in each bar: ``[bars, different ones]``, ones and zeros."""
    slots = material.window.bar_slots
    codes = [(line.onset % slots) * 128 + line.pitch for line in lines]
    bars = [material.bar_of(line.onset) for line in lines]
    empty = np.zeros(0, dtype=np.int64)
    known, column = np.unique(np.concatenate([empty, *codes]), return_inverse=True)
    sets = np.zeros((material.window.bars, max(len(known), 1)))
    sets[np.concatenate([empty, *bars]), column] = 1
    return sets


def _chroma(material: Material, lines: Sequence[Line]) -> Floats:
    """Sounding time of each pitch class, of notes that begin in the bar: ``[bars, 12]``."""
    chroma = np.zeros((material.window.bars, 12))
    for line in lines:
        lengths = np.minimum(line.duration, material.window.bar_slots)
        np.add.at(chroma, (material.bar_of(line.onset), line.pitch % 12), lengths)
    return chroma


def _drum_pattern(material: Material) -> Floats:
    return _note_sets(material, material.of("drums"))


def _thresholded(similarity: Floats) -> Floats:
    """The quarter of highest values from 0 to 1, all others a penalty, as the fitness wants it."""
    limit = float(np.quantile(similarity, 1 - _KEPT))
    scale = 1.0 - limit
    kept = (similarity - limit) / scale if scale > 1e-9 else np.ones_like(similarity)
    result = np.where(similarity >= limit - 1e-12, np.clip(kept, 0.0, 1.0), _PENALTY)
    np.fill_diagonal(result, 1.0)
    return result


def _best(fitness: Floats, bounds: tuple[int, int]) -> float:
    low, high = bounds
    chosen = fitness[low - 1 : high]
    return float(chosen.max()) if len(chosen) else float("nan")


def _earlier_rate(overlap: Floats, least: float) -> float:
    """Share of bars with notes that are like an earlier one."""
    used = np.diagonal(overlap) > 0
    if not used.any():
        return float("nan")
    earlier = np.tril(overlap, -1).max(axis=1)
    return float((earlier[used] >= least).mean())


def _runs(overlap: Floats, lag: int) -> list[tuple[int, int]]:
    """Where bars are near those ``lag`` bars before: first bar and length of each run."""
    near = np.concatenate([[False], np.diagonal(overlap, -lag) >= _NEAR, [False]])
    edges = np.flatnonzero(near[1:] != near[:-1])
    return [(int(a) + lag, int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _coverage(overlap: Floats, bars: int) -> float:
    """Share of bars in a passage of some bars or more that is heard elsewhere too."""
    covered = np.zeros(len(overlap), dtype=np.bool_)
    for lag in range(1, len(overlap)):
        for start, length in _runs(overlap, lag):
            if length >= bars:
                covered[start : start + length] = True
                covered[start - lag : start - lag + length] = True
    used = np.diagonal(overlap) > 0
    return float(covered[used].mean()) if used.any() else float("nan")


def _longest_repeat(overlap: Floats) -> float:
    lengths = [
        min(length, lag) for lag in range(1, len(overlap)) for _, length in _runs(overlap, lag)
    ]
    return float(max(lengths, default=0))

"""How alike the bars of a given tune are, its phrases, and what comes back. Clock: bars.

Phrases are found by dynamic programming: usual lengths, ends that rest, and beginnings that repeat
an earlier one are preferred.
Source: Temperley, *The Cognition of Basic Musical Structures* (2001), chapter 3, on gaps, lengths
and parallelism; Cambouropoulos, "Musical Parallelism and Melodic Segmentation" (2006).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from composer.music.tune import TuneNote
from composer.theory.meter import Meter

Counts = NDArray[np.int64]

_GRID = 4  # slots a quarter: a played-in tune is compared as if it were written
_LENGTHS = {1: -90, 2: -10, 3: 30, 4: 60, 5: 20, 6: 30, 7: 5, 8: 45}  # how usual
_REST_WEIGHT, _LIKE_WEIGHT, _EVEN_WEIGHT, _SQUARE_WEIGHT = 4, 90, 15, 25
_SAME, _VARIED = 85, 60  # likeness, in hundredths, from which a phrase comes back as it was; varied
_TRANSPOSED, _RHYTHM = 80, 45  # what a bar that is like another in that way alone is worth
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class TunePhrase:
    """A phrase of a tune.

    Args:
        start_bar: First bar, counted from the tune's first full bar.
        bars: Length in bars.
        label: Its material: ``a``, ``a'`` (varied), ``b`` …
        like: Index of the phrase that it repeats, varied or not; its own where it is new.
    """

    start_bar: int
    bars: int
    label: str
    like: int


def likeness(notes: Sequence[TuneNote], meter: Meter, bars: int) -> Counts:
    """How alike each two bars are, 0–100, ``[bars, bars]``.

    The same notes count fully, the same notes transposed nearly so, the same rhythm by half.

    Args:
        notes: Notes with onsets from the first downbeat; those before it are left out.
        meter: The time signature.
        bars: Length of the tune.
    """
    contents: list[list[tuple[int, int]]] = [[] for _ in range(bars)]
    for note in notes:
        bar, place = divmod(note.onset_quarters, meter.bar_quarters)
        if 0 <= bar < bars:
            contents[int(bar)].append((round(place * _GRID), note.pitch.midi))
    exact = _shared([[(slot, pitch) for slot, pitch in bar] for bar in contents])
    moved = _shared([[(slot, pitch - bar[0][1]) for slot, pitch in bar] for bar in contents])
    timed = _shared([[slot for slot, _ in bar] for bar in contents])
    weaker: Counts = np.maximum(moved * _TRANSPOSED, timed * _RHYTHM) // 100
    found: Counts = np.maximum(exact, weaker)
    return found


def _shared(bars: Sequence[Iterable[Hashable]]) -> Counts:
    """Share of features that two bars have in common, in hundredths of the fuller one's."""
    numbers: dict[Hashable, int] = {}
    rows = [sorted({numbers.setdefault(feature, len(numbers)) for feature in bar}) for bar in bars]
    # Whole numbers below 2**24 are exact in single precision, in whatever order they are added.
    matrix = np.zeros((len(rows), max(1, len(numbers))), dtype=np.float32)
    for row, columns in zip(matrix, rows, strict=True):
        row[columns] = 1.0
    common = (matrix @ matrix.T).astype(np.int64)
    sizes = np.array([len(columns) for columns in rows], dtype=np.int64)
    fuller = np.maximum(sizes[:, None], sizes[None, :])
    shared: Counts = np.where(fuller > 0, 100 * common // np.maximum(fuller, 1), 100)
    return shared


def phrases_of(notes: Sequence[TuneNote], meter: Meter, bars: int) -> tuple[TunePhrase, ...]:
    """The phrases of a tune, which fill it exactly.

    Args:
        notes: Notes with onsets from the first downbeat.
        meter: The time signature.
        bars: Length of the tune.
    """
    like = likeness(notes, meter, bars)
    starts = _cut(like, _rests(notes, meter, bars), bars)
    return _labelled(like, starts, bars)


def _rests(notes: Sequence[TuneNote], meter: Meter, bars: int) -> list[int]:
    """How much the tune rests at each bar line, in hundredths; one entry a bar line.

    What rests is the longest step between two onsets that ends within a beat of the bar line or
    reaches over it, measured in bars; a rest counts more than a held note.
    """
    bar, beat = meter.bar_quarters, meter.beat_quarters[0]
    # What comes before a phrase may be as long as what comes before the tune.
    upbeat = min(bar, max(bar / 2, -notes[0].onset_quarters)) if notes else bar / 2
    found = [0] * (bars + 1)
    for before, after in pairwise(notes):
        step = after.onset_quarters - before.onset_quarters
        silent = after.onset_quarters - before.end_quarters
        worth = min(100, int(100 * step / bar) + int(50 * silent / bar))
        first = -(-(before.onset_quarters + beat / 2) // bar)  # a short note is no end
        last = (after.onset_quarters + upbeat) // bar
        for line in range(max(0, int(first)), min(bars, int(last)) + 1):
            found[line] = max(found[line], worth)
    return found


def _cut(like: Counts, rests: Sequence[int], bars: int) -> list[int]:
    """First bars of the phrases: the cut that is worth most."""
    best = [0] + [-(10**9)] * bars
    came = [0] * (bars + 1)
    usual = sorted(rests)[len(rests) // 2]
    sums = {length: _runs(like, length) for length in _LENGTHS if length <= bars}
    for end in range(1, bars + 1):
        for length in (n for n in sums if n <= end):
            start = end - length
            again = int(sums[length][start, :start].max(initial=0)) // length if start else 0
            worth = _LENGTHS[length] + _LIKE_WEIGHT * again // 100
            even = _EVEN_WEIGHT if start % 2 == 0 and length % 2 == 0 else 0
            square = _SQUARE_WEIGHT if start % 4 == 0 and length in (4, 8) else 0
            closes = _REST_WEIGHT * max(0, rests[end] - usual)
            value = best[start] + (worth + even + square) * length + closes
            if value > best[end]:
                best[end], came[end] = value, start
    starts = [came[bars]] if bars else []
    while starts and starts[-1] > 0:
        starts.append(came[starts[-1]])
    return starts[::-1]


def _runs(like: Counts, length: int) -> Counts:
    """Summed likeness of two stretches of a length, by their first bars."""
    bars = len(like)
    count = bars - length + 1
    total = np.zeros((count, count), dtype=np.int64)
    for offset in range(length):
        total += like[offset : offset + count, offset : offset + count]
    return total


def _labelled(like: Counts, starts: Sequence[int], bars: int) -> tuple[TunePhrase, ...]:
    """Phrases with letters: what begins like an earlier phrase has its letter, varied or not."""
    phrases: list[TunePhrase] = []
    new = 0
    for index, (start, end) in enumerate(zip(starts, [*starts[1:], bars], strict=True)):
        length = end - start
        models = [(_alike(like, p, start, length), -i) for i, p in enumerate(phrases)]
        value, place = max(models, default=(0, 0))
        if value < _VARIED:
            letter = _LETTERS[new % 26] * (1 + new // 26)
            phrases.append(TunePhrase(start, length, letter, index))
            new += 1
            continue
        model = phrases[-place]
        exact = value >= _SAME and model.bars == length
        label = model.label.rstrip("'") + ("" if exact else "'")
        phrases.append(TunePhrase(start, length, label, model.like))
    return tuple(phrases)


def _alike(like: Counts, model: TunePhrase, start: int, length: int) -> int:
    """How alike a stretch is to an earlier phrase, 0–100; the first bars count twice.

    What begins otherwise is another phrase, however it goes on.
    """
    common = min(length, model.bars)
    if 2 * common < max(length, model.bars) or like[start, model.start_bar] < _VARIED:
        return 0
    weights = [2 if 2 * i < common else 1 for i in range(common)]
    values = [int(like[start + i, model.start_bar + i]) for i in range(common)]
    return sum(w * v for w, v in zip(weights, values, strict=True)) // sum(weights)

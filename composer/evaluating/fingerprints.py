"""Fingerprints of a piece: what of it can be found again, in any key and at any tempo.

Two kinds of figures are hashed:

- **lines**: six successive notes of a melodic line as the five pitch-class intervals and the four
  ratios between successive inter-onset intervals. A line is the top of a part, the bottom of a
  part that plays chords, and the top and bottom of all pitched parts together;
- **bars**: the pitch classes that sound together and after each other in one bar, as MinHashes
  of their intervals, so that a bar with a few other notes still shares a hash.

A hash says nothing about the key or the tempo. Both are kept beside it, as a pitch class and an
onset, so that hits can be asked to lie on one line in time and to be transposed alike.

Source: n-grams of intervals and inter-onset ratios: Downie, "Evaluating a simple approach to music
information retrieval", 1999, and Doraisamy and Rüger, JIIS 21, 2003; MinHash: Broder, 1997.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.song import Floats, Integers, Song, SongPart

Hashes = NDArray[np.uint32]

FIGURE_NOTES = 6
"""Notes in a figure of a line."""

GRID = 12
"""Units of onset in a quarter."""

BAR_LINE = -1
"""The number of the line that stands for whole-texture bars."""

_TOGETHER = 0.09
_LONGEST_PAUSE = 16.0
_RATIO_EDGES = np.array([-1.29, -0.79, 0.79, 1.29])
_CHORDAL = 0.2
_SHORTEST_GAP = 1e-3
_TUNE_PITCH = 52
_SLOTS_A_QUARTER = 4
_MOST_SLOTS = 256
_LEAST_FEATURES = 8
_BANDS = 2
_ROWS = 2
_LINE_SEED = 1
_BAR_SEED = 10

_Rows = tuple[NDArray[np.uint64], Integers, Integers, Integers, Integers, Integers]
"""Hashes, lines, onsets, ends, pitch classes, and 1 where a figure may be of a tune."""

_NONE = np.zeros(0, dtype=np.int64)
_NO_ROWS: _Rows = (_NONE.astype(np.uint64), _NONE, _NONE, _NONE, _NONE, _NONE)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """The figures of one piece, ordered by line and onset.

    Args:
        hashes: ``[figures]``, 32 bits.
        line: ``[figures]``, number of the line, or `BAR_LINE`.
        onset: ``[figures]``, when the figure begins, in twelfths of a quarter.
        end: ``[figures]``, onset of its last note; for bars, the end of the bar.
        pitch_class: ``[figures]``, of its first note; for bars, of the first note in the bass.
        part: ``[lines]``, index of the song's part that each line is of; -1 for lines of all
            parts together.
        tune: ``[figures]``, whether it may be of a tune: at most one note of the six has another
            note of its part below it, and they are not low.
    """

    hashes: Hashes
    line: Integers
    onset: Integers
    end: Integers
    pitch_class: Integers
    part: Integers
    tune: NDArray[np.bool_]

    def __len__(self) -> int:
        """Number of figures."""
        return len(self.hashes)

    def kept(self, which: NDArray[np.bool_] | Integers) -> Fingerprints:
        """Some of the figures."""
        return Fingerprints(
            self.hashes[which],
            self.line[which],
            self.onset[which],
            self.end[which],
            self.pitch_class[which],
            self.part,
            self.tune[which],
        )


def fingerprints(song: Song) -> Fingerprints:
    """The figures of a song; drums have none.

    Returns:
        Figures of all lines, then of all bars; none where nothing pitched plays six notes.

    >>> from composer.music.song import MeterSpan, Song, TempoSpan, part_of
    >>> def tune(key, unit):
    ...     onsets = [unit * t for t in (0, 1, 1.5, 2, 3, 4, 4.5, 5)]
    ...     pitches = [key + step for step in (0, 2, 4, 5, 7, 4, 2, 0)]
    ...     part = part_of("tune", 0, False, onsets, [unit] * 8, pitches, [80] * 8)
    ...     return Song("tune", (part,), (TempoSpan(0, 120),), (MeterSpan(0, 4, 4),))
    >>> here, there = (fingerprints(tune(*how)) for how in ((60, 1.0), (67, 1.3)))
    >>> bool((here.hashes[here.line >= 0] == there.hashes[there.line >= 0]).all())
    True
    """
    parts = [(index, part) for index, part in enumerate(song.parts) if not part.is_drums]
    lines = _lines(parts)
    rows = [_line_figures(lines), _bar_figures(song, [part for _, part in parts])]
    hashes, line, onset, end, pitch_class, tune = (
        np.concatenate(column) for column in zip(*rows, strict=True)
    )
    part = np.array([found.part for found in lines], dtype=np.int64)
    return Fingerprints(
        hashes.astype(np.uint32), line, onset, end, pitch_class, part, tune.astype(bool)
    )


def mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Scramble 64 bits: the finaliser of SplitMix64, the same on every machine.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    mixed = values + np.uint64((seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One note at each onset: the top or the bottom of a part, or of all (part -1).

    ``alone`` is 1 where the top of a part has no other note below it; 0 in other lines.
    """

    part: int
    onsets: Floats
    pitches: Integers
    alone: Integers


def _lines(parts: list[tuple[int, SongPart]]) -> list[_Line]:
    lines = []
    for index, part in parts:
        onsets, tops, bottoms = _edges(part.onset_quarters, part.pitch)
        alone = (tops == bottoms).astype(np.int64)
        lines.append(_Line(index, onsets, tops, alone))
        if 1 - float(alone.mean()) >= _CHORDAL:
            lines.append(_Line(index, onsets, bottoms, np.zeros_like(alone)))
    if len(parts) > 1:
        every_onset = np.concatenate([part.onset_quarters for _, part in parts])
        every_pitch = np.concatenate([part.pitch for _, part in parts])
        order = np.argsort(every_onset, kind="stable")
        onsets, tops, bottoms = _edges(every_onset[order], every_pitch[order])
        alone = np.zeros_like(tops)
        lines += [_Line(-1, onsets, tops, alone), _Line(-1, onsets, bottoms, alone)]
    return lines


def _edges(onsets: Floats, pitches: Integers) -> tuple[Floats, Integers, Integers]:
    """Highest and lowest note of every onset.

    Onsets that follow each other within 0.09 quarters are one.
    """
    starts = np.flatnonzero(np.diff(onsets, prepend=-1.0) > _TOGETHER)
    tops = np.maximum.reduceat(pitches, starts)
    return onsets[starts], tops, np.minimum.reduceat(pitches, starts)


def _line_figures(lines: list[_Line]) -> _Rows:
    """All runs of six notes of all lines at once."""
    figures = sum(len(found.onsets) for found in lines) - FIGURE_NOTES + 1
    if figures < 1:
        return _NO_ROWS
    line = np.repeat(np.arange(len(lines)), [len(found.onsets) for found in lines])
    onsets = np.concatenate([found.onsets for found in lines])
    pitches = np.concatenate([found.pitches for found in lines])
    alone = np.concatenate([found.alone for found in lines])
    gaps = np.diff(onsets)
    broken = (np.diff(line) != 0) | (gaps > _LONGEST_PAUSE)
    intervals = (np.diff(pitches) % 12).astype(np.uint64)
    lengths = np.log2(np.maximum(gaps, _SHORTEST_GAP))
    ratios = np.searchsorted(_RATIO_EDGES, np.diff(lengths)).astype(np.uint64)
    code = np.zeros(figures, dtype=np.uint64)
    whole = np.ones(figures, dtype=bool)
    moves = np.zeros(figures, dtype=np.int64)
    for step in range(FIGURE_NOTES - 1):
        span = slice(step, step + figures)
        code = code * np.uint64(12) + intervals[span]
        whole &= ~broken[span]
        moves += intervals[span] != 0
    for step in range(FIGURE_NOTES - 2):
        code = code * np.uint64(len(_RATIO_EDGES) + 1) + ratios[step : step + figures]
    which = np.flatnonzero(whole & (moves > 1))
    last = which + FIGURE_NOTES - 1
    six = np.ones(FIGURE_NOTES)
    tune = np.convolve(alone, six, "valid") >= FIGURE_NOTES - 1
    tune &= np.convolve(pitches, six, "valid") >= FIGURE_NOTES * _TUNE_PITCH
    hashes = mixed(code[which], _LINE_SEED) >> np.uint64(32)
    when = _units(onsets[which]), _units(onsets[last])
    return hashes, line[which], *when, pitches[which] % 12, tune[which].astype(np.int64)


def _units(onset_quarters: Floats) -> Integers:
    return np.floor(onset_quarters * GRID + 0.5).astype(np.int64)


def _bar_figures(song: Song, parts: list[SongPart]) -> _Rows:
    """MinHashes of the bars that hold enough."""
    if not parts:
        return _NO_ROWS
    onsets = np.concatenate([part.onset_quarters for part in parts])
    pitches = np.concatenate([part.pitch for part in parts])
    bars, bar_lines = bars_of(song, onsets)
    slots = np.floor((onsets - bar_lines[bars]) * _SLOTS_A_QUARTER + 0.5).astype(np.int64)
    slots = np.clip(slots, 0, _MOST_SLOTS - 1)
    order = np.lexsort((pitches, slots, bars))
    bars, slots, pitches = bars[order], slots[order], pitches[order]
    starts = np.flatnonzero(np.diff(bars * _MOST_SLOTS + slots, prepend=-1))
    masks = np.bitwise_or.reduceat(np.left_shift(1, pitches % 12), starts)
    bars, slots, basses = bars[starts], slots[starts], pitches[starts] % 12
    rows, features = _features(bars, slots, masks)
    first = np.flatnonzero(np.diff(bars[rows], prepend=-1))
    enough = np.diff(np.append(first, len(rows))) >= _LEAST_FEATURES
    bar = bars[rows][first][enough]
    bass = basses[np.searchsorted(bars, bar)]
    hashes = [_band(features, first, band)[enough] for band in range(_BANDS)] if len(first) else []
    return (
        np.concatenate([*hashes, _NO_ROWS[0]]),
        np.full(len(bar) * len(hashes), BAR_LINE),
        np.tile(_units(bar_lines[bar]), len(hashes)),
        np.tile(_units(bar_lines[bar + 1]), len(hashes)),
        np.tile(bass, len(hashes)),
        np.zeros(len(bar) * len(hashes), dtype=np.int64),
    )


def _band(features: NDArray[np.uint64], first: Integers, band: int) -> NDArray[np.uint64]:
    """One hash a bar, of the least features under two orders."""
    key = np.zeros(len(first), dtype=np.uint64)
    for row in range(_ROWS):
        seed = _BAR_SEED + band * _ROWS + row
        key = mixed(key ^ np.minimum.reduceat(mixed(features, seed), first), _BAR_SEED)
    return key >> np.uint64(32)


def _features(
    bars: Integers, slots: Integers, masks: Integers
) -> tuple[Integers, NDArray[np.uint64]]:
    """Intervals from every slot of a bar to the next, each with the two slots.

    Returns:
        Row of the slot that each feature begins at, ascending, and its code.
    """
    next_slots, next_masks = np.append(slots[1:], 0), np.append(masks[1:], 0)
    follows = np.append(bars[1:] == bars[:-1], False)
    found = np.zeros((len(bars), 12), dtype=bool)
    for interval in range(12):
        turned = ((next_masks >> interval) | (next_masks << (12 - interval))) & 0xFFF
        found[:, interval] = (turned & masks) != 0
    rows, intervals = np.nonzero(found & follows[:, None])
    code = (slots[rows] * _MOST_SLOTS + next_slots[rows]) * 12 + intervals
    return rows, code.astype(np.uint64)


def bars_of(song: Song, onset_quarters: Floats) -> tuple[Integers, Floats]:
    """The bar in which each onset lies, by the song's time signatures.

    Args:
        song: Whose meters count; a time signature begins a bar.
        onset_quarters: ``[notes]``, in any order.

    Returns:
        Number of each onset's bar, from 0, ``[notes]``; and the onset of every bar line, one more
        than there are bars.
    """
    end = max(float(onset_quarters.max(initial=0.0)), 0.0) + 1e-3
    meters = [meter for meter in song.meters if meter.onset_quarters < end]
    ends = [*(meter.onset_quarters for meter in meters[1:]), end]
    starts = [
        np.arange(meter.onset_quarters, until - 1e-6, meter.bar_quarters)
        for meter, until in zip(meters, ends, strict=True)
    ]
    lines = np.concatenate(starts)
    lines = np.append(lines, lines[-1] + meters[-1].bar_quarters)
    bars = np.searchsorted(lines, onset_quarters + 1 / (2 * GRID), side="right") - 1
    return np.clip(bars, 0, len(lines) - 2), lines

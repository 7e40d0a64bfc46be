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

_TOGETHER = 1 / 20
_LONGEST_PAUSE = 16.0
_RATIO_EDGES = np.array([-1.29, -0.79, 0.79, 1.29])
_CHORDAL = 0.2
_SLOTS_A_QUARTER = 4
_LEAST_FEATURES = 8
_BANDS = 2
_ROWS = 2


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
    """

    hashes: Hashes
    line: Integers
    onset: Integers
    end: Integers
    pitch_class: Integers
    part: Integers

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
    lines, line_parts = _lines(parts)
    figures = [_line_figures(lines, line_parts), _bar_figures(song, [part for _, part in parts])]
    figures = [found for found in figures if len(found)]
    if not figures:
        return _nothing(line_parts)
    return Fingerprints(
        np.concatenate([found.hashes for found in figures]),
        np.concatenate([found.line for found in figures]),
        np.concatenate([found.onset for found in figures]),
        np.concatenate([found.end for found in figures]),
        np.concatenate([found.pitch_class for found in figures]),
        line_parts,
    )


def mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Scramble 64 bits: the finaliser of SplitMix64, the same on every machine.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    """
    mixed = values + np.uint64((seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _nothing(line_parts: Integers) -> Fingerprints:
    none = np.zeros(0, dtype=np.int64)
    return Fingerprints(none.astype(np.uint32), none, none, none, none, line_parts)


def _lines(parts: list[tuple[int, SongPart]]) -> tuple[list[tuple[Floats, Integers]], Integers]:
    """Onsets and pitches of every line, and the part that each is of."""
    lines: list[tuple[Floats, Integers]] = []
    of_part: list[int] = []
    for index, part in parts:
        onsets, tops, bottoms, chordal = _edges(part.onset_quarters, part.pitch)
        lines.append((onsets, tops))
        of_part.append(index)
        if chordal >= _CHORDAL:
            lines.append((onsets, bottoms))
            of_part.append(index)
    if len(parts) > 1:
        every_onset = np.concatenate([part.onset_quarters for _, part in parts])
        order = np.argsort(every_onset, kind="stable")
        every_pitch = np.concatenate([part.pitch for _, part in parts])[order]
        onsets, tops, bottoms, _ = _edges(every_onset[order], every_pitch)
        lines += [(onsets, tops), (onsets, bottoms)]
        of_part += [-1, -1]
    return lines, np.array(of_part, dtype=np.int64)


def _edges(onsets: Floats, pitches: Integers) -> tuple[Floats, Integers, Integers, float]:
    """Highest and lowest note of every onset, and the share of onsets that have more than one.

    Onsets that follow each other within a twentieth of a quarter are one.
    """
    starts = np.flatnonzero(np.diff(onsets, prepend=-1.0) > _TOGETHER)
    tops = np.maximum.reduceat(pitches, starts)
    bottoms = np.minimum.reduceat(pitches, starts)
    return onsets[starts], tops, bottoms, float((tops != bottoms).mean())


def _line_figures(lines: list[tuple[Floats, Integers]], line_parts: Integers) -> Fingerprints:
    """All runs of six notes of all lines at once."""
    if not lines:
        return _nothing(line_parts)
    lengths = np.array([len(onsets) for onsets, _ in lines])
    line = np.repeat(np.arange(len(lines)), lengths)
    onsets = np.concatenate([onsets for onsets, _ in lines])
    pitches = np.concatenate([pitches for _, pitches in lines])
    figures = len(onsets) - FIGURE_NOTES + 1
    if figures < 1:
        return _nothing(line_parts)
    gaps = np.diff(onsets)
    broken = (np.diff(line) != 0) | (gaps > _LONGEST_PAUSE)
    intervals = (np.diff(pitches) % 12).astype(np.uint64)
    safe = np.log2(np.maximum(gaps, 1e-3))
    ratios = np.searchsorted(_RATIO_EDGES, np.diff(safe)).astype(np.uint64)
    code = np.zeros(figures, dtype=np.uint64)
    whole = np.ones(figures, dtype=bool)
    moves = np.zeros(figures, dtype=np.int64)
    for step in range(FIGURE_NOTES - 1):
        code = code * np.uint64(12) + intervals[step : step + figures]
        whole &= ~broken[step : step + figures]
        moves += intervals[step : step + figures] != 0
    for step in range(FIGURE_NOTES - 2):
        code = code * np.uint64(5) + ratios[step : step + figures]
    which = np.flatnonzero(whole & (moves > 1))
    last = which + FIGURE_NOTES - 1
    return Fingerprints(
        (mixed(code[which], 1) >> np.uint64(32)).astype(np.uint32),
        line[which],
        _units(onsets[which]),
        _units(onsets[last]),
        pitches[which] % 12,
        line_parts,
    )


def _units(onset_quarters: Floats) -> Integers:
    return np.floor(onset_quarters * GRID + 0.5).astype(np.int64)


def _bar_figures(song: Song, parts: list[SongPart]) -> Fingerprints:
    """MinHashes of the bars that hold enough."""
    none = np.zeros(0, dtype=np.int64)
    if not parts:
        return _nothing(none)
    onsets = np.concatenate([part.onset_quarters for part in parts])
    pitches = np.concatenate([part.pitch for part in parts])
    bars, bar_starts = bars_of(song, onsets)
    slots = np.floor((onsets - bar_starts[bars]) * _SLOTS_A_QUARTER + 0.5).astype(np.int64)
    slots = np.clip(slots, 0, 255)
    order = np.lexsort((pitches, slots, bars))
    bars, slots, pitches = bars[order], slots[order], pitches[order]
    place = bars * 256 + slots
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    masks = np.bitwise_or.reduceat(np.left_shift(1, pitches % 12), starts)
    bars, slots, basses = bars[starts], slots[starts], pitches[starts] % 12
    rows, features = _features(bars, slots, masks)
    if not len(rows):
        return _nothing(none)
    first = np.flatnonzero(np.diff(bars[rows], prepend=-1))
    counts = np.diff(np.append(first, len(rows)))
    enough = counts >= _LEAST_FEATURES
    bar = bars[rows][first]
    first_bass = basses[np.searchsorted(bars, bar)]
    starts_units, ends_units = _units(bar_starts[bar]), _units(bar_starts[bar + 1])
    bands = []
    for band in range(_BANDS):
        key = np.zeros(len(first), dtype=np.uint64)
        for row in range(_ROWS):
            least = np.minimum.reduceat(mixed(features, 10 + band * _ROWS + row), first)
            key = mixed(key ^ least, 5 + band)
        bands.append((key >> np.uint64(32)).astype(np.uint32)[enough])
    times = int(enough.sum())
    return Fingerprints(
        np.concatenate(bands),
        np.full(times * _BANDS, BAR_LINE),
        np.tile(starts_units[enough], _BANDS),
        np.tile(ends_units[enough], _BANDS),
        np.tile(first_bass[enough], _BANDS),
        none,
    )


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
    code = (slots[rows] * 256 + next_slots[rows]) * 12 + intervals
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
    end = max(float(onset_quarters.max(initial=0.0)), 0.0) + 1e-6
    starts = []
    for index, meter in enumerate(song.meters):
        until = song.meters[index + 1].onset_quarters if index + 1 < len(song.meters) else end
        if meter.onset_quarters >= end:
            break
        starts.append(np.arange(meter.onset_quarters, min(until, end) - 1e-6, meter.bar_quarters))
        length = meter.bar_quarters
    lines = np.concatenate(starts)
    lines = np.append(lines, lines[-1] + length)
    bars = np.searchsorted(lines, onset_quarters + 1 / (2 * GRID), side="right") - 1
    return np.clip(bars, 0, len(lines) - 2), lines

"""Passages that a piece shares with the works of an index.

All figures of the piece are looked up. Hits in one work that are transposed alike and lie on one
line in time are one passage; time may run faster or slower by a constant factor, which is guessed
from pairs of hits and then fitted. Each figure counts as many bits as it is rare in the index,
once a passage.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer.evaluating.fingerprints import GRID, Fingerprints
from composer.evaluating.hits import Hits, hits_of, spread
from composer.evaluating.index_file import Index
from composer.music.song import Floats, Integers

_STRAIGHT = 4
_GAP = 16 * GRID
_PAIR_SHORTEST, _PAIR_LONGEST, _PAIR_LAGS = 3 * GRID, 32 * GRID, 8
_SLOPE_LEAST, _SLOPE_MOST, _SLOPE_BINS = 0.04, 1.25, 24
_LEAST_PAIRS = 3
_WORST_GUESS = 1.1
_WINDOW = 64 * GRID
_MOST_SLOPES = 48
_MOST_PASSAGES = 64
_LEAST_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that is shared with a work of the index.

    Args:
        piece: Number of the work in the index.
        bits: How unlikely it is by chance: the geometric mean of the bits of its distinct figures
            and of those bits of them that are not overlapped by an earlier figure.
        figures: How many distinct figures are shared.
        start: Onset of its first figure in the piece, in twelfths of a quarter.
        end: End of its last figure.
        there_start: Where its first figure begins in the work.
        there_end: Where its last figure begins there.
        semitones: Upward transposition from the work to the piece, 0 to 11.
        stretch: Length of a quarter of the work in quarters of the piece.
        lines: Numbers of the lines in which figures are shared.
    """

    piece: int
    bits: float
    figures: int
    start: int
    end: int
    there_start: int
    there_end: int
    semitones: int
    stretch: float
    lines: tuple[int, ...]


def matches(found: Fingerprints, index: Index, without: int = -1) -> list[Match]:
    """Passages that are shared with the index, the most telling first.

    Args:
        found: Figures of the piece.
        index: The catalogue.
        without: Number of a work to leave out: the piece itself, where it is in the catalogue.

    Returns:
        At most 128 passages of three figures or more; a passage that lies within a more telling
        one of the same work is left out.
    """
    hits = hits_of(found, index, without)
    if not len(hits):
        return []
    straight = _passages(hits, np.ones(len(hits)), hits.group, _STRAIGHT)
    both = straight + _scaled(hits)
    both.sort(key=lambda match: (-match.bits, match.piece, match.start))
    kept: list[Match] = []
    for match in both:
        if not any(_within(match, other) for other in kept):
            kept.append(match)
    return kept


def _within(match: Match, other: Match) -> bool:
    shared = min(match.end, other.end) - max(match.start, other.start)
    return match.piece == other.piece and shared * 2 > match.end - match.start


def _passages(hits: Hits, slope: Floats, owner: Integers, tolerance: float) -> list[Match]:
    """The most telling runs on straight lines.

    Args:
        hits: The hits.
        slope: ``[hits]``, quarters of the work a quarter of the piece.
        owner: ``[hits]``, hits of one owner may be one passage.
        tolerance: Largest step between neighbouring lines that are still one, in twelfths.
    """
    order, run = _runs(owner, hits.there - slope * hits.here, hits.here, tolerance)
    # Once a passage: a figure that goes on and on is no more telling.
    by_hash = np.lexsort((np.arange(len(order)), hits.hash[order], run))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(run[by_hash]) != 0) | (np.diff(hits.hash[order][by_hash]) != 0)
    kept = np.sort(by_hash[fresh])
    order, run = order[kept], run[kept]
    figures = np.bincount(run)
    every = np.bincount(run, hits.bits[order])
    telling = np.sqrt(every * np.bincount(run, hits.bits[order] * _uncovered(hits, order, run)))
    telling[figures < _LEAST_FIGURES] = 0.0
    first = np.cumsum(figures) - figures
    best = np.argsort(-telling, kind="stable")[:_MOST_PASSAGES]
    found = []
    for number in best[telling[best] > 0]:
        rows = order[first[number] : first[number] + figures[number]]
        part = hits.kept(rows)
        found.append(_match(part, float(telling[number]), float(slope[rows[0]])))
    return found


def _match(part: Hits, bits: float, slope: float) -> Match:
    group = int(part.group[0])
    return Match(
        group // 12,
        bits,
        len(part),
        int(part.here.min()),
        int(part.end.max()),
        int(part.there.min()),
        int(part.there.max()),
        group % 12,
        1.0 / slope,
        tuple(sorted({int(line) for line in part.line})),
    )


def _uncovered(hits: Hits, order: Integers, run: Integers) -> Floats:
    """Share of each hit's time that no earlier hit of its run covers, ``[hits]``."""
    start, end = hits.here[order].astype(float), hits.end[order].astype(float)
    far = run * 1e7
    reached = np.maximum.accumulate(end + far)
    before = np.append(-np.inf, reached[:-1]) - far
    fresh: Floats = (end - np.maximum(before, start)) / np.maximum(end - start, 1)
    return fresh.clip(0.0, 1.0)


def _runs(
    owner: Integers, diagonal: Floats, here: Integers, tolerance: float
) -> tuple[Integers, Integers]:
    """Hits in the order of their runs and onsets, and the number of each hit's run."""
    order = np.lexsort((diagonal, owner))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(owner[order]) != 0) | (np.diff(diagonal[order]) > tolerance)
    run = np.cumsum(new) - 1
    in_time = np.lexsort((here[order], run))
    order, run = order[in_time], run[in_time]
    new[1:] = (np.diff(run) != 0) | (np.diff(here[order]) > _GAP)
    return order, np.cumsum(new) - 1


def _scaled(hits: Hits) -> list[Match]:
    """Passages whose time is stretched."""
    keys, slopes = _slopes(hits)
    if not len(keys):
        return []
    # hits are sorted by group: those of each key, near its window
    first = np.searchsorted(hits.group, keys // 1024)
    count = np.searchsorted(hits.group, keys // 1024, side="right") - first
    owner, step = spread(count)
    rows = first[owner] + step
    away = hits.here[rows] - keys[owner] % 1024 * _WINDOW
    near = (away >= -_WINDOW // 2) & (away < _WINDOW * 3 // 2)
    owner, part = owner[near], hits.kept(rows[near])
    slopes = _fitted(part, owner, slopes)
    return _passages(part, slopes[owner], owner, _STRAIGHT + 1)


def _slopes(hits: Hits) -> tuple[Integers, Floats]:
    """Guess by how much time is stretched, from pairs of hits that follow each other.

    Returns:
        Keys (1024 times the group, plus the number of the window of 64 quarters), and a slope for
        each; the same key may have several.
    """
    key, slope, weight = [], [], []
    for lag in range(1, _PAIR_LAGS + 1):
        one = np.flatnonzero(hits.group[lag:] == hits.group[:-lag])
        here = hits.here[one + lag] - hits.here[one]
        there = hits.there[one + lag] - hits.there[one]
        fit = (here >= _PAIR_SHORTEST) & (here <= _PAIR_LONGEST) & (there > 0)
        one, ratio = one[fit], np.log2(there[fit] / here[fit])
        fit = (np.abs(ratio) > _SLOPE_LEAST) & (np.abs(ratio) < _SLOPE_MOST)
        one = one[fit]
        key.append(hits.group[one] * 1024 + np.minimum(hits.here[one] // _WINDOW, 1023))
        slope.append(ratio[fit])
        weight.append(np.minimum(hits.bits[one], hits.bits[one + lag]))
    keys, slopes, weights = np.concatenate(key), np.concatenate(slope), np.concatenate(weight)
    found_keys, found_slopes, votes = [], [], []
    for shift in (0.0, 0.5):
        bins = np.floor(slopes * _SLOPE_BINS + shift).astype(np.int64) + 64
        _, which, count = np.unique(keys * 128 + bins, return_inverse=True, return_counts=True)
        vote = np.bincount(which, weights)
        mean = np.bincount(which, slopes * weights) / vote
        first = np.zeros(len(count), dtype=np.int64)
        first[which] = keys
        enough = count >= _LEAST_PAIRS
        found_keys.append(first[enough])
        found_slopes.append(mean[enough])
        votes.append(vote[enough])
    best = np.argsort(-np.concatenate(votes), kind="stable")[:_MOST_SLOPES]
    return np.concatenate(found_keys)[best], 2.0 ** np.concatenate(found_slopes)[best]


def _fitted(part: Hits, owner: Integers, slopes: Floats) -> Floats:
    """Slopes by least squares over the largest run of each owner."""
    here, there = part.here.astype(float), part.there.astype(float)
    order, run = _runs(owner, there - slopes[owner] * here, part.here, 2 * _STRAIGHT)
    sizes = np.bincount(run)
    run_owner = owner[order][np.cumsum(sizes) - sizes]
    largest = np.zeros(len(slopes), dtype=np.int64)
    by_size = np.argsort(sizes, kind="stable")
    largest[run_owner[by_size]] = by_size
    rows = order[largest[owner[order]] == run]
    who, x, y = owner[rows], here[rows], there[rows]
    count = np.maximum(np.bincount(who, minlength=len(slopes)), 1)
    x -= (np.bincount(who, x, len(slopes)) / count)[who]
    y -= (np.bincount(who, y, len(slopes)) / count)[who]
    width = np.bincount(who, x * x, len(slopes))
    fitted = np.bincount(who, x * y, len(slopes)) / np.maximum(width, 1)
    # a fit over hits of one moment may be anything
    fit = (fitted > slopes / _WORST_GUESS) & (fitted < slopes * _WORST_GUESS)
    return np.where(fit, fitted, slopes)

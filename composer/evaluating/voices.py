"""Lines and chords of anyone's parts, and the forbidden moves between them.

The counterpart of `composer.checking.voice_rules` for music whose voices nobody has named: a part
that plays one note at a time is a line, of the melody the highest note of each onset counts and of
the bass the lowest, and a part that follows a chord by another of as many notes is read voice by
voice. Parallels are those of `composer.checking.voices.parallel_perfect`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.chroma import slots_of
from composer.evaluating.roles import Role, single_line_share
from composer.evaluating.windows import Window
from composer.music.song import Integers, SongPart

MOST_LINES = 16
"""Of more lines only those of most notes are compared with each other."""

_SINGLE_LINE = 0.9
_DOUBLING = 0.8
_FIFTH = 7
_OCTAVE = 12
_STEP = 2
_MOST_VOICES = 8

_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Notes that follow each other.

    Args:
        role: What its part does.
        onset: ``[notes]`` in slots of the grid, strictly ascending.
        end: ``[notes]`` slot after the last, no later than the next onset.
        pitch: ``[notes]``.
    """

    role: Role
    onset: Integers
    end: Integers
    pitch: Integers

    def __len__(self) -> int:
        """Number of notes."""
        return len(self.pitch)


@dataclass(frozen=True, slots=True)
class Parallels:
    """What two voices do, counted.

    Args:
        moves: How often both move at once.
        fifths: How often in parallel fifths.
        octaves: How often in parallel octaves or unisons.
        hidden: How often they come to a fifth or octave in similar motion, the upper one by leap.
    """

    moves: int = 0
    fifths: int = 0
    octaves: int = 0
    hidden: int = 0

    def __add__(self, other: Parallels) -> Parallels:
        """Both counts."""
        return Parallels(
            self.moves + other.moves,
            self.fifths + other.fifths,
            self.octaves + other.octaves,
            self.hidden + other.hidden,
        )


def voice_of(window: Window, part: SongPart, role: Role) -> Voice:
    """A part as one line: the lowest note of each onset for a bass, else the highest."""
    start, end = slots_of(window, part)
    order = np.lexsort((part.pitch, start))
    edge = np.diff(start[order], append=-1) != 0
    if role == "bass":
        edge = np.diff(start[order], prepend=-1) != 0
    chosen = order[edge]
    onset = start[chosen]
    following = np.append(onset[1:], window.bars * window.bar_slots)
    return Voice(role, onset, np.minimum(end[chosen], following), part.pitch[chosen])


def voices_of(window: Window, found_roles: Sequence[Role]) -> tuple[Voice, ...]:
    """The melody, the bass and all parts that are a single line at nine onsets in ten."""
    voices = [
        voice_of(window, part, role)
        for part, role in zip(window.parts, found_roles, strict=True)
        if role in ("melody", "bass")
        or (role == "harmony" and single_line_share(part) >= _SINGLE_LINE)
    ]
    if len(voices) > MOST_LINES:
        voices = sorted(voices, key=len, reverse=True)[:MOST_LINES]
    return tuple(voices)


def compare_voices(one: Voice, other: Voice, bar_slots: int) -> Parallels | None:
    """Count what two voices do where they attack together; None where one doubles the other.

    The note before counts if it ended at most a bar ago. A voice doubles another if at four in
    five of their common onsets both are of one pitch class.
    """
    onsets, first, second = np.intersect1d(
        one.onset, other.onset, assume_unique=True, return_indices=True
    )
    if not len(onsets):
        return Parallels()
    intervals = np.abs(one.pitch[first] - other.pitch[second]) % _OCTAVE
    if len(onsets) > 1 and (intervals == 0).mean() >= _DOUBLING:
        return None
    known = (first > 0) & (second > 0)
    first, second, onsets = first[known], second[known], onsets[known]
    near = (onsets - one.end[first - 1] <= bar_slots) & (
        onsets - other.end[second - 1] <= bar_slots
    )
    first, second = first[near], second[near]
    return count_moves(
        one.pitch[first - 1], other.pitch[second - 1], one.pitch[first], other.pitch[second]
    )


def count_moves(
    one_before: Integers, other_before: Integers, one_after: Integers, other_after: Integers
) -> Parallels:
    """Count the forbidden among moves of two voices, ``[moves]`` each.

    >>> import numpy as np
    >>> count_moves(np.array([48]), np.array([55]), np.array([50]), np.array([57])).fifths
    1
    """
    moved = (one_before != one_after) & (other_before != other_after)
    before = np.abs(other_before - one_before) % _OCTAVE
    after = np.abs(other_after - one_after) % _OCTAVE
    perfect = (after == 0) | (after == _FIFTH)
    one_moves, other_moves = one_after - one_before, other_after - other_before
    upper = np.where(one_after > other_after, one_moves, other_moves)
    similar = (one_moves > 0) == (other_moves > 0)
    hidden = moved & perfect & (before != after) & similar & (np.abs(upper) > _STEP)
    parallel = moved & (before == after)
    return Parallels(
        int(moved.sum()),
        int((parallel & (after == _FIFTH)).sum()),
        int((parallel & (after == 0)).sum()),
        int(hidden.sum()),
    )


def compare_all(voices: Sequence[Voice], bar_slots: int) -> Parallels:
    """Count over all pairs of voices that do not double each other."""
    total = Parallels()
    for one, other in combinations(voices, 2):
        total += compare_voices(one, other, bar_slots) or Parallels()
    return total


def within_part(window: Window, part: SongPart) -> Parallels:
    """Count within a part from each chord to the next that has as many notes, two to eight.

    Voices are told by their order from the lowest up; more than a bar between two onsets breaks
    the chain.
    """
    start, _ = slots_of(window, part)
    order = np.lexsort((part.pitch, start))
    onsets, firsts, sizes = np.unique(start[order], return_index=True, return_counts=True)
    pitches = part.pitch[order]
    near = np.diff(onsets) <= window.bar_slots
    total = Parallels()
    for size in range(2, _MOST_VOICES + 1):
        pair = np.flatnonzero((sizes[:-1] == size) & (sizes[1:] == size) & near)
        if not len(pair):
            continue
        columns = np.arange(size)
        before = pitches[firsts[pair][:, None] + columns]
        after = pitches[firsts[pair + 1][:, None] + columns]
        for low, high in combinations(range(size), 2):
            total += count_moves(before[:, low], before[:, high], after[:, low], after[:, high])
    return total

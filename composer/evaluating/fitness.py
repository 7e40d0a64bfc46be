"""Fitness of segments: how well repeats of a segment explain a piece.

Source: Müller, Jiang and Grosche, "A Robust Fitness Measure for Capturing Repetitions in Music
Recordings With Applications to Audio Thumbnailing" (IEEE TASLP 2013).
"""

from __future__ import annotations

import numpy as np

from composer.music.song import Floats

_NEVER = -1e9


def fitness_by_length(similarity: Floats) -> Floats:
    """The best fitness of any segment of each length.

    Args:
        similarity: ``[frames, frames]``, 1 on the diagonal, at most 1, negative where two frames
            are not alike.

    Returns:
        ``[frames]``, 0 to 1: entry ``n`` is that of segments of ``n + 1`` frames.

    >>> fitness_by_length(np.where(np.eye(4) > 0, 1.0, -2.0)).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    frames = len(similarity)
    return np.array([_fitness(similarity, length) for length in range(1, frames + 1)])


def _fitness(similarity: Floats, length: int) -> float:
    """The best fitness over all segments of one length, found for all of them at once."""
    frames = len(similarity)
    score, cells, coverage = _path_families(similarity, length)
    gain = np.maximum(score - length, 0.0) / np.maximum(cells, 1.0)
    extra = np.maximum(coverage - length, 0.0) / frames
    both = gain + extra
    harmonic = np.where(both > 0, 2 * gain * extra / np.where(both > 0, both, 1.0), 0.0)
    return float(harmonic.max())


def _path_families(similarity: Floats, length: int) -> tuple[Floats, Floats, Floats]:
    """The best path family of every segment of one length.

    The recursion of the paper, with the steps (1, 1), (2, 1) and (1, 2) and an elevator column
    that leads from the end of one path to the start of the next.

    Returns:
        Score, number of cells and covered frames of each segment, each ``[segments]``.
    """
    frames = len(similarity)
    segments = frames - length + 1
    columns = np.arange(segments)[:, None] + np.arange(length)[None, :]
    lift = np.zeros((3, segments))
    previous = np.full((3, segments, length), _NEVER)
    before = previous.copy()
    for row in range(frames):
        if row > 0:
            ended = previous[:, :, -1]
            lift = np.where(ended[0] > lift[0], ended, lift)
        current = np.full((3, segments, length), _NEVER)
        gained = similarity[row][columns]
        current[:, :, 0] = lift + np.stack([gained[:, 0], np.ones(segments), np.ones(segments)])
        if length > 1:
            current[:, :, 1:] = _step(previous, before)
            current[0, :, 1:] += gained[:, 1:]
        before, previous = previous, current
    ended = previous[:, :, -1]
    best = np.where(ended[0] > lift[0], ended, lift)
    return best[0], best[1], best[2]


def _step(previous: Floats, before: Floats) -> Floats:
    """The best way into each cell but the first column, before the cell's own score is added."""
    straight = previous[:, :, :-1].copy()
    straight[1:] += 1.0
    slower = before[:, :, :-1].copy()
    slower[1] += 1.0
    slower[2] += 2.0
    faster = np.full_like(straight, _NEVER)
    faster[:, :, 1:] = previous[:, :, :-2]
    faster[1:] += 1.0
    best = np.where(slower[0] > straight[0], slower, straight)
    return np.where(faster[0] > best[0], faster, best)

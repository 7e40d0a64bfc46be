"""Walking lines, planned backwards from where they lead.

A line is drawn note by note from a chain over pitches and directions whose transitions like steps
and keep their way, and whose places like chord tones on strong beats. Messages from its end hold
the weight of all ways to go on, so that every draw arrives: the last note lies a step or a fifth
from the next root.
Source: Levine, *The Jazz Theory Book* (1995), on what a bass walks on; Pachet, Roy and Barbieri,
"Finite-Length Markov Processes with Constraints", IJCAI (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Weight of a move by its size in semitones, of an arrival at the goal, and of a turn.
_MOVES = {0: 0.01, 1: 1.0, 2: 1.3, 3: 0.6, 4: 0.5, 5: 0.3, 7: 0.2, 8: 0.05, 9: 0.04, 12: 0.06}
_ARRIVALS = {1: 1.2, 2: 1.0, 5: 0.45, 7: 0.4}
_TURN = 0.4
_STRONG_CHORD, _STRONG_SCALE = 1.0, 0.08
_WEAK_CHORD, _WEAK_SCALE = 0.6, 0.8
_CHROMATIC = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """What one note of a walking line stands over.

    Args:
        chord: Pitch-class numbers of the chord.
        scale: Those of the chord's scale.
        strong: Whether it falls on a strong beat.
        ceiling: It stays below this MIDI number.
    """

    chord: frozenset[int]
    scale: frozenset[int]
    strong: bool
    ceiling: int = 128


def walk(
    start: int,
    places: Sequence[Place],
    goal: int | None,
    window: tuple[int, int],
    rng: np.random.Generator,
    *,
    chromatic: bool = False,
    barred: frozenset[int] = frozenset(),
) -> list[int]:
    """Draw a line.

    Args:
        start: The note that it goes on from, MIDI.
        places: One entry a note of the line.
        goal: The note that follows it; None where it may end anywhere.
        window: Lowest and highest MIDI number.
        rng: Draws one number a note.
        chromatic: Whether the last note may be a semitone beside the goal, foreign to the scale.
        barred: Pitches that the last note must not be.

    Returns:
        One MIDI number a place. Where no line arrives by step or fifth, one that arrives anyhow.
    """
    low, high = window
    start = max(low, min(high, start))
    moves = _moves(high - low + 1)
    weights = [_liking(place, low, high) for place in places]
    if chromatic and goal is not None:
        for pitch in (goal - 1, goal + 1):
            if low <= pitch <= high and pitch % 12 not in places[-1].scale:
                weights[-1][pitch - low] = _CHROMATIC
    for pitch in barred:
        if low <= pitch <= high:
            weights[-1][pitch - low] = 0.0
    ends = _arrival(goal, low, high)
    messages = _messages(moves, weights, ends)
    if not _ways(moves, weights, messages, start - low).any():
        messages = _messages(moves, [w + 1e-6 for w in weights], np.ones_like(ends))
        weights = [w + 1e-6 for w in weights]
    return _drawn(moves, weights, messages, start - low, low, rng)


@lru_cache(maxsize=64)
def _moves(size: int) -> Floats:
    """Weight of each move by direction before (0 up, 1 down), pitch before and pitch after."""
    steps = np.arange(size)[None, :] - np.arange(size)[:, None]
    base = np.zeros((size, size))
    for interval, weight in _MOVES.items():
        base[np.abs(steps) == interval] = weight
    result = np.stack([base, base])
    result[0][steps < 0] *= _TURN
    result[1][steps > 0] *= _TURN
    return result


def _liking(place: Place, low: int, high: int) -> Floats:
    chord = _STRONG_CHORD if place.strong else _WEAK_CHORD
    scale = _STRONG_SCALE if place.strong else _WEAK_SCALE
    return np.array(
        [
            0.0
            if pitch >= place.ceiling
            else chord
            if pitch % 12 in place.chord
            else scale
            if pitch % 12 in place.scale
            else 0.0
            for pitch in range(low, high + 1)
        ]
    )


def _arrival(goal: int | None, low: int, high: int) -> Floats:
    if goal is None:
        return np.ones(high - low + 1)
    return np.array([_ARRIVALS.get(abs(goal - pitch), 0.0) for pitch in range(low, high + 1)])


def _messages(moves: Floats, weights: Sequence[Floats], ends: Floats) -> list[Floats]:
    """Weight of all ways on from each place, by pitch and by the direction that led there."""
    steps = np.arange(len(ends))
    upward = steps[None, :] > steps[:, None]
    message = np.stack([ends, ends])
    result = [message]
    for weight in reversed(weights[1:]):
        ahead = np.where(upward, message[0][None, :], message[1][None, :]) * weight[None, :]
        message = np.stack([(moves[0] * ahead).sum(1), (moves[1] * ahead).sum(1)])
        message /= message.max() or 1.0
        result.append(message)
    result.reverse()
    return result


def _ways(
    moves: Floats, weights: Sequence[Floats], messages: Sequence[Floats], start: int
) -> Floats:
    """Weights of the first note."""
    places = np.arange(len(weights[0]))
    ahead = np.where(places > start, messages[0][0], messages[0][1])
    ways: Floats = moves.mean(0)[start] * weights[0] * ahead
    return ways


def _drawn(
    moves: Floats,
    weights: Sequence[Floats],
    messages: Sequence[Floats],
    start: int,
    low: int,
    rng: np.random.Generator,
) -> list[int]:
    line: list[int] = []
    here, direction = start, -1
    places = np.arange(len(weights[0]))
    for weight, message in zip(weights, messages, strict=True):
        base = moves.mean(0)[here] if direction < 0 else moves[direction][here]
        ways = base * weight * np.where(places > here, message[0], message[1])
        if not ways.any():
            ways = weight * np.where(places > here, message[0], message[1])
        edges = np.cumsum(ways)
        found = int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))
        found = min(found, len(places) - 1)
        direction = 0 if found > here else 1
        here = found
        line.append(low + here)
    return line

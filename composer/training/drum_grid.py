"""Finds how a clip swings, and places its strokes on a grid of sixteenths that swings alike.

Drummers of the corpus play as much as a tenth of a beat ahead of their metronome, all limbs
together; that lead is a property of the take, so it is found along with the swing and taken
off before anything is called early or late.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from composer.training.drum_clips import Hit

STEPS_PER_BEAT = 4
STEPS_PER_BAR = 16

_SWING8 = tuple(round(0.56 + 0.01 * i, 2) for i in range(18))
_SWING16 = tuple(round(0.54 + 0.01 * i, 2) for i in range(14))
_LEADS = tuple(round(-0.12 + 0.01 * i, 2) for i in range(20))
_LEAST_HITS = 12
# A swung grid must fit that much better than the straight one to be believed.
_GAIN = 0.85
# A stroke farther from the grid says nothing about it (flams, triplet fills).
_FARTHEST_QUARTERS = 0.1


class Swing(NamedTuple):
    """A swing: the share of the pair that its first note takes, and the pair's note value."""

    ratio: float
    unit: int

    @property
    def swings_eighths(self) -> bool:
        """Whether the eighths are uneven."""
        return self.unit == 8 and self.ratio > 0.5


STRAIGHT = Swing(0.5, 8)


class Take(NamedTuple):
    """How a clip sits on its metronome: its swing, and how late all of it is, in quarters."""

    swing: Swing
    late_quarters: float


class PlacedHit(NamedTuple):
    """A stroke on the grid: its step from the clip's start, how late it is, how hard."""

    limb: str
    step: int
    late_quarters: float
    velocity: int


def grid(swing: Swing) -> tuple[float, ...]:
    """Where the four sixteenths of a beat fall, in quarters.

    Examples:
        >>> grid(Swing(0.5, 8))
        (0.0, 0.25, 0.5, 0.75)
        >>> grid(Swing(0.6, 8))
        (0.0, 0.3, 0.6, 0.8)
    """
    ratio = swing.ratio
    if swing.unit == 16:
        return (0.0, ratio / 2, 0.5, 0.5 + ratio / 2)
    return (0.0, ratio / 2, ratio, (1 + ratio) / 2)


def estimate_take(hits: Sequence[Hit], swings: Sequence[Swing] | None = None) -> Take:
    """Finds the swing and the lead whose grid lies nearest to a clip's strokes.

    A clip with few strokes off the beat, and one that no swung grid fits clearly better
    than the straight one, is straight.

    Args:
        hits: the clip's strokes.
        swings: the swings to choose from; all of them where None.
    """
    onsets = np.array([hit.onset_quarters for hit in hits])
    if swings is not None:
        return min(_best_lead(onsets, swing) for swing in swings)[1]
    straight_cost, straight = _best_lead(onsets, STRAIGHT)
    phases = (onsets - straight.late_quarters) % 1.0
    if np.count_nonzero((phases > 0.15) & (phases < 0.88)) < _LEAST_HITS:
        return straight
    candidates = [Swing(ratio, 8) for ratio in _SWING8]
    candidates += [Swing(ratio, 16) for ratio in _SWING16]
    cost, best = min(_best_lead(onsets, swing) for swing in candidates)
    if cost < _GAIN * straight_cost and _is_heard(onsets, best):
        return best
    return straight


def _best_lead(
    onsets: np.ndarray[tuple[int], np.dtype[np.float64]], swing: Swing
) -> tuple[float, Take]:
    points = np.array((*grid(swing), 1.0))
    found = []
    for late in _LEADS:
        phases = (onsets - late) % 1.0
        distance = np.abs(phases[:, None] - points[None, :]).min(axis=1)
        cost = float(np.minimum(distance, _FARTHEST_QUARTERS).mean())
        found.append((round(cost + 0.02 * abs(late), 6), Take(swing, late)))
    return min(found)


def _is_heard(onsets: np.ndarray[tuple[int], np.dtype[np.float64]], take: Take) -> bool:
    """Whether the delayed eighth is played clearly more often than a straight one."""
    if take.swing.unit == 16:
        return True
    phases = (onsets - take.late_quarters) % 1.0
    delayed = np.count_nonzero(np.abs(phases - take.swing.ratio) < 0.06)
    straight = np.count_nonzero(np.abs(phases - 0.5) < 0.04)
    return bool(delayed > 2 * straight)


def place(hits: Sequence[Hit], take: Take) -> list[PlacedHit]:
    """Moves every stroke to the nearest step of the grid; an early downbeat stays a downbeat."""
    points = (*grid(take.swing), 1.0)
    placed = []
    for hit in hits:
        beat, phase = divmod(hit.onset_quarters - take.late_quarters, 1.0)
        index = min(range(len(points)), key=lambda i: abs(phase - points[i]))
        step = max(0, int(beat) * STEPS_PER_BEAT + index)
        placed.append(PlacedHit(hit.limb, step, phase - points[index], hit.velocity))
    return placed

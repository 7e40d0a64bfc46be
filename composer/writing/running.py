"""Running lines: scale steps that lead from one note to another, and runs over a chord."""

from __future__ import annotations

from collections.abc import Collection


def ladder(numbers: Collection[int], low: int, high: int) -> list[int]:
    """All pitches of some pitch classes from one MIDI number to another, ascending.

    >>> ladder({0, 4, 7}, 60, 72)
    [60, 64, 67, 72]
    """
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in numbers]


def step_towards(last: int, target: int, left: int, rungs: list[int]) -> int:
    """The next note of a line that reaches a target after so many notes.

    Steps become wider where the way is long; where it is too short for its notes, the line leaves
    the target and comes back.

    Args:
        last: The note before, MIDI.
        target: Where the line arrives, MIDI.
        left: How many notes stand before the target, this one included; 1 or more.
        rungs: The pitches to choose from, ascending.

    >>> white = ladder({0, 2, 4, 5, 7, 9, 11}, 48, 84)
    >>> step_towards(60, 67, 3, white), step_towards(60, 60, 1, white)
    (62, 62)
    >>> step_towards(60, 62, 1, white)
    64
    """
    if not rungs:
        return last
    here, there = _nearest(rungs, last), _nearest(rungs, target)
    way = there - here
    ahead = 1 if way > 0 or (way == 0 and here + 1 < len(rungs)) else -1
    if abs(way) > left:
        move = round(way / (left + 1)) or ahead
    elif (left + 1 - abs(way)) % 2:
        move = 2 * ahead if way else ahead  # past the target, to come back to it
    else:
        move = -ahead if 0 < abs(way) < left else ahead
    place = max(0, min(len(rungs) - 1, here + move))
    if rungs[place] == last:
        place = max(0, min(len(rungs) - 1, here - move))
    return rungs[place]


def next_rung(last: int, rungs: list[int], direction: int) -> tuple[int, int]:
    """The next pitch above (1) or below (-1), and the way to go on; it turns at the ends.

    >>> next_rung(67, [60, 64, 67], 1)
    (64, -1)
    """
    if direction > 0:
        above = [pitch for pitch in rungs if pitch > last]
        if above:
            return above[0], 1
    below = [pitch for pitch in rungs if pitch < last]
    if below:
        return below[-1], -1
    return next((pitch for pitch in rungs if pitch > last), last), 1


def _nearest(rungs: list[int], pitch: int) -> int:
    return min(range(len(rungs)), key=lambda place: (abs(rungs[place] - pitch), place))

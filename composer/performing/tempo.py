"""The tempo map: one tempo, and the slowing of the end where the style has it."""

from __future__ import annotations

from fractions import Fraction

from composer.checking.played_rules import SLOWEST, SLOWING_BARS
from composer.midi.units import microseconds_from_tempo, ticks_from_quarters
from composer.music.performance import TempoChange
from composer.music.score import Score

_LATER = 0.008  # of the piece's length that a ritardando may cost, so that the mean tempo holds
_CURVE = 3.0
_STEP = Fraction(1, 2)
_HALVINGS = 24


def tempo_changes(score: Score, ritardando: float) -> tuple[TempoChange, ...]:
    """The tempo map of a piece.

    The end slows from the last bar but one to the last notes, in steps of an eighth, and stays
    there. However long the piece, its mean tempo stays within one hundredth of the asked one: the
    shorter it is, the less it slows.

    Args:
        score: The piece.
        ritardando: How far it slows, 0 (not at all) to 1.

    Source: Friberg and Sundberg, "Does music performance allude to locomotion?" (1999): the speed
    of final ritardandi falls as that of a runner who stops, with the third root.
    """
    tempo = score.quarters_per_minute
    first = TempoChange(0, microseconds_from_tempo(tempo))
    onsets = [part.notes[-1].onset_quarters for part in score.parts if part.notes]
    if ritardando <= 0 or not onsets:
        return (first,)
    bar = score.meter.bar_quarters
    end = score.length_quarters
    last = max(onsets)
    start = max(Fraction(0), last - bar * (2 if ritardando > 0.5 else 1), end - bar * SLOWING_BARS)
    steps = _steps(start, last)
    goal = _affordable(1 - (1 - SLOWEST) * ritardando, steps, float(end - last), float(end))
    changes = {0: first.microseconds_per_quarter}
    for onset, place in (*steps, (last, 1.0)):
        slower = microseconds_from_tempo(tempo * _speed(goal, place))
        if onset > 0:
            changes[ticks_from_quarters(onset)] = slower
    found = [first]
    for ticks, microseconds in sorted(changes.items()):
        if microseconds > found[-1].microseconds_per_quarter:
            found.append(TempoChange(ticks, microseconds))
    return tuple(found)


def _steps(start: Fraction, last: Fraction) -> list[tuple[Fraction, float]]:
    """Onsets of the steps before the last notes, with the place of their middle, 0–1."""
    length = last - start
    count = int(length / _STEP)
    return [
        (start + _STEP * n, float((_STEP * n + _STEP / 2) / length))
        for n in range(count)
        if start + _STEP * n < last
    ]


def _speed(goal: float, place: float) -> float:
    """The share of the tempo at a place of the ritardando."""
    return float((1 + (goal**_CURVE - 1) * min(1.0, place)) ** (1 / _CURVE))


def _affordable(
    goal: float, steps: list[tuple[Fraction, float]], held: float, whole: float
) -> float:
    """The goal, or the nearest one whose delay is within `_LATER` of the piece."""

    def cost(speed: float) -> float:
        slowed = sum(1 / _speed(speed, place) - 1 for _, place in steps) * float(_STEP)
        return slowed + held * (1 / speed - 1)

    if cost(goal) <= _LATER * whole:
        return goal
    low, high = goal, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if cost(middle) <= _LATER * whole else (middle, high)
    return high

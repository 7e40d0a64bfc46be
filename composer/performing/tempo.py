"""The tempo map: one tempo and the slowing of the end, or the plan's own curve, to the tick."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from composer.midi.units import (
    MAX_MICROSECONDS_PER_QUARTER,
    microseconds_from_tempo,
    ticks_from_quarters,
)
from composer.music.performance import TICKS_PER_QUARTER, TempoChange
from composer.music.plan import TempoPoint
from composer.music.score import Score
from composer.music.slowing import final_slowing

_LONG = 3 * TICKS_PER_QUARTER // 2
"""Ticks up to which a whole number of microseconds a quarter ends within one microsecond."""


def tempo_changes(score: Score, ritardando: float) -> tuple[TempoChange, ...]:
    """The tempo map of a piece with one tempo, which slows at its end as `final_slowing` has it.

    Args:
        score: The piece.
        ritardando: How far it slows, 0 (not at all) to 1.
    """
    tempo = score.quarters_per_minute
    first = TempoChange(0, microseconds_from_tempo(tempo))
    onsets = [part.notes[-1].onset_quarters for part in score.parts if part.notes]
    if ritardando <= 0 or not onsets:
        return (first,)
    shares = final_slowing(score.meter.bar_quarters, score.length_quarters, max(onsets), ritardando)
    changes = {0: first.microseconds_per_quarter}
    for onset, share in shares:
        if onset > 0:
            changes[ticks_from_quarters(onset)] = microseconds_from_tempo(tempo * share)
    found = [first]
    for ticks, microseconds in sorted(changes.items()):
        if microseconds > found[-1].microseconds_per_quarter:
            found.append(TempoChange(ticks, microseconds))
    return tuple(found)


def exact_tempo_changes(
    points: Sequence[TempoPoint], end: Fraction, length_seconds: float | None = None
) -> tuple[TempoChange, ...]:
    """A planned tempo curve as MIDI stores it, true to the microsecond at every point of it.

    MIDI tempos are whole microseconds a quarter. What rounding one of them loses, the next makes
    up for; a long stretch of one tempo is made of two whole numbers, one for as many quarters as it
    takes. So no point of the curve, nor the end, comes a microsecond early or late.

    Args:
        points: The curve, ascending from 0.
        end: Length of the piece.
        length_seconds: Its length in seconds, where that is more exact than the sum of the curve.

    >>> from composer.midi.units import TempoMap
    >>> changes = exact_tempo_changes([TempoPoint(Fraction(0), 107.3)], Fraction(160), 89.5)
    >>> round(TempoMap(changes).seconds(160 * 480), 6)
    89.5
    """
    onsets = [ticks_from_quarters(point.onset_quarters) for point in points]
    stops = [*onsets[1:], ticks_from_quarters(end)]
    found: list[TempoChange] = []
    due, spent = 0.0, 0  # microseconds times ticks of a quarter: as planned, and as written
    for point, start, stop in zip(points, onsets, stops, strict=True):
        if stop <= start:
            continue
        due += (stop - start) * 60_000_000 / point.quarters_per_minute
        if stop == stops[-1] and length_seconds is not None:
            due = length_seconds * 1_000_000 * TICKS_PER_QUARTER
        for change, ticks in _written(round(due) - spent, start, stop):
            found.append(change)
            spent += change.microseconds_per_quarter * ticks
    kept = found[:1]
    for before, change in pairwise(found):
        if change.microseconds_per_quarter != before.microseconds_per_quarter:
            kept.append(change)
    return tuple(kept)


def _written(work: int, start: int, stop: int) -> list[tuple[TempoChange, int]]:
    """One or two tempos, each with its ticks, that take so many tick-microseconds together."""
    ticks = stop - start
    if ticks <= _LONG:
        return [(TempoChange(start, _storable(round(work / ticks))), ticks)]
    slow, rest = divmod(work, ticks)
    first = min(ticks, TICKS_PER_QUARTER * round(rest / TICKS_PER_QUARTER))
    parts = [(start, slow + 1, first), (start + first, slow, ticks - first)]
    return [(TempoChange(at, _storable(tempo)), length) for at, tempo, length in parts if length]


def _storable(microseconds: int) -> int:
    return min(max(microseconds, 1), MAX_MICROSECONDS_PER_QUARTER)

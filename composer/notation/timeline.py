"""Measures in the order in which they are played, each on the clock of the tune.

Clock: quarters from the downbeat of the first full bar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.errors import NotationError
from composer.notation.measures import Measure
from composer.theory.meter import METERS, Meter
from composer.theory.notated_meter import NotatedMeter, notated_meter

_LOOSE = Fraction(1, 16)
"""What rounded durations may add up to beyond their bar."""


@dataclass(frozen=True, slots=True)
class PlayedMeasure:
    """A measure at a moment.

    Args:
        start_quarters: When it begins; below 0 for a pick-up.
        measure: The measure.
        round: The round of its repeat, counted from 1.
    """

    start_quarters: Fraction
    measure: Measure
    round: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """All measures as they are played.

    Args:
        measures: In order.
        end_quarters: When the last one ends.
        meter: The time signature that they are written in.
        notated: The time signature as it is notated.
        notes: What was taken in its own way, one sentence each.
    """

    measures: tuple[PlayedMeasure, ...]
    end_quarters: Fraction
    meter: Meter
    notated: NotatedMeter
    notes: tuple[str, ...]


def timeline(measures: Sequence[Measure], order: Sequence[tuple[int, int]]) -> Timeline:
    """Lay measures out.

    A first measure that is not full is a pick-up. Two measures that fill one bar together, as a
    repeat in the middle of a bar cuts it, make one; any other one that is not full ends in rests.

    Args:
        measures: The measures on the page.
        order: (index, round) as they are played.

    Raises:
        NotationError: If the time signature changes, is none that we write, or a measure holds
            more than it has room for; the message is the rest of a sentence.
    """
    played = [measures[index] for index, _ in order]
    notated, meter, notes = _one_meter(played)
    bar = notated.bar_quarters
    laid: list[PlayedMeasure] = []
    padded = 0
    at = Fraction(0)
    for place, (measure, (_, round_)) in enumerate(zip(played, order, strict=True)):
        following = played[place + 1] if place + 1 < len(played) else None
        filled = _filled(measure, notated)
        if place == 0 and filled < bar and following is not None:
            if filled > 0:
                laid.append(PlayedMeasure(-filled, measure, round_))
            elif not measure.implicit:
                laid.append(PlayedMeasure(at, measure, round_))
                at += bar
            continue
        if at % bar + filled > bar:
            # The bar that a repeat cut is not completed: its rest is silent.
            at += bar - at % bar
            padded += 1
        laid.append(PlayedMeasure(at, measure, round_))
        if filled == bar or following is None:
            at += bar - at % bar
            continue
        if at % bar or filled + _filled(following, notated) == bar:
            at += filled
            continue
        padded += filled > 0
        at += bar
    if padded:
        bars = "bar is" if padded == 1 else "bars are"
        notes.append(f"{padded} {bars} not full and {'ends' if padded == 1 else 'end'} in rests")
    return Timeline(tuple(laid), at, meter, notated, tuple(notes))


def _filled(measure: Measure, notated: NotatedMeter) -> Fraction:
    """How much of a measure is written out, its bar at most.

    Raises:
        NotationError: If it holds more.
    """
    over = measure.filled_quarters - notated.bar_quarters
    if over > _LOOSE:
        raise NotationError(
            f"bar {measure.number} holds {_quarters(measure.filled_quarters)}; {notated.name} "
            f"takes {_quarters(notated.bar_quarters)}"
        )
    # What durations that were rounded lack is no rest.
    return notated.bar_quarters if over > -_LOOSE else measure.filled_quarters


def _quarters(length: Fraction) -> str:
    return f"{float(round(length, 3)):g} {'quarter' if length == 1 else 'quarters'}"


def _heard(played: Sequence[Measure]) -> NotatedMeter | None:
    """The time signature of measures that have none, by how much most of them hold."""
    lengths = Counter(measure.filled_quarters for measure in played if measure.filled_quarters)
    quarters = lengths.most_common(1)[0][0] if lengths else Fraction(4)
    for lower in (4, 8):
        upper = quarters * lower / 4
        if upper.denominator == 1:
            return notated_meter(str(upper), lower)
    return notated_meter("4", 4)


def _one_meter(played: Sequence[Measure]) -> tuple[NotatedMeter, Meter, list[str]]:
    """The time signature of all measures, as it is notated first and as it is written."""
    found = next((measure.meter for measure in played if measure.meter is not None), None)
    notated = found or _heard(played)
    notes = [] if found or not notated else [f"it has no time signature; {notated.name} is read"]
    if notated is None or notated.meter is None:
        name = notated.name if notated is not None else ""
        known = ", ".join(METERS)
        raise NotationError(f"its time signature {name} is none that we write; known: {known}")
    for measure in played:
        other = measure.meter or notated
        if (other.meter, other.bar_quarters) != (notated.meter, notated.bar_quarters):
            raise NotationError(
                f"its time signature changes from {notated.name} to {other.name} in bar "
                f"{measure.number}; a tune keeps to one"
            )
    return notated, notated.meter, notes

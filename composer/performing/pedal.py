"""The sustain pedal of pianos: changed with the harmony, left alone where it would blur."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from composer.midi.units import ticks_from_quarters
from composer.music.performance import ControlChange
from composer.music.plan import ChordSpan, PartPlan, Plan
from composer.performing.controls import PEDAL
from composer.performing.moments import Moment

_DOWN, _UP = 24, 6  # ticks after the chord at which it goes down, and before the next at which up
_BUSY = 6.0  # strokes a second from which it is changed every half bar
_BLURRED = 2  # pitch classes foreign to the chord that it does not hold
_SHORT = 0.7  # sounding share under which a part is dry
_DRY_MARKS = ("staccato", "muted")


def pedal(
    plan: Plan, part: PartPlan, moments: Sequence[Moment], share: float
) -> list[ControlChange]:
    """Controller 64: up on each new chord and bar, down just after it.

    There is none where the part is played short, or runs through notes foreign to the chord.

    Args:
        plan: The plan.
        part: The part.
        moments: Its moments.
        share: Sounding share of its notes.
    """
    if share < _SHORT:
        return []
    changes: list[ControlChange] = []
    end = ticks_from_quarters(plan.length_quarters)
    number = 0
    for span in plan.chords:
        for start, stop in _stretches(plan, span):
            while number < len(moments) and moments[number].onset < start:
                number += 1
            last = number
            while last < len(moments) and moments[last].onset < stop:
                last += 1
            bar = min(len(plan.bars) - 1, int(start // plan.meter.bar_quarters))
            played = moments[number:last]
            if part.name not in plan.bars[bar].active or not _is_wet(span, played):
                continue
            edges = [start, stop]
            seconds = float(stop - start) * 60 / plan.quarters_per_minute
            if len(played) > _BUSY * seconds:
                edges.insert(1, (start + stop) / 2)
            for begin, cease in pairwise(edges):
                down = ticks_from_quarters(begin) + _DOWN
                up = min(end, ticks_from_quarters(cease)) - _UP
                if up > down:
                    changes += [ControlChange(down, PEDAL, 127), ControlChange(up, PEDAL, 0)]
    return changes


def _stretches(plan: Plan, span: ChordSpan) -> list[tuple[Fraction, Fraction]]:
    """A chord's time cut at the bar lines."""
    bar = plan.meter.bar_quarters
    cuts = [span.onset_quarters]
    while True:
        line = (cuts[-1] // bar + 1) * bar
        if line >= span.end_quarters:
            break
        cuts.append(line)
    return list(zip(cuts, [*cuts[1:], span.end_quarters], strict=True))


def _is_wet(span: ChordSpan, played: Sequence[Moment]) -> bool:
    """Whether what is played may ring on together."""
    if any(moment.mark in _DRY_MARKS for moment in played):
        return False
    numbers = span.chord.numbers
    foreign = {n.pitch.midi % 12 for m in played for n in m.notes} - numbers
    return len(foreign) < _BLURRED

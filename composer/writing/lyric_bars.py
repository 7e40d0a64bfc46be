"""How many bars each line of a text is sung in, and how many the intro and the outro have.

Each of them has a cost by its number of bars: lines, how far their syllables lie from what the
style sings in a bar, and how odd the number is; the rest, how far it is from usual. The cheapest
numbers that fill the piece are found by dynamic programming. Lines that stand at one place of
stanzas of one kind have one number, where the length asked allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from composer.music.brief import MAX_BARS
from composer.theory.meter import Meter

MOST_BARS = 8
"""Bars that a line, an intro, an outro or an interlude may have."""

_ODDNESS: Mapping[int, float] = {1: 0.25, 2: 0.0, 3: 0.55, 4: 0.05, 5: 0.9, 6: 0.5, 7: 1.1, 8: 0.35}
_SHORTEST = 0.12  # seconds of a syllable
_ENDING = 0.5  # of a bar, that the last syllable and the breath after it take
_LAST = 1  # quarter, the least that they take
_FIT = 1.6  # what an octave of density away from the style's costs
_NEVER = np.inf


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a text is sung.

    Args:
        meter: The meter.
        quarters_per_minute: Tempo.
        notes: Syllables a bar that suit the style.
    """

    meter: Meter
    quarters_per_minute: float
    notes: float

    def room(self, bars: int) -> int:
        """The most syllables that a line of so many bars takes."""
        quarter = 60 / self.quarters_per_minute
        quick = min(4, max(2, int(quarter / _SHORTEST)))
        return max(1, int((bars * self.meter.bar_quarters - _LAST) * quick) + 1)

    def cost(self, syllables: int, bars: int) -> float:
        """How ill so many syllables suit so many bars; infinite where they do not fit."""
        if syllables > self.room(bars):
            return _NEVER
        density = (syllables / self.notes + _ENDING) / bars
        return _FIT * log2(density) ** 2 + _ODDNESS[bars]


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that fills bars.

    Args:
        costs: By its number of bars; infinite where it cannot have so many.
        times: How often it comes.
    """

    costs: tuple[float, ...]
    times: int = 1

    @property
    def cheapest(self) -> int:
        """The number of bars that suits it best."""
        return min(range(len(self.costs)), key=lambda bars: (self.costs[bars], bars))

    @property
    def span(self) -> tuple[int, int]:
        """The fewest and the most bars that it takes in all."""
        possible = [bars for bars, cost in enumerate(self.costs) if cost < _NEVER]
        return self.times * possible[0], self.times * possible[-1]


def line_unit(pace: Pace, syllables: Sequence[int]) -> Unit | None:
    """The unit of lines that share their number of bars; None where one of them fits in none.

    Args:
        pace: How fast they are sung.
        syllables: Syllables of each.
    """
    lengths = range(1, MOST_BARS + 1)
    costs = (_NEVER, *(sum(pace.cost(n, bars) for n in syllables) for bars in lengths))
    return Unit(costs, len(syllables)) if min(costs) < _NEVER else None


def pause_unit(usual: int, *, weight: float = 0.25) -> Unit:
    """The unit of an intro, an outro or an interlude.

    >>> pause_unit(4).cheapest
    4
    """
    costs = []
    for bars in range(MOST_BARS + 1):
        odd = _ODDNESS.get(bars, 0.0)
        costs.append(0.0 if bars == usual else weight * (abs(bars - usual) + odd + 1))
    return Unit(tuple(costs))


def filled(units: Sequence[Unit], bars: int) -> tuple[int, ...] | None:
    """Bars of each unit, at the least cost, so that they fill the piece; None if they cannot.

    >>> filled([pause_unit(4), pause_unit(0)], 6)
    (4, 2)
    """
    if not 0 < bars <= MAX_BARS:
        return None
    tables: list[NDArray[np.float64]] = [np.full(bars + 1, _NEVER)]
    tables[0][0] = 0.0
    for unit in units:
        table = np.full(bars + 1, _NEVER)
        for count, cost in enumerate(unit.costs):
            step = count * unit.times
            if cost < _NEVER and step <= bars:
                table[step:] = np.minimum(table[step:], tables[-1][: bars + 1 - step] + cost)
        tables.append(table)
    if not tables[-1][bars] < _NEVER:
        return None
    chosen: list[int] = []
    left = bars
    for unit, before in zip(reversed(units), reversed(tables[:-1]), strict=True):
        options = [
            (float(before[left - count * unit.times]) + cost, count)
            for count, cost in enumerate(unit.costs)
            if cost < _NEVER and count * unit.times <= left
        ]
        chosen.append(min(options)[1])
        left -= chosen[-1] * unit.times
    return tuple(reversed(chosen))


def cost_of(units: Sequence[Unit], bars: Sequence[int]) -> float:
    """What a choice of bars costs."""
    return sum(unit.costs[count] for unit, count in zip(units, bars, strict=True))

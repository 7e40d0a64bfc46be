"""The clocks: quarters (`Fraction`), ticks (`int`) and seconds (`float`), and what joins them.

Only this module and `composer.performing` convert between clocks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from composer.music.performance import TICKS_PER_QUARTER, Performance, TempoChange

DEFAULT_MICROSECONDS_PER_QUARTER = 500_000
MAX_MICROSECONDS_PER_QUARTER = 0xFFFFFF


def ticks_from_quarters(
    quarters: Fraction | float, ticks_per_quarter: int = TICKS_PER_QUARTER
) -> int:
    """The nearest tick; halves go up.

    >>> ticks_from_quarters(Fraction(1, 3)), ticks_from_quarters(0.5)
    (160, 240)
    """
    return int((2 * quarters * ticks_per_quarter + 1) // 2)


def microseconds_from_tempo(quarters_per_minute: float) -> int:
    """A tempo as MIDI stores it, within what its 24 bits hold.

    >>> microseconds_from_tempo(120)
    500000
    """
    microseconds = round(60_000_000 / quarters_per_minute)
    return min(max(microseconds, 1), MAX_MICROSECONDS_PER_QUARTER)


class TempoMap:
    """Ticks to seconds and back, across all tempo changes.

    Positions are summed in whole microsecond-ticks, so that nothing drifts in a long piece.

    Args:
        tempos: Ordered tempo changes. Before the first one 120 quarters a minute hold.
        ticks_per_quarter: Resolution.

    >>> clock = TempoMap([TempoChange(0, 500_000), TempoChange(960, 1_000_000)])
    >>> clock.seconds(1440), clock.ticks(2.0)
    (2.0, 1440)
    """

    def __init__(
        self, tempos: Sequence[TempoChange], ticks_per_quarter: int = TICKS_PER_QUARTER
    ) -> None:
        changes = [(change.ticks, change.microseconds_per_quarter) for change in tempos]
        if not changes or changes[0][0] > 0:
            changes.insert(0, (0, DEFAULT_MICROSECONDS_PER_QUARTER))
        self._starts_ticks = [ticks for ticks, _ in changes]
        self._tempos = [tempo for _, tempo in changes]
        self._unit = 1_000_000 * ticks_per_quarter
        self._starts = [0]
        for (ticks, tempo), (next_ticks, _) in pairwise(changes):
            self._starts.append(self._starts[-1] + (next_ticks - ticks) * tempo)

    def seconds(self, ticks: int) -> float:
        """When a tick falls, in seconds from the start."""
        at = max(bisect_right(self._starts_ticks, ticks) - 1, 0)
        elapsed = (ticks - self._starts_ticks[at]) * self._tempos[at]
        return (self._starts[at] + elapsed) / self._unit

    def ticks(self, seconds: float) -> int:
        """The tick nearest to a moment."""
        position = seconds * self._unit
        at = max(bisect_right(self._starts, position) - 1, 0)
        return self._starts_ticks[at] + round((position - self._starts[at]) / self._tempos[at])

    def frame(self, ticks: int, sample_rate: int) -> int:
        """The audio frame nearest to a tick."""
        return round(self.seconds(ticks) * sample_rate)


def tempo_map(performance: Performance) -> TempoMap:
    """The tempo map of a performance."""
    return TempoMap(performance.tempos, performance.ticks_per_quarter)

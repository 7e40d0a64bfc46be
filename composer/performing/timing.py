"""When a note is played: swing, the drummers' microtiming, and a player's drift."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from composer.music.seeding import gauss
from composer.theory.meter import Meter

# Deviation of a good player against the group, in beats, and how far one note's deviation carries
# over to the next. Source: Hennig et al., "The nature and perception of fluctuations in human
# musical rhythms" (2011): long-range correlated, some ten milliseconds.
_DRIFT = 0.012
_MEMORY = 0.75


@dataclass(frozen=True, slots=True)
class Swing:
    """A warp of each beat.

    Args:
        meter: The meter; compound beats stay as they are.
        ratio: Place of the off-beat, 0.5 (straight) to 0.75.
        unit: 8 swings the eighths of a beat, 16 the sixteenths of each eighth.
    """

    meter: Meter
    ratio: float
    unit: int

    def warp(self, onset: Fraction) -> float:
        """Quarters at which a written onset sounds.

        >>> from composer.theory.meter import parse_meter
        >>> round(Swing(parse_meter("4/4"), 2 / 3, 8).warp(Fraction(3, 2)), 6)
        1.666667
        """
        if self.ratio == 0.5 or onset.denominator % 3 == 0:
            return float(onset)  # a triplet is swung as it stands
        bar, place = divmod(onset, self.meter.bar_quarters)
        beats = self.meter.beat_onsets
        index = bisect_right(beats, place) - 1
        if self.meter.beats[index] != 2:
            return float(onset)
        within = float(place - beats[index])
        span = 1.0 if self.unit == 8 else 0.5
        cell = within // span
        x = (within - cell * span) / span
        y = x * 2 * self.ratio if x < 0.5 else self.ratio + (x - 0.5) * 2 * (1 - self.ratio)
        return float(bar * self.meter.bar_quarters + beats[index]) + (cell + y) * span


class Drift:
    """A player's correlated deviation, note after note.

    Args:
        rng: Randomness.
        scale: Scale of the deviation; 0 for none.
    """

    def __init__(self, rng: np.random.Generator, scale: float) -> None:
        self.rng = rng
        self.scale = scale
        self.state = 0.0

    def next(self) -> float:
        """The next deviation in quarters."""
        if self.scale == 0:
            return 0.0
        fresh = gauss(self.rng) * (1 - _MEMORY**2) ** 0.5
        self.state = max(-2.0, min(2.0, _MEMORY * self.state + fresh))
        return self.state * _DRIFT * self.scale


class GrooveClock:
    """Places of the bar as the groove tables count them, each worked out once.

    Args:
        meter: The time signature.
    """

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._steps: dict[Fraction, int] = {}

    def step(self, onset: Fraction) -> int:
        """`groove_step` of an onset."""
        found = self._steps.get(onset)
        if found is None:
            found = self._steps[onset] = groove_step(onset, self.meter)
        return found


def groove_step(onset: Fraction, meter: Meter) -> int:
    """Sixteenth of a 4/4 bar whose feel an onset takes over, 0–15.

    Beats of other meters borrow the feel of the beat of 4/4 with their weight.
    """
    place = onset % meter.bar_quarters
    index = max(i for i, start in enumerate(meter.beat_onsets) if start <= place)
    within = (place - meter.beat_onsets[index]) / meter.beat_quarters[index]
    beat = index
    if len(meter.beats) != 4:
        beat = {3: 0, 2: 2}.get(meter.strengths[index], 1 if index % 2 else 3)
    return beat * 4 + min(3, int(within * 4))


def lookup(table: Mapping[str, tuple[float, ...]], limb: str, step: int) -> float | None:
    """A groove table's value for a limb and step, None where the table is silent."""
    row = table.get(limb)
    return None if row is None else row[step]

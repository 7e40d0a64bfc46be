"""What drums do where a section turns: fills, build-ups, hits with the band."""

from __future__ import annotations

from fractions import Fraction

from composer.music.seeding import generator, pick
from composer.rulebook.grooves import KEYS, DrumBar, Groove
from composer.theory.meter import Meter
from composer.writing.context import Context
from composer.writing.drum_strokes import Strikes, accent, cut, strike

_KICK, _SNARE = KEYS["kick"], KEYS["snare"]
_LOW, _FLOOR = KEYS["tom_low"], KEYS["tom_floor"]
_CRASH, _PEDAL = KEYS["crash"], KEYS["pedal_hat"]
_EIGHTH, _SIXTEENTH = Fraction(1, 2), Fraction(1, 4)
_PLACES = (0, 2, 4, 5)  # sixteenths of a compound beat for the four of a simple one
_TOM_COST = 0.35  # weight of a fill by each stroke on the toms that it should not have
FALLEN = 0.999
"""Build-up from which the next bar is the drop."""
MACHINES = ("four-on-the-floor", "trap", "breakbeat", "steppers")


class Turns:
    """The bars that lead from one section to the next.

    Args:
        context: Plan and rules.
        groove: The family's fills.
        pulse: What carries the beat.
        quick: Whether rolls and flams can be played at the tempo.

    Attributes:
        rolled: Key that rolls and strikes with the band: the snare, or a tom where there is none.
    """

    def __init__(self, context: Context, groove: Groove, pulse: str, *, quick: bool) -> None:
        self.context = context
        self.groove = groove
        self.pulse = pulse
        snared = any("snare" in beat.rows for beat in groove.beats)
        self.rolled = _SNARE if snared else _LOW
        self.style = context.style.drums
        self.quick = quick

    def add_fill(self, strikes: Strikes, bar: int) -> None:
        """Replace the end of a bar by a fill of the length and weight that the plan asks for."""
        meter = self.context.plan.meter
        plan = self.context.plan.bars[bar]
        total = meter.bar_quarters
        beats = sum(1 for onset in meter.beat_onsets if onset >= total - plan.fill)
        sizes = [size for size in self.groove.fills if size <= beats]
        sizes = sizes or sorted(self.groove.fills)[:1]
        if not sizes or not beats:
            return
        longer = [size for size in self.groove.fills if size > beats]
        size = min(longer) if longer and max(sizes) < beats - 1 else max(sizes)
        section = self.context.section_of(bar)
        fills = self.groove.fills[size]
        rng = generator(
            self.context.plan.seed, "fill", section.material, beats, round(2 * plan.weight)
        )
        fill = pick(rng, fills, [self._fitness(f, plan.weight) for f in fills])
        size = min(size, beats)
        start = meter.beat_onsets[len(meter.beats) - size]
        cut(strikes, start)
        for name, cells in fill.rows.items():
            for onset, sign in self._placed(cells[-size:]):
                loud = accent(name, sign) * (0.84 + 0.2 * plan.weight)
                flam = name == "snare" and sign == "X" and rng.random() < self.style.flams
                room = onset + Fraction(1, 2) <= total and self.quick
                strike(strikes, onset, KEYS[name], "f" if flam else sign, loud, quick=room)

    def _fitness(self, fill: DrumBar, weight: float) -> float:
        """How well a fill suits a weight; the toms are kept for the heavy ones."""
        toms = sum(
            c != "." for n, row in fill.rows.items() if n.startswith("tom") for c in "".join(row)
        )
        share = 1.0 if weight >= self.style.toms_from else _TOM_COST**toms
        return share / (0.08 + abs(fill.energy - weight)) ** 2

    def _placed(self, cells: tuple[str, ...]) -> list[tuple[Fraction, str]]:
        """Place the cells of a fill on the last beats; a full beat fills a compound one too."""
        meter = self.context.plan.meter
        first = len(meter.beats) - len(cells)
        found = []
        for beat, cell in enumerate(cells, start=first):
            start, step = meter.beat_onsets[beat], Fraction(1, 4)
            if meter.beats[beat] == 3 and "." not in cell:
                signs = cell[:3] + cell[1:3] + cell[3]
                found += [(start + step * i, sign) for i, sign in enumerate(signs)]
                continue
            places = _PLACES if meter.beats[beat] == 3 else (0, 1, 2, 3)
            found += [
                (start + step * place, sign)
                for place, sign in zip(places, cell, strict=True)
                if sign != "."
            ]
        return found

    def build(self, bar: int) -> Strikes:
        """A bar of a build-up: the snare rolls ever denser and louder, the kick doubles.

        A drummer doubles the roll on the floor tom; machines roll in 32nds at the end.
        """
        meter = self.context.plan.meter
        amount = self.context.plan.bars[bar].build
        strikes: Strikes = {}
        machine = self.pulse in MACHINES
        early, late = (
            (_SIXTEENTH, _SIXTEENTH)
            if amount >= 0.7
            else (_EIGHTH, _SIXTEENTH if machine else _EIGHTH)
            if amount >= 0.35
            else (None, _EIGHTH)
        )
        half = meter.middle if meter.middle else meter.bar_quarters / 2
        places = {*_every(early, half, meter)}
        places |= {onset for onset in _every(late, meter.bar_quarters, meter) if onset >= half}
        for onset in sorted(places):
            loud = 0.5 + 0.3 * amount + 0.24 * float(onset / meter.bar_quarters)
            rolling = machine and self.quick and amount >= 0.9 and onset >= half
            strike(strikes, onset, self.rolled, "r" if rolling else "x", loud, quick=rolling)
            if not machine and onset % _EIGHTH == 0:
                strike(strikes, onset, _FLOOR, "x", loud, quick=False)
        for onset in _every(_EIGHTH if amount >= 0.7 else None, meter.bar_quarters, meter):
            strikes.setdefault(onset, {})[_KICK] = 0.9 + 0.12 * amount
        return strikes

    def together(self, bar: int) -> Strikes:
        """Strike with the band and rest between, or keep the time with the foot."""
        context = self.context
        plan = context.plan.bars[bar]
        section = context.section_of(bar)
        strikes: Strikes = {}
        rng = generator(context.plan.seed, "hits", section.kind)
        if rng.random() < 0.5:
            for onset in context.plan.meter.beat_onsets:
                strikes.setdefault(onset, {})[_PEDAL] = 0.5
        loud = plan.energy >= 0.5
        for index, onset in enumerate(plan.hits):
            keys = strikes.setdefault(onset, {})
            keys[_KICK] = 1.02
            keys[self.rolled] = 0.98 if loud else 0.8
            if loud and (index == 0 or len(plan.hits) <= 3) and context.style.drums.crash:
                keys[_CRASH] = 0.98
        return strikes


def _every(step: Fraction | None, end: Fraction, meter: Meter) -> list[Fraction]:
    """Onsets up to an end at equal steps, or on the beats."""
    if step is None:
        return [onset for onset in meter.beat_onsets if onset < end]
    return [step * index for index in range(int(end / step) + 1) if step * index < end]

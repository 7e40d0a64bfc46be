"""The second player: hand percussion on the drums' channel, entering with the energy."""

from __future__ import annotations

from fractions import Fraction

from composer.checking.drums import HANDS
from composer.music.plan import PartPlan
from composer.music.seeding import generator
from composer.rulebook.figures import strokes
from composer.rulebook.percussion import PERCUSSION, PercussionBar
from composer.writing.context import Context
from composer.writing.drum_strokes import Strikes

_SIGNS = {"X": 1.0, "x": 0.84, "g": 0.64}
_FULL_FROM = 0.55  # energy from which both hands are busy


class Percussionist:
    """Writes what the second player strikes.

    Args:
        context: Plan and rules.
        part: The drum part.
        pulse: What carries the beat.
    """

    def __init__(self, context: Context, part: PartPlan, pulse: str) -> None:
        self.context = context
        self.pulse = pulse
        seed = context.plan.seed
        brushes = part.instrument.name == "brush-kit"  # whose claps are a slap of the brush
        drawn = []
        for name, chance in context.style.drums.percussion.items():
            rng = generator(seed, "percussion", name)
            if rng.random() < chance and not (brushes and name == "claps"):
                drawn.append((rng.random(), name))
        self.chosen = [name for _, name in sorted(drawn)]

    def bar(self, bar: int, level: float) -> Strikes:
        """What is struck in a bar.

        Args:
            bar: Its index.
            level: Energy of the beat that it has, so that sections of one beat sound alike.
        """
        section = self.context.section_of(bar)
        strikes: Strikes = {}
        if not self.chosen or section.energy < self.context.style.drums.percussion_from:
            return strikes
        known = self.context.book.percussion
        hands = HANDS
        for name in self.chosen:
            instrument = known[name]
            if instrument.hands > hands:
                continue
            hands -= instrument.hands
            self._strike(strikes, self._pattern(instrument.bars, level), instrument.level)
            if level < _FULL_FROM:
                break
        return strikes

    def _pattern(self, bars: tuple[PercussionBar, ...], energy: float) -> PercussionBar:
        """The pattern of the meter and pulse that is nearest in energy."""
        compound = set(self.context.plan.meter.beats) == {3}
        fitting = [bar for bar in bars if bar.compound == compound]
        own = [bar for bar in fitting if self.pulse in bar.pulses]
        free = [bar for bar in fitting if not bar.pulses]
        return min(own or free or fitting, key=lambda bar: abs(bar.energy - energy))

    def _strike(self, strikes: Strikes, bar: PercussionBar, level: float) -> None:
        meter = self.context.plan.meter
        for name, cells in bar.rows.items():
            for stroke in strokes(cells, meter):
                onset: Fraction = stroke.onset
                strikes.setdefault(onset, {})[PERCUSSION[name]] = level * _SIGNS[stroke.sign]

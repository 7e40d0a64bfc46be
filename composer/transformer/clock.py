"""Slots of the model ↔ quarters of the score.

The corpus has swing written out (the off-beat of a swung eighth lies at two thirds of the beat); a
score of ours is written straight and swung when it is performed. The clock warps between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.theory.meter import Meter
from composer.transformer.vocabulary import SLOTS_PER_QUARTER

_SWUNG = 0.58
_STRAIGHT_SLOTS = (0, 3, 4, 6, 8, 9)
_SWUNG_SLOTS = (0, 4, 8)
_OFF_BEAT_SLOT = 8


@dataclass(frozen=True, slots=True)
class Clock:
    """Converts onsets and lengths within a bar.

    Args:
        bar_quarters: Length of a bar.
        swung: Whether the score's straight eighths are swung ones in slots.
    """

    bar_quarters: Fraction
    swung: bool

    @property
    def bar_slots(self) -> int:
        """Slots of a bar."""
        return int(self.bar_quarters * SLOTS_PER_QUARTER)

    @property
    def onset_slots(self) -> tuple[int, ...]:
        """Slots of a bar on which a note may begin: sixteenths and triplets, or swung eighths."""
        within = _SWUNG_SLOTS if self.swung else _STRAIGHT_SLOTS
        slots = range(self.bar_slots)
        return tuple(slot for slot in slots if slot % SLOTS_PER_QUARTER in within)

    def slot(self, quarters: Fraction) -> int:
        """The slot nearest to a time counted from a bar's start.

        >>> (
        ...     Clock(Fraction(4), True).slot(Fraction(3, 2)),
        ...     Clock(Fraction(4), False).slot(Fraction(3, 2)),
        ... )
        (20, 18)
        """
        whole, part = divmod(quarters, 1)
        if self.swung and part.denominator % 3:
            half = Fraction(1, 2)
            part = part * 4 / 3 if part < half else Fraction(2, 3) + (part - half) * 2 / 3
        return int((whole + part) * SLOTS_PER_QUARTER + Fraction(1, 2))

    def quarters(self, slot: int) -> Fraction:
        """The time of a slot; inverse of `slot` on the slots that notes may begin on.

        >>> Clock(Fraction(4), True).quarters(20)
        Fraction(3, 2)
        """
        whole, part = divmod(slot, SLOTS_PER_QUARTER)
        if not self.swung:
            return Fraction(slot, SLOTS_PER_QUARTER)
        if part <= _OFF_BEAT_SLOT:
            return whole + Fraction(part * 3, 4 * SLOTS_PER_QUARTER)
        return whole + Fraction(1, 2) + Fraction((part - _OFF_BEAT_SLOT) * 3, 2 * SLOTS_PER_QUARTER)


def clock_of(meter: Meter, swing: float, swing_unit: int) -> Clock:
    """The clock of a piece: swung where its eighths are, and its beats are quarters."""
    simple = all(beat == 2 for beat in meter.beats)
    return Clock(meter.bar_quarters, swing >= _SWUNG and swing_unit == 8 and simple)

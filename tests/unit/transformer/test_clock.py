from __future__ import annotations

from fractions import Fraction

import pytest

from composer.theory.meter import METERS, parse_meter
from composer.transformer.clock import clock_of


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("swing", [0.5, 0.6, 0.7])
def test_every_slot_that_a_note_may_begin_on_comes_back(meter: str, swing: float) -> None:
    clock = clock_of(parse_meter(meter), swing, 8)
    for slot in clock.onset_slots:
        assert clock.slot(clock.quarters(slot)) == slot


def test_swung_eighths_are_at_two_thirds_of_the_beat() -> None:
    clock = clock_of(parse_meter("4/4"), 0.66, 8)
    assert clock.slot(Fraction(1, 2)) == 8
    assert clock.quarters(8) == Fraction(1, 2)
    assert clock.quarters(12 + 4) == Fraction(5, 4)


@pytest.mark.parametrize(
    ("meter", "swing", "unit"), [("4/4", 0.5, 8), ("4/4", 0.7, 16), ("6/8", 0.7, 8)]
)
def test_other_pieces_are_straight(meter: str, swing: float, unit: int) -> None:
    clock = clock_of(parse_meter(meter), swing, unit)
    assert not clock.swung
    assert clock.slot(Fraction(1, 2)) == 6
    assert clock.quarters(4) == Fraction(1, 3)


def test_bars_have_as_many_slots_as_their_meter() -> None:
    slots = {meter: clock_of(parse_meter(meter), 0.5, 8).bar_slots for meter in METERS}
    assert slots["4/4"] == 48
    assert slots["7/8"] == 42
    assert max(slots.values()) <= 96

"""Time signatures of other names: as long as one of ours, a whole number of them, or half."""

from __future__ import annotations

from fractions import Fraction

import pytest

from composer.theory.meter import COUNTED_METERS
from composer.theory.notated_meter import notated_meter


@pytest.mark.parametrize("upper", range(1, 33))
@pytest.mark.parametrize("lower", [1, 2, 4, 8, 16, 32])
def test_a_bar_fits_the_bar_that_it_is_written_in(upper: int, lower: int) -> None:
    found = notated_meter(str(upper), lower)
    assert found is not None and found.bar_quarters == Fraction(4 * upper, lower)
    if found.meter is not None:
        bars = found.bar_quarters / found.meter.bar_quarters
        assert bars == Fraction(1, 2) or bars.denominator == 1


@pytest.mark.parametrize("name", COUNTED_METERS)
def test_our_own_are_their_own(name: str) -> None:
    upper, lower = name.split("/")
    found = notated_meter(upper, int(lower))
    assert found is not None and found.meter is not None
    assert (found.name, found.meter.counted) == (name, name)


def test_groups_that_we_do_not_count_are_added_up() -> None:
    found = notated_meter("1 + 3", 4)
    assert found is not None and found.meter is not None and found.meter.name == "4/4"


@pytest.mark.parametrize(
    ("upper", "lower"), [("0", 4), ("65", 4), ("x", 4), ("", 4), ("4", 3), ("4", 64), ("٣", 4)]
)
def test_what_is_none(upper: str, lower: int) -> None:
    assert notated_meter(upper, lower) is None

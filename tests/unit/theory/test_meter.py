from __future__ import annotations

from fractions import Fraction

import pytest

from composer.theory.meter import METERS, parse_meter

F = Fraction


@pytest.mark.parametrize("name", METERS)
def test_beats_fill_the_bar(name: str) -> None:
    meter = parse_meter(name)
    assert sum(meter.beat_quarters) == meter.bar_quarters
    assert len(meter.strengths) == len(meter.beats) == len(meter.beat_onsets)
    assert meter.strengths[0] == 3 == max(meter.strengths)
    assert meter.strengths.count(3) == 1
    assert str(meter) == meter.name == name


def test_all_time_signatures_of_the_brief_are_there() -> None:
    assert set(METERS) == {"2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8"}


@pytest.mark.parametrize(
    ("name", "bar", "onsets", "middle"),
    [
        ("2/4", 2, [0, 1], 1),
        ("3/4", 3, [0, 1, 2], 1),
        ("4/4", 4, [0, 1, 2, 3], 2),
        ("5/4", 5, [0, 1, 2, 3, 4], 3),
        ("6/8", 3, [0, F(3, 2)], F(3, 2)),
        ("7/8", F(7, 2), [0, 1, 2], 2),
        ("9/8", F(9, 2), [0, F(3, 2), 3], F(3, 2)),
        ("12/8", 6, [0, F(3, 2), 3, F(9, 2)], 3),
    ],
)
def test_bars_beats_and_middles(
    name: str, bar: Fraction, onsets: list[Fraction], middle: Fraction
) -> None:
    meter = parse_meter(name)
    assert meter.bar_quarters == bar
    assert list(meter.beat_onsets) == onsets
    assert meter.middle == middle
    assert meter.beat_onsets[meter.middle_beat] == middle


def test_spaces_do_not_matter() -> None:
    assert parse_meter(" 6 / 8 ") == parse_meter("6/8")


@pytest.mark.parametrize("text", ["", "4", "4/8", "3/8", "44", "C", "4/4/4", "-4/4", "0/4"])
def test_other_meters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a known time signature"):
        parse_meter(text)


@pytest.mark.parametrize(
    ("text", "name", "counted", "beats", "middle"),
    [
        ("5/4", "5/4", "5/4", (2, 2, 2, 2, 2), Fraction(3)),
        ("3+2/4", "5/4", "5/4", (2, 2, 2, 2, 2), Fraction(3)),
        ("2+3/4", "5/4", "2+3/4", (2, 2, 2, 2, 2), Fraction(2)),
        ("7/8", "7/8", "7/8", (2, 2, 3), Fraction(2)),
        ("3+2+2/8", "7/8", "3+2+2/8", (3, 2, 2), Fraction(3, 2)),
        ("2 + 3 + 2 / 8", "7/8", "2+3+2/8", (2, 3, 2), Fraction(1)),
    ],
)
def test_a_bar_may_be_counted_otherwise(
    text: str, name: str, counted: str, beats: tuple[int, ...], middle: Fraction
) -> None:
    meter = parse_meter(text)
    assert (meter.name, meter.counted, meter.beats) == (name, counted, beats)
    assert meter.middle == middle
    assert sum(meter.beat_quarters) == meter.bar_quarters
    assert parse_meter(meter.counted) == meter

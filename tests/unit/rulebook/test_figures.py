from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.rulebook.figures import fit_cells, parse_bars, strokes
from composer.theory.meter import COUNTED_METERS, parse_meter

F = Fraction
FOUR = ("R---", "a...", "b-c-", "..d-")


@pytest.mark.parametrize(
    ("meter", "cells"),
    [
        ("2/4", ("R---", "a...")),
        ("3/4", ("R---", "b-c-", "..d-")),
        ("4/4", FOUR),
        ("5/4", ("R---", "b-c-", "..d-", "R---", "a...")),
        ("6/8", ("R-----", "a-....")),
        ("7/8", ("R---", "a...", "b-c-..")),
        ("9/8", ("R-----", "b---c-", "....d-")),
        ("12/8", ("R-----", "a-....", "b---c-", "....d-")),
        ("2+3/4", ("R---", "a...", "R---", "b-c-", "..d-")),
        ("3+2+2/8", ("R---a.", "b-c-", "..d-")),
        ("2+3+2/8", ("R---", "a...b-", "..d-")),
    ],
)
def test_four_beats_serve_every_meter(meter: str, cells: tuple[str, ...]) -> None:
    assert fit_cells(FOUR, parse_meter(meter)) == cells


@pytest.mark.parametrize(
    ("cells", "meter", "fitted"),
    [
        (("X-x-", "y---"), "4/4", ("X-x-", "y---", "X-x-", "y---")),
        (("X-x-",), "5/4", ("X-x-",) * 5),
        (("X---", "y---", "z---"), "4/4", ("X---", "y---", "z---", "z---")),
        (("X---", "y---", "z---"), "7/8", ("X---", "y---", "z-----")),
        (("X-y-z-", "a.b.c."), "6/8", ("X-y-z-", "a.b.c.")),
        (("X-y-z-", "a.b.c."), "4/4", ("X-y-", "a-b-", "X-y-", "a-b-")),
        (("X---z-", "a...c."), "2/4", ("X-z-", "a-c-")),
        (("A---", "b---", "c---", "D---", "e---"), "4/4", ("A---", "b---", "D---", "e---")),
        (("A---", "b---", "c---", "D---", "e---"), "2/4", ("A---", "D---")),
        (
            ("A---", "b---", "c---", "D---", "e---"),
            "2+3/4",
            ("A---", "c---", "D---", "b---", "e---"),
        ),
    ],
)
def test_shorter_and_compound_figures_are_reshaped(
    cells: tuple[str, ...], meter: str, fitted: tuple[str, ...]
) -> None:
    assert fit_cells(cells, parse_meter(meter)) == fitted


CELLS = st.one_of(st.text("Xx.-", min_size=4, max_size=4), st.text("Xx.-", min_size=6, max_size=6))


@given(st.lists(CELLS, min_size=1, max_size=5).map(tuple), st.sampled_from(COUNTED_METERS))
def test_a_figure_fills_its_bar_and_no_more(cells: tuple[str, ...], name: str) -> None:
    meter = parse_meter(name)
    fitted = fit_cells(cells, meter)
    assert sum(map(len, fitted)) == meter.bar_quarters * 4
    assert [len(cell) for cell in fitted] == [2 * eighths for eighths in meter.beats]
    found = strokes(cells, meter)
    ends = [stroke.onset + stroke.duration for stroke in found]
    assert all(stroke.duration > 0 and stroke.sign in "Xx" for stroke in found)
    assert all(end <= later.onset for end, later in zip(ends, found[1:], strict=False))
    assert not found or (found[0].onset >= 0 and ends[-1] <= meter.bar_quarters)
    for stroke in found:
        start = meter.beat_onsets[stroke.beat]
        assert start <= stroke.onset < start + meter.beat_quarters[stroke.beat]


def test_signs_start_hold_and_rest() -> None:
    found = strokes(("R--r", "-..5", "----", "..a-"), parse_meter("4/4"))
    assert [(s.onset, s.duration, s.sign, s.beat) for s in found] == [
        (F(0), F(3, 4), "R", 0),
        (F(3, 4), F(1, 2), "r", 0),
        (F(7, 4), F(5, 4), "5", 1),
        (F(7, 2), F(1, 2), "a", 3),
    ]


def test_a_hold_of_nothing_is_a_rest() -> None:
    found = strokes(("--X-", ".-x-"), parse_meter("2/4"))
    assert [(s.onset, s.duration) for s in found] == [(F(1, 2), F(1, 2)), (F(3, 2), F(1, 2))]


@pytest.mark.parametrize("name", COUNTED_METERS)
def test_each_meter_keeps_the_downbeat(name: str) -> None:
    for count, sign in product((1, 2, 3, 4, 5), "Xx"):
        first, *_ = strokes((f"{sign}---",) + ("....",) * (count - 1), parse_meter(name))
        assert (first.onset, first.sign) == (0, sign)


@pytest.mark.parametrize(
    ("pattern", "bars"),
    [
        ("X---", (("X---",),)),
        ("X--- | x---", (("X---", "x---"),)),
        ("X---|x---||X-x-|x---", (("X---", "x---"), ("X-x-", "x---"))),
        ("X-x-x-|x-----", (("X-x-x-", "x-----"),)),
    ],
)
def test_patterns_are_split(pattern: str, bars: tuple[tuple[str, ...], ...]) -> None:
    assert parse_bars(pattern) == bars


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("X--", "a beat must have four signs"),
        ("X----", "a beat must have four signs"),
        ("", "a beat must have four signs"),
        ("X---||", "a beat must have four signs"),
        ("|".join(["X---"] * 6), "a bar must have one to five beats"),
    ],
)
def test_wrong_patterns_are_refused(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_bars(pattern)

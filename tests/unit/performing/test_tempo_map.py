"""Planned tempo curves in whole microseconds: true at every point, however many there are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.midi.units import TempoMap
from composer.music.plan import TempoPoint
from composer.performing.release import RING_SECONDS, last_release
from composer.performing.tempo import exact_tempo_changes
from tests.unit.performing.lines import make_plan, part_plan

STEPS = (Fraction(1, 12), Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(3, 2))


@st.composite
def curves(draw: st.DrawFn) -> tuple[list[TempoPoint], Fraction]:
    """Tempo curves in short steps, and where they end."""
    at, points = Fraction(0), []
    for _ in range(draw(st.integers(1, 120))):
        points.append(TempoPoint(at, draw(st.floats(20, 400))))
        at += draw(st.sampled_from(STEPS))
    return points, at


@given(curves())
def test_no_point_of_a_curve_is_a_microsecond_off(
    curve: tuple[list[TempoPoint], Fraction],
) -> None:
    points, end = curve
    clock = TempoMap(exact_tempo_changes(points, end))
    stops = [*(point.onset_quarters for point in points[1:]), end]
    due = 0.0
    for point, stop in zip(points, stops, strict=True):
        due += 60 * float(stop - point.onset_quarters) / point.quarters_per_minute
        assert abs(clock.seconds(int(stop * 480)) - due) <= 1e-6


@given(st.integers(1, 1024), st.floats(20, 400), st.sampled_from([2, 3, 4, 5, 6]))
def test_one_tempo_over_any_length_ends_to_the_microsecond(
    bars: int, tempo: float, quarters: int
) -> None:
    end = Fraction(bars * quarters)
    length = round(60 * float(end) / tempo, 3)
    exact = 60 * float(end) / length
    changes = exact_tempo_changes([TempoPoint(Fraction(0), exact)], end, length)
    assert len(changes) <= 2
    assert abs(TempoMap(changes).seconds(int(end * 480)) - length) <= 1e-6
    values = [change.microseconds_per_quarter for change in changes]
    assert max(values) - min(values) <= 1


def test_a_tempo_that_is_a_whole_number_needs_one_event() -> None:
    (change,) = exact_tempo_changes([TempoPoint(Fraction(0), 120.0)], Fraction(64), 32.0)
    assert (change.ticks, change.microseconds_per_quarter) == (0, 500_000)


def test_points_of_one_tick_are_left_out() -> None:
    points = [TempoPoint(Fraction(0), 100.0), TempoPoint(Fraction(1, 2000), 120.0)]
    assert [c.ticks for c in exact_tempo_changes(points, Fraction(4))] == [0]


@pytest.mark.parametrize(("bars", "kept"), [(8, Fraction(2)), (1, Fraction(2))])
def test_the_last_notes_are_let_go_before_an_exact_end(bars: int, kept: Fraction) -> None:
    plan = make_plan(part_plan("piano", "comping"), bars=bars, tempo=120)
    assert last_release(plan) is None
    exact = replace(plan, length_seconds=2.0 * bars)
    assert last_release(exact) == 4 * bars - kept
    assert last_release(replace(exact, loop=True)) is None
    slow = replace(exact, tempos=(TempoPoint(Fraction(0), 60.0),))
    released = last_release(slow)
    assert released is not None
    assert abs(float(4 * bars - released) - RING_SECONDS) < 0.03

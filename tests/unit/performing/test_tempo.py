"""The tempo map: steady, but for an end that slows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.checking.check import check_performance
from composer.midi.units import TempoMap
from composer.music.score import Score
from composer.music.slowing import SLOWEST, SLOWING_BARS
from composer.performing import perform
from composer.performing.tempo import tempo_changes
from composer.theory.meter import METERS
from tests.strategies import rules
from tests.unit.performing.lines import line, make_plan, note, part_plan, score_of

PIANO = part_plan("piano", "comping")


def piece(bars: int = 32, *, tempo: float = 100, meter: str = "4/4", last: float = 4) -> Score:
    plan = make_plan(PIANO, bars=bars, tempo=tempo, meter=meter)
    end = float(plan.length_quarters)
    notes = line(*[60] * int(end - last), length=1) if end > last else []
    return score_of(plan, [*notes, note(max(0, end - last), min(last, end), 60)])


def mean(score: Score, ritardando: float) -> float:
    """Quarters a minute over the whole piece."""
    clock = TempoMap(tempo_changes(score, ritardando))
    end = float(score.length_quarters)
    return end * 60 / clock.seconds(round(end * 480))


def test_without_ritardando_the_tempo_stays() -> None:
    assert len(tempo_changes(piece(), 0)) == 1


@given(
    st.integers(1, 200),
    st.floats(20, 400),
    st.floats(0.01, 1),
    st.sampled_from(METERS),
    st.sampled_from([1, 2, 4]),
)
def test_the_end_only_slows_and_the_mean_stays(
    bars: int, tempo: float, ritardando: float, meter: str, last: float
) -> None:
    score = piece(bars, tempo=tempo, meter=meter, last=last)
    first, *later = tempo_changes(score, ritardando)
    assert first.ticks == 0
    assert first.microseconds_per_quarter == round(60_000_000 / tempo)
    slower = [first.microseconds_per_quarter, *(t.microseconds_per_quarter for t in later)]
    assert slower == sorted(set(slower))
    assert slower[-1] <= slower[0] / SLOWEST + 1
    start = float(score.length_quarters - SLOWING_BARS * score.meter.bar_quarters) * 480
    assert all(t.ticks >= start for t in later)
    assert abs(mean(score, ritardando) / tempo - 1) < 0.0095


def test_long_pieces_slow_more_than_short_ones() -> None:
    ends = [tempo_changes(piece(bars), 1)[-1].microseconds_per_quarter for bars in (8, 32, 200)]
    assert ends[0] < ends[1] < ends[2]
    assert ends[2] == pytest.approx(600_000 / SLOWEST, abs=1)


def test_a_style_says_how_far_it_slows() -> None:
    ends = [tempo_changes(piece(128), r)[-1].microseconds_per_quarter for r in (0.2, 0.5, 1)]
    assert ends == sorted(set(ends))


def test_it_slows_up_to_the_last_notes_and_stays_there() -> None:
    changes = tempo_changes(piece(64, last=4), 1)
    assert changes[-1].ticks == 63 * 1920
    steps = [here.ticks - before.ticks for before, here in pairwise(changes[1:])]
    assert set(steps) == {240}


def test_silence_slows_nothing() -> None:
    assert len(tempo_changes(score_of(make_plan(PIANO), []), 1)) == 1


def test_the_checker_lets_it_pass() -> None:
    plan = make_plan(PIANO, bars=32)
    score = score_of(plan, line(*[60] * 128, length=1))
    played = perform(plan, score, rules())
    slowing = tempo_changes(score, 1)
    assert len(slowing) > 3
    assert check_performance(score, replace(played, tempos=slowing)).ok

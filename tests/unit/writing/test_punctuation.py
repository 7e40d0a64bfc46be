from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.music.brief import Brief
from composer.music.plan import BarPlan
from composer.writing.choices import resolve
from composer.writing.context import Context
from composer.writing.plan import make_plan
from composer.writing.punctuation import BASS_SIGN, shape, silent_from
from tests.strategies import rules

F = Fraction


def context(meter: str = "4/4", **marks: object) -> Context:
    """A piece of two bars, the second of them marked."""
    plan = make_plan(resolve(Brief(style="pop", bars=2, time_signature=meter), rules()), rules())
    plain = replace(plan.bars[1], hits=(), stop=None)
    second: BarPlan = replace(plain, **marks)  # type: ignore[arg-type]
    return Context(replace(plan, bars=(plan.bars[0], second)), rules())


def struck(found: Context, **how: object) -> list[tuple[Fraction, Fraction]]:
    strokes = shape(found, 1, **how)  # type: ignore[arg-type]
    assert strokes is not None
    return [(stroke.onset, stroke.duration) for stroke in strokes]


def test_an_ordinary_bar_is_played_as_usual() -> None:
    assert shape(context(), 1) is None
    assert silent_from(context(), 1) is None


def test_hits_are_struck_together_and_rest_in_between() -> None:
    found = context(hits=(F(0), F(3, 2), F(2)))
    assert struck(found) == [(F(0), F(1)), (F(3, 2), F(1, 2)), (F(2), F(1))]


def test_a_stop_ends_the_last_hit() -> None:
    assert struck(context(hits=(F(0),), stop=F(1, 2))) == [(F(0), F(1, 2))]
    assert struck(context(hits=(F(0), F(3)), stop=F(2))) == [(F(0), F(1))]


def test_a_bar_that_stops_is_struck_beat_by_beat_and_held_by_pads() -> None:
    assert struck(context(stop=F(3))) == [(F(0), F(1)), (F(1), F(1)), (F(2), F(1))]
    assert struck(context(stop=F(3)), held=True) == [(F(0), F(3))]


def test_a_stop_at_once_is_silence() -> None:
    found = context(stop=F(0))
    assert shape(found, 1) == ()
    assert silent_from(found, 1) == 4


def test_beats_are_those_of_the_meter() -> None:
    assert struck(context("6/8", stop=F(3, 2))) == [(F(0), F(3, 2))]
    assert struck(context("7/8", stop=F(2))) == [(F(0), F(1)), (F(1), F(1))]


@pytest.mark.parametrize("sign", [BASS_SIGN, "X"])
def test_strokes_bear_the_sign_of_who_plays(sign: str) -> None:
    strokes = shape(context(hits=(F(0), F(2))), 1, sign=sign)
    assert strokes is not None
    assert [(stroke.sign, stroke.beat) for stroke in strokes] == [(sign, 0), (sign, 2)]

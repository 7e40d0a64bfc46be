from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from fractions import Fraction
from inspect import getmembers, isclass
from types import ModuleType

import pytest

from composer.music import brief, performance, plan, score
from composer.music.score import FUNCTIONS, Note
from composer.theory.pitch import Pitch, PitchClass
from tests.laws.pieces import compose

TYPES = sorted(
    {
        kind
        for module in (brief, plan, score, performance)
        for _, kind in getmembers(module, isclass)
        if is_dataclass(kind)
    },
    key=lambda kind: kind.__name__,
)


def test_the_types_are_found() -> None:
    modules: list[ModuleType] = [brief, plan, score, performance]
    assert {kind.__module__ for kind in TYPES} >= {module.__name__ for module in modules}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_type_is_frozen_and_slotted(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)
    for field in fields(kind):
        assert not str(field.type).startswith(("list", "dict", "set[")), field.name


def test_a_note_ends_where_its_length_says() -> None:
    note = Note(Fraction(7, 2), Fraction(3, 4), Pitch(PitchClass(0), 4), 80)
    assert note.end_quarters == Fraction(17, 4)
    with pytest.raises(FrozenInstanceError):
        note.velocity = 1  # type: ignore[misc]
    assert replace(note, velocity=1).velocity == 1
    assert note.function in FUNCTIONS


@pytest.mark.parametrize(
    ("meter", "quarters"), [("4/4", 28), ("7/8", Fraction(49, 2)), ("6/8", 21)]
)
def test_plan_and_score_agree_on_their_length(meter: str, quarters: Fraction) -> None:
    piece = compose(brief.Brief(bars=7, time_signature=meter, seed=4))
    assert piece.plan.length_quarters == piece.score.length_quarters == quarters
    assert piece.plan.sections[-1].end_bar == piece.score.bars == 7
    last = piece.plan.chords[-1]
    assert last.end_quarters == quarters


def test_a_brief_leaves_all_open() -> None:
    assert all(
        getattr(brief.Brief(), field.name) is None
        for field in fields(brief.Brief)
        if field.name not in ("seed", "loop")
    )
    assert brief.Brief().seed == 0
    assert brief.Brief().loop is False

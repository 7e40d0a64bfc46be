"""``-drums`` and ``+flute``: the style's ensemble as the user changes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.music.plan import PartPlan
from composer.rulebook.theory_rules import ROLES
from composer.writing.choices import resolve
from tests.strategies import rules


def ensemble(*parts: str, style: str = "pop", seed: int = 1) -> tuple[PartPlan, ...]:
    return resolve(Brief(style=style, parts=parts or None, seed=seed), rules()).parts


def names(*parts: str, style: str = "pop", seed: int = 1) -> list[str]:
    return [f"{p.role}={p.instrument.name}" for p in ensemble(*parts, style=style, seed=seed)]


@given(st.sampled_from(rules().style_names), st.integers(0, 5), st.sampled_from(ROLES))
def test_a_role_is_taken_out_and_nothing_else_changes(style: str, seed: int, role: str) -> None:
    whole = names(style=style, seed=seed)
    left = [name for name in whole if not name.startswith(f"{role}=")]
    if left:
        assert names(f"-{role}", style=style, seed=seed) == left
    else:
        with pytest.raises(BriefError, match="takes out every part"):
            names(f"-{role}", style=style, seed=seed)


@pytest.mark.parametrize(
    ("word", "left_out"),
    [
        ("drums", "drums="),
        ("guitar", "guitar"),
        ("piano", "piano"),
        ("kit", "-kit"),
        ("Flute", "flute"),
    ],
)
def test_families_instruments_and_kinds_are_taken_out(word: str, left_out: str) -> None:
    seeds = range(12)
    assert any(left_out in name for seed in seeds for name in names(seed=seed))
    assert not any(left_out in name for seed in seeds for name in names(f"-{word}", seed=seed))


def test_an_instrument_takes_the_place_that_suits_it() -> None:
    before, after = names(), names("+harmonica")
    (index,) = [i for i, name in enumerate(after) if name not in before]
    assert after[index].endswith("=harmonica")
    assert len(after) == len(before)


def test_with_a_role_it_takes_that_place() -> None:
    assert "melody=oboe" in names("+melody=oboe")
    assert sum(name.startswith("melody=") for name in names("+melody=oboe")) == 1


def test_two_do_not_take_the_same_place() -> None:
    after = names("+cello", "+viola", "+melody=oboe")
    assert {"cello", "viola", "oboe"} <= {name.partition("=")[2] for name in after}


def test_who_can_sing_leaves_the_bass_to_the_bass() -> None:
    assert [name for name in names() if name.startswith("bass=")] == [
        name for name in names("+cello") if name.startswith("bass=")
    ]
    assert "bass=tuba" in names("+tuba")


def test_what_is_there_already_changes_nothing() -> None:
    there = names()[0].partition("=")[2]
    assert names(f"+{there}") == names()
    assert names("+drums", "+bass", "+melody") == names()


def test_who_is_taken_out_may_come_back_as_another() -> None:
    after = names("-drums", "+jazz-kit")
    assert [name for name in after if name.startswith("drums=")] == ["drums=jazz-kit"]


def test_the_full_brief_names_the_ensemble() -> None:
    full = resolve(Brief(style="pop", parts=("-drums", "+flute")), rules()).brief
    assert full.parts is not None and not any(part[0] in "+-" for part in full.parts)
    assert resolve(full, rules()).brief == full


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (("piano", "-drums"), "either name all that play, or begin each with"),
        (("-kazoo",), '"-kazoo" is no role, family or instrument'),
        (("+kazoo",), '"kazoo" is no instrument'),
        (("-",), '"-" names nobody'),
        (("--drums",), '"--drums" names nobody'),
        (("+ ",), "names nobody"),
        (("+bass=drums",), "drum kits, and only they"),
        (("+pad=flute",), "cannot play chords"),
        (tuple(f"-{role}" for role in ROLES), "takes out every part of the style"),
        (("-drums", "+drums", "+jazz-kit"), "2 drum kits"),
    ],
)
def test_what_is_wrong_is_said(parts: tuple[str, ...], message: str) -> None:
    with pytest.raises(BriefError) as caught:
        ensemble(*parts)
    assert str(caught.value).startswith("parts: ") and message in str(caught.value)

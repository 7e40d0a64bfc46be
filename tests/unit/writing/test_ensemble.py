from __future__ import annotations

import pytest
from hypothesis import given

from composer.music.brief import Brief
from composer.music.plan import PartPlan
from composer.rulebook.styles import CHORDAL_ROLES, LEAST_POLYPHONY
from composer.writing.choices import resolve
from tests.strategies import part_lists, rules


def ensemble(*parts: str, style: str = "pop") -> tuple[PartPlan, ...]:
    return resolve(Brief(style=style, parts=parts), rules()).parts


def roles(*parts: str, style: str = "pop") -> list[str]:
    return [part.role for part in ensemble(*parts, style=style)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("flute",), ["melody"]),
        (("piano",), ["melody"]),
        (("piano", "flute"), ["comping", "melody"]),
        (("flute", "piano", "finger-bass", "drums"), ["melody", "comping", "bass", "drums"]),
        (("melody=cello", "flute"), ["melody", "counter"]),
        (("melody=piano", "comping=piano"), ["melody", "comping"]),
        (("drums",), ["drums"]),
        (("bass=cello", "violin"), ["bass", "melody"]),
    ],
)
def test_roles_go_to_those_that_suit_them(parts: tuple[str, ...], expected: list[str]) -> None:
    assert roles(*parts) == expected


@given(part_lists())
def test_a_named_ensemble_is_kept_in_order(parts: tuple[str, ...]) -> None:
    found = ensemble(*parts)
    asked = [text.rpartition("=") for text in parts]
    assert [part.instrument.name for part in found] == [name for _, _, name in asked]
    for part, (role, _, _) in zip(found, asked, strict=True):
        assert not role or part.role == role
        assert part.instrument.is_drums == (part.role == "drums")
        if part.role in CHORDAL_ROLES:
            assert part.instrument.polyphony >= LEAST_POLYPHONY
    assert len({part.name for part in found}) == len(found)
    tuneful = [p for p in found if "melody" in p.instrument.roles and not p.instrument.is_drums]
    free = any(
        not role and "melody" in p.instrument.roles
        for p, (role, *_) in zip(found, asked, strict=True)
    )
    if tuneful and free:
        assert any(part.role == "melody" for part in found)


def test_twins_are_told_apart_by_number() -> None:
    names = [part.name for part in ensemble("violin", "violin", "Violin", "viola")]
    assert names == ["Violin", "Violin 2", "Violin 3", "Viola"]


def test_numbers_of_instruments_and_of_twins_do_not_meet() -> None:
    names = [part.name for part in ensemble("slap-bass-2", "slap-bass", "slap-bass")]
    assert len(set(names)) == 3


def test_names_are_found_as_people_type_them() -> None:
    found = ensemble("Acoustic Grand Piano", "MELODY=Alto Sax")
    assert [part.instrument.name for part in found] == ["piano", "alto-sax"]
    assert found[1].role == "melody"


@pytest.mark.parametrize("style", rules().style_names)
def test_a_styles_ensembles_can_play_a_tune_over_chords(style: str) -> None:
    instruments = set()
    for seed in range(30):
        found = resolve(Brief(style=style, seed=seed), rules()).parts
        own = [part.role for part in found]
        assert "melody" in own
        assert any(role in own for role in CHORDAL_ROLES) or own.count("counter") >= 2
        assert own.count("drums") <= 1
        assert all(-1 <= part.pan <= 1 for part in found)
        instruments.add(tuple(part.instrument.name for part in found))
    parts = rules().style(style).parts
    fixed = all(part.chance == 1 and len(part.instruments) == 1 for part in parts)
    assert len(instruments) == 1 if fixed else len(instruments) >= 4


def test_a_part_takes_its_place_in_the_mix_from_the_style() -> None:
    model = next(part for part in rules().style("pop").parts if part.role == "comping")
    own = next(part for part in ensemble("flute", "harpsichord") if part.role == "comping")
    assert (own.gain_db, own.pan) == (model.gain_db, model.pan)
    assert own.governed == ("comping" in rules().style("pop").governed)

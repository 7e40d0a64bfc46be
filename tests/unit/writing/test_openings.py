"""How pieces begin and end, and who is kept back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.rulebook.style_arrangement import ENDINGS, INTROS
from composer.theory.meter import METERS
from composer.writing.choices import Choices, resolve
from composer.writing.plan import make_plan
from tests.strategies import rules

PARTS = (
    "melody=flute",
    "comping=piano",
    "figure=nylon-guitar",
    "pad=string-ensemble",
    "counter=cello",
    "bass=finger-bass",
    "drums=drums",
)
SONG = "intro:8 verse:8 chorus:8 verse:8 chorus:8 outro:8"


def choices_of(seed: int = 1, form: str = SONG, /, **arrangement: object) -> Choices:
    brief = Brief(style="pop", time_signature="4/4", parts=PARTS, form=form, seed=seed)
    choices = resolve(brief, rules())
    style = choices.style
    table = replace(style.arrangement, **arrangement)  # type: ignore[arg-type]
    return replace(choices, style=replace(style, arrangement=table))


def plan_of(seed: int = 1, form: str = SONG, /, **arrangement: object) -> Plan:
    return make_plan(choices_of(seed, form, **arrangement), rules())


def roles(plan: Plan, bar: int) -> set[str]:
    of = {part.name: part.role for part in plan.parts}
    return {of[name] for name in plan.bars[bar].active}


@pytest.mark.parametrize("kind", INTROS)
@pytest.mark.parametrize("seed", range(6))
def test_openings_begin_with_those_they_are_named_for(kind: str, seed: int) -> None:
    plan = plan_of(seed, intro={kind: 1.0})
    first = roles(plan, 0)
    match kind:
        case "drums":
            assert first == {"drums"}
        case "riff":
            assert len(first) == 1
            assert first <= {"figure", "comping", "bass"}
        case "swell":
            assert first == {"pad"}
        case "rhythm":
            assert first == {"drums", "bass", "comping"}
        case "tune":
            assert "melody" in first
            assert len(first) == 2
        case "pickup":
            assert first == {"drums"}
            assert plan.bars[0].stop == 0
            assert plan.bars[0].fill > 0
        case "gather":
            assert 1 <= len(first) < len(roles(plan, 7))
    if kind != "tune":
        assert "melody" not in first


def test_an_opening_gathers_in_the_styles_order() -> None:
    plan = plan_of(intro={"gather": 1.0}, opens=("bass", "drums"))
    assert roles(plan, 0) == {"bass"}
    assert "drums" in roles(plan, 3)


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("meter", METERS)
def test_every_ending_ends(kind: str, meter: str) -> None:
    brief = Brief(style="pop", time_signature=meter, parts=PARTS, form=SONG, seed=3)
    choices = resolve(brief, rules())
    table = replace(choices.style.arrangement, ending={kind: 1.0})
    plan = make_plan(replace(choices, style=replace(choices.style, arrangement=table)), rules())
    last = plan.bars[-1]
    if kind == "hit":
        assert len(last.hits) == 1
        assert last.stop is not None
        assert last.stop > 0
    elif kind == "stabs":
        assert len(last.hits) >= 1 + (len(plan.meter.beats) > 1)
        assert last.stop is not None
        assert max(last.hits) < last.stop <= plan.meter.bar_quarters
    elif kind == "thin":
        assert len(last.active) < len(plan.bars[-8].active)
        assert roles(plan, -1) & {"comping", "bass"}
    else:
        assert (last.hits, last.stop) == ((), None)


def turns(**arrangement: object) -> list[tuple[Plan, int]]:
    """Plans with the last bar of their first verse, which leads into a chorus."""
    table: dict[str, object] = {"intro": {"full": 1.0}}
    table |= dict.fromkeys(("stops", "hits", "breaks", "builds", "drops", "breakdown"), 0.0)
    return [(make_plan(choices_of(seed, **table | arrangement), rules()), 15) for seed in range(12)]


def test_a_style_that_stops_stops_before_its_choruses() -> None:
    stops = [plan.bars[bar].stop for plan, bar in turns(stops=1.0)]
    assert sum(stop is not None for stop in stops) >= 9
    assert all(stop is None or stop >= 1 for stop in stops)
    assert all(plan.bars[bar].stop is None for plan, bar in turns())


def test_a_style_that_builds_rises_to_one() -> None:
    for plan, bar in turns(builds=1.0):
        assert [plan.bars[b].build for b in range(bar - 3, bar + 1)] == [0.25, 0.5, 0.75, 1.0]


def test_a_style_that_drops_leaves_bass_and_drums_out_before_the_lift() -> None:
    for plan, bar in turns(drops=1.0):
        assert not roles(plan, bar) & {"bass", "drums"}
        assert {"bass", "drums"} <= roles(plan, bar + 1)


def test_a_style_that_breaks_is_silent_but_for_what_begins() -> None:
    found = [plan.bars[bar] for plan, bar in turns(breaks=1.0)]
    assert sum(bar.stop is not None for bar in found) >= 9


def test_hits_are_the_same_where_the_material_comes_back() -> None:
    for plan, bar in turns(hits=1.0):
        first, second = plan.bars[bar].hits, plan.bars[bar + 16].hits
        assert first
        assert first[0] == 0
        if [s.roman_numeral for s in plan.chords if s.onset_quarters // 4 == bar] == [
            s.roman_numeral for s in plan.chords if s.onset_quarters // 4 == bar + 16
        ]:
            assert first == second


def test_stop_time_has_a_hit_a_bar_under_the_tune() -> None:
    plan = plan_of(stop_time=1.0, intro={"full": 1.0})
    second_verse = plan.sections[3]
    for bar in range(second_verse.start_bar, second_verse.start_bar + 3):
        assert plan.bars[bar].hits[0] == 0
        assert "melody" in roles(plan, bar)
    assert not plan.bars[second_verse.start_bar + 3].hits


def test_the_drums_trade_phrases_with_the_soloist() -> None:
    plan = plan_of(1, "verse:8 chorus:8 solo:8 chorus:8", trades=1.0)
    solo = plan.sections[2]
    assert "melody" in roles(plan, solo.start_bar)
    assert roles(plan, solo.start_bar + 4) == {"drums"}
    assert plan.bars[solo.start_bar + 5].fill == Fraction(4)


def test_the_pace_is_that_of_the_kind_of_section() -> None:
    plan = plan_of(pace={"chorus": "double"})
    paces = {plan.sections[bar.section].kind: bar.pace for bar in plan.bars}
    assert paces["chorus"] == "double"
    assert paces["verse"] == "normal"


def test_another_player_has_the_solos() -> None:
    style = rules().style("pop")
    soloist = replace(
        next(p for p in style.parts if p.role == "melody"),
        name="Solo",
        instruments={"violin": 1.0},
        sections=("solo",),
    )
    brief = Brief(
        style="pop", parts=("melody=flute", "melody=violin", *PARTS[1:]), form="verse:8 solo:8"
    )
    choices = resolve(brief, rules())
    own = next(p for p in style.parts if p.role == "melody")
    parts = (own, soloist, *(p for p in style.parts if p.role != "melody"))
    plan = make_plan(replace(choices, style=replace(style, parts=parts)), rules())
    flute, violin = plan.parts[0].name, plan.parts[1].name
    assert all(flute in bar.active and violin not in bar.active for bar in plan.bars[:8])
    assert all(violin in bar.active and flute not in bar.active for bar in plan.bars[8:])

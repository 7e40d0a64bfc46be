"""What is done to written parts: solos change hands, the peak is doubled, stops are kept."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.music.brief import Brief
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note
from composer.rulebook.styles import Style
from composer.theory.pitch import nearest_spelling, spell
from composer.writing.choices import resolve
from composer.writing.context import Context
from composer.writing.finishing import (
    doubled,
    doubler_of,
    held_tones,
    kept_silent,
    own_share,
    taken_over,
    whole_tune,
)
from composer.writing.plan import make_plan
from tests.strategies import rules

F = Fraction
PARTS = ("melody=flute", "melody=violin", "counter=cello", "comping=piano", "bass=finger-bass")


def plan_of(**fields: object) -> Plan:
    brief = Brief(style="pop", key="C major", time_signature="4/4", parts=PARTS, **fields)  # type: ignore[arg-type]
    plan = make_plan(resolve(brief, rules()), rules())
    bars = tuple(replace(bar, hits=(), stop=None) for bar in plan.bars)
    return replace(plan, bars=bars)


def note(onset: float, length: float = 1.0, pitch: int = 67, function: str = "chord") -> Note:
    spelled = spell(pitch, nearest_spelling(pitch % 12, 0))
    return Note(F(onset), F(length), spelled, 80, function)


def playing(plan: Plan, *bars: set[str]) -> Context:
    """The plan with only those players in its bars, by role and number."""
    named = {f"{p.role}{i}": p.name for i, p in enumerate(plan.parts)}
    active = [frozenset(named[key] for key in keys) for keys in bars]
    return Context(
        replace(
            plan,
            bars=tuple(
                replace(bar, active=who) for bar, who in zip(plan.bars, active, strict=True)
            ),
        ),
        rules(),
    )


def marked(plan: Plan, bar: int, **marks: object) -> Context:
    bars = list(plan.bars)
    bars[bar] = replace(bars[bar], **marks)  # type: ignore[arg-type]
    return Context(replace(plan, bars=tuple(bars)), rules())


def part(context: Context, role: str, number: int = 0) -> PartPlan:
    return [p for p in context.plan.parts if p.role == role][number]


def lengths(notes: list[Note]) -> list[tuple[Fraction, Fraction]]:
    return [(n.onset_quarters, n.duration_quarters) for n in notes]


TUNE = [note(0), note(3.5, 0.5, 66, "approach"), note(4), note(7), note(8)]
SOLO = ({"melody0"}, {"melody1"}, {"melody0"})


def test_the_writer_of_the_tune_sees_what_others_take_over() -> None:
    context = playing(plan_of(bars=3), *SOLO)
    flute = part(context, "melody")
    whole = whole_tune(context.plan, rules(), flute, plain=False)
    assert all(whole.is_active(flute, bar) for bar in range(3))


def test_a_solo_goes_to_the_other_player_and_the_first_ends_well() -> None:
    context = playing(plan_of(bars=3), *SOLO)
    flute, violin = part(context, "melody"), part(context, "melody", 1)
    kept = own_share(context, flute, TUNE)
    assert [n.onset_quarters for n in kept] == [0, 8]
    alone = taken_over(context, violin, TUNE)
    assert [n.onset_quarters for n in alone] == [4, 7]
    assert {n.pitch.midi % 12 for n in alone} == {7}


def test_an_upbeat_before_the_tune_begins_is_kept() -> None:
    context = playing(plan_of(bars=2), {"comping3"}, {"melody0"})
    upbeat = [note(3.5, 0.5), note(4)]
    assert own_share(context, part(context, "melody"), upbeat) == upbeat


@pytest.mark.parametrize(
    ("stop", "expected"),
    [(F(2), [(F(0), F(1)), (F(1), F(1))]), (F(3, 2), [(F(0), F(1)), (F(1), F(1, 2))]), (F(0), [])],
)
def test_nothing_sounds_after_a_stop(
    stop: Fraction, expected: list[tuple[Fraction, Fraction]]
) -> None:
    context = marked(plan_of(bars=2), 0, stop=stop)
    notes = [note(0), note(1), note(2), note(3), note(4)]
    kept = kept_silent(context, part(context, "comping"), notes)
    assert lengths(kept) == [*expected, (F(4), F(1))]


def test_a_note_held_into_a_silent_bar_is_cut() -> None:
    context = marked(plan_of(bars=2), 1, stop=F(0))
    kept = kept_silent(context, part(context, "comping"), [note(2, 4.0)])
    assert lengths(kept) == [(F(2), F(2))]


def test_the_tune_goes_on_through_a_stop() -> None:
    context = marked(plan_of(bars=2), 0, stop=F(1))
    notes = [note(0), note(2)]
    assert kept_silent(context, part(context, "melody"), notes) == notes


def test_a_line_that_is_cut_ends_on_a_note_that_needs_no_other() -> None:
    context = marked(plan_of(bars=2), 0, stop=F(2))
    notes = [note(0), note(1, 1.0, 66, "approach"), note(2)]
    kept = kept_silent(context, part(context, "counter"), notes)
    assert [n.onset_quarters for n in kept] == [0]


def test_a_line_joins_the_hits_and_rests_in_between() -> None:
    context = marked(plan_of(bars=2), 0, hits=(F(0), F(2)))
    notes = [note(0, 1.5), note(1.5, 0.5), note(2, 2.0)]
    kept = kept_silent(context, part(context, "counter"), notes)
    assert lengths(kept) == [(F(0), F(1)), (F(2), F(1))]


def with_double(context: Context, chance: float) -> Context:
    style: Style = context.style
    context.style = replace(style, arrangement=replace(style.arrangement, double=chance))
    return context


def test_the_peak_is_doubled_where_the_style_says_so() -> None:
    plan = plan_of(form="verse:4 chorus:4", seed=2)
    everyone = frozenset(p.name for p in plan.parts)
    plan = replace(plan, bars=tuple(replace(bar, active=everyone) for bar in plan.bars))
    cello = part(Context(plan, rules()), "counter")
    assert doubler_of(with_double(Context(plan, rules()), 0.0)) is None
    context = with_double(Context(plan, rules()), 1.0)
    assert doubler_of(context) == cello
    own, tune = [note(0, 4.0, 55), note(20, 4.0, 55)], [note(0), note(16), note(17)]
    found = doubled(context, cello, own, tune)
    assert sorted(n.onset_quarters for n in found) == [0, 16, 17]


def test_held_tones_are_the_chords_own() -> None:
    context = Context(plan_of(bars=4), rules())
    cello = part(context, "counter")
    notes = held_tones(context, cello)
    assert notes or not any(cello.name in bar.active for bar in context.plan.bars)
    for held in notes:
        assert held.pitch.midi % 12 in context.span(held.onset_quarters).chord.numbers

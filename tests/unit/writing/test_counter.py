"""Counter-melodies: guide tones, riffs, answers to the tune, and its doubling."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

from composer.music.brief import Brief
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note
from composer.theory.meter import METERS, parse_meter
from composer.theory.pitch import spell
from composer.writing.answers import answer, call_before, gaps
from composer.writing.backgrounds import riff_of
from composer.writing.choices import resolve
from composer.writing.context import Context
from composer.writing.counter import CounterWriter
from composer.writing.plan import make_plan
from tests.strategies import rules


@cache
def planned(seed: int, meter: str = "4/4") -> Plan:
    brief = Brief(
        style="pop",
        key="C",
        chords="C | F | G | C",
        bars=8,
        form="verse:8",
        time_signature=meter,
        parts=("melody=flute", "counter=violin", "piano", "finger-bass"),
        seed=seed,
    )
    return make_plan(resolve(brief, rules()), rules())


def context_of(plan: Plan, way: str) -> tuple[Context, PartPlan]:
    context = Context(plan, rules())
    melody = replace(context.style.melody, behind={way: 1.0})
    context.style = replace(context.style, melody=melody)
    return context, next(p for p in plan.parts if p.role == "counter")


def sung(*notes: tuple[float, float, int]) -> list[Note]:
    c = rules().key("C").tonic
    return [Note(Fraction(o), Fraction(d), spell(p, c + _fifths(p)), 80) for o, d, p in notes]


def _fifths(pitch: int) -> int:
    return {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 5: -1}[pitch % 12]


CALL = sung((0, 1, 72), (1, 0.5, 74), (1.5, 0.5, 76), (2, 1, 72), (12, 4, 72))


def test_the_rests_of_a_tune_are_its_gaps() -> None:
    found = gaps(CALL, Fraction(28))
    assert [(gap.start, gap.end) for gap in found] == [(3, 12), (16, 28)]
    assert [n.pitch.midi for n in call_before(CALL, found[0])] == [72, 74, 76, 72]


@pytest.mark.parametrize("seed", range(8))
def test_an_answer_has_the_rhythm_of_its_call(seed: int) -> None:
    context, part = context_of(planned(seed), "answer")
    gap = gaps(CALL, Fraction(28))[0]
    made = answer(context, part.name, CALL, gap, context.window(part))
    assert len(made) == 4
    rhythm = [b[0] - a[0] for a, b in pairwise(made)]
    assert rhythm == [1, Fraction(1, 2), Fraction(1, 2)]
    assert made[0][0] >= gap.start
    assert made[-1][0] + made[-1][1] <= gap.end
    last = context.span(made[-1][0]).chord
    assert made[-1][2] % 12 in last.numbers
    low, high = context.window(part)
    assert all(low <= pitch <= high for _, _, pitch in made)


@pytest.mark.parametrize("seed", range(4))
def test_who_only_answers_is_silent_under_the_tune(seed: int) -> None:
    plan = planned(seed)
    context, part = context_of(plan, "answer")
    notes = CounterWriter(context, part, CALL).write()
    active = [b for b in range(len(plan.bars)) if context.is_active(part, b)]
    for note in notes:
        assert int(note.onset_quarters // 4) in active
        assert not any(
            note.onset_quarters < n.end_quarters and n.onset_quarters < note.end_quarters
            for n in CALL
        )


@pytest.mark.parametrize("seed", range(4))
def test_guide_tones_lie_under_held_tunes(seed: int) -> None:
    plan = planned(seed)
    context, part = context_of(plan, "guide")
    tune = sung(*((4 * bar, 4, 72) for bar in range(8)))
    notes = CounterWriter(context, part, tune).write()
    spans = {span.onset_quarters: span.chord for span in plan.chords}
    for note in notes:
        assert note.pitch.midi % 12 in context.span(note.onset_quarters).chord.numbers
        assert note.onset_quarters in spans or note.onset_quarters % 4 == 0


@pytest.mark.parametrize("meter", METERS)
def test_a_riff_says_the_same_in_every_bar_pair(meter: str) -> None:
    plan = planned(3, meter) if meter == "4/4" else planned(3)
    plan = replace(plan, meter=parse_meter(meter))
    context, part = context_of(plan, "riff")
    for figure in riff_of(context, part.name, plan.sections[0]):
        for (onset, length, _), (after, _, _) in pairwise(figure):
            assert onset + length <= after
        assert all(o + d <= plan.meter.bar_quarters and d > 0 for o, d, _ in figure)


@pytest.mark.parametrize("seed", range(4))
def test_a_riff_repeats(seed: int) -> None:
    plan = planned(seed)
    context, part = context_of(plan, "riff")
    notes = CounterWriter(context, part, sung((0, 4, 79), (4, 24, 79))).write()
    bars: dict[int, list[Fraction]] = {}
    for note in notes:
        bars.setdefault(int(note.onset_quarters // 4), []).append(note.onset_quarters % 4)
    for bar, onsets in bars.items():
        if bar + 2 in bars:
            assert bars[bar + 2] == onsets
    assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(notes))

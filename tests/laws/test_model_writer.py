"""What holds whatever the network says: here it says nonsense."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.checking.check import check_performance, check_score
from composer.music.brief import Brief
from composer.music.score import Score
from composer.performing import perform
from composer.theory.meter import METERS
from composer.writers import Authorship, Model, write_by_rules, write_with_model
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from tests.laws import pieces
from tests.strategies import briefs, rules
from tests.unit.transformer.fakes import RandomNetwork


def written(brief: Brief, seed: int = 0) -> tuple[pieces.Piece, Score, Authorship]:
    """A brief's piece by the rules, and by a network that knows nothing."""
    choices = resolve(replace(brief, candidates=brief.candidates or 1, top_p=1.0), rules())
    plan = make_plan(choices, rules())
    drafted, _ = write_by_rules(plan, rules(), "A law", plain=False)
    model = Model(RandomNetwork(seed), {"name": "nonsense", "sha256": ""})
    score, authorship = write_with_model(plan, rules(), "A law", choices.brief, model)
    return pieces.Piece(choices, plan, drafted), score, authorship


@settings(max_examples=40)
@given(briefs(), st.sampled_from(["transformer", "hybrid"]))
def test_the_hard_rules_hold(brief: Brief, writer: str) -> None:
    by_rules, score, _ = written(replace(brief, writer=writer))
    if not check_score(by_rules.plan, by_rules.score).ok:
        return  # chords that leave the rules no way are written plainly, without the model
    report = check_score(by_rules.plan, score)
    assert not report.violations[:3]


@pytest.mark.parametrize("style", rules().style_names)
@pytest.mark.parametrize("meter", METERS)
def test_every_style_in_every_meter_is_written_and_played(style: str, meter: str) -> None:
    brief = Brief(bars=9, style=style, time_signature=meter, seed=5, writer="transformer")
    by_rules, score, authorship = written(brief, seed=len(meter))
    assert check_score(by_rules.plan, score).ok
    played = perform(by_rules.plan, score, rules())
    assert check_performance(score, played).ok
    assert sum(model for model, _ in authorship.notes.values()) > 0


@settings(max_examples=12)
@given(briefs())
def test_who_rests_and_who_plays_stays_as_planned(brief: Brief) -> None:
    by_rules, score, _ = written(replace(brief, writer="transformer"))
    bar = by_rules.plan.meter.bar_quarters
    tunes = [part.plan.name for part in score.parts if part.plan.role == "melody"]
    for drafted, part in zip(by_rules.score.parts, score.parts, strict=True):
        if part.plan.name in tunes[1:]:
            continue  # a doubling follows the tune
        planned = {note.onset_quarters // bar for note in drafted.notes}
        if part.plan.role == "counter":  # it follows the tune, where the plan has it play
            planned |= {n for n, b in enumerate(by_rules.plan.bars) if part.plan.name in b.active}
        assert {note.onset_quarters // bar for note in part.notes} <= planned


def test_what_falls_back_altogether_names_no_model() -> None:
    by_rules, score, authorship = written(Brief(bars=1, style="pop", writer="transformer"))
    assert score == by_rules.score
    assert (dict(authorship.model), sum(own for own, _ in authorship.notes.values())) == ({}, 0)


def test_the_same_draws_give_the_same_score() -> None:
    brief = Brief(bars=8, style="pop", seed=3, writer="transformer")
    assert written(brief, 1)[1] == written(brief, 1)[1]
    assert written(brief, 1)[1] != written(brief, 2)[1]


def test_the_last_bar_is_the_rules() -> None:
    by_rules, score, authorship = written(Brief(bars=8, style="rock", writer="transformer"))
    assert all(8 not in bars for bars in authorship.bars.values())
    last = by_rules.plan.meter.bar_quarters * 7
    for drafted, part in zip(by_rules.score.parts, score.parts, strict=True):
        ours = [n for n in part.notes if n.onset_quarters >= last]
        theirs = [n for n in drafted.notes if n.onset_quarters >= last]
        assert [(n.onset_quarters, n.pitch.midi) for n in ours] == [
            (n.onset_quarters, n.pitch.midi) for n in theirs
        ]


def test_the_counts_of_notes_are_those_of_the_score() -> None:
    _, score, authorship = written(Brief(bars=8, style="pop", writer="transformer"))
    for part in score.parts:
        assert sum(authorship.notes[part.plan.name]) == len(part.notes)


def test_the_hybrid_leaves_to_the_rules_what_the_style_says() -> None:
    by_rules, score, authorship = written(Brief(bars=8, style="rock", writer="hybrid"))
    roles = rules().style("rock").model_roles
    left = {part.plan.name for part in score.parts if part.plan.role not in roles}
    assert left
    for drafted, part in zip(by_rules.score.parts, score.parts, strict=True):
        if part.plan.name in left:
            assert drafted.notes == part.notes
            assert part.plan.name not in authorship.bars

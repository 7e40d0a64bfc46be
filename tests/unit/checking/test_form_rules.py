"""Cadences, one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.form_rules import cadence_fits, judge_cadences, judge_chords, judge_length
from composer.checking.index import ScoreIndex
from composer.music.plan import Cadence, Phrase
from composer.rulebook.book import Rulebook, bundled_rules
from composer.theory.pitch import PitchClass
from tests.unit.checking.pieces import VOCABULARY, exercise

C = PitchClass(0)


@pytest.mark.parametrize(
    ("kind", "before", "last", "fits"),
    [
        # Kostka and Payne, chapter 10.
        ("authentic", "G7", "C", True),
        ("authentic", "Bdim", "C", True),
        ("authentic", "F", "C", False),
        ("authentic", "Gm", "C", False),  # a minor v is modal
        ("authentic", "G7", "Am", False),
        ("plagal", "F", "C", True),
        ("plagal", "Dm", "C", True),
        ("plagal", "G", "C", False),
        ("half", "F", "G", True),
        ("half", "G", "C", False),
        ("deceptive", "G7", "Am", True),
        ("deceptive", "F", "Am", False),
        ("deceptive", "G7", "C", False),
        # Rock's cadences: bVII, and a minor v, to I.
        ("modal", "Bb", "C", True),
        ("modal", "Gm", "C", True),
        ("modal", "Bb", "F", False),
        ("open", "C", "Dm", True),
    ],
)
def test_cadences(kind: str, before: str, last: str, fits: bool) -> None:
    chords = [VOCABULARY.parse(text, C) for text in (before, last)]
    assert cadence_fits(kind, chords[0], chords[1], C.number) is fits


def test_a_cadence_needs_two_chords() -> None:
    tonic = VOCABULARY.parse("C", C)
    assert not cadence_fits("authentic", None, tonic, 0)
    assert not cadence_fits("modal", None, tonic, 0)
    with pytest.raises(ValueError, match="evaded"):
        cadence_fits("evaded", tonic, tonic, 0)


def test_every_formula_of_the_rule_book_is_what_it_is_called() -> None:
    book = Rulebook((bundled_rules(),))
    for (family, mode, kind), formulas in book._cadences.items():
        for formula in formulas:
            *_, before, last = [book.chords.parse(text, C) for text in formula.chords]
            assert cadence_fits(kind, before, last, 0), (family, mode, kind, formula.chords)


def verdict(chords: str, kind: str, onset: int | None = None) -> str:
    plan, score = exercise(chords=chords, kind=kind)
    if onset is not None:
        cadence = Cadence(kind, Fraction(onset))
        section = replace(score.sections[0], phrases=(Phrase(0, 4, "a", cadence),))
        score = replace(score, sections=(section,))
    return judge_cadences(ScoreIndex(plan, score)).verdict


def test_the_piece_closes_on_the_tonic_in_root_position() -> None:
    assert verdict("C F G7 C", "authentic") == "holds"
    assert verdict("C F G7 C/E", "authentic") == "violated"
    assert verdict("C F C G", "half") == "violated"
    assert verdict("C F G Am", "deceptive") == "violated"


def test_given_chords_are_waived() -> None:
    assert verdict("C F C G", "given") == "waived"


def test_a_repeated_goal_looks_back_to_its_dominant() -> None:
    assert verdict("F G7 C C", "authentic") == "holds"
    assert verdict("F G7 C C", "authentic", onset=8) == "holds"


def test_the_section_ends_with_its_cadence() -> None:
    assert verdict("F G7 C G7", "authentic", onset=8) == "violated"
    assert verdict("C F G7 C", "authentic", onset=20) == "violated"


def test_an_inner_section_may_end_half_or_open() -> None:
    plan, score = exercise(chords="C G G7 C")
    halves = [
        replace(
            score.sections[0],
            start_bar=bar,
            bars=2,
            phrases=(Phrase(bar, 2, "a", Cadence(kind, Fraction(onset))),),
        )
        for bar, kind, onset in ((0, "half", 4), (2, "authentic", 12))
    ]
    score = replace(score, sections=tuple(halves))
    index = ScoreIndex(replace(plan, sections=score.sections), score)
    assert judge_cadences(index).verdict == "holds"
    assert judge_cadences(index).checked == 2


def test_sections_and_chords_leave_no_gap() -> None:
    plan, score = exercise()
    gap = replace(score, sections=(replace(score.sections[0], start_bar=1),))
    assert judge_length(ScoreIndex(plan, gap)).verdict == "violated"
    hole = replace(score, chords=(score.chords[0], *score.chords[2:]))
    assert judge_chords(ScoreIndex(replace(plan, chords=hole.chords), hole)).verdict == "violated"

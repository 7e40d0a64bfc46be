from __future__ import annotations

from fractions import Fraction

import pytest

from composer.music.score import Note
from composer.theory.pitch import parse_pitch_class, spell
from composer.transformer.striking import Loudness, marks_of, struck

HALF, WHOLE = Fraction(1, 2), Fraction(1)


def note(onset: int, quarters: Fraction, mark: str = "", velocity: int = 80) -> Note:
    return Note(
        Fraction(onset), quarters, spell(60, parse_pitch_class("C")), velocity, "chord", 0, mark
    )


@pytest.mark.parametrize("mark", ["down", "up", "accent"])
def test_strokes_and_accents_go_to_whatever_is_struck_then(mark: str) -> None:
    marks = marks_of([note(1, HALF, mark)])
    assert struck(marks, Fraction(1), HALF) == struck(marks, Fraction(1), WHOLE) == mark
    assert struck(marks, Fraction(2), HALF) == ""


@pytest.mark.parametrize("mark", ["staccato", "tenuto", "rolled"])
def test_marks_of_length_go_to_notes_of_about_that_length(mark: str) -> None:
    marks = marks_of([note(1, HALF, mark)])
    assert struck(marks, Fraction(1), HALF) == mark
    assert struck(marks, Fraction(1), WHOLE) == ""


@pytest.mark.parametrize("mark", ["", "grace", "muted"])
def test_graces_and_muted_strokes_are_the_drafts_own(mark: str) -> None:
    assert struck(marks_of([note(1, HALF, mark)]), Fraction(1), HALF) == ""


def test_a_note_is_as_loud_as_the_draft_is_then() -> None:
    loudness = Loudness((note(0, WHOLE, "", 100), note(2, WHOLE, "", 60)))
    assert loudness.at(Fraction(0)) == 100
    assert loudness.at(Fraction(2)) == 60
    assert 60 < loudness.at(Fraction(1)) < 80
    assert Loudness(()).at(Fraction(0)) > 0

from __future__ import annotations

from fractions import Fraction

from composer.music.score import Note
from composer.theory.pitch import PitchClass, spell
from composer.transformer.notes import spaced


def note(onset: int, quarters: int, midi: int) -> Note:
    return Note(Fraction(onset), Fraction(quarters), spell(midi, PitchClass(midi * 7 % 12)), 80)


def lengths(*notes: Note) -> list[int]:
    return [int(found.duration_quarters) for found in spaced(notes)]


def test_a_note_lets_go_of_what_is_struck_further_than_an_octave_away() -> None:
    assert lengths(note(0, 4, 48), note(1, 2, 64)) == [1, 2]
    assert lengths(note(0, 4, 48), note(1, 2, 60)) == [4, 2]


def test_a_voice_between_holds_them_together_while_it_sounds() -> None:
    assert lengths(note(0, 4, 48), note(0, 4, 55), note(1, 2, 64)) == [4, 4, 2]
    assert lengths(note(0, 4, 48), note(0, 2, 55), note(1, 3, 64)) == [2, 2, 3]

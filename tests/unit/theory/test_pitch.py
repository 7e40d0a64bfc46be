from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.theory.pitch import (
    Pitch,
    PitchClass,
    nearest_spelling,
    parse_pitch_class,
    spell,
)
from tests.strategies import pitch_classes

LINE = "Fbb Cbb Gbb Dbb Abb Ebb Bbb Fb Cb Gb Db Ab Eb Bb F C G D A E B F# C# G# D# A# E# B# F##"


def test_the_line_of_fifths_is_spelled_in_order() -> None:
    assert [PitchClass(n).name for n in range(-15, 14)] == LINE.split()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *[("C", 0), ("B#", 0), ("Dbb", 0), ("C#", 1), ("Db", 1), ("E", 4), ("Fb", 4), ("F##", 7)],
        *[("Cb", 11), ("B", 11), ("A##", 11), ("G♯", 8), ("A♭", 8), ("ab", 8), ("Fx", 7)],
    ],
)
def test_names_sound_as_they_should(name: str, number: int) -> None:
    assert parse_pitch_class(name).number == number


@pytest.mark.parametrize("text", ["", "H", "C###", "Cbbb", "C4", "C #", "#", "C#b", "do"])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a note name"):
        parse_pitch_class(text)


@given(pitch_classes(15))
def test_a_name_reads_back(name: PitchClass) -> None:
    assert parse_pitch_class(name.name) == name


@given(pitch_classes(14), st.integers(-14, 14))
def test_adding_an_interval_adds_its_semitones(name: PitchClass, interval: int) -> None:
    assert (name + interval).number == (name.number + 7 * interval) % 12


@pytest.mark.parametrize(
    ("midi", "name", "spelled"),
    [
        (60, "C", "C4"),
        (60, "B#", "B#3"),
        (60, "Dbb", "Dbb4"),
        (59, "Cb", "Cb4"),
        (59, "B", "B3"),
        (0, "C", "C-1"),
        (127, "G", "G9"),
        (61, "C#", "C#4"),
        (71, "A##", "A##4"),
    ],
)
def test_octaves_turn_at_c_as_written(midi: int, name: str, spelled: str) -> None:
    pitch = spell(midi, parse_pitch_class(name))
    assert (pitch.name, pitch.midi) == (spelled, midi)


@given(st.integers(0, 127), st.integers(-12, 12))
def test_spelling_keeps_the_sound(midi: int, centre: int) -> None:
    name = nearest_spelling(midi, centre)
    assert spell(midi, name).midi == midi
    assert abs(name.fifths - centre) <= 6


def test_a_wrong_spelling_is_refused() -> None:
    with pytest.raises(ValueError, match="Bb does not sound as MIDI 60"):
        spell(60, PitchClass(-2))


@pytest.mark.parametrize(
    ("number", "centre", "name"),
    [(6, 0, "F#"), (6, -1, "Gb"), (1, -4, "Db"), (1, 4, "C#"), (8, 2, "G#"), (18, 0, "F#")],
)
def test_the_nearest_spelling_is_that_of_the_key(number: int, centre: int, name: str) -> None:
    assert nearest_spelling(number, centre).name == name


def test_pitches_are_told_apart_by_spelling() -> None:
    sharp, flat = Pitch(PitchClass(6), 4), Pitch(PitchClass(-6), 4)
    assert sharp.midi == flat.midi == 66
    assert sharp != flat
    assert str(sharp) == "F#4" and str(flat) == "Gb4"

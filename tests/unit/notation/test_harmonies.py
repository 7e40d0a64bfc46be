"""Chord symbols: every kind that MusicXML has, altered degrees, and what is nearest to others."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

from composer.errors import NotationError
from composer.notation.harmonies import KINDS, read_harmony
from composer.rulebook import load_rulebook
from tests.scores import harmony

VOCABULARY = load_rulebook().chords


def symbol(root: str, kind: str = "major", inner: str = "", text: str = "") -> str:
    found = read_harmony(fromstring(harmony(root, kind, inner, text)), VOCABULARY)
    assert found is not None and found.chord is not None
    return found.chord.symbol + ("" if found.exact else " (nearest)")


def degree(value: int, alter: int, kind: str) -> str:
    return (
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{kind}</degree-type></degree>"
    )


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("major", ""), ("minor", "m"), ("augmented", "aug"), ("diminished", "dim"),
        ("dominant", "7"), ("major-seventh", "maj7"), ("minor-seventh", "m7"),
        ("diminished-seventh", "dim7"), ("augmented-seventh", "7#5"), ("half-diminished", "m7b5"),
        ("major-minor", "mMaj7"), ("major-sixth", "6"), ("minor-sixth", "m6"),
        ("dominant-ninth", "9"), ("major-ninth", "maj9"), ("minor-ninth", "m9"),
        ("dominant-11th", "11"), ("minor-11th", "m11"), ("dominant-13th", "13"),
        ("major-13th", "maj13"), ("minor-13th", "m13"), ("suspended-second", "sus2"),
        ("suspended-fourth", "sus4"), ("power", "5"), ("French", "7b5"), ("Tristan", "m7b5"),
    ],
)  # fmt: skip
def test_kinds(kind: str, suffix: str) -> None:
    assert symbol("F#", kind) == f"F#{suffix}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_some_chord(kind: str) -> None:
    assert symbol("C", kind).startswith("C")


@pytest.mark.parametrize(
    ("kind", "degrees", "suffix"),
    [
        ("dominant", [(9, -1, "add")], "7b9"),
        ("dominant", [(9, 1, "add")], "7#9"),
        ("dominant", [(5, 1, "alter")], "7#5"),
        ("dominant", [(11, 1, "add")], "7#11"),
        ("major", [(9, 0, "add")], "add9"),
        ("minor", [(9, 0, "add")], "m(add9)"),
        ("major", [(3, 0, "subtract")], "5"),
        ("major", [(7, 0, "add")], "7"),
        ("suspended-fourth", [(7, 0, "add")], "7sus4"),
        ("dominant-ninth", [(9, 0, "subtract")], "7"),
        ("minor", [(7, 1, "add")], "mMaj7"),
        ("major-sixth", [(9, 0, "add")], "6/9"),
    ],
)
def test_degrees(kind: str, degrees: list[tuple[int, int, str]], suffix: str) -> None:
    inner = "".join(degree(*one) for one in degrees)
    assert symbol("C", kind, inner) == f"C{suffix}"


def test_bass_and_inversion() -> None:
    bass = "<bass><bass-step>B</bass-step><bass-alter>-1</bass-alter></bass>"
    assert symbol("C", "major", bass) == "C/Bb"
    assert symbol("C", "minor", "<inversion>1</inversion>") == "Cm/Eb"


def test_other_kinds_by_their_text() -> None:
    assert symbol("C", "other", text="7alt") == "C7alt"
    assert symbol("C", "other", text="(h)") == "C"
    assert symbol("C", "dominant-seventh") == "C7"
    assert symbol("C", "", text="m7b5") == "Cm7b5"


def test_no_chord_and_no_root() -> None:
    none = read_harmony(fromstring(harmony("C", "none")), VOCABULARY)
    assert none is not None and none.chord is None
    numeral = "<harmony><function>V</function><kind>major</kind></harmony>"
    assert read_harmony(fromstring(numeral), VOCABULARY) is None


def test_what_the_vocabulary_lacks_is_the_nearest() -> None:
    assert symbol("C", "dominant", degree(9, -1, "add") + degree(5, 1, "alter")).endswith(
        "nearest)"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (harmony("H"), "H"),
        (harmony("C", "mayor"), 'did you mean "major"'),
        (harmony("C").replace(">0<", ">x<"), "root-alter"),
    ],
)
def test_what_is_refused(data: str, told: str) -> None:
    with pytest.raises(NotationError, match=told):
        read_harmony(fromstring(data), VOCABULARY)

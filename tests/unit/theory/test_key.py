from __future__ import annotations

from itertools import product

import pytest
from music21 import key as music21_key

from composer.errors import BriefError
from composer.rulebook import Rulebook
from composer.theory.pitch import parse_pitch_class
from tests.strategies import TONICS, rules

MODES = sorted(rules().scales)


@pytest.mark.parametrize(("tonic", "mode"), list(product(TONICS, MODES)))
def test_every_tonic_in_every_mode(tonic: str, mode: str) -> None:
    key = rules().key(f"{tonic} {mode}")
    assert key.scale.name == mode
    assert key.tonic.number == parse_pitch_class(tonic).number
    assert -7 <= key.signature <= 7
    steps = [name.step for name in key.pitch_classes]
    start = "CDEFGAB".index(key.tonic.step)
    assert steps == [*"CDEFGAB"[start:], *"CDEFGAB"[:start]]
    assert all(abs(name.alter) <= 2 for name in key.pitch_classes)
    sizes = [(n.number - key.tonic.number) % 12 for n in key.pitch_classes]
    assert sizes == sorted(sizes) == list(key.scale.semitones)


@pytest.mark.parametrize(
    ("tonic", "mode"),
    list(
        product(TONICS, ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"))
    ),
)
def test_signatures_and_scales_are_those_of_music21(tonic: str, mode: str) -> None:
    ours = rules().key(f"{tonic} {mode}")
    theirs = music21_key.Key(ours.tonic.name.replace("b", "-"), mode)
    assert theirs.sharps == ours.signature
    names = [pitch.name.replace("-", "b") for pitch in theirs.getPitches()[:7]]
    assert names == [name.name for name in ours.pitch_classes]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("C", "C major"),
        ("c", "C major"),
        ("CM", "C major"),
        ("Cmaj", "C major"),
        ("cm", "C minor"),
        ("F#m", "F# minor"),
        ("f#m", "F# minor"),
        ("F♯m", "F# minor"),
        ("Am ", "A minor"),
        ("  a min", "A minor"),
        ("Bb minor", "Bb minor"),
        ("bb minor", "Bb minor"),
        ("b minor", "B minor"),
        ("bm", "B minor"),
        ("B♭ Minor", "Bb minor"),
        ("D dorian", "D dorian"),
        ("d-Dorian", "D dorian"),
        ("Ddor", "D dorian"),
        ("E phryg", "E phrygian"),
        ("G mixo", "G mixolydian"),
        ("C ionian", "C major"),
        ("A aeolian", "A minor"),
        ("A natural minor", "A minor"),
        ("A harmonic minor", "A harmonic-minor"),
        ("A_harmonic_minor", "A harmonic-minor"),
        ("A melodic-minor", "A melodic-minor"),
        ("A minor pentatonic", "A minor-pentatonic"),
        ("A minor-pentatonic", "A minor-pentatonic"),
        ("Am pentatonic", "A minor-pentatonic"),
        ("C pentatonic", "C major-pentatonic"),
        ("E blues", "E blues"),
        ("e Blues", "E blues"),
        ("Cm blues", "C minor-blues"),
        ("C minor blues", "C minor-blues"),
    ],
)
def test_keys_as_people_type_them(book: Rulebook, text: str, name: str) -> None:
    assert book.key(text).name == str(book.key(text)) == name


@pytest.mark.parametrize(
    ("text", "twin", "signature"),
    [
        ("G# major", "Ab major", -4),
        ("D# major", "Eb major", -3),
        ("A# major", "Bb major", -2),
        ("E# major", "F major", -1),
        ("B# major", "C major", 0),
        ("Fb major", "E major", 4),
        ("Db minor", "C# minor", 4),
        ("Gb minor", "F# minor", 3),
        ("Cb minor", "B minor", 2),
        ("E# minor", "F minor", -4),
        ("Gb locrian", "F# locrian", 1),
        ("B## lydian", "Db lydian", -4),
        ("Fbb locrian", "D# locrian", 4),
    ],
)
def test_a_key_of_eight_accidentals_becomes_its_twin(
    book: Rulebook, text: str, twin: str, signature: int
) -> None:
    key = book.key(text)
    assert (key.name, key.signature) == (twin, signature)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("C#", 7),
        ("Cb", -7),
        ("A#m", 7),
        ("Abm", -7),
        ("F#", 6),
        ("Gb", -6),
        ("D#m", 6),
        ("Ebm", -6),
    ],
)
def test_seven_accidentals_are_kept_as_typed(book: Rulebook, text: str, signature: int) -> None:
    key = book.key(text)
    assert key.signature == signature
    assert key.tonic.name == text.rstrip("m")


def test_the_harmonic_minor_raises_its_seventh(book: Rulebook) -> None:
    names = [name.name for name in book.key("G# harmonic minor").pitch_classes]
    assert names == ["G#", "A#", "B", "C#", "D#", "E", "F##"]


@pytest.mark.parametrize("text", ["", "H", "Q major", "4", "#", "major"])
def test_what_is_no_key_says_what_would_be(book: Rulebook, text: str) -> None:
    with pytest.raises(BriefError, match='is not a key; write C, F#m, "Bb minor" or "D dorian"'):
        book.key(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("C doryan", 'did you mean "dorian"'),
        ("C mayor", 'did you mean "major"'),
        ("C xyz", "known: "),
    ],
)
def test_an_unknown_mode_names_the_nearest(book: Rulebook, text: str, hint: str) -> None:
    with pytest.raises(BriefError, match=r"key: .*has no known mode") as caught:
        book.key(text)
    assert hint in str(caught.value)
    assert caught.value.field == "key"

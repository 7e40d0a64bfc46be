from __future__ import annotations

import pytest
from hypothesis import given
from music21 import harmony

from composer.rulebook import Rulebook
from composer.theory.chord import Chord
from composer.theory.pitch import PitchClass, parse_pitch_class
from tests.strategies import chords, pitch_classes, rules

C = PitchClass(0)


def parse(text: str, tonic: str = "C") -> Chord:
    return rules().chords.parse(text, parse_pitch_class(tonic))


def names(chord: Chord) -> str:
    return " ".join(name.name for name in chord.pitch_classes)


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("C", "C E G"),
        ("Am7", "A C E G"),
        ("F#m7b5", "F# A C E"),
        ("Bb", "Bb D F"),
        ("B", "B D# F#"),
        ("Bbb", "Bbb Db Fb"),
        ("Ebmaj7", "Eb G Bb D"),
        ("Abm", "Ab Cb Eb"),
        ("G7b9", "G B D F Ab"),
        ("C#dim7", "C# E G Bb"),
        ("E♭°", "Eb Gb Bbb"),
        ("D5", "D A"),
        ("Gsus4", "G C D"),
        ("C6/9", "C E G A D"),
        ("Caug", "C E G#"),
        ("F♯m", "F# A C#"),
    ],
)
def test_absolute_symbols_are_spelled(text: str, tones: str) -> None:
    assert names(parse(text)) == tones


@pytest.mark.parametrize(
    ("alias", "symbol"),
    [
        ("CM7", "Cmaj7"),
        ("CΔ", "Cmaj7"),
        ("C-7", "Cm7"),
        ("Cmin7", "Cm7"),
        ("C-", "Cm"),
        ("Cmi", "Cm"),
        ("Co7", "Cdim7"),
        ("C°7", "Cdim7"),
        ("C+", "Caug"),
        ("Cø", "Cm7b5"),
        ("Cø7", "Cm7b5"),
        ("Csus", "Csus4"),
        ("C69", "C6/9"),
        ("C♯m", "C#m"),
        ("D♭7", "Db7"),
        (" G7 ", "G7"),
    ],
)
def test_aliases_are_the_same_chord(alias: str, symbol: str) -> None:
    assert parse(alias) == parse(symbol)
    assert parse(alias).symbol == symbol


@pytest.mark.parametrize(
    ("text", "bass", "symbol"),
    [
        ("C/E", "E", "C/E"),
        ("Am7/G", "G", "Am7/G"),
        ("F/G", "G", "F/G"),
        ("C6/9/E", "E", "C6/9/E"),
        ("Bb/D", "D", "Bb/D"),
        ("C/C", "C", "C"),
    ],
)
def test_a_slash_names_the_bass(text: str, bass: str, symbol: str) -> None:
    chord = parse(text)
    assert chord.bass.name == bass
    assert chord.symbol == str(chord) == symbol
    assert chord.bass.number in chord.numbers


@pytest.mark.parametrize(
    ("numeral", "key", "symbol"),
    [
        ("I", "C", "C"),
        ("vi7", "C", "Am7"),
        ("bVII", "D", "C"),
        ("#iv°", "C", "F#dim"),
        ("bVI", "E", "C"),
        ("bII", "F#", "G"),
        ("V7/V", "C", "D7"),
        ("V7/V", "Eb", "F7"),
        ("vii°7/ii", "C", "C#dim7"),
        ("V7/bVI", "C", "Eb7"),
        ("V/V/V", "C", "A"),
        ("iiø7/V", "C", "Am7b5"),
        ("I/3", "C", "C/E"),
        ("i/b3", "A", "Am/C"),
        ("V7/b7", "C", "G7/F"),
        ("V7/V/3", "C", "D7/F#"),
        ("ii/b3", "G", "Am/C"),
        ("Imaj7", "Ab", "Abmaj7"),
        ("iiø7", "A", "Bm7b5"),
        ("♭VII", "C", "Bb"),
    ],
)
def test_numerals_count_from_the_major_scale(numeral: str, key: str, symbol: str) -> None:
    assert parse(numeral, key).symbol == symbol


def test_case_tells_major_from_minor() -> None:
    assert parse("iv").symbol == "Fm"
    assert parse("IV").symbol == "F"
    assert parse("III").symbol == "E"
    assert parse("iii").symbol == "Em"


@pytest.mark.parametrize("text", ["", "H", "hello", "4", "N.C.", "/C", "|", "b", "#", "x7"])
def test_what_is_no_chord_says_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match="is not a chord; write Am7, C/E, bVII, V7/V or I/3"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Cfoo", 'unknown chord quality "foo"'),
        ("C/", "unknown chord quality"),
        ("C/H", "unknown chord quality"),
        ("Iq", 'unknown chord quality "q"'),
        ("IIII", "is not a roman numeral from I to VII"),
        ("VV", "is not a roman numeral"),
        ("V7/x", "is neither a degree nor a numeral"),
        ("V/V7", "is neither a degree nor a numeral"),
        ("I/0", "is not a scale degree"),
        ("I/99", "is not a scale degree"),
    ],
)
def test_what_is_nearly_a_chord_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)


@given(chords())
def test_a_symbol_reads_back(chord: Chord) -> None:
    assert rules().chords.parse(chord.symbol, C) == chord


@given(chords(), pitch_classes(6))
def test_a_numeral_reads_back_in_every_key(chord: Chord, tonic: PitchClass) -> None:
    here = chord.transposed(tonic.fifths)
    assert here.roman(tonic) == chord.roman(C)
    assert rules().chords.parse(here.roman(tonic), tonic) == here


@given(chords(), pitch_classes(6))
def test_transposing_moves_every_tone(chord: Chord, by: PitchClass) -> None:
    moved = chord.transposed(by.fifths)
    assert [n.fifths - by.fifths for n in moved.pitch_classes] == [
        n.fifths for n in chord.pitch_classes
    ]
    assert moved.quality is chord.quality


@given(chords())
def test_tones_sound_once_and_the_essential_ones_belong(chord: Chord) -> None:
    numbers = [name.number for name in chord.pitch_classes]
    assert len(set(numbers)) == len(numbers)
    assert chord.pitch_classes[0] == chord.root
    assert chord.essential_numbers <= set(numbers)
    assert chord.numbers == {*numbers, chord.bass.number}


def test_third_and_seventh_are_found(book: Rulebook) -> None:
    assert parse("Cm7b5").quality.third == -3
    assert parse("Cm7b5").quality.seventh == -2
    assert parse("C5").quality.third is None
    assert parse("C").quality.seventh is None
    assert parse("Csus4").quality.third is None
    assert parse("Cdim7").quality.seventh == -9


MUSIC21 = {
    "": "", "m": "m", "7": "7", "maj7": "maj7", "m7": "m7", "dim": "dim", "aug": "+",
    "dim7": "dim7", "m7b5": "m7b5", "6": "6", "m6": "m6", "9": "9", "maj9": "M9", "m9": "m9",
    "sus4": "sus4", "sus2": "sus2",
}  # fmt: skip


@pytest.mark.parametrize("suffix", sorted(MUSIC21))
@pytest.mark.parametrize("root", ["C", "F#", "Eb"])
def test_chords_sound_as_those_of_music21(root: str, suffix: str) -> None:
    theirs = harmony.ChordSymbol(root.replace("b", "-") + MUSIC21[suffix])
    assert {pitch.pitchClass for pitch in theirs.pitches} == set(parse(root + suffix).numbers)

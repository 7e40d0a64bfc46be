"""Spelled pitches and pitch classes, on the line of fifths.

A pitch class is an integer on the line of fifths (…, -1 = F, 0 = C, 1 = G, 2 = D, …, 6 = F#),
so that spelling survives every transposition: adding an interval is adding integers.
Source: Longuet-Higgins, "Letter to a musical friend" (1962); Temperley, *The Cognition of Basic
Musical Structures* (2001), chapter 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEPS = "FCGDAEB"
_STEP_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_PITCH = re.compile(r"([A-Ga-g])(#{0,9}|b{1,9})(-?[0-9]{1,2})")
_NAME = re.compile(r"([A-Ga-g])(##|#|bb|b|♯|♭|x)?")


@dataclass(frozen=True, slots=True, order=True)
class PitchClass:
    """A spelled pitch class.

    Args:
        fifths: Position on the line of fifths, C = 0.
    """

    fifths: int

    @property
    def number(self) -> int:
        """Semitones above C, 0–11."""
        return self.fifths * 7 % 12

    @property
    def step(self) -> str:
        """The letter, A–G."""
        return _STEPS[(self.fifths + 1) % 7]

    @property
    def alter(self) -> int:
        """Sharps (positive) or flats (negative)."""
        return (self.fifths + 1) // 7

    @property
    def name(self) -> str:
        """The name with ASCII accidentals.

        >>> PitchClass(6).name, PitchClass(-2).name
        ('F#', 'Bb')
        """
        return self.step + ("#" * self.alter if self.alter >= 0 else "b" * -self.alter)

    def __add__(self, interval: int) -> PitchClass:
        """Move by an interval given in fifths."""
        return PitchClass(self.fifths + interval)

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Pitch:
    """A spelled pitch.

    Args:
        pitch_class: The spelled pitch class.
        octave: Scientific octave: C4 is middle C, MIDI 60.
    """

    pitch_class: PitchClass
    octave: int

    @property
    def midi(self) -> int:
        """MIDI note number; 60 is middle C.

        >>> Pitch(PitchClass(0), 4).midi, Pitch(PitchClass(-7), 4).midi
        (60, 59)
        """
        name = self.pitch_class
        return 12 * (self.octave + 1) + _STEP_SEMITONES[name.step] + name.alter

    @property
    def name(self) -> str:
        """Name with octave, such as ``Bb3``."""
        return f"{self.pitch_class.name}{self.octave}"

    def __str__(self) -> str:
        """The name."""
        return self.name


def parse_pitch_class(text: str) -> PitchClass:
    """Read a pitch-class name such as ``C``, ``f#``, ``Bb`` or ``E♭``.

    Raises:
        ValueError: If the text is not exactly one pitch-class name.

    >>> parse_pitch_class("eb").number
    3
    """
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text}" is not a note name')
    letter, accidental = match.group(1).upper(), match.group(2) or ""
    alter = {"": 0, "#": 1, "♯": 1, "##": 2, "x": 2, "b": -1, "♭": -1, "bb": -2}[accidental]
    return PitchClass(_STEPS.index(letter) - 1 + 7 * alter)


def parse_pitch(text: str) -> Pitch:
    """Read a pitch as `Pitch.name` writes it, such as ``Bb3`` or ``C-1``.

    A transposed piece may have more sharps or flats than a name of `parse_pitch_class`.

    Raises:
        ValueError: If it is none; the message is the rest of a sentence.

    >>> parse_pitch("F##3").midi, parse_pitch("C-1").midi
    (55, 0)
    """
    match = _PITCH.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text[:20]}" is no pitch such as Bb3')
    letter, accidentals, octave = match.groups()
    alter = accidentals.count("#") - accidentals.count("b")
    return Pitch(parse_pitch_class(letter) + 7 * alter, int(octave))


def spell(midi: int, pitch_class: PitchClass) -> Pitch:
    """Give a MIDI number the spelling of a pitch class that sounds the same.

    Raises:
        ValueError: If the pitch class does not sound as that number.

    >>> spell(60, parse_pitch_class("B#")).name
    'B#3'
    """
    if (midi - pitch_class.number) % 12:
        raise ValueError(f"{pitch_class.name} does not sound as MIDI {midi}")
    natural = _STEP_SEMITONES[pitch_class.step] + pitch_class.alter
    return Pitch(pitch_class, (midi - natural) // 12 - 1)


def nearest_spelling(number: int, centre: int) -> PitchClass:
    """Spell a pitch-class number as near as possible to a centre on the line of fifths.

    Args:
        number: Semitones above C, any integer.
        centre: Line-of-fifths position to stay near to; ties go to the sharp side.

    >>> nearest_spelling(6, 1).name, nearest_spelling(10, 1).name
    ('F#', 'Bb')
    """
    base = number * 7 % 12
    below = base + 12 * ((centre - base) // 12)
    return PitchClass(below if centre - below < below + 12 - centre else below + 12)

"""Chords: qualities, chords on a spelled root, and the two ways of writing them.

Absolute symbols (``F#m7b5``, ``C/E``) name the root; roman numerals (``ii7``, ``bVII``, ``V7/V``)
count it from the tonic of a key, with accidentals against the major scale whatever the mode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from composer.theory.interval import degree_name, parse_degree
from composer.theory.pitch import PitchClass, parse_pitch_class

# The quality may hold a slash of its own, as in C6/9.
_ABSOLUTE = re.compile(r"([A-G](?:##|bb|#|b)?)(.*?)(?:/([A-G](?:##|bb|#|b)?))?")
_ROMAN = re.compile(r"(bb|##|b|#)?([IV]+|[iv]+)([^/]*)((?:/[^/]+)*)")
_NUMERALS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7}


@dataclass(frozen=True, slots=True)
class ChordQuality:
    """What a chord is, apart from its root.

    Args:
        name: Name as in ``rules/chords.toml``, such as ``m7b5``.
        symbol: Suffix of the absolute symbol.
        roman_suffix: Suffix of the roman numeral.
        tones: Chord tones above the root, in fifths, in the order of stacking.
        essential: The tones that make the chord what it is (third and seventh, as a rule).
        tensions: Degrees that may be added above it without a clash, in fifths.
        minor: Whether its roman numeral is written in lower case.
    """

    name: str
    symbol: str
    roman_suffix: str
    tones: tuple[int, ...]
    essential: tuple[int, ...]
    tensions: tuple[int, ...]
    minor: bool

    @property
    def seventh(self) -> int | None:
        """The seventh above the root in fifths, if the chord has one."""
        return next((t for t in self.tones if degree_name(t).lstrip("#b") == "7"), None)

    @property
    def third(self) -> int | None:
        """The third above the root in fifths, if the chord has one."""
        return next((t for t in self.tones if degree_name(t).lstrip("#b") == "3"), None)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord on a root.

    Args:
        root: Spelled root.
        quality: Its quality.
        bass: Spelled bass note; the root unless the chord is inverted or has a foreign bass.
    """

    root: PitchClass
    quality: ChordQuality
    bass: PitchClass

    @property
    def pitch_classes(self) -> tuple[PitchClass, ...]:
        """Spelled chord tones in the order of stacking, without a foreign bass."""
        return tuple(self.root + tone for tone in self.quality.tones)

    @property
    def numbers(self) -> frozenset[int]:
        """Pitch-class numbers of the chord, its bass included."""
        return frozenset(p.number for p in self.pitch_classes) | {self.bass.number}

    @property
    def essential_numbers(self) -> frozenset[int]:
        """Pitch-class numbers that a sustained voicing must hold."""
        return frozenset((self.root + tone).number for tone in self.quality.essential)

    @property
    def symbol(self) -> str:
        """Absolute symbol, such as ``Am7`` or ``C/E``."""
        slash = "" if self.bass.number == self.root.number else f"/{self.bass.name}"
        return f"{self.root.name}{self.quality.symbol}{slash}"

    def roman(self, tonic: PitchClass) -> str:
        """Roman numeral counted from a tonic, such as ``bVII`` or ``V7/3``."""
        name = degree_name(self.root.fifths - tonic.fifths)
        accidental, number = name[:-1], int(name[-1])
        numeral = next(text for text, value in _NUMERALS.items() if value == number)
        if self.quality.minor:
            numeral = numeral.lower()
        slash = ""
        if self.bass.number != self.root.number:
            slash = f"/{degree_name(self.bass.fifths - self.root.fifths)}"
        return f"{accidental}{numeral}{self.quality.roman_suffix}{slash}"

    def transposed(self, interval: int) -> Chord:
        """The chord moved by an interval in fifths."""
        return Chord(self.root + interval, self.quality, self.bass + interval)

    def __str__(self) -> str:
        """The absolute symbol."""
        return self.symbol


@dataclass(frozen=True, slots=True)
class ChordVocabulary:
    """Which suffixes mean which quality.

    Args:
        by_symbol: Quality by the suffix of an absolute symbol, aliases included.
        by_roman: Quality by (is lower case, roman suffix), aliases included.
    """

    by_symbol: Mapping[str, ChordQuality]
    by_roman: Mapping[tuple[bool, str], ChordQuality]

    def parse(self, text: str, tonic: PitchClass) -> Chord:
        """Read an absolute symbol or a roman numeral.

        Args:
            text: Such as ``Am7``, ``C/E``, ``bVII``, ``V7/V`` (applied) or ``I/3`` (inverted).
            tonic: The tonic that roman numerals count from.

        Raises:
            ValueError: If the text is neither.
        """
        text = text.strip().replace("♭", "b").replace("♯", "#")
        if match := _ABSOLUTE.fullmatch(text):
            return self._absolute(text, match)
        if match := _ROMAN.fullmatch(text):
            return self._roman(text, match, tonic)
        raise ValueError(f'"{text}" is not a chord; write Am7, C/E, bVII, V7/V or I/3')

    def _absolute(self, text: str, match: re.Match[str]) -> Chord:
        root = parse_pitch_class(match.group(1))
        quality = self.by_symbol.get(match.group(2).strip())
        if quality is None:
            raise ValueError(f'"{text}" has an unknown chord quality "{match.group(2)}"')
        bass = parse_pitch_class(match.group(3)) if match.group(3) else root
        return Chord(root, quality, bass)

    def _roman(self, text: str, match: re.Match[str], tonic: PitchClass) -> Chord:
        accidental, numeral, suffix, slashes = match.groups()
        number = _NUMERALS.get(numeral.upper())
        if number is None:
            raise ValueError(f'"{text}" is not a roman numeral from I to VII')
        quality = self.by_roman.get((numeral.islower(), suffix))
        if quality is None:
            raise ValueError(f'"{text}" has an unknown chord quality "{suffix}"')
        inversion = None
        for part in slashes.split("/")[1:]:
            if part.lstrip("#b").isdigit():
                inversion = parse_degree(part)
            else:
                applied = _ROMAN.fullmatch(part)
                if applied is None or applied.group(3) or applied.group(4):
                    raise ValueError(f'"{text}": "/{part}" is neither a degree nor a numeral')
                tonic = self._roman(part, applied, tonic).root
        root = tonic + parse_degree(f"{accidental or ''}{number}")
        bass = root if inversion is None else root + inversion
        return Chord(root, quality, bass)

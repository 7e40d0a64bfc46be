"""Roman-numeral chord tokens, as the progression tables spell them.

A token is a numeral with an accidental relative to the major scale on the tonic (in minor
too: `bVI`), upper case for a major, augmented, suspended or open third and lower case for a
minor one, then a quality suffix, then `/3`, `/b7` ... where a chord tone other than the
root is in the bass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import NamedTuple

_ROMANS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
# Diminished chords lead upwards, hence sharps; on the flat third they pass downwards.
_DIMINISHED_ROMANS = ("I", "#I", "II", "bIII", "III", "IV", "#IV", "V", "#V", "VI", "bVII", "VII")

_DEGREE_SEMITONES: Mapping[str, int] = {
    "1": 0, "b2": 1, "2": 2, "#2": 3, "b3": 3, "3": 4, "4": 5, "#4": 6, "b5": 6, "5": 7,
    "#5": 8, "b6": 8, "6": 9, "bb7": 9, "b7": 10, "7": 11, "b9": 1, "9": 2, "#9": 3, "11": 5,
    "#11": 6, "b13": 8, "13": 9,
}  # fmt: skip

_SIMPLER: Mapping[str, str] = {
    "13": "7", "11": "7", "9": "7", "7b9": "7", "7#9": "7", "7#5": "7", "7b5": "7", "+7": "7",
    "7sus4": "7", "maj9": "maj7", "maj7": "", "add9": "", "6": "", "sus4": "", "sus2": "",
    "5": "", "+": "", "°7": "°", "ø7": "°", "7": "",
}  # fmt: skip

_TOKEN = re.compile(r"^([b#]?)([IViv]+)([^/]*)(?:/(.+))?$")


class Quality(NamedTuple):
    """A chord quality: whether its numeral is lower case, its suffix, its tones."""

    lower: bool
    suffix: str
    tones: tuple[str, ...]


def quality_of(degrees: Set[str]) -> Quality:
    """Reduces the tones of a chord to the nearest quality of the token grammar.

    Args:
        degrees: degrees above the root, e.g. `{"3", "5", "b7"}`; the root may be left out.

    Examples:
        >>> quality_of({"b3", "5", "b7", "9"}).suffix
        '9'
    """
    if "b3" in degrees and "3" not in degrees:
        return _minor_quality(degrees)
    if "3" in degrees:
        return _major_quality(degrees)
    if "4" in degrees or ("11" in degrees and "b7" in degrees):
        return (
            Quality(False, "7sus4", ("4", "5", "b7"))
            if "b7" in degrees
            else Quality(False, "sus4", ("4", "5"))
        )
    if "b7" in degrees:
        return Quality(False, "7", ("3", "5", "b7"))
    if degrees & {"2", "9"}:
        return Quality(False, "sus2", ("2", "5"))
    return Quality(False, "5", ("5",))


def _minor_quality(degrees: Set[str]) -> Quality:
    if "b5" in degrees:
        if "bb7" in degrees:
            return Quality(True, "°7", ("b3", "b5", "bb7"))
        if "b7" in degrees:
            return Quality(True, "ø7", ("b3", "b5", "b7"))
        return Quality(True, "°", ("b3", "b5"))
    if "b7" in degrees:
        suffix = "11" if "11" in degrees else "9" if "9" in degrees else "7"
        return Quality(True, suffix, ("b3", "5", "b7"))
    if "7" in degrees:
        return Quality(True, "maj7", ("b3", "5", "7"))
    if "6" in degrees:
        return Quality(True, "6", ("b3", "5", "6"))
    return Quality(True, "add9" if degrees & {"9", "2"} else "", ("b3", "5"))


def _major_quality(degrees: Set[str]) -> Quality:
    if "b7" in degrees:
        for mark in ("b9", "#9", "#5", "b5"):
            if mark in degrees:
                fifth = mark if mark.endswith("5") else "5"
                return Quality(False, f"7{mark}", ("3", fifth, "b7"))
        suffix = next((top for top in ("13", "11", "9") if top in degrees), "7")
        return Quality(False, suffix, ("3", "5", "b7"))
    if "7" in degrees:
        return Quality(False, "maj9" if "9" in degrees else "maj7", ("3", "5", "7"))
    if "#5" in degrees:
        return Quality(False, "+", ("3", "#5"))
    if "6" in degrees:
        return Quality(False, "6", ("3", "5", "6"))
    return Quality(False, "add9" if degrees & {"9", "2"} else "", ("3", "5"))


def token(root_semitones: int, degrees: Set[str], bass_semitones: int | None = None) -> str:
    """Spells a chord.

    Args:
        root_semitones: the root, in semitones above the tonic.
        degrees: the chord's degrees above its root.
        bass_semitones: the bass, in semitones above the chord's root; a bass other than
            third, fifth or seventh is dropped. A seventh in the bass of a triad makes it a
            seventh chord.

    Examples:
        >>> token(7, {"3", "5", "b7"}, 4)
        'V7/3'
        >>> token(9, {"b3", "5"}), token(5, {"3", "5"}, 2)
        ('vi', 'IV')
    """
    tones = set(degrees)
    if bass_semitones is not None:
        bass_semitones %= 12
        has_seventh = bool(tones & {"6", "b7", "7", "bb7"})
        if bass_semitones in (10, 11) and not has_seventh and tones & {"3", "b3"}:
            tones.add("b7" if bass_semitones == 10 else "7")
    quality = quality_of(tones)
    romans = _DIMINISHED_ROMANS if quality.suffix in ("°", "°7", "ø7") else _ROMANS
    roman = romans[root_semitones % 12]
    if quality.lower:
        roman = "".join(c.lower() if c in "IV" else c for c in roman)
    inversion = ""
    if bass_semitones:
        inversion = next(
            (
                f"/{degree}"
                for degree in quality.tones
                if degree[-1] in "357" and _DEGREE_SEMITONES[degree] == bass_semitones
            ),
            "",
        )
    return f"{roman}{quality.suffix}{inversion}"


def degree_semitones(degree: str) -> int | None:
    """Semitones above the root for a degree such as `b7`; None where it is unknown."""
    return _DEGREE_SEMITONES.get(degree)


def simpler(chord: str) -> str | None:
    """Gives the next plainer token, or None where there is none.

    The inversion goes first, then colours, then the seventh.

    Examples:
        >>> simpler("V7/3"), simpler("V9"), simpler("V7"), simpler("V")
        ('V7', 'V7', 'V', None)
    """
    match = _TOKEN.match(chord)
    if match is None:
        return None
    accidental, roman, suffix, inversion = match.groups()
    if inversion is not None:
        return f"{accidental}{roman}{suffix}"
    if suffix not in _SIMPLER:
        return None
    return f"{accidental}{roman}{_SIMPLER[suffix]}"

"""Parses the Roman numerals of the RomanText format into chord tokens.

Source: D. Tymoczko, M. Gotham, M. S. Cuthbert, C. Ariza, "The RomanText Format", ISMIR 2019.
Deviations between corpora (`V6/5` and `V65`, `vii/o7` and `viiø7`) are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from composer.training.chord_tokens import degree_semitones, token

_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE = (0, 2, 3, 5, 7, 8, 10)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")

_FIGURE = re.compile(r"^([#b]*)([IViv]+)([oø+]?)(M|maj|d|dom)?(\d*(?:/\d+)*)(?:/(.+))?$")
_SPECIAL = re.compile(r"^(Cad|Ger|It|Fr|N)(\d*(?:/\d+)*)(?:/(.+))?$")
_BRACKET = re.compile(r"\[([^\]]*)\]")

# Figured bass to whether there is a seventh, and which chord member (1, 3, 5, 7) is the bass.
_FIGURES: Mapping[str, tuple[bool, int]] = {
    "": (False, 1), "5": (False, 1), "53": (False, 1), "6": (False, 3), "63": (False, 3),
    "64": (False, 5), "7": (True, 1), "65": (True, 3), "43": (True, 5), "42": (True, 7),
    "2": (True, 7), "9": (True, 1), "54": (False, 1),
}  # fmt: skip


class KeySense(NamedTuple):
    """A key that numerals are read in: semitones above the home tonic, and its mode."""

    semitones: int
    minor: bool


def roman_token(numeral: str, minor: bool) -> str | None:
    """Turns a RomanText numeral into a token of the progression tables.

    Applied chords become altered numerals of the home key, the cadential six-four the tonic
    over its fifth, the Neapolitan `bII`, and Italian and German sixths `bVI7`, which they
    sound like.

    Args:
        numeral: e.g. `V65/V`.
        minor: whether the key is minor.

    Returns:
        The token, or None where the numeral cannot be read.

    Examples:
        >>> roman_token("V65/V", minor=False), roman_token("VI", minor=True)
        ('II7/3', 'bVI')
        >>> roman_token("iiø65", minor=True), roman_token("Cad64", minor=True)
        ('iiø7/b3', 'i/5')
    """
    return _read(numeral, KeySense(0, minor))


def _read(numeral: str, key: KeySense) -> str | None:
    marks = _BRACKET.findall(numeral)
    plain = _BRACKET.sub("", numeral).replace("/o", "ø").replace("°", "o")
    special = _SPECIAL.match(plain)
    if special is not None:
        target = _applied_key(special[3], key) if special[3] else key
        return _special(special[1], target) if target else None
    match = _FIGURE.match(plain)
    if match is None:
        return None
    accidental, roman, sign, seventh, figure, applied = match.groups()
    if applied:
        target = _applied_key(applied, key)
        if target is None:
            return None
        key = target
    shape = _FIGURES.get(figure.replace("/", ""))
    root = _root(accidental, roman, sign, key.minor)
    if shape is None or root is None:
        return None
    degrees = _degrees(roman, sign, seventh or "", root, shape[0], key.minor)
    _apply_marks(degrees, marks, figure)
    bass = _bass(degrees, shape[1])
    return token((key.semitones + root) % 12, degrees, bass)


def _applied_key(target: str, key: KeySense) -> KeySense | None:
    """The key of a target such as `V` or `V/vi`, read in the key around it."""
    first, _, rest = target.partition("/")
    if rest:
        outer = _applied_key(rest, key)
        if outer is None:
            return None
        key = outer
    match = _FIGURE.match(first)
    root = _root(match[1], match[2], match[3], key.minor) if match else None
    if match is None or root is None:
        return None
    return KeySense((key.semitones + root) % 12, match[2].islower())


def _root(accidental: str, roman: str, sign: str, minor: bool) -> int | None:
    """Semitones of a numeral above its tonic.

    In minor, VI and VII are the natural degrees, vi and vii (also diminished) the raised
    ones, with or without a sharp before them; `bVI` in minor is what VI is.
    """
    if roman.lower() not in _NUMERALS:
        return None
    degree = _NUMERALS.index(roman.lower())
    shift = accidental.count("#") - accidental.count("b")
    if degree == 6 and shift > 0:
        return 11
    if minor and degree in (5, 6):
        if accidental == "b":
            return _MINOR_SCALE[degree]
        raised = roman.islower() and (degree == 5 or sign in ("o", "ø"))
        return _MAJOR_SCALE[degree] if raised or shift > 0 else _MINOR_SCALE[degree] + shift
    scale = _MINOR_SCALE if minor else _MAJOR_SCALE
    if minor and degree == 2 and shift < 0:
        return scale[degree]
    return (scale[degree] + shift) % 12


def _degrees(
    roman: str, sign: str, seventh: str, root: int, has_seventh: bool, minor: bool
) -> set[str]:
    if roman.islower():
        degrees = {"b3", "b5"} if sign in ("o", "ø") else {"b3", "5"}
    else:
        degrees = {"3", "#5"} if sign == "+" else {"3", "5"}
    if not has_seventh and sign != "ø":
        return degrees
    if seventh in ("M", "maj"):
        return degrees | {"7"}
    if sign == "o":
        return degrees | {"bb7"}
    if roman.islower() or seventh in ("d", "dom"):
        return degrees | {"b7"}
    major_seventh_roots = (0, 1, 3, 5, 8) if not minor else (1, 3, 8)
    return degrees | ({"7"} if root in major_seventh_roots else {"b7"})


def _apply_marks(degrees: set[str], marks: list[str], figure: str) -> None:
    """Reads suspensions and ninths from bracketed additions; the rest passes unheard."""
    if figure == "54" or ("no3" in marks and "add4" in marks):
        degrees -= {"3", "b3"}
        degrees.add("4")
    if "b7" in degrees:
        if {"addb9", "b9"} & set(marks):
            degrees.add("b9")
        elif figure == "9" or "add9" in marks:
            degrees.add("9")


def _bass(degrees: set[str], member: int) -> int | None:
    """Semitones of the chord member in the bass, None for the root."""
    names = {3: ("3", "b3", "4"), 5: ("5", "b5", "#5"), 7: ("7", "b7", "bb7")}.get(member, ())
    name = next((name for name in names if name in degrees), None)
    return degree_semitones(name) if name else None


def _special(kind: str, key: KeySense) -> str:
    third = "b3" if key.minor else "3"
    if kind == "Cad":
        return token(key.semitones, {third, "5"}, 7)
    if kind == "N":
        return token(key.semitones + 1, {"3", "5"}, 4)
    fifth = "b5" if kind == "Fr" else "5"
    return token(key.semitones + 8, {"3", fifth, "b7"})

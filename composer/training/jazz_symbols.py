"""Chord symbols of jazz lead sheets, as the jazz-chords pack writes them (`Bbm7b5`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from composer.training.chord_sections import pitch_class
from composer.training.chord_tokens import token

_SYMBOL = re.compile(r"^([A-G][b#]?)([^/]*)(?:/([A-G][b#]?))?$")
_SEVENTH = re.compile(r"^(7|9|11|13)")


class JazzChord(NamedTuple):
    """A parsed symbol: root pitch class, degrees above it, bass in semitones above it."""

    root: int
    degrees: frozenset[str]
    bass_semitones: int | None

    def token(self, tonic: int) -> str:
        """Spells the chord relative to a tonic's pitch class."""
        return token((self.root - tonic) % 12, self.degrees, self.bass_semitones)


def parse_symbol(symbol: str) -> JazzChord | None:
    """Parses a lead-sheet symbol; None where it is none, `NC` among them.

    Examples:
        >>> parse_symbol("F#m7b5").token(4)
        'iiø7'
        >>> parse_symbol("G13b9").token(0)
        'V7b9'
    """
    match = _SYMBOL.match(symbol)
    if match is None:
        return None
    root = pitch_class(match[1])
    degrees = _degrees(match[2])
    if root is None or degrees is None:
        return None
    bass = pitch_class(match[3]) if match[3] else None
    return JazzChord(root, frozenset(degrees), None if bass is None else (bass - root) % 12)


def _degrees(suffix: str) -> set[str] | None:
    """Degrees above the root; None for an unknown suffix."""
    if suffix in ("", "M", "maj"):
        return {"3", "5"}
    if suffix.startswith(("o", "dim")):
        return {"b3", "b5", "bb7"} if "7" in suffix else {"b3", "b5"}
    if suffix.startswith(("h", "m7b5", "m9b5", "m11b5")):
        return {"b3", "b5", "b7"}
    if suffix.startswith(("mM", "mmaj", "m(maj")):
        return {"b3", "5", "7"}
    if suffix.startswith(("M", "maj")):
        return _major_colours(suffix.removeprefix("maj").removeprefix("M"))
    if suffix.startswith("m"):
        return _minor_colours(suffix[1:])
    if "sus" in suffix:
        seventh = {"b7"} if _SEVENTH.match(suffix) else set()
        return {"2" if "sus2" in suffix else "4", "5"} | seventh
    if suffix in ("+", "aug", "#5"):
        return {"3", "#5"}
    if suffix in ("2", "add9", "add2"):
        return {"3", "5", "9"}
    if suffix == "5":
        return {"5"}
    if suffix.startswith("6"):
        return {"3", "5", "6"}
    if _SEVENTH.match(suffix) or suffix.startswith("+7"):
        return _dominant_colours(suffix)
    return None


def _major_colours(rest: str) -> set[str]:
    if rest.startswith("6"):
        return {"3", "5", "6"}
    return {"3", "5", "7", "9"} if rest.startswith(("9", "13")) else {"3", "5", "7"}


def _minor_colours(rest: str) -> set[str]:
    if rest.startswith(("6", "b6")):
        return {"b3", "5", "6"} if rest.startswith("6") else {"b3", "5"}
    match = _SEVENTH.match(rest)
    if match is None:
        return {"b3", "5", "9"} if rest in ("add9", "add2", "2") else {"b3", "5"}
    colour = {"7": set(), "9": {"9"}, "11": {"11"}, "13": {"9"}}[match[1]]
    return {"b3", "5", "b7"} | colour


def _dominant_colours(suffix: str) -> set[str]:
    """The one altered tone that says most, or the highest natural one."""
    degrees = {"3", "5", "b7"}
    if "b9" in suffix:
        return degrees | {"b9"}
    if "#9" in suffix or "alt" in suffix:
        return degrees | {"#9"}
    if "#5" in suffix or "+" in suffix:
        return degrees | {"#5"}
    if "b5" in suffix:
        return degrees | {"b5"}
    top = _SEVENTH.match(suffix)
    return degrees | ({top[1]} - {"7"} if top else set())

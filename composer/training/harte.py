"""Chord labels in the syntax of Harte et al., as Billboard and POP909 write them.

Source: C. Harte, M. Sandler, S. Abdallah, E. Gomez, "Symbolic Representation of Musical
Chords", ISMIR 2005.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from composer.training.chord_sections import pitch_class
from composer.training.chord_tokens import degree_semitones, token

_SHORTHANDS: Mapping[str, str] = {
    "": "3 5", "maj": "3 5", "min": "b3 5", "dim": "b3 b5", "aug": "3 #5", "7": "3 5 b7",
    "maj7": "3 5 7", "min7": "b3 5 b7", "minmaj7": "b3 5 7", "dim7": "b3 b5 bb7",
    "hdim7": "b3 b5 b7", "maj6": "3 5 6", "min6": "b3 5 6", "9": "3 5 b7 9",
    "maj9": "3 5 7 9", "min9": "b3 5 b7 9", "11": "3 5 b7 9 11", "min11": "b3 5 b7 9 11",
    "maj11": "3 5 7 9 11", "13": "3 5 b7 9 13", "maj13": "3 5 7 9 13",
    "min13": "b3 5 b7 9 11 13", "sus4": "4 5", "sus2": "2 5", "5": "5", "1": "",
}  # fmt: skip

_LABEL = re.compile(r"^([A-G][b#]*)(?::([a-z0-9]*)(?:\(([^)]*)\)?)?)?(?:/([b#]*\d+))?$")


class HarteChord(NamedTuple):
    """A parsed label: root pitch class, degrees above it, bass in semitones above it."""

    root: int
    degrees: frozenset[str]
    bass_semitones: int | None

    def token(self, tonic: int) -> str:
        """Spells the chord relative to a tonic's pitch class."""
        return token((self.root - tonic) % 12, self.degrees, self.bass_semitones)

    @property
    def has_minor_third(self) -> bool:
        """Whether the chord has a minor third and no major one."""
        return "b3" in self.degrees and "3" not in self.degrees


def parse_harte(label: str) -> HarteChord | None:
    """Parses a label such as `D:min7/b3`; None where it is no chord (`N`, `X`, `*`).

    Examples:
        >>> parse_harte("G:7/3").token(0)
        'V7/3'
        >>> parse_harte("N") is None
        True
    """
    match = _LABEL.match(label.replace(" ", ""))
    if match is None or (match[2] or "") not in _SHORTHANDS:
        return None
    root = pitch_class(match[1])
    if root is None:
        return None
    degrees = set(_SHORTHANDS[match[2] or ""].split())
    for extra in (match[3] or "").split(","):
        if extra.startswith("*"):
            degrees.discard(extra[1:])
        elif extra:
            degrees.add(extra)
    bass = degree_semitones(match[4]) if match[4] else None
    return HarteChord(root, frozenset(degrees), bass)

"""How the model's notes are struck: as loud as the draft's of their bar, and marked alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from composer.music.score import Note

_UNACCENTED = 0.94
_LONG = Fraction(3, 4)
_OF_THE_ONSET = frozenset({"down", "up", "accent"})
_OF_THE_NOTE = frozenset({"staccato", "tenuto", "rolled"})

Marks = Mapping[tuple[Fraction, bool], str]
"""Marks by onset, and by whether the note is long."""


def marks_of(before: Iterable[Note]) -> Marks:
    """How the draft has notes struck, by onset and whether they are long.

    Strokes and accents go to whatever is struck then. Graces and muted strokes are the draft's own.
    """
    found: dict[tuple[Fraction, bool], str] = {}
    for note in before:
        if note.mark in _OF_THE_ONSET:
            found[note.onset_quarters, False] = found[note.onset_quarters, True] = note.mark
        elif note.mark in _OF_THE_NOTE:
            found.setdefault((note.onset_quarters, _is_long(note.duration_quarters)), note.mark)
    return found


def struck(marks: Marks, onset: Fraction, quarters: Fraction) -> str:
    """How a note of an onset and length is marked; empty where the draft says nothing of it."""
    return marks.get((onset, _is_long(quarters)), "")


def _is_long(quarters: Fraction) -> bool:
    return quarters > _LONG


class Loudness:
    """Velocities after those of the draft in the same bar."""

    def __init__(self, notes: tuple[Note, ...]) -> None:
        self._at: dict[Fraction, list[int]] = {}
        self._keys: dict[int, list[int]] = {}
        for note in notes:
            self._at.setdefault(note.onset_quarters, []).append(note.velocity)
            self._keys.setdefault(note.pitch.midi, []).append(note.velocity)
        velocities = [note.velocity for note in notes] or [80]
        self._mean = sum(velocities) / len(velocities)

    def at(self, onset: Fraction) -> int:
        """Of a pitched note: what the draft has at that onset, else a little under its mean."""
        found = self._at.get(onset)
        value = sum(found) / len(found) if found else self._mean * _UNACCENTED
        return max(1, min(127, round(value)))

    def of_key(self, key: int, onset: Fraction) -> int:
        """Of a drum: what the draft gives that key."""
        found = self._keys.get(key)
        value = sum(found) / len(found) if found else self._mean
        return max(1, min(127, round(value if onset in self._at else value * _UNACCENTED)))

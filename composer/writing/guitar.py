"""Guitar chords as a hand can hold them: six strings, four fingers, four frets.

A grip is a fret for each of some neighbouring strings. The index finger may bar the lowest fret, if
no open string lies under it; every other fretted string takes a finger of its own.
Source: standard tuning; own search.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from composer.theory.chord import Chord
from composer.theory.interval import degree_name

TUNING = (40, 45, 50, 55, 59, 64)
"""Open strings, the lowest first: E A D G B E."""

FRETS = 14  # where the neck of an acoustic guitar meets its body
REACH = 4  # frets under four fingers, one a fret
FINGERS = 4
_WIDEST = 12  # semitones between neighbouring strings
_LEAST = 3  # strings of a chord
_HIGH = 0.07  # cost of each fret up the neck
_BOTTOM = {"1": 0.0, "5": 0.7}
_MISSING = {"1": 1.5, "5": 0.4}

Grip = tuple[int, ...]
"""A fret for each string, 0 for an open one, -1 for one that is not struck."""


@lru_cache(maxsize=4096)
def grips_of(numbers: frozenset[int], strings: int) -> tuple[Grip, ...]:
    """All grips of some pitch classes on so many neighbouring strings, each tone in one at least.

    Args:
        numbers: Pitch-class numbers that may sound.
        strings: How many strings are struck.
    """
    found: dict[Grip, None] = {}
    for first in range(len(TUNING) - strings + 1):
        for position in range(1, FRETS - REACH + 2):
            for frets in _choices(numbers, first, strings, position):
                lowest = min((fret for fret in frets if fret), default=position)
                if lowest == position and is_playable(frets):
                    found[(-1,) * first + frets + (-1,) * (6 - first - strings)] = None
    return tuple(found)


def _choices(numbers: frozenset[int], first: int, strings: int, position: int) -> list[Grip]:
    """Frets of neighbouring strings within a position or open, their pitches rising."""
    rows: list[Grip] = [()]
    for string in range(first, first + strings):
        frets = [
            fret
            for fret in (0, *range(position, position + REACH))
            if (TUNING[string] + fret) % 12 in numbers
        ]
        rows = [
            (*row, fret)
            for row in rows
            for fret in frets
            if not row or 0 < TUNING[string] + fret - TUNING[string - 1] - row[-1] <= _WIDEST
        ]
    return rows


def is_playable(frets: Grip) -> bool:
    """Whether a hand can hold frets of neighbouring strings.

    >>> is_playable((0, 2, 2, 1, 0, 0)), is_playable((1, 3, 3, 2, 1, 1)), is_playable((1, 2, 5, 3))
    (True, True, False)
    """
    fretted = [fret for fret in frets if fret > 0]
    if not fretted:
        return True
    lowest = min(fretted)
    if max(fretted) - lowest >= REACH:
        return False
    if len(fretted) <= FINGERS:
        return True
    barred = [string for string, fret in enumerate(frets) if fret == lowest]
    if 0 in frets[barred[0] : barred[-1] + 1]:
        return False
    return 1 + len(fretted) - len(barred) <= FINGERS


def grips(
    chord: Chord, _: str, voices: int, window: tuple[int, int], __: frozenset[int]
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Pitches of the grips of a chord within a window, each with its cost.

    As many strings as there are voices, or fewer where no grip has so many.

    Args:
        chord: The chord.
        voices: How many strings to strike, at most six.
        window: Lowest and highest MIDI number.
    """
    names = {(chord.root + t).number: degree_name(t).lstrip("#b") for t in chord.quality.tones}
    numbers = frozenset(names)
    for strings in range(min(voices, len(TUNING)), min(voices, _LEAST) - 1, -1):
        any_found = False
        for grip in grips_of(numbers, strings):
            pitches = tuple(t + f for t, f in zip(TUNING, grip, strict=True) if f >= 0)
            held = {pitch % 12 for pitch in pitches}
            if not window[0] <= pitches[0] or pitches[-1] > window[1]:
                continue
            if not chord.essential_numbers <= held:
                continue
            any_found = True
            missing = sum(_MISSING.get(name, 1.0) for t, name in names.items() if t not in held)
            bottom = 0.0
            if pitches[0] % 12 != chord.bass.number:
                bottom = _BOTTOM.get(names[pitches[0] % 12], 1.2)
            height = min((fret for fret in grip if fret > 0), default=0)
            yield pitches, missing + bottom + _HIGH * height
        if any_found:
            return

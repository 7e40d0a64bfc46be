"""Close stacks of a chord's tones, from which the kinds of voicing are made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from composer.theory.chord import Chord
from composer.theory.interval import degree_name

MISSING = {"1": 2.5, "3": 4.0, "5": 0.6}
"""Cost of leaving a degree out; 1.2 for any other."""

DOUBLED = {"1": 0.0, "5": 0.5}
"""Cost of doubling a degree; 1.5 for any other."""

Voicing = tuple[int, ...]
Window = tuple[int, int]
Layouts = Iterator[tuple[Voicing, float]]


def degrees_of(chord: Chord) -> dict[int, str]:
    """Degree (``1`` to ``7``, without accidental) of each chord tone by pitch-class number."""
    found: dict[int, str] = {}
    for tone in chord.quality.tones:
        found.setdefault((chord.root + tone).number, degree_name(tone).lstrip("#b"))
    return found


def tensions_of(chord: Chord, scale: frozenset[int]) -> dict[int, str]:
    """Degrees of the tensions that the key has, by pitch-class number."""
    own = degrees_of(chord)
    found: dict[int, str] = {}
    for tone in chord.quality.tensions:
        number = (chord.root + tone).number
        if number in scale and number not in own:
            found[number] = degree_name(tone).lstrip("#b")
    return found


def stack(tones: tuple[int, ...], start: int, count: int, bottom: int) -> Voicing:
    """So many tones upward from one of them, each in the next place above the last."""
    pitches = [bottom + (tones[start] - bottom) % 12]
    for step in range(1, count):
        tone = tones[(start + step) % len(tones)]
        pitches.append(pitches[-1] + ((tone - pitches[-1]) % 12 or 12))
    return tuple(pitches)


def stacks(chord: Chord, count: int, window: Window) -> Layouts:
    """Close layouts of a chord: all its tones, or all but some that it can spare, in any turn."""
    degrees = degrees_of(chord)
    low, high = window
    for size in range(min(count, len(degrees)), min(2, len(degrees) - 1), -1):
        for tones in combinations(sorted(degrees), size):
            if not chord.essential_numbers <= set(tones):
                continue
            cost = sum(MISSING.get(degrees[t], 1.2) for t in sorted(degrees) if t not in tones)
            if len(degrees) <= 3 and chord.root.number not in tones:
                cost += 4.0
            for start in range(size):
                pitches = stack(tones, start, count, low)
                numbers = [pitch % 12 for pitch in pitches]
                again = [t for t in tones if numbers.count(t) > 1]
                price = cost + sum(DOUBLED.get(degrees[tone], 1.5) for tone in again)
                while pitches[0] <= high:
                    yield pitches, price
                    pitches = tuple(pitch + 12 for pitch in pitches)


def upper_stacks(chord: Chord, count: int, window: Window) -> Layouts:
    """Close layouts of some tones of a chord, which another voice may complete."""
    tones = sorted(degrees_of(chord))
    for size in range(min(count, len(tones)), 0, -1):
        for chosen in combinations(tones, size):
            for start in range(size):
                pitches = stack(chosen, start, count, window[0])
                while pitches[0] <= window[1]:
                    yield pitches, 0.8 * (count - size)
                    pitches = tuple(pitch + 12 for pitch in pitches)

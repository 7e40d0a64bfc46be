"""The ladder of steps that a tune climbs, and how its rungs fit a chord."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.key import Key
from composer.theory.spelling import chord_scale

_PENTATONIC = {"major": frozenset({0, 1, 2, 4, 5}), "minor": frozenset({0, 2, 3, 4, 6})}
_BLUES = frozenset({0, 2, 3, 4, 6})
_OUTSIDE = {"pentatonic": 1e-12, "blues": 0.12, "scale": 1.0}


@dataclass(frozen=True, slots=True)
class Ladder:
    """The diatonic steps of a key within a range.

    Args:
        key: The key.
        steps: Step numbers: octave times seven plus the degree from 0.
        naturals: MIDI number of each step as the key has it.
        low: Lowest MIDI number that may be sung.
        high: Highest MIDI number that may be sung.
        tune: ``scale``, ``pentatonic`` or ``blues``: what the tune keeps to.
        sung: Degrees from 0 that it keeps to; all where it keeps to the scale.
    """

    key: Key
    steps: tuple[int, ...]
    naturals: tuple[int, ...]
    low: int
    high: int
    tune: str
    sung: frozenset[int]

    @property
    def size(self) -> int:
        """How many steps."""
        return len(self.steps)

    def pitches(self, chord: Chord, key: Key) -> list[int]:
        """MIDI numbers of all steps over a chord of a key, which may bend them.

        The five notes of a pentatonic tune are bent by nothing.
        """
        names = self.key.pitch_classes
        unbent = self.tune == "pentatonic"
        scale = key.pitch_classes if unbent else chord_scale(chord, key)
        bent = {name.step: name.number for name in scale}
        moves = [(bent.get(n.step, n.number) - n.number + 6) % 12 - 6 for n in names]
        if self.tune == "blues" and key == self.key:
            moves = self._blue(moves, chord)
        bends = (moves[step % len(names)] for step in self.steps)
        return [
            natural + bend if self.low <= natural + bend <= self.high else natural
            for natural, bend in zip(self.naturals, bends, strict=True)
        ]

    def _blue(self, moves: list[int], chord: Chord) -> list[int]:
        """Third and seventh of a blues are flat, unless the chord has them natural."""
        tonic = self.key.tonic.number
        result = list(moves)
        for degree, natural in ((2, 4), (6, 11)):
            here = semitones(self.key.scale.degrees[degree])
            if here == natural and (tonic + natural) % 12 not in chord.numbers:
                result[degree] = -1
        return result


def make_ladder(key: Key, home: Key, low: int, high: int, tune: str) -> Ladder:
    """All steps of a key from a low to a high pitch.

    Steps are counted so that a tune keeps its steps when the music modulates: it is transposed
    by the shorter way.

    Args:
        key: The key.
        home: The key of the piece.
        low: Lowest MIDI number.
        high: Highest MIDI number.
        tune: What the style keeps to; a key that keeps to less goes before it.
    """
    base = home.tonic.number + (key.tonic.number - home.tonic.number + 5) % 12 - 5
    rungs = [
        (7 * octave + index, 12 * octave + base + semitones(degree))
        for octave in range(-1, 11)
        for index, degree in enumerate(key.scale.degrees)
    ]
    inside = [(step, pitch) for step, pitch in rungs if low <= pitch <= high]
    kept, sung = kept_to(key, tune)
    return Ladder(
        key, tuple(s for s, _ in inside), tuple(p for _, p in inside), low, high, kept, sung
    )


def kept_to(key: Key, tune: str) -> tuple[str, frozenset[int]]:
    """What a tune keeps to in a key, and which degrees, counted from 0, that is."""
    if key.scale.tune:
        letters = {name.step for name in key.tune}
        degrees = frozenset(i for i, n in enumerate(key.pitch_classes) if n.step in letters)
        blue = not {name.number for name in key.tune} <= key.numbers
        return ("blues" if blue else "pentatonic"), degrees
    if tune == "pentatonic":
        return tune, _PENTATONIC[key.scale.parent]
    if tune == "blues":
        return tune, _BLUES
    return "scale", frozenset(range(len(key.scale.degrees)))


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How the steps of a ladder fit a chord: one entry a step.

    Args:
        pitches: MIDI numbers.
        in_chord: Whether they are chord tones.
        in_key: Whether they are in the key.
        tension: Whether they are tensions that the chord bears.
        clash: Whether they lie a semitone above a chord tone, or below one outside it.
        worth: Factor by what the tune keeps to.
    """

    pitches: NDArray[np.int64]
    in_chord: NDArray[np.bool_]
    in_key: NDArray[np.bool_]
    tension: NDArray[np.bool_]
    clash: NDArray[np.bool_]
    worth: NDArray[np.float64]


def fit(ladder: Ladder, chord: Chord, key: Key) -> Fit:
    """How a ladder fits a chord of a key."""
    pitches = ladder.pitches(chord, key)
    numbers = chord.numbers
    tensions = {(chord.root + t).number for t in chord.quality.tensions} - numbers
    outside = _OUTSIDE[ladder.tune]
    kept = {key.pitch_classes[degree].number for degree in kept_to(key, ladder.tune)[1]}
    if ladder.tune == "blues":
        kept = {p % 12 for p, step in zip(pitches, ladder.steps, strict=True) if step % 7 in _BLUES}
    return Fit(
        np.array(pitches),
        np.array([p % 12 in numbers for p in pitches]),
        np.array([p % 12 in key.numbers for p in pitches]),
        np.array([p % 12 in tensions for p in pitches]),
        np.array([(p - 1) % 12 in numbers for p in pitches]),
        np.array([1.0 if p % 12 in kept else outside for p in pitches]),
    )

"""Melodic pitch: a learned chain of scale steps, sampled exactly under the rules of counterpoint.

The states are pairs of neighbouring steps on a diatonic ladder; each note has an emission (chord
tone or not, how near to the wished contour) and each pair of notes a constraint (non-chord tones
leave by step). Backward messages make every draw satisfy all of it, ending included.
Source: Pachet, Roy and Barbieri (2011) for the sampling; Narmour (1990) and Huron, *Sweet
Anticipation* (2006), for steps, gap-fill and post-skip reversal, which the learned chain shows too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import pick
from composer.rulebook.tables import Counts
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.key import Key
from composer.writing.context import chord_scale

_LETTERS = "CDEFGAB"
_CHROMATIC_DEGREES = 7
_TINY = 1e-12
_THIRD_REPEAT = 0.2  # of a pitch, against its learned weight


@dataclass(frozen=True, slots=True)
class Ladder:
    """The diatonic steps of a key within a range.

    Args:
        key: The key.
        steps: Step numbers: octave times seven plus the degree from 0.
    """

    key: Key
    steps: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many steps."""
        return len(self.steps)

    def pitch(self, step: int, chord: Chord) -> int:
        """MIDI number of a step over a chord, which may bend it."""
        degree, octave = step % _CHROMATIC_DEGREES, step // _CHROMATIC_DEGREES
        name = self.key.pitch_classes[degree]
        natural = 12 * octave + self.key.tonic.number + semitones(name.fifths - self.key.tonic.fifths)
        for bent in chord_scale(chord, self.key):
            if bent.step == name.step:
                return natural + (bent.number - name.number + 6) % 12 - 6
        return natural


def make_ladder(key: Key, low: int, high: int) -> Ladder:
    """All steps of a key from a low to a high pitch."""
    plain = [
        (12 * octave + key.tonic.number + semitones(degree), 7 * octave + index)
        for octave in range(11)
        for index, degree in enumerate(key.scale.degrees[:7])
    ]
    return Ladder(key, tuple(step for pitch, step in plain if low <= pitch <= high))


@dataclass(frozen=True, slots=True)
class NoteWish:
    """What a note of a phrase should be.

    Args:
        chord: The chord at its onset.
        weight: How much it must be a chord tone: 0 (passing) to 1 (must).
        target: Wished step on the ladder.
        spread: How far it may stray from the wish, in steps.
        goal: Weight by pitch class, for the last note of a phrase; empty otherwise.
    """

    chord: Chord
    weight: float
    target: float
    spread: float
    goal: tuple[tuple[int, float], ...] = ()


class StepChain:
    """The chain of steps on a ladder.

    Args:
        ladder: The ladder.
        counts: Learned counts, next step by "degree previous-step".
        leap: How freely it leaps, 0–1.
    """

    def __init__(self, ladder: Ladder, counts: dict[str, Counts], leap: float) -> None:
        self.ladder = ladder
        size = ladder.size
        steps = np.array(ladder.steps)
        moves = steps[None, :] - steps[:, None]
        prior = np.exp(-np.abs(moves) / (0.9 + 1.2 * leap))
        prior[moves == 0] *= 0.5
        prior[np.abs(moves) > 7] = 0.0
        self.transition = np.repeat(prior[None], size, axis=0) * 0.3
        for i in range(size):
            for j in range(size):
                before = int(np.clip(steps[j] - steps[i], -7, 7))
                learned = counts.get(f"{steps[j] % 7 + 1} {before}")
                if learned:
                    self.transition[i, j] += self._row(learned, moves[j], leap)
                if before == 0:
                    self.transition[i, j, j] *= _THIRD_REPEAT
                if abs(before) >= 3:
                    self._reverse(self.transition[i, j], moves[j], before)

    @staticmethod
    def _row(counts: Counts, moves: NDArray[np.int64], leap: float) -> NDArray[np.float64]:
        total = sum(counts.values())
        row = np.array([counts.get(str(m), 0.0) for m in moves]) / total
        row[np.abs(moves) >= 3] *= 0.4 + 1.2 * leap
        row[moves == 0] *= 0.45
        return row

    @staticmethod
    def _reverse(row: NDArray[np.float64], moves: NDArray[np.int64], before: int) -> None:
        """After a leap the line turns back, by step for choice."""
        same = np.sign(moves) == np.sign(before)
        row[same & (np.abs(moves) >= 2)] *= 0.1
        row[~same & (np.abs(moves) == 1)] *= 1.6

    def sample(
        self,
        wishes: Sequence[NoteWish],
        before: tuple[int, int] | None,
        rng: np.random.Generator,
    ) -> list[int]:
        """Draw the steps of a phrase.

        Args:
            wishes: One a note.
            before: The two steps sung before, if the line goes on.
            rng: Randomness.
        """
        if not wishes:
            return []
        emissions = [self._emission(wish) for wish in wishes]
        allowed = [self._allowed(a, b) for a, b in zip(wishes, wishes[1:], strict=False)]
        size = self.ladder.size
        # message[i, j]: weight of all that follows, given the last two steps i and j
        messages = [np.ones((size, size))]
        for t in range(len(wishes) - 1, 0, -1):
            inner = emissions[t][None, None, :] * messages[-1][None, :, :]
            message = np.einsum("ijk,ijk->ij", self.transition, allowed[t - 1][None] * inner)
            messages.append(message / max(float(message.max()), _TINY))
        messages.reverse()
        index = {step: i for i, step in enumerate(self.ladder.steps)}
        first, second = (index.get(step) for step in before) if before else (None, None)
        drawn: list[int] = []
        for t, emission in enumerate(emissions):
            weights = emission.copy()
            if second is not None:
                row = self.transition[first if first is not None else second, second]
                weights = weights * row * (allowed[t - 1][second] if t else 1.0)
                weights = weights * messages[t][second]
            else:
                weights = weights * messages[t].mean(axis=0)
            if not weights.sum() > 0:
                weights = emission + _TINY
            first, second = second, pick(rng, range(size), weights)
            drawn.append(self.ladder.steps[second])
        return drawn

    def best_of(
        self,
        trials: int,
        wishes: Sequence[NoteWish],
        before: tuple[int, int] | None,
        rng: np.random.Generator,
    ) -> list[int]:
        """Draw several times and keep the most tuneful: the one with the lowest `dullness`."""
        drawn = [self.sample(wishes, before, rng) for _ in range(trials)]
        return min(drawn, key=dullness)

    def _emission(self, wish: NoteWish) -> NDArray[np.float64]:
        values = np.empty(self.ladder.size)
        goal = dict(wish.goal)
        numbers = wish.chord.numbers
        tensions = {(wish.chord.root + t).number for t in wish.chord.quality.tensions}
        for i, step in enumerate(self.ladder.steps):
            number = self.ladder.pitch(step, wish.chord) % 12
            if goal:
                fit = goal.get(number, 0.02 if number in numbers else 1e-5)
            elif number in numbers:
                fit = 1.0
            elif number in tensions:
                fit = 0.6 * (1 - wish.weight) + 0.15 * wish.weight
            else:
                clash = any((number - tone) % 12 == 1 for tone in numbers)
                fit = (0.85 if not clash else 0.6) * (1 - wish.weight) ** 2 + 1e-5
            away = (step - wish.target) / wish.spread
            values[i] = fit * np.exp(-0.5 * away * away) + 1e-30
        return values

    def _allowed(self, first: NoteWish, second: NoteWish) -> NDArray[np.float64]:
        """Non-chord tones go on by step (or wait); nothing leaps by a tritone, seventh or ninth."""
        ladder = self.ladder
        a = np.array([ladder.pitch(step, first.chord) for step in ladder.steps])
        b = np.array([ladder.pitch(step, second.chord) for step in ladder.steps])
        move = np.abs(b[None, :] - a[:, None])
        result = np.ones((ladder.size, ladder.size))
        foreign = np.array([p % 12 not in first.chord.numbers for p in a])
        result[foreign[:, None] & (move > 2)] = 1e-4
        result[foreign[:, None] & (move == 0)] = 0.2
        result[(move == 6) | (move == 10) | (move == 11)] *= 0.05
        result[move > 12] = 1e-6
        return result


def dullness(steps: Sequence[int]) -> float:
    """How far a line is from what tunes are like: some repeated notes, some span, one height.

    Repeated notes make up about a fifth of the intervals in POP909 and OpenEWLD, leaps of a fourth
    and more a seventh (``melody/*.toml``, intervals).

    >>> dullness([7, 7, 7, 7, 7]) > dullness([7, 8, 9, 11, 9])
    True
    """
    if len(steps) < 3:
        return 0.0
    moves = [b - a for a, b in zip(steps, steps[1:], strict=False)]
    repeats = sum(move == 0 for move in moves) / len(moves)
    leaps = sum(abs(move) >= 3 for move in moves) / len(moves)
    span = max(steps) - min(steps)
    wanted = 3.0 + 0.16 * len(steps)
    peaks = steps.count(max(steps))
    turns = sum(a * b < 0 for a, b in zip(moves, moves[1:], strict=False)) / max(1, len(moves) - 1)
    return (
        2.5 * abs(repeats - 0.18)
        + 1.5 * max(0.0, leaps - 0.2)
        + 0.25 * max(0.0, wanted - span)
        + 0.1 * max(0, peaks - 2)
        + 0.8 * max(0.0, turns - 0.55)
    )

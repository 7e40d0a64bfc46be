"""Melodic pitch: a learned chain of scale steps, sampled exactly under the rules of counterpoint.

The states are pairs of neighbouring steps on a diatonic ladder; each note has an emission (chord
tone or not, how near to the wished contour) and each pair of notes a constraint (non-chord tones
leave by step). Backward messages make every draw satisfy all of it, ending included.
Source: Pachet, Roy and Barbieri (2011) for the sampling; Narmour (1990) and Huron, *Sweet
Anticipation* (2006), for steps, gap-fill and post-skip reversal, which the learned chain shows too.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import pick
from composer.rulebook.learned import Counts
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.key import Key
from composer.theory.spelling import chord_scale

_TINY = 1e-12
_THIRD_REPEAT = 0.2  # of a pitch, against its learned weight


@dataclass(frozen=True, slots=True)
class Ladder:
    """The diatonic steps of a key within a range.

    Args:
        key: The key.
        steps: Step numbers: octave times seven plus the degree from 0.
        naturals: MIDI number of each step as the key has it.
        low: Lowest MIDI number that may be sung.
        high: Highest MIDI number that may be sung.
    """

    key: Key
    steps: tuple[int, ...]
    naturals: tuple[int, ...]
    low: int
    high: int

    @property
    def size(self) -> int:
        """How many steps."""
        return len(self.steps)

    def pitches(self, chord: Chord) -> list[int]:
        """MIDI numbers of all steps over a chord, which may bend them."""
        names = self.key.pitch_classes
        bent = {name.step: name.number for name in chord_scale(chord, self.key)}
        moves = [(bent.get(n.step, n.number) - n.number + 6) % 12 - 6 for n in names]
        bends = (moves[step % len(names)] for step in self.steps)
        return [
            natural + bend if self.low <= natural + bend <= self.high else natural
            for natural, bend in zip(self.naturals, bends, strict=True)
        ]


def make_ladder(key: Key, low: int, high: int) -> Ladder:
    """All steps of a key from a low to a high pitch."""
    rungs = [
        (7 * octave + index, 12 * octave + key.tonic.number + semitones(degree))
        for octave in range(11)
        for index, degree in enumerate(key.scale.degrees)
    ]
    inside = [(step, pitch) for step, pitch in rungs if low <= pitch <= high]
    return Ladder(key, tuple(s for s, _ in inside), tuple(p for _, p in inside), low, high)


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

    def aimed(self, target: float, spread: float) -> NoteWish:
        """The wish with another target."""
        return replace(self, target=float(target), spread=spread)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """How the steps of a ladder fit a chord: one entry a step."""

    pitches: NDArray[np.int64]
    in_chord: NDArray[np.bool_]
    tension: NDArray[np.bool_]
    clash: NDArray[np.bool_]


class StepChain:
    """The chain of steps on a ladder.

    Args:
        ladder: The ladder.
        counts: Learned counts, next step by "degree previous-step".
        starts: Learned counts of the degrees that phrases start on.
        leap: How freely it leaps, 0–1.
    """

    def __init__(
        self, ladder: Ladder, counts: Mapping[str, Counts], starts: Counts, leap: float
    ) -> None:
        self.ladder = ladder
        total = sum(starts.values())
        self.starts = np.array(
            [0.05 + starts.get(str(step % 7 + 1), 0.0) / total for step in ladder.steps]
        )
        self._fits: dict[Chord, _Fit] = {}
        self._moves: dict[tuple[Chord, Chord], NDArray[np.float64]] = {}
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
        return self.best_of(1, wishes, before, rng)

    def _messages(
        self, emissions: Sequence[NDArray[np.float64]], allowed: Sequence[NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """``[i, j]`` at t: weight of all that follows note t, given the steps before and at it."""
        size = self.ladder.size
        messages = [np.ones((size, size))]
        for t in range(len(emissions) - 1, 0, -1):
            inner = allowed[t - 1] * emissions[t][None, :] * messages[-1]
            message = np.einsum("ijk,jk->ij", self.transition, inner)
            messages.append(message / max(float(message.max()), _TINY))
        messages.reverse()
        return messages

    def _draw(
        self,
        emissions: Sequence[NDArray[np.float64]],
        allowed: Sequence[NDArray[np.float64]],
        messages: Sequence[NDArray[np.float64]],
        before: tuple[int, int] | None,
        rng: np.random.Generator,
    ) -> list[int]:
        size = self.ladder.size
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
                weights = weights * messages[t].mean(axis=0) * self.starts
            if not weights.sum() > 0:
                weights = emission + _TINY
            first, second = second, pick(rng, range(size), weights.tolist())
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
        emissions = [self._emission(wish) for wish in wishes]
        allowed = [self._allowed(a, b) for a, b in itertools.pairwise(wishes)]
        messages = self._messages(emissions, allowed)
        drawn = [self._draw(emissions, allowed, messages, before, rng) for _ in range(trials)]
        return min(drawn, key=dullness)

    def pitch(self, step: int, chord: Chord) -> int:
        """MIDI number of a step over a chord."""
        return int(self._fit(chord).pitches[step - self.ladder.steps[0]])

    def _fit(self, chord: Chord) -> _Fit:
        if chord not in self._fits:
            pitches = self.ladder.pitches(chord)
            numbers = chord.numbers
            tensions = {(chord.root + t).number for t in chord.quality.tensions} - numbers
            self._fits[chord] = _Fit(
                np.array(pitches),
                np.array([p % 12 in numbers for p in pitches]),
                np.array([p % 12 in tensions for p in pitches]),
                np.array([(p - 1) % 12 in numbers for p in pitches]),
            )
        return self._fits[chord]

    def _emission(self, wish: NoteWish) -> NDArray[np.float64]:
        fit = self._fit(wish.chord)
        free = 1 - wish.weight
        if wish.goal:
            goal = dict(wish.goal)
            values = np.array(
                [
                    goal.get(int(p) % 12, 0.02 if inside else 1e-5)
                    for p, inside in zip(fit.pitches, fit.in_chord, strict=True)
                ]
            )
        else:
            foreign = np.where(fit.clash, 0.6, 0.85) * free**2 + 1e-5
            values = np.where(fit.tension, 0.6 * free + 0.15 * wish.weight, foreign)
            values = np.where(fit.in_chord, np.where(fit.clash, 0.25, 1.0), values)
        away = (np.array(self.ladder.steps) - wish.target) / wish.spread
        result: NDArray[np.float64] = values * np.exp(-0.5 * away * away) + 1e-30
        return result

    def _allowed(self, first: NoteWish, second: NoteWish) -> NDArray[np.float64]:
        """Non-chord tones go on by step (or wait); nothing leaps by a tritone, seventh or ninth."""
        key = (first.chord, second.chord)
        if key not in self._moves:
            a, b = self._fit(first.chord), self._fit(second.chord)
            move = np.abs(b.pitches[None, :] - a.pitches[:, None])
            result = np.ones(move.shape)
            foreign = ~a.in_chord[:, None]
            result[foreign & (move > 2)] = 1e-4
            result[foreign & (move == 0)] = 0.2
            result[(move == 6) | (move == 10) | (move == 11)] *= 0.05
            result[move > 12] = 1e-6
            self._moves[key] = result
        return self._moves[key]


def dullness(steps: Sequence[int]) -> float:
    """How far a line is from what tunes are like: some repeated notes, some span, one height.

    Repeated notes make up about a fifth of the intervals in POP909 and OpenEWLD, leaps of a fourth
    and more a seventh (``melody/*.toml``, intervals).

    >>> dullness([7, 7, 7, 7, 7]) > dullness([7, 8, 9, 11, 9])
    True
    """
    if len(steps) < 3:
        return 0.0
    moves = [b - a for a, b in itertools.pairwise(steps)]
    repeats = sum(move == 0 for move in moves) / len(moves)
    leaps = sum(abs(move) >= 3 for move in moves) / len(moves)
    span = max(steps) - min(steps)
    wanted = 3.0 + 0.16 * len(steps)
    peaks = steps.count(max(steps))
    turns = sum(a * b < 0 for a, b in itertools.pairwise(moves)) / max(1, len(moves) - 1)
    return (
        2.5 * abs(repeats - 0.18)
        + 1.5 * max(0.0, leaps - 0.2)
        + 0.25 * max(0.0, wanted - span)
        + 0.1 * max(0, peaks - 2)
        + 0.8 * max(0.0, turns - 0.55)
    )

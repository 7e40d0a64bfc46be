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
from composer.theory.key import Key
from composer.writing.melody_ladder import Fit, Ladder, fit

_TINY = 1e-12
_USUAL_REPEATS = 0.25  # share of repeated pitches where the learned weights are left as they are
_THIRD_REPEAT = 0.5  # of a pitch, against its learned weight


@dataclass(frozen=True, slots=True)
class NoteWish:
    """What a note of a phrase should be.

    Args:
        chord: The chord at its onset.
        key: The key of the moment.
        weight: How much it must be a chord tone: 0 (passing) to 1 (must).
        target: Wished step on the ladder.
        spread: How far it may stray from the wish, in steps.
        goal: Weight by pitch class, for the last note of a phrase; empty otherwise.
        ceiling: Highest step that it may have.
    """

    chord: Chord
    key: Key
    weight: float
    target: float
    spread: float
    goal: tuple[tuple[int, float], ...] = ()
    ceiling: int = 999

    def aimed(self, target: float, spread: float) -> NoteWish:
        """The wish with another target."""
        return replace(self, target=float(target), spread=spread)


class StepChain:
    """The chain of steps on a ladder.

    Args:
        ladder: The ladder.
        counts: Learned counts, next step by "degree previous-step".
        starts: Learned counts of the degrees that phrases start on.
        leap: How freely it leaps, 0–1.
        repeated: Share of repeated pitches that it aims at, 0–0.6.
    """

    def __init__(
        self,
        ladder: Ladder,
        counts: Mapping[str, Counts],
        starts: Counts,
        leap: float,
        repeated: float,
    ) -> None:
        self.ladder = ladder
        self.repeated = repeated
        total = sum(starts.values())
        self.starts = np.array(
            [0.05 + starts.get(str(step % 7 + 1), 0.0) / total for step in ladder.steps]
        )
        self._fits: dict[tuple[Chord, Key], Fit] = {}
        self._moves: dict[tuple[Chord, Key, Chord, Key], NDArray[np.float64]] = {}
        again = repeated / _USUAL_REPEATS
        size = ladder.size
        steps = np.array(ladder.steps)
        moves = steps[None, :] - steps[:, None]
        prior = np.exp(-np.abs(moves) / (0.9 + 1.2 * leap))
        prior[moves == 0] *= again
        prior[np.abs(moves) > 7] = 0.0
        self.transition = np.repeat(prior[None], size, axis=0) * 0.3
        for i in range(size):
            for j in range(size):
                before = int(np.clip(steps[j] - steps[i], -7, 7))
                learned = counts.get(f"{steps[j] % 7 + 1} {before}")
                if learned:
                    self.transition[i, j] += self._row(learned, moves[j], leap, again)
                if before == 0:
                    self.transition[i, j, j] *= min(1.0, _THIRD_REPEAT * again)
                if abs(before) >= 3:
                    self._reverse(self.transition[i, j], moves[j], before)

    @staticmethod
    def _row(
        counts: Counts, moves: NDArray[np.int64], leap: float, again: float
    ) -> NDArray[np.float64]:
        total = sum(counts.values())
        row = np.array([counts.get(str(m), 0.0) for m in moves]) / total
        row[np.abs(moves) >= 3] *= 0.4 + 1.2 * leap
        row[moves == 0] *= again
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
        return min(drawn, key=lambda steps: dullness(steps, self.repeated))

    def pitch(self, step: int, chord: Chord, key: Key) -> int:
        """MIDI number of a step over a chord of a key."""
        return int(self.fit(chord, key).pitches[step - self.ladder.steps[0]])

    def fit(self, chord: Chord, key: Key) -> Fit:
        """How the ladder fits a chord of a key."""
        if (chord, key) not in self._fits:
            self._fits[chord, key] = fit(self.ladder, chord, key)
        return self._fits[chord, key]

    def _emission(self, wish: NoteWish) -> NDArray[np.float64]:
        fits = self.fit(wish.chord, wish.key)
        free = 1 - wish.weight
        if wish.goal:
            goal = dict(wish.goal)
            values = np.array(
                [
                    goal.get(int(p) % 12, 0.02 if inside else 1e-5)
                    for p, inside in zip(fits.pitches, fits.in_chord, strict=True)
                ]
            )
        else:
            foreign = np.where(fits.clash, 0.6, 0.85) * free**2 + 1e-5
            values = np.where(fits.tension, 0.6 * free + 0.15 * wish.weight, foreign)
            values = np.where(fits.in_chord, np.where(fits.clash, 0.25, 1.0), values)
        steps = np.array(self.ladder.steps)
        away = (steps - wish.target) / wish.spread
        values = np.where(steps > wish.ceiling, 1e-9, 1.0) * values * fits.worth
        result: NDArray[np.float64] = values * np.exp(-0.5 * away * away) + 1e-30
        return result

    def _allowed(self, first: NoteWish, second: NoteWish) -> NDArray[np.float64]:
        """Non-chord tones go on by step (or wait); nothing leaps by a tritone, seventh or ninth.

        A step of a pentatonic or blues tune may be a minor third; a note that is neither in the
        key nor in the chord must go on by such a step. A second of three semitones is no step.
        """
        key = (first.chord, first.key, second.chord, second.key)
        if key not in self._moves:
            a, b = self.fit(first.chord, first.key), self.fit(second.chord, second.key)
            move = np.abs(b.pitches[None, :] - a.pitches[:, None])
            steps = np.array(self.ladder.steps)
            rungs = np.abs(steps[None, :] - steps[:, None])
            widest = 2 if self.ladder.tune == "scale" else 3
            result = np.ones(move.shape)
            foreign = ~a.in_chord[:, None]
            result[foreign & (move > widest)] = 1e-7
            result[foreign & (move == 0)] = 0.2
            result[(foreign & ~a.in_key[:, None]) & (move > widest)] = 1e-9
            result[(rungs == 1) & (move == 3)] *= 0.05
            result[(move == 6) | (move == 10) | (move == 11)] *= 0.05
            result[move > 12] = 1e-6
            self._moves[key] = result
        return self._moves[key]


def dullness(steps: Sequence[int], repeated: float = 0.18) -> float:
    """How far a line is from what tunes are like: some repeated notes, some span, one height.

    Args:
        steps: The line.
        repeated: Share of repeated pitches that is aimed at. In POP909 and OpenEWLD they make up
            about a fifth of the intervals, leaps of a fourth and more a seventh (``melody/*.toml``,
            intervals).

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
        2.5 * abs(repeats - repeated)
        + 1.5 * max(0.0, leaps - 0.2)
        + 0.25 * max(0.0, wanted - span)
        + 0.1 * max(0, peaks - 2)
        + 0.8 * max(0.0, turns - 0.55)
    )

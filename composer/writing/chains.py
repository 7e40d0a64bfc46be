"""Markov chains over chords with exact sampling under constraints.

A phrase's chords are drawn from an order-2 chain with back-off, conditioned on all that is asked
of them at once: what stands before and after the phrase, what suits each place, what must not be
copied. Backward messages give the weight of all completions, so no draw is ever rejected, in time
linear in the length.
Source: Pachet, Roy and Barbieri, "Finite-length Markov processes with constraints" (IJCAI 2011);
Papadopoulos, Roy and Pachet, "Avoiding plagiarism in Markov sequence generation" (AAAI 2014), on
forbidden copies as an automaton.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import pick

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

START = "^"
_ROOT = re.compile(r"[b#]*[iIvV]+")
_REACH = 3  # tokens after a phrase that can be felt within it


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a line of chords besides its chain.

    Args:
        before: The tokens before it, the last ones at least; unknown ones count as `START`.
        after: The tokens after it; unknown ones are taken as unconstrained.
        places: For each token to draw, how much each token of the vocabulary suits the place (see
            `ChordChain.preference` and `ChordChain.anchor`); empty where all suit alike.
        forbidden: Runs of tokens that the line must not contain, copies of other lines; those that
            reach into what stands before and after count.
        rocking: Whether two chords may alternate twice (I V I V).
    """

    before: Sequence[str] = (START, START)
    after: Sequence[str] = ()
    places: Sequence[Floats | None] = ()
    forbidden: Sequence[Sequence[str]] = ()
    rocking: bool = True


class ChordChain:
    """An order-2 chain over a vocabulary of chord tokens.

    Args:
        tokens: The vocabulary; `START` is added to it.
        transition: ``[before-last, last, next]`` probabilities.
        sharpness: Exponent of the probabilities; above 1 keeps to the common paths.
    """

    def __init__(self, tokens: Sequence[str], transition: Floats, sharpness: float = 1.0) -> None:
        self.tokens = list(tokens)
        self.index = {token: i for i, token in enumerate(self.tokens)}
        self.transition = transition
        self.matrix = transition if sharpness == 1.0 else transition**sharpness
        own = np.arange(len(self.tokens))
        self.back: Floats = self.matrix[own[:, None], own[None, :], own[:, None]]
        """Weight of going back to the token before the last, ``[before-last, last]``."""
        onward = self.matrix.copy()
        onward[own, :, own] = 0.0
        self.onward: Floats = np.ascontiguousarray(onward.transpose(1, 0, 2))
        """Weights of all other steps, ``[last, before-last, next]``."""

    def lattice(self, length: int, wishes: Wishes) -> Lattice:
        """Prepare to draw lines of a length under some wishes."""
        return Lattice(self, length, wishes)

    def sample(self, length: int, wishes: Wishes, rng: np.random.Generator) -> list[str]:
        """Draw one line; wishes that nothing fulfils are given up, copies first, places next.

        Returns:
            The tokens; neighbours always differ.
        """
        return self.willing(length, wishes).draw(rng)

    def willing(self, length: int, wishes: Wishes) -> Lattice:
        """A lattice under as many of the wishes as can be fulfilled together."""
        fewer = (
            wishes,
            Wishes(wishes.before, wishes.after, wishes.places),
            Wishes(wishes.before, wishes.after),
            Wishes(wishes.before),
        )
        lattices = (self.lattice(length, each) for each in fewer)
        found = next((lattice for lattice in lattices if lattice.feasible), None)
        return found if found is not None else self.lattice(length, Wishes())

    def preference(self, weights: Mapping[str, float]) -> Floats:
        """How much each token suits a place, by the numeral of its root; 1 where none is said."""
        return np.array([weights.get(root_of(token), 1.0) for token in self.tokens])

    def anchor(self, token: str) -> Floats:
        """What suits a place where one token is given."""
        return np.array([float(known == token) for known in self.tokens])

    def surprise(self, tokens: Sequence[str], before: Sequence[str]) -> float:
        """Mean information of tokens in bits, given the two before them."""
        start = self.index[START]
        first, second = (self.index.get(token, start) for token in before[-2:])
        bits = 0.0
        for token in tokens:
            chosen = self.index[token]
            bits -= float(np.log2(max(self.transition[first, second, chosen], 1e-9)))
            first, second = second, chosen
        return bits / max(1, len(tokens))


class Lattice:
    """Backward messages over all lines of a length, from which lines are drawn exactly.

    A state is the last two tokens, where in a forbidden run the line is, and whether the last step
    went back to the token before the last.
    """

    def __init__(self, chain: ChordChain, length: int, wishes: Wishes) -> None:
        self._chain = chain
        self._length = length
        size = len(chain.tokens)
        start = chain.index[START]
        before = [chain.index.get(token, start) for token in (START, START, *wishes.before)]
        self._automaton = _automaton(chain, wishes.forbidden)
        self._dead = len(self._automaton)
        self._rocking = wishes.rocking
        self._first = (before[-2], before[-1])
        run = 0
        for token in before[2:]:
            run = int(self._automaton[run, token])
            run = 0 if run == self._dead else run
        rocks = len(before) > 4 and before[-1] == before[-3]
        self._entry = (int(rocks and not wishes.rocking), run)
        plain = np.ones(size)
        places = [plain if p is None else p for p in wishes.places] or [plain] * length
        goals = [
            chain.anchor(t) if t in chain.index else plain for t in list(wishes.after)[:_REACH]
        ]
        self._places = [*places, *goals]
        self._messages = self._backward()

    def _backward(self) -> list[Floats]:
        """Messages ``[rocked, run, before-last, last]`` behind each place."""
        chain, size = self._chain, len(self._chain.tokens)
        runs, layers = self._dead, 1 if self._rocking else 2
        message = np.zeros((layers, runs + 1, size, size))
        message[:, :runs] = 1.0
        messages = [message]
        nexts, last, token = self._automaton[:, None, :], np.arange(size)[:, None], np.arange(size)
        for place in reversed(self._places[1:]):
            later = messages[-1] * place
            onward = later[0][nexts, last, token]  # [run, last, next]
            weight = (chain.onward @ onward.transpose(1, 2, 0)).transpose(2, 1, 0)
            # Stepping back leads to the state (last, before-last) of the other layer.
            returns = chain.back * later[-1][nexts, last, token].transpose(0, 2, 1)
            message = np.zeros_like(messages[-1])
            message[0, :runs] = weight + returns
            if layers == 2:
                message[1, :runs] = weight
            messages.append(message / max(float(message.max()), 1e-300))
        return messages[::-1]

    @property
    def feasible(self) -> bool:
        """Whether any line fulfils the wishes."""
        if not self._places:
            return True
        rocked, run = self._entry
        return bool(self._weights(0, rocked, run, *self._first).sum() > 0)

    def _weights(self, place: int, rocked: int, run: int, first: int, second: int) -> Floats:
        """Weight of each next token, all completions counted."""
        message, size = self._messages[place], len(self._chain.tokens)
        behind = message[0, self._automaton[run], second, np.arange(size)]
        weights: Floats = self._chain.matrix[first, second] * self._places[place] * behind
        if len(message) == 2:
            again = message[1, self._automaton[run, first], second, first]
            step = self._chain.matrix[first, second, first] * self._places[place][first]
            weights[first] = 0.0 if rocked else step * again
        return weights

    def draw(self, rng: np.random.Generator) -> list[str]:
        """Draw one line.

        Raises:
            ValueError: If nothing fulfils the wishes.
        """
        rocked, run = self._entry
        first, second = self._first
        drawn: list[str] = []
        for place in range(self._length):
            weights = self._weights(place, rocked, run, first, second)
            chosen = pick(rng, range(len(weights)), weights)
            drawn.append(self._chain.tokens[chosen])
            run = int(self._automaton[run, chosen])
            rocked = int(chosen == first and not self._rocking)
            first, second = second, chosen
        return drawn


def _automaton(chain: ChordChain, forbidden: Sequence[Sequence[str]]) -> Integers:
    """Next state by state and token, ``[states, tokens]``; the number of states means forbidden.

    Source: Aho and Corasick, "Efficient string matching" (1975).
    """
    runs = [
        tuple(chain.index[token] for token in run)
        for run in forbidden
        if run and all(token in chain.index for token in run)
    ]
    prefixes = sorted({run[:end] for run in runs for end in range(len(run))} | {()}, key=len)
    number = {prefix: i for i, prefix in enumerate(prefixes)}
    table = np.zeros((len(prefixes), len(chain.tokens)), dtype=np.int64)
    ends = set(runs)
    for prefix in prefixes:
        for token in range(len(chain.tokens)):
            line = (*prefix, token)
            suffixes = [line[i:] for i in range(len(line) + 1)]
            if any(suffix in ends for suffix in suffixes):
                table[number[prefix], token] = len(prefixes)
            else:
                table[number[prefix], token] = next(number[s] for s in suffixes if s in number)
    return table


def root_of(token: str) -> str:
    """The numeral of a token's root in upper case.

    >>> root_of("bvii7"), root_of("V7/3")
    ('BVII', 'V')
    """
    match = _ROOT.match(token)
    return match.group().upper() if match else token

"""Markov chains over chords with exact sampling under constraints.

A phrase's chords are drawn from an order-2 chain with back-off, conditioned on what stands before
the phrase and on the cadence that ends it: backward messages give the weight of all completions,
so no draw is ever rejected.
Source: Pachet, Roy and Barbieri, "Finite-length Markov processes with constraints" (2011).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import pick
from composer.rulebook.learned import Counts
from composer.rulebook.progressions import Progressions

START = "^"
# Weights of the chain of the section's kind, that of all sections, order 1 and order 0.
_MIXTURE = (0.5, 0.3, 0.18, 0.02)
# A change of quality over one root is hardly a change: it gets this share of its learned weight.
_SAME_ROOT = 0.25
_ROOT = re.compile(r"[b#]*[iIvV]+")


class ChordChain:
    """An order-2 chain over a vocabulary of chord tokens.

    Args:
        tokens: The vocabulary; `START` is added to it.
        transition: ``[before-last, last, next]`` probabilities.
    """

    def __init__(self, tokens: Sequence[str], transition: NDArray[np.float64]) -> None:
        self.tokens = list(tokens)
        self.index = {token: i for i, token in enumerate(self.tokens)}
        self.transition = transition

    def sample(
        self,
        length: int,
        before: tuple[str, str],
        after: Sequence[str],
        rng: np.random.Generator,
        sharpness: float = 1.0,
        places: Sequence[NDArray[np.float64] | None] = (),
    ) -> list[str]:
        """Draw tokens that follow two tokens and lead into others.

        Args:
            length: How many tokens to draw.
            before: The two tokens before; unknown ones count as `START`.
            after: Tokens that follow; unknown ones are taken as unconstrained.
            rng: Randomness.
            sharpness: Exponent of the probabilities; above 1 keeps to the common paths.
            places: For each token to draw, how much each token of the vocabulary suits the place
                (see `preference`); None where all suit alike.

        Returns:
            The tokens; neighbours always differ.
        """
        if length == 0:
            return []
        matrix = self.transition**sharpness
        size = len(self.tokens)
        message = np.ones((size, size))
        for token in reversed(list(after)[:2]):
            fixed = np.zeros(size)
            fixed[self.index[token] if token in self.index else slice(None)] = 1.0
            message = np.einsum("abc,bc,c->ab", matrix, message, fixed)
        suits = [np.ones(size) if p is None else p for p in places] or [np.ones(size)] * length
        messages = [message]
        for place in reversed(suits[1:]):
            message = np.einsum("abc,bc,c->ab", matrix, messages[-1], place)
            messages.append(message / max(float(message.max()), 1e-300))
        start = self.index[START]
        first, second = (self.index.get(token, start) for token in before)
        drawn: list[str] = []
        for place, message in zip(suits, reversed(messages), strict=True):
            weights = matrix[first, second] * message[second] * place
            if not weights.sum() > 0:
                weights = matrix[first, second] + 1e-9
                weights[[start, second]] = 0.0
            chosen = pick(rng, range(size), weights)
            drawn.append(self.tokens[chosen])
            first, second = second, chosen
        return drawn

    def preference(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        """How much each token suits a place, by the numeral of its root; 1 where none is said."""
        return np.array([weights.get(_root(token), 1.0) for token in self.tokens])

    def surprise(self, tokens: Sequence[str], before: tuple[str, str]) -> float:
        """Mean information of tokens in bits, given the two before them."""
        start = self.index[START]
        first, second = (self.index.get(token, start) for token in before)
        bits = 0.0
        for token in tokens:
            chosen = self.index[token]
            bits -= float(np.log2(max(self.transition[first, second, chosen], 1e-9)))
            first, second = second, chosen
        return bits / max(1, len(tokens))


def _root(token: str) -> str:
    match = _ROOT.match(token)
    return match.group().upper() if match else token


def build_chain(
    table: Progressions, parent: str, kind: str, translate: Mapping[str, str]
) -> ChordChain:
    """Build the chain of a mode and section kind.

    Args:
        table: Learned counts.
        parent: ``major`` or ``minor``.
        kind: Section kind; kinds that the table does not know are served by ``any``.
        translate: Token to use for a token of the table; tokens without one are left out.
    """
    tokens = [START, *sorted(set(translate.values()))]
    index = {token: i for i, token in enumerate(tokens)}
    size = len(tokens)

    def number(token: str) -> int | None:
        return index.get(START if token == START else translate.get(token, ""))

    def row(counts: Counts) -> NDArray[np.float64]:
        values = np.zeros(size)
        for token, count in counts.items():
            if (i := number(token)) is not None and i:
                values[i] += count
        total = values.sum()
        return values / total if total else values

    unigram = row(table.unigrams[parent])
    first = np.tile(unigram, (size, 1)) * _MIXTURE[3]
    for token, counts in table.order1[parent].items():
        if (i := number(token)) is not None:
            first[i] += _MIXTURE[2] * row(counts)
    matrix = np.repeat(first[None], size, axis=0)
    for share, name in ((_MIXTURE[1], "any"), (_MIXTURE[0], kind)):
        chain = table.order2.get((parent, name), table.order2[parent, "any"])
        for context, counts in chain.items():
            before, last = (number(token) for token in context.split())
            if before is not None and last is not None:
                matrix[before, last] += share * row(counts)
    diagonal = np.arange(size)
    matrix[:, diagonal, diagonal] = 0.0
    roots = np.array([_root(token) for token in tokens])
    matrix *= np.where(roots[:, None] == roots[None, :], _SAME_ROOT, 1.0)[None]
    matrix[:, :, 0] = 0.0
    totals = matrix.sum(axis=2, keepdims=True)
    return ChordChain(tokens, matrix / np.where(totals > 0, totals, 1.0))

"""Chains of chords from learned counts: order 2, backed off to order 1 and order 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer.rulebook.learned import Counts
from composer.rulebook.progressions import Progressions
from composer.writing.chains import START, ChordChain, Floats, root_of

# Weights of the chain of the section's kind, that of all sections, order 1 and order 0.
_MIXTURE = (0.5, 0.3, 0.18, 0.02)
# A change of quality over one root is hardly a change: it gets this share of its learned weight.
_SAME_ROOT = 0.25


def build_chain(
    table: Progressions,
    parent: str,
    kind: str,
    translate: Mapping[str, str],
    sharpness: float = 1.0,
    favour: Mapping[str, float] | None = None,
) -> ChordChain:
    """Build the chain of a mode and section kind.

    Args:
        table: Learned counts.
        parent: ``major`` or ``minor``.
        kind: Section kind; kinds that the table does not know are served by ``any``.
        translate: Token to use for a token of the table; tokens without one are left out.
        sharpness: Exponent of the probabilities.
        favour: Factor of the steps to a token, where it is not 1.
    """
    tokens = [START, *sorted(set(translate.values()))]
    index = {token: i for i, token in enumerate(tokens)}
    size = len(tokens)
    numbers = {known: index[token] for known, token in translate.items()} | {START: 0}

    def row(counts: Counts) -> Floats:
        values = np.zeros(size)
        for token, count in counts.items():
            if i := numbers.get(token, 0):
                values[i] += count
        total = values.sum()
        return values / total if total else values

    unigram = row(table.unigrams[parent])
    first = np.tile(unigram, (size, 1)) * _MIXTURE[3]
    for token, counts in table.order1[parent].items():
        if (i := numbers.get(token)) is not None:
            first[i] += _MIXTURE[2] * row(counts)
    matrix = np.repeat(first[None], size, axis=0)
    for share, name in ((_MIXTURE[1], "any"), (_MIXTURE[0], kind)):
        chain = table.order2.get((parent, name), table.order2[parent, "any"])
        for context, counts in chain.items():
            before, last = (numbers.get(token) for token in context.split())
            if before is not None and last is not None:
                matrix[before, last] += share * row(counts)
    if favour:
        matrix *= np.array([favour.get(token, 1.0) for token in tokens])
    diagonal = np.arange(size)
    matrix[:, diagonal, diagonal] = 0.0
    roots = np.array([root_of(token) for token in tokens])
    matrix *= np.where(roots[:, None] == roots[None, :], _SAME_ROOT, 1.0)[None]
    matrix[:, :, 0] = 0.0
    totals = matrix.sum(axis=2, keepdims=True)
    return ChordChain(tokens, matrix / np.where(totals > 0, totals, 1.0), sharpness)

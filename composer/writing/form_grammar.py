"""The grammar of forms: sections that fill any number of bars exactly.

The grammar is sampled exactly under the condition that its sections add up to the asked bars: the
inside algorithm sums the weight of every derivation of every length, and the derivation is drawn
from the top down in proportion.
Source: Lari and Young, "The estimation of stochastic context-free grammars" (1990).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from composer.errors import BriefError
from composer.music.seeding import generator, pick
from composer.rulebook.forms import Expansion, Form, SectionKind

FRAMES = ("intro", "outro", "tag", "coda")
"""Kinds of sections that open or close a piece, and have no place in a loop."""
_USUAL = 0.05  # share of its commonest length's weight from which a length is usual


class _Inside:
    """Inside weights of every symbol of a grammar by number of bars."""

    def __init__(self, form: Form, bars: int) -> None:
        self.form = form
        self.bars = bars
        self.weight: dict[str, NDArray[np.float64]] = {}
        self.tails: dict[tuple[str, ...], NDArray[np.float64]] = {}
        for kind in form.sections.values():
            weights = np.zeros(bars + 1)
            total = sum(kind.lengths.values())
            for length, weight in kind.lengths.items():
                if length <= bars:
                    weights[length] = weight / total
            self.weight[kind.name] = weights
        for symbol in form.grammar:
            self.weight[symbol] = np.zeros(bars + 1)
            for expansion in form.grammar[symbol]:
                for start in range(1, len(expansion.symbols)):
                    self.tails[expansion.symbols[start:]] = np.zeros(bars + 1)
        self._fill()

    def _fill(self) -> None:
        order = self._unit_order()
        tails = sorted(self.tails, key=len)
        for n in range(1, self.bars + 1):
            for symbol in order:
                expansions = self.form.grammar[symbol]
                total = sum(e.weight for e in expansions)
                value = sum(e.weight * self.ways(e.symbols, n) for e in expansions)
                self.weight[symbol][n] = value / total
            for tail in tails:
                self.tails[tail][n] = self.ways(tail, n)

    def _unit_order(self) -> list[str]:
        """Symbols, those that others expand to alone first."""
        order: list[str] = []
        pending = list(self.form.grammar)
        while pending:
            for symbol in pending:
                alone = {e.symbols[0] for e in self.form.grammar[symbol] if len(e.symbols) == 1}
                if not alone & set(pending) - {symbol}:
                    break
            order.append(symbol)
            pending.remove(symbol)
        return order

    def ways(self, symbols: tuple[str, ...], n: int) -> float:
        """Summed weight of all ways in which a string of symbols fills n bars."""
        if len(symbols) == 1:
            return float(self.weight[symbols[0]][n])
        head, tail = self.weight[symbols[0]], self.tails[symbols[1:]]
        return float(head[1:n] @ tail[n - 1 : 0 : -1])

    def draw(
        self, symbols: tuple[str, ...], n: int, rng: np.random.Generator
    ) -> list[tuple[str, int]]:
        """Draw sections for a string of symbols that fills n bars."""
        result: list[tuple[str, int]] = []
        stack = [(symbols, n)]
        while stack:
            string, length = stack.pop()
            if len(string) > 1:
                head, tail = self.weight[string[0]], self.tails[string[1:]]
                split = pick(rng, range(1, length), head[1:length] * tail[length - 1 : 0 : -1])
                stack += [(string[1:], length - split), (string[:1], split)]
            elif string[0] in self.form.sections:
                result.append((string[0], length))
            else:
                options = self.form.grammar[string[0]]
                weights = [e.weight * self.ways(e.symbols, length) for e in options]
                stack.append((pick(rng, options, weights).symbols, length))
        return result


class FormGrammar:
    """The derivations of a form that fill so many bars.

    Args:
        form: The form.
        bars: How many bars.

    Raises:
        BriefError: If the grammar has no derivation of that length.
    """

    def __init__(self, form: Form, bars: int) -> None:
        self._form, self._bars = form, bars
        self._inside = _Inside(form, bars)
        if not self._inside.weight["Piece"][bars] > 0:
            raise BriefError("bars", f'the form "{form.name}" cannot fill {bars} bars')

    def draw(self, seed: int, take: int = 0) -> list[tuple[str, int]]:
        """Draw section kinds and lengths that add up to the bars.

        Args:
            seed: Seed of the piece.
            take: Which draw of several; the first is that of a piece with nothing else to meet.
        """
        more = (take,) if take else ()
        drawn = self._inside.draw(("Piece",), self._bars, generator(seed, "form", *more))
        return _evened(self._form, drawn, self._bars, generator(seed, "lengths", *more))


def draw_sections(form: Form, bars: int, seed: int) -> list[tuple[str, int]]:
    """Draw section kinds and lengths that add up to the bars.

    Raises:
        BriefError: If the grammar has no derivation of that length.
    """
    return FormGrammar(form, bars).draw(seed)


def unframed(form: Form) -> Form:
    """A form without what opens and closes a piece, for music that goes round.

    >>> from composer.rulebook import load_rulebook
    >>> sorted({kind for kind, _ in draw_sections(unframed(load_rulebook().form("song")), 8, 1)})
    ['chorus']
    """
    gone = set(FRAMES)
    while True:
        grammar = {symbol: _without(gone, symbol, form) for symbol in form.grammar}
        emptied = {symbol for symbol, expansions in grammar.items() if not expansions}
        if not emptied - gone:
            break
        gone |= emptied
    if "Piece" in emptied:
        return form
    return replace(form, grammar={s: found for s, found in grammar.items() if s not in emptied})


def _without(gone: Set[str], symbol: str, form: Form) -> tuple[Expansion, ...]:
    """The expansions of a symbol without some names, those that became alike summed."""
    weights: dict[tuple[str, ...], float] = {}
    for expansion in form.grammar[symbol]:
        kept = tuple(name for name in expansion.symbols if name not in gone)
        if kept and kept != (symbol,):
            weights[kept] = weights.get(kept, 0.0) + expansion.weight
    return tuple(Expansion(symbols, weight) for symbols, weight in weights.items())


def _evened(
    form: Form, drawn: list[tuple[str, int]], bars: int, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """The same sections, each kind with one length wherever it comes back, if that is possible.

    Of the lengths that are usual for their kinds and add up to the bars, one set is drawn in
    proportion to its weight; where there is none, the sections stay as they are.
    """
    counts = Counter(kind for kind, _ in drawn)
    kinds = list(counts)
    options = [_usual_lengths(form.sections[kind]) for kind in kinds]
    # weights[i][n]: of all ways in which the kinds from the i-th on fill n bars
    weights = [np.zeros(bars + 1) for _ in range(len(kinds) + 1)]
    weights[-1][0] = 1.0
    for i in reversed(range(len(kinds))):
        for length, weight in options[i].items():
            step = length * counts[kinds[i]]
            if step <= bars:
                weights[i][step:] += weight * weights[i + 1][: bars + 1 - step]
    if not weights[0][bars] > 0:
        return drawn
    lengths: dict[str, int] = {}
    left = bars
    for i, kind in enumerate(kinds):
        fitting = [n for n in options[i] if n * counts[kind] <= left]
        chances = [options[i][n] * weights[i + 1][left - n * counts[kind]] for n in fitting]
        lengths[kind] = pick(rng, fitting, chances)
        left -= lengths[kind] * counts[kind]
    return [(kind, lengths[kind]) for kind, _ in drawn]


def _usual_lengths(kind: SectionKind) -> dict[int, float]:
    most = max(kind.lengths.values())
    return {n: weight for n, weight in kind.lengths.items() if weight >= _USUAL * most}

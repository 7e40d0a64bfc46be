"""Form: from a probabilistic grammar to sections, phrases and cadences that fill any length.

The grammar is sampled exactly under the condition that its sections add up to the asked bars: the
inside algorithm sums the weight of every derivation of every length, and the derivation is drawn
from the top down in proportion.
Source: Lari and Young, "The estimation of stochastic context-free grammars" (1990), for the inside
probabilities; the phrase types are those of Caplin, *Classical Form* (1998).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from composer.errors import BriefError
from composer.music.plan import Cadence, Phrase, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.forms import Form, SectionKind
from composer.theory.scale import Scale
from composer.writing.choices import Choices
from composer.writing.energies import section_energies

CLOSING = ("authentic", "plagal", "modal")
_INNER = {"half": 3.0, "open": 2.0, "deceptive": 0.6, "authentic": 0.6}
_USUAL = 0.05  # share of its commonest length's weight from which a length is usual
_ROMAN = ("", " II", " III", " IV", " V", " VI", " VII", " VIII")


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


def draw_sections(form: Form, bars: int, seed: int) -> list[tuple[str, int]]:
    """Draw section kinds and lengths that add up to the bars.

    Raises:
        BriefError: If the grammar has no derivation of that length.
    """
    inside = _Inside(form, bars)
    if not inside.weight["Piece"][bars] > 0:
        raise BriefError("bars", f'the form "{form.name}" cannot fill {bars} bars')
    drawn = inside.draw(("Piece",), bars, generator(seed, "form"))
    return _evened(form, drawn, bars, generator(seed, "lengths"))


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


def phrase_lengths(bars: int, usual: int) -> list[int]:
    """Cut a section into phrases of the usual length; an odd bar lengthens the last phrase.

    >>> phrase_lengths(8, 4), phrase_lengths(7, 4), phrase_lengths(9, 4), phrase_lengths(1, 4)
    ([4, 4], [4, 3], [4, 5], [1])
    """
    if bars <= usual + 1:
        return [bars]
    count, rest = divmod(bars, usual)
    if rest == 1:
        return [usual] * (count - 1) + [usual + 1]
    return [usual] * count + ([rest] if rest else [])


@dataclass(frozen=True, slots=True)
class _Context:
    form: Form
    choices: Choices
    book: Rulebook

    def available(self, kind: str) -> bool:
        """Whether the style and mode have formulas for a cadence kind."""
        scale: Scale = self.choices.key.scale
        family = self.choices.style.harmony.cadences
        return kind == "open" or bool(self.book.cadences(family, scale, kind))


def plan_sections(choices: Choices, book: Rulebook) -> tuple[Section, ...]:
    """Plan the form down to the cadences."""
    style = choices.style
    form = book.form(style.form, style.name)
    drawn = choices.form or draw_sections(form, choices.bars, choices.seed)
    energies = section_energies(form, drawn, choices)
    context = _Context(form, choices, book)
    totals = Counter(kind for kind, _ in drawn)
    heard: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    sections: list[Section] = []
    start = 0
    for index, (kind, bars) in enumerate(drawn):
        spec = form.sections[kind]
        volume = heard[kind] // form.recalls
        suffix = _ROMAN[volume] if volume < len(_ROMAN) else f" {volume + 1}"
        material = spec.material + suffix
        heard[kind] += 1
        name = f"{kind} {heard[kind]}" if totals[kind] > 1 else kind
        phrases = _phrases(context, kind, material, start, bars, last=index == len(drawn) - 1)
        occurrence, energy = seen[material], energies[index]
        sections.append(Section(name, kind, material, occurrence, start, bars, energy, phrases))
        seen[material] += 1
        start += bars
    return tuple(sections)


def _phrases(
    context: _Context, kind: str, material: str, start: int, bars: int, *, last: bool
) -> tuple[Phrase, ...]:
    choices = context.choices
    seed = choices.seed
    lengths = phrase_lengths(bars, choices.style.phrase_bars)
    labels: list[str] = []
    while len(labels) < len(lengths):
        group = min(4, len(lengths) - len(labels))
        rng = generator(seed, "phrases", material, len(labels), group)
        labels += pick_key(rng, context.form.phrases[group]).split()
    phrases = []
    position = start
    for index, (label, length) in enumerate(zip(labels, lengths, strict=True)):
        final = index == len(lengths) - 1
        if choices.chords is not None:
            cadence = "given"
        elif final:
            cadence = _final_cadence(context, kind, closing=last)
        else:
            cadence = _inner_cadence(context, material, index, labels[index + 1])
        goal = choices.meter.bar_quarters * (position + length - 1)
        if length == 1:
            goal += choices.meter.middle
        phrases.append(Phrase(position, length, label, Cadence(cadence, Fraction(goal))))
        position += length
    return tuple(phrases)


def _final_cadence(context: _Context, kind: str, *, closing: bool) -> str:
    weights = dict(context.form.sections[kind].cadences)
    if closing:
        weights = {k: weights.get(k, 0.0) for k in CLOSING}
        weights["authentic"] += 0.5
        weights["modal"] += 0.1
        weights["plagal"] += 0.05
    usable = {k: w for k, w in weights.items() if context.available(k) and w > 0}
    if not usable:
        usable = {k: 1.0 for k in CLOSING if context.available(k)}
    if not usable:
        scale = context.choices.key.scale.name
        raise BriefError("key", f"the rule book has no closing cadence for {scale}")
    return pick_key(generator(context.choices.seed, "cadence", kind, closing), usable)


def _inner_cadence(context: _Context, material: str, index: int, following: str) -> str:
    weights = {"half": 3.0, "open": 1.0} if following.endswith("'") else _INNER
    usable = {k: w for k, w in weights.items() if context.available(k)}
    return pick_key(generator(context.choices.seed, "cadence", material, index), usable)

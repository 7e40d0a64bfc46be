"""Which figure a part plays, and what its bars are: strokes in the piece's time.

One figure serves all sections of one material, as far as it suits them, and is repeated; the last
bar of a phrase may take a bar of another figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan, Phrase, Section
from composer.music.seeding import generator, pick
from composer.rulebook.figures import Stroke, fit_cells, strokes
from composer.rulebook.styles import Figure
from composer.writing import punctuation
from composer.writing.carrying_on import figure_before, likeness_of_rhythm
from composer.writing.context import Context

_SIXTEENTH = Fraction(1, 4)
_BUSIER = 4.0  # how strongly a mood's density is heard in the choice of figures
_CONTRASTS = 0.35  # of contrasting phrases have a figure of their own
_SCARCE = 1e-6  # weight of a figure that is wanted nowhere else
_GOES_ON = 2.0  # weight of what a part played before, against all figures of the style
_TURNED = 0.25  # of phrases end in a bar of another figure

Shape = tuple[Stroke, ...]
Weigh = Callable[[Figure, int], float]
Alter = Callable[[Shape, Figure, int], Shape]


class FigurePlayer:
    """Chooses the figures of one part.

    Args:
        context: Plan and rules.
        part: The part.
        sign: The sign of a bar that is held: ``R`` or ``X``.
        weigh: A factor for the weight of a figure in a section, from its first bar.
        alter: Plays a bar of a figure in a way of its own.
    """

    def __init__(
        self,
        context: Context,
        part: PartPlan,
        sign: str,
        weigh: Weigh | None = None,
        alter: Alter | None = None,
    ) -> None:
        self.context = context
        self.part = part
        self.sign = sign
        self.weigh = weigh
        self.alter = alter
        self.held = part.role == "pad"
        self._name = self._leader().name
        self._own = self._suiting()
        self._chosen: dict[object, Figure | None] = {}

    def _leader(self) -> PartPlan:
        """The part whose figures this one plays: the one it follows in the style, or itself."""
        model = self.context.model(self.part)
        if model is None or not model.follows:
            return self.part
        for part in self.context.plan.parts:
            other = self.context.model(part)
            if part.role == self.part.role and other is not None and other.name == model.follows:
                return part
        return self.part

    def _suiting(self) -> list[Figure]:
        """The style's figures for the part, its instrument and the meter: the most special ones."""
        context = self.context
        model = context.model(self._leader())
        own = [figure for figure in context.style.figures if figure.role == self.part.role]
        name = model.name if model is not None else ""
        own = _preferred(own, [name in f.parts for f in own], [not f.parts for f in own])
        family = self.part.instrument.family
        own = _preferred(own, [family in f.families for f in own], [not f.families for f in own])
        meter = context.plan.meter.name
        own = _preferred(own, [meter in f.meters for f in own], [not f.meters for f in own])
        total = sum(figure.weight for figure in own)
        before = figure_before(
            context.before(self.part), context.plan.meter, _GOES_ON * (total or 1.0)
        )
        return own if before is None else [*own, before]

    def figure(self, section: Section, bar: int) -> Figure | None:
        """The figure of a bar in a section; None where the style has none.

        A contrasting phrase may have a figure of its own; one that comes back has its own again.
        """
        contrast = self._contrast(section, bar)
        key = (section.material, section.kind, section.energy, contrast)
        if key not in self._chosen:
            self._chosen[key] = self._choose(section, contrast)
        return self._chosen[key]

    def _contrast(self, section: Section, bar: int) -> str:
        """The label of a phrase that plays a figure of its own; empty for the section's figure."""
        phrase = phrase_of(section, bar)
        label = "" if phrase is None else phrase.label.rstrip("'")
        if not label or label == section.phrases[0].label.rstrip("'"):
            return ""
        rng = generator(self.context.plan.seed, "contrast", self._name, section.material, label)
        return label if rng.random() < _CONTRASTS else ""

    def suiting(self, section: Section) -> list[Figure]:
        """The figures that suit a section's kind and energy; the nearest ones if none does."""
        own = self._own
        named = [section.kind in f.sections for f in own]
        own = _preferred(own, named, [not f.sections for f in own])
        energy = section.energy
        fitting = [f for f in own if f.low <= energy <= f.high]
        if fitting or not own:
            return fitting
        distance = min(max(f.low - energy, energy - f.high) for f in own)
        return [f for f in own if max(f.low - energy, energy - f.high) == distance]

    def _choose(self, section: Section, contrast: str) -> Figure | None:
        """Draw a figure by its weight: the one whose clock of that rate strikes first.

        The clocks are set by the section's material alone, so that a section which comes back
        louder keeps its figure where the figure suits it still.
        """
        suiting = self.suiting(section)
        rng = generator(self.context.plan.seed, "figure", self._name, section.material, contrast)
        best, first = None, math.inf
        for figure in self._own:
            clock = -math.log(1.0 - rng.random())
            if figure in suiting:
                strikes = clock / max(_SCARCE, self._weight(figure, section))
                if strikes < first:
                    best, first = figure, strikes
        return best

    def _weight(self, figure: Figure, section: Section) -> float:
        """A figure's weight in a section: busy ones weigh more where the mood is dense."""
        notes = sum(sign not in ".-" for bar in figure.bars for cell in bar for sign in cell)
        density = self.context.plan.mood.density
        busy = float((notes / len(figure.bars)) ** (_BUSIER * (density - 1.0)))
        special = self.weigh(figure, section.start_bar) if self.weigh is not None else 1.0
        return figure.weight * busy * special * self._as_before(figure)

    def _as_before(self, figure: Figure) -> float:
        """A factor for what strikes when the part did in the piece that it carries on."""
        past = self.context.before(self.part)
        if past is None:
            return 1.0
        meter = self.context.plan.meter
        bars = [[stroke.onset for stroke in strokes(cells, meter)] for cells in figure.bars]
        return sum(likeness_of_rhythm(bar, past) for bar in bars) / len(bars)

    def shape(self, bar: int) -> tuple[Shape, Fraction]:
        """The strokes of a bar, and for how many quarters it first holds the bar before."""
        context = self.context
        meter = context.plan.meter
        punctuated = punctuation.shape(context, bar, sign=self.sign, held=self.held)
        if punctuated is not None:
            return punctuated, Fraction(0)
        whole = (Stroke(Fraction(0), meter.bar_quarters, self.sign, 0),)
        if bar == context.plan.final_bar or context.plain:
            return whole, Fraction(0)
        section = context.section_of(bar)
        figure = self.figure(section, bar)
        if figure is None:
            return whole, Fraction(0)
        cells = figure.bars[(bar - section.start_bar) % len(figure.bars)]
        if self._turns(bar, section):
            cells = self._other(section, figure)
        fitted = "".join(fit_cells(cells, meter))
        tie = len(fitted) - len(fitted.lstrip("-"))
        own = strokes(cells, meter)
        if self.alter is not None:
            own = self.alter(own, figure, bar)
        return own, tie * _SIXTEENTH

    def is_punctuated(self, bar: int) -> bool:
        """Whether a bar has hits or a stop, and so is not played through."""
        return punctuation.shape(self.context, bar, sign=self.sign, held=self.held) is not None

    def _turns(self, bar: int, section: Section) -> bool:
        """Whether a bar ends a phrase in another way; a phrase that comes back does so alike."""
        if self.part.role == "bass":
            return False
        phrase = phrase_of(section, bar)
        if phrase is None or phrase.start_bar + phrase.bars != bar + 1 or phrase.bars < 4:
            return False
        path = ("turn", self._name, section.material, phrase.label)
        return generator(self.context.plan.seed, *path).random() < _TURNED

    def _other(self, section: Section, figure: Figure) -> tuple[str, ...]:
        others = [other for other in self.suiting(section) if other is not figure] or [figure]
        rng = generator(self.context.plan.seed, "turn-to", self._name, section.material)
        return pick(rng, others, [other.weight + 0.01 for other in others]).bars[-1]


def phrase_of(section: Section, bar: int) -> Phrase | None:
    """The phrase of a section that a bar is in."""
    return next(
        (p for p in section.phrases if p.start_bar <= bar < p.start_bar + p.bars),
        None,
    )


def laid_out(player: FigurePlayer, bars: Sequence[int]) -> list[tuple[int, Stroke]]:
    """All strokes of a part in the piece's time, each with its bar; ties hold over bar lines.

    A bar that begins with a hold goes on with what the bar before it ends with; where that is
    silent, it is struck.

    Args:
        player: Says what each bar is.
        bars: The bars in which the part plays, ascending.
    """
    starts = player.context.bar_starts
    result: list[tuple[int, Stroke]] = []
    for bar in bars:
        shape, tie = player.shape(bar)
        start = starts[bar]
        if tie:
            last = result[-1][1] if result else None
            if last is not None and last.onset + last.duration == start:
                result[-1] = (result[-1][0], replace(last, duration=last.duration + tie))
            else:
                result.append((bar, Stroke(start, tie, player.sign, 0)))
        result += [(bar, replace(stroke, onset=start + stroke.onset)) for stroke in shape]
    return result


def _preferred(figures: list[Figure], named: Sequence[bool], open_: Sequence[bool]) -> list[Figure]:
    """Those that name something, else those that leave it open, else all."""
    for flags in (named, open_):
        chosen = [figure for figure, flag in zip(figures, flags, strict=True) if flag]
        if chosen:
            return chosen
    return figures

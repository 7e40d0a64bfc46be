"""What every writer asks of the plan: the chord of the moment, its scale, spelling, dynamics."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from functools import cached_property

from composer.music.plan import ChordSpan, PartPlan, Plan, Section
from composer.music.precedent import PrecedentPart
from composer.rulebook import Rulebook
from composer.rulebook.styles import Style, StylePart
from composer.writing.carrying_on import carried_on
from composer.writing.ensemble import models
from composer.writing.lyric_casting import singable
from composer.writing.tune_register import beneath_tune

EIGHTH = Fraction(1, 2)
_LEAST_WINDOW = 14  # semitones a part needs to move in
_SLACK = 3  # semitones by which a part may leave the range that it had in the piece before


class Context:
    """A plan with its rule book, ready for questions.

    Args:
        plan: The plan.
        book: The rule book.
        plain: Whether to write without figures and ornaments: chords and roots on each change.
    """

    def __init__(self, plan: Plan, book: Rulebook, *, plain: bool = False) -> None:
        self.plain = plain
        self.plan = plan
        self.book = book
        self.style: Style = book.style(plan.style)
        self._starts = [span.onset_quarters for span in plan.chords]
        names = [part.name for part in plan.parts]
        self._models = dict(zip(names, models(plan.parts, self.style), strict=True))
        self._before = dict(zip(names, carried_on(plan.continues, plan.parts), strict=True))

    @cached_property
    def bar_starts(self) -> tuple[Fraction, ...]:
        """Onset of every bar, and the end of the last."""
        bar = self.plan.meter.bar_quarters
        return tuple(bar * i for i in range(len(self.plan.bars) + 1))

    def span_index(self, onset: Fraction) -> int:
        """Index of the chord that sounds at an onset."""
        return max(0, bisect_right(self._starts, onset) - 1)

    def span(self, onset: Fraction) -> ChordSpan:
        """The chord that sounds at an onset."""
        return self.plan.chords[self.span_index(onset)]

    def bar_of(self, onset: Fraction) -> int:
        """Index of the bar of an onset."""
        return min(len(self.plan.bars) - 1, int(onset // self.plan.meter.bar_quarters))

    def section_of(self, bar: int) -> Section:
        """The section of a bar."""
        return self.plan.sections[self.plan.bars[bar].section]

    def is_active(self, part: PartPlan, bar: int) -> bool:
        """Whether a part plays in a bar."""
        return part.name in self.plan.bars[bar].active

    def model(self, part: PartPlan) -> StylePart | None:
        """The style's model of a part."""
        return self._models[part.name]

    def before(self, part: PartPlan) -> PrecedentPart | None:
        """What a part carries on from the piece before; None for a newcomer."""
        return self._before[part.name]

    def window(self, part: PartPlan) -> tuple[int, int]:
        """The range in which a part plays; narrower, where it sings words."""
        return singable(self.plan, part, *beneath_tune(self.plan, part, *self._range(part)))

    def _range(self, part: PartPlan) -> tuple[int, int]:
        """The range in which a part plays: the style's, within what the instrument has.

        What carries on a piece plays where it played, if that leaves it room to move.
        """
        low, high = part.instrument.low, part.instrument.high
        model = self.model(part)
        past = self.before(part)
        if past is not None and part.role != "drums":
            bottom, top = max(low, past.low - _SLACK), min(high, past.high + _SLACK)
            if top - bottom >= _LEAST_WINDOW + _SLACK:
                return bottom, top
        if model is not None:
            for octaves in (0, 12, -12, 24, -24):
                bottom, top = max(low, model.low + octaves), min(high, model.high + octaves)
                if top - bottom >= min(_LEAST_WINDOW, model.high - model.low):
                    return bottom, top
        return (low, min(high, low + 24)) if part.role == "bass" else (low, high)

    def velocity(self, part: PartPlan, bar: int, accent: float = 1.0) -> int:
        """Written velocity: the part's level, moved by the bar's energy and the accent.

        Energy 0.5 leaves the level as it is; the whole range is worth about 7 dB.
        """
        model = self.model(part)
        base = model.velocity if model is not None else 84
        past = self.before(part)
        base = past.velocity if past is not None else base
        energy = self.plan.bars[bar].energy
        level = base * (0.8 + 0.4 * energy) * accent + self.plan.mood.loudness
        return max(1, min(124, round(level)))

    def held(self, pitch: int, onset: Fraction, length: Fraction) -> Fraction:
        """How long a note may be held: until a chord that it is foreign to, or grinds with."""
        spans = self.plan.chords
        index = self.span_index(onset)
        end = onset + length
        while spans[index].end_quarters < end:
            change = spans[index].end_quarters
            index += 1
            if pitch % 12 in spans[index].chord.numbers:
                continue
            grinds = any((pitch - tone) % 12 == 1 for tone in spans[index].chord.numbers)
            if change > onset and (grinds or pitch % 12 not in spans[index].key.numbers):
                return change - onset
        return length

"""When the bass strikes: its figures, locked to the kick, led on at the ends of phrases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from composer.music.plan import PartPlan
from composer.music.seeding import generator, pick
from composer.rulebook.figures import Stroke, strokes
from composer.rulebook.styles import Figure
from composer.writing.context import EIGHTH, Context
from composer.writing.figure_choice import FigurePlayer, Shape, laid_out, phrase_of

Kicks = Callable[[int], frozenset[Fraction]]

_SIXTEENTH = Fraction(1, 4)
_OFF_THE_KICK = "acdngp"  # signs that a locked figure keeps where no kick is
_WALKS = "w"
_LED_ON = {"phrase": 0.35, "section": 0.7}  # chance of a fill at the end of each
_FILLS: dict[int, tuple[tuple[str, float], ...]] = {
    2: (("nn", 3.0), (".a", 2.0), ("na", 2.0), ("nc", 1.0)),
    3: (("nnn", 2.0), ("-.a", 1.0), ("-na", 2.0)),
}
"""Fills of a beat, in eighths, by how many eighths it has: signs and weights."""


class Beat(NamedTuple):
    """A stroke of the bass in the piece's time.

    Args:
        bar: Its bar.
        onset: Onset in quarters.
        end: First moment after it.
        sign: Its sign.
        chord: Index of the chord that it belongs to; that of the next one where it anticipates.
        first: Whether it is the first of its chord, which has the root.
    """

    bar: int
    onset: Fraction
    end: Fraction
    sign: str
    chord: int
    first: bool


class BassStrokes:
    """Lays out the strokes of one bass part.

    Args:
        context: Plan and rules.
        part: The part.
        kicks: Onsets of the kick drum within a bar, if there are drums.
    """

    def __init__(self, context: Context, part: PartPlan, kicks: Kicks | None) -> None:
        self.context = context
        self.part = part
        self.kicks = kicks
        self.player = FigurePlayer(context, part, "R", weigh=self._locks, alter=self._altered)

    def beats(self) -> list[Beat]:
        """All strokes, in order, each within one chord or anticipating the next."""
        context = self.context
        active = [b for b in range(len(context.plan.bars)) if context.is_active(self.part, b)]
        cut = [beat for item in laid_out(self.player, active) for beat in self._cut(*item)]
        cut = sorted((*cut, *self._added(cut, active)), key=lambda beat: beat.onset)
        last = -1
        result = []
        for place, beat in enumerate(cut):
            end = min(beat.end, cut[place + 1].onset) if place + 1 < len(cut) else beat.end
            result.append(beat._replace(first=beat.chord != last, end=end))
            last = beat.chord
        return result

    def _locks(self, figure: Figure, bar: int) -> float:
        """How well a figure locks with the kick drum of a bar: 0.1 to 1.2."""
        if self.kicks is None:
            return 1.0
        if figure.lock:
            return 1.1
        kicks = self.kicks(bar)
        onsets = {stroke.onset for stroke in strokes(figure.bars[0], self.context.plan.meter)}
        share = len(kicks & onsets) / max(1, len(onsets))
        return 0.1 + share * share + (0.1 if kicks <= onsets else 0.0)

    def _altered(self, own: Shape, figure: Figure, bar: int) -> Shape:
        """A bar of a figure as it is played: on the kick, and leading on where a phrase ends."""
        if figure.lock and self.kicks is not None:
            own = self._on_the_kick(own, self.kicks(bar))
        walks = any(sign == _WALKS for cells in figure.bars for cell in cells for sign in cell)
        if walks or len(own) < 2:
            return own
        return self._led_on(own, bar)

    def _on_the_kick(self, own: Shape, kicks: frozenset[Fraction]) -> Shape:
        """The notes of a figure where the kick is: what each is, the figure says."""
        if not kicks or not own:
            return own
        kept = {s.onset: s for s in own if s.sign in _OFF_THE_KICK and s.onset not in kicks}
        for onset in sorted(kicks):
            before = [s for s in own if s.onset <= onset]
            following = [s for s in own if s.onset > onset]
            stroke = before[-1] if before else following[0]
            kept[onset] = replace(stroke, onset=onset)
        onsets = sorted(kept)
        ends = [*onsets[1:], self.context.plan.meter.bar_quarters]
        return tuple(
            replace(kept[onset], duration=min(end - onset, max(kept[onset].duration, EIGHTH)))
            for onset, end in zip(onsets, ends, strict=True)
        )

    def _led_on(self, own: Shape, bar: int) -> Shape:
        """The last beat of a phrase as a fill that leads on; a phrase that returns ends alike."""
        context = self.context
        section = context.section_of(bar)
        phrase = phrase_of(section, bar)
        following = bar + 1
        if phrase is None or phrase.start_bar + phrase.bars != following:
            return own
        if following >= len(context.bar_starts) - 1 or not context.is_active(self.part, following):
            return own
        path = ("bass-fill", self.part.name, section.material, phrase.label)
        rng = generator(context.plan.seed, *path)
        chance = _LED_ON["section" if section.end_bar == following else "phrase"]
        if rng.random() >= chance * context.plan.mood.density:
            return own
        meter = context.plan.meter
        start, eighths = meter.beat_onsets[-1], meter.beats[-1]
        signs = pick(rng, [s for s, _ in _FILLS[eighths]], [w for _, w in _FILLS[eighths]])
        head = [
            replace(s, duration=min(s.duration, start - s.onset)) for s in own if s.onset < start
        ]
        held = next((s for s in own if s.onset == start), None)
        tail = []
        for place, sign in enumerate(signs):
            onset = start + place * EIGHTH
            if sign in ".-" and held is not None and place == 0:
                tail.append(replace(held, duration=EIGHTH))
            elif sign not in ".-":
                tail.append(Stroke(onset, EIGHTH, sign, len(meter.beats) - 1))
        return (*head, *tail)

    def _cut(self, bar: int, stroke: Stroke) -> list[Beat]:
        """A stroke cut where the chord changes under it: the root is struck on the change."""
        spans = self.context.plan.chords
        onset, end, sign = stroke.onset, stroke.onset + stroke.duration, stroke.sign
        index = self.context.span_index(onset)
        found: list[Beat] = []
        if sign == "t" and self._anticipates(index, onset, end):
            index += 1
        while spans[index].end_quarters < end:
            change = spans[index].end_quarters
            found.append(Beat(bar, onset, change, sign, index, first=False))
            onset, sign, index = change, "R", index + 1
        found.append(Beat(bar, onset, end, sign, index, first=False))
        return found

    def _anticipates(self, index: int, onset: Fraction, end: Fraction) -> bool:
        """Whether a stroke may take the next chord's bass note: in the last beat, held into it."""
        spans = self.context.plan.chords
        if index + 1 >= len(spans) or onset == spans[index].onset_quarters:
            return False
        change = spans[index].end_quarters
        number = spans[index + 1].chord.bass.number
        early = change - onset
        known = number in spans[index].key.numbers | spans[index].chord.numbers
        beat = max(self.context.plan.meter.beat_quarters)
        return end > change and (early <= EIGHTH or (early <= beat and known))

    def _added(self, beats: list[Beat], active: list[int]) -> list[Beat]:
        """Roots on changes of chord at which, and within a beat of which, no stroke falls."""
        context = self.context
        beat = context.plan.meter.beat_quarters[0]
        first: dict[int, Fraction] = {}
        for own in beats:
            first.setdefault(own.chord, own.onset)
        playing = {b for b in active if not self.player.is_punctuated(b)}
        added = []
        for index, span in enumerate(context.plan.chords):
            onset = span.onset_quarters
            if context.bar_of(onset) not in playing:
                continue
            met = first.get(index)
            if met is not None and met <= onset + beat and met < span.end_quarters:
                continue
            end = min(onset + beat, span.end_quarters, met or span.end_quarters)
            added.append(Beat(context.bar_of(onset), onset, end, "R", index, first=True))
        return added

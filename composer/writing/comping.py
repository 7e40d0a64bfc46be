"""Chordal parts: comping, pads and figures, all on led voicings."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.rulebook.figures import Stroke, strokes
from composer.writing.context import EIGHTH, Context, spelled
from composer.writing.voice_leading import VoiceLeader

_SOFT = 0.8
Event = tuple[Fraction, Fraction, str, int]  # onset, end, sign, index of the chord


def lead_voices(
    context: Context, part: PartPlan, basses: Sequence[int | None]
) -> list[tuple[int, ...]]:
    """Voicings of a chordal part, chord by chord."""
    model = context.model(part)
    low, high = context.window(part)
    voices = min(model.voices if model else 4, part.instrument.polyphony)
    leader = VoiceLeader(context.plan, voices, low, high, part.governed)
    return leader.lead(basses if part.governed else [None] * len(context.plan.chords))


class ChordWriter:
    """Writes one chordal part.

    Args:
        context: Plan and rules.
        part: The part.
        voicings: Its voicings, chord by chord.
    """

    def __init__(self, context: Context, part: PartPlan, voicings: list[tuple[int, ...]]) -> None:
        self.context = context
        self.part = part
        self.voicings = voicings

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        for bar in range(len(self.context.plan.bars)):
            if self.context.is_active(self.part, bar):
                for event in self._events(bar):
                    notes += self._notes(bar, event)
        return notes

    def _shape(self, bar: int) -> tuple[Stroke, ...]:
        context = self.context
        meter = context.plan.meter
        held = (Stroke(Fraction(0), meter.bar_quarters, "X", 0),)
        if bar == len(context.plan.bars) - 1:
            return held
        section = context.section_of(bar)
        figures = context.figures(self.part.role, section.energy)
        if not figures:
            return held
        path = ("figure", self.part.name, section.material, round(section.energy, 1))
        figure = pick(generator(context.plan.seed, *path), figures, [f.weight for f in figures])
        return strokes(figure.bars[(bar - section.start_bar) % len(figure.bars)], meter)

    def _events(self, bar: int) -> list[Event]:
        """Strokes in the piece's time, each within one chord.

        A stroke that a change of chord cuts is struck again on the change; one that begins at most
        an eighth before it anticipates it, and takes the new chord at once.
        """
        context = self.context
        spans = context.plan.chords
        start = context.bar_starts[bar]
        events: list[Event] = []
        for stroke in self._shape(bar):
            onset, end = start + stroke.onset, start + stroke.onset + stroke.duration
            index = context.span_index(onset)
            while True:
                change = spans[index].end_quarters
                if change >= end:
                    events.append((onset, end, stroke.sign, index))
                    break
                if change - onset <= EIGHTH and end - change >= change - onset and onset > start:
                    index += 1
                    continue
                events.append((onset, change, stroke.sign, index))
                onset, index = change, index + 1
        return events

    def _notes(self, bar: int, event: Event) -> list[Note]:
        onset, end, sign, index = event
        voicing = self.voicings[index]
        if sign in "Xx":
            voices = list(range(len(voicing)))
        elif sign == "u":
            voices = list(range(1, len(voicing)))
        elif sign == "b":
            voices = [0]
        else:
            voices = [min(int(sign), len(voicing)) - 1]
        context = self.context
        soft = sign in "xu" or (sign.isdigit() and onset.denominator > 1)
        velocity = context.velocity(self.part, bar, _SOFT if soft else 1.0)
        chord = context.plan.chords[index].chord
        return [
            Note(
                onset,
                end - onset,
                spelled(voicing[v], chord, context.plan.key),
                velocity,
                "chord",
                v,
            )
            for v in voices
        ]

"""Chordal parts: comping, pads and figures, all on led voicings."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.rulebook.figures import Stroke, strokes
from composer.theory.spelling import spelled
from composer.writing.context import EIGHTH, Context
from composer.writing.voice_leading import VoiceLeader
from composer.writing.voicing import Room

_SOFT = 0.8
Event = tuple[Fraction, Fraction, str, int]  # onset, end, sign, index of the chord


class ChordWriter:
    """Writes one chordal part: its strokes first, then the voices of the chords that it strikes.

    Args:
        context: Plan and rules.
        part: The part.
        basses: The bass's pitch at each chord, None without a bass.
        bass_governed: Whether the voice-leading rules bind the bass.
        tunes: The melody's pitches over each chord.
    """

    def __init__(
        self,
        context: Context,
        part: PartPlan,
        basses: Sequence[int | None],
        *,
        bass_governed: bool,
        tunes: Sequence[tuple[int, ...]],
    ) -> None:
        self.context = context
        self.part = part
        active = (b for b in range(len(context.plan.bars)) if context.is_active(part, b))
        self.events = [(bar, event) for bar in active for event in self._events(bar)]
        self.voicings = self._lead(basses, bass_governed, tunes)

    def _lead(
        self,
        basses: Sequence[int | None],
        bass_governed: bool,
        tunes: Sequence[tuple[int, ...]],
    ) -> dict[int, tuple[int, ...]]:
        """Voicings by index of chord."""
        context, part = self.context, self.part
        model = context.model(part)
        low, high = context.window(part)
        voices = min(model.voices if model else 4, part.instrument.polyphony)
        leading_tone = (context.plan.key.tonic.number - 1) % 12
        instrument = part.instrument
        room = Room(voices, low, high, instrument.low, instrument.high, leading_tone)
        leader = VoiceLeader(context.plan, room, part.governed, bass_governed)
        struck = sorted({event[3] for _, event in self.events})
        spans = [context.plan.chords[i] for i in struck]
        led = leader.lead(
            spans,
            [basses[i] for i in struck],
            [tunes[i] for i in struck],
            [basses[i - 1] if i else None for i in struck],
        )
        return dict(zip(struck, led, strict=True))

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        for position, (bar, event) in enumerate(self.events):
            notes += self._notes(bar, event, self._voices(position))
        return notes

    def _voices(self, position: int) -> list[int]:
        """The voices of a stroke; the first on a chord also sounds those that no later one does."""
        _, _, sign, index = self.events[position][1]
        voicing = self.voicings[index]
        voices = set(self._signed(sign, len(voicing)))
        if position and self.events[position - 1][1][3] == index:
            return sorted(voices)
        heard = set(voices)
        later = position + 1
        while later < len(self.events) and self.events[later][1][3] == index:
            heard.update(self._signed(self.events[later][1][2], len(voicing)))
            later += 1
        essential = self.context.plan.chords[index].chord.essential_numbers
        for voice, pitch in enumerate(voicing):
            if voice not in heard and (self.part.governed or pitch % 12 in essential):
                voices.add(voice)
        return list(range(min(voices), max(voices) + 1)) if len(voices) > 1 else list(voices)

    @staticmethod
    def _signed(sign: str, count: int) -> range:
        """Indices of the voices that a sign sounds."""
        if sign in "Xx":
            return range(count)
        if sign == "u":
            return range(1, count)
        voice = 0 if sign == "b" else min(int(sign), count) - 1
        return range(voice, voice + 1)

    def _shape(self, bar: int) -> tuple[Stroke, ...]:
        context = self.context
        meter = context.plan.meter
        held = (Stroke(Fraction(0), meter.bar_quarters, "X", 0),)
        if bar == len(context.plan.bars) - 1 or context.plain:
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

    def _notes(self, bar: int, event: Event, voices: list[int]) -> list[Note]:
        onset, end, sign, index = event
        voicing = self.voicings[index]
        context = self.context
        soft = sign in "xu" or (sign.isdigit() and onset.denominator > 1)
        velocity = context.velocity(self.part, bar, _SOFT if soft else 1.0)
        chord = context.plan.chords[index].chord
        key = context.plan.chords[index].key
        return [
            Note(onset, end - onset, spelled(voicing[v], chord, key), velocity, "chord", v)
            for v in voices
        ]

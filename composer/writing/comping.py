"""Chordal parts: comping, pads and figures, all on led voicings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick_key
from composer.theory.spelling import function_of, spelled
from composer.writing.chord_lines import ChordLines, Event, Sounding, is_single
from composer.writing.chord_signs import ACCENTS, MARKS, SHORTEST
from composer.writing.context import EIGHTH, Context
from composer.writing.figure_choice import FigurePlayer, laid_out
from composer.writing.voice_leading import VoiceLeader
from composer.writing.voicing import Room

_SOFT = 0.8
_GUITAR = "guitar"


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
        self.low, self.high = context.window(part)
        active = [b for b in range(len(context.plan.bars)) if context.is_active(part, b)]
        strokes = laid_out(FigurePlayer(context, part, "X"), active)
        self.events = [
            event
            for bar, stroke in strokes
            for event in self._split(bar, stroke.onset, stroke.duration, stroke.sign)
        ]
        self.voicings = self._lead(basses, bass_governed, tunes)
        model = context.model(part)
        self.octaves = model is not None and model.octaves and not part.governed

    def _lead(
        self,
        basses: Sequence[int | None],
        bass_governed: bool,
        tunes: Sequence[tuple[int, ...]],
    ) -> dict[int, tuple[int, ...]]:
        """Voicings by index of chord."""
        context, part = self.context, self.part
        model = context.model(part)
        instrument = part.instrument
        voices = min(model.voices if model else 4, instrument.polyphony)
        struck = sorted({event.chord for event in self.events})
        spans = [context.plan.chords[i] for i in struck]
        room = Room(
            voices,
            self.low,
            self.high,
            instrument.low,
            instrument.high,
            leading_tone=(context.plan.key.tonic.number - 1) % 12,
            whole=part.role != "figure",
            kind=self._kind(with_bass=any(bass is not None for bass in basses)),
        )
        led = VoiceLeader(context.plan, room, part.governed, bass_governed).lead(
            spans,
            [basses[i] for i in struck],
            [tunes[i] for i in struck],
            [self._bass_before(basses, i) for i in struck],
        )
        most = instrument.polyphony  # a kind of voicing may hold more than the instrument can
        return {i: voicing[-most:] for i, voicing in zip(struck, led, strict=True)}

    def _bass_before(self, basses: Sequence[int | None], index: int) -> int | None:
        """The bass's pitch at the last chord before that it plays in; None over a bar before."""
        context = self.context
        spans = context.plan.chords
        line = next((p for p in context.plan.parts if p.role == "bass"), None)
        earliest = spans[index].onset_quarters - context.plan.meter.bar_quarters
        for before in range(index - 1, -1, -1):
            if spans[before].end_quarters < earliest:
                return None
            first = context.bar_of(spans[before].onset_quarters)
            end = spans[before].end_quarters
            bars = range(first, bisect_left(context.bar_starts, end))
            if line is None or any(context.is_active(line, bar) for bar in bars):
                return basses[before]
        return None

    def _kind(self, *, with_bass: bool) -> str:
        """How the part lays chords out, in this piece."""
        context, part = self.context, self.part
        model = context.model(part)
        by_hand = part.instrument.family == _GUITAR
        weights = model.voicing if model is not None else {}
        if not weights:
            return _GUITAR if by_hand else "free"
        kind = pick_key(generator(context.plan.seed, "voicing", part.name), weights)
        if kind == _GUITAR and not by_hand:
            return "close"
        if kind == "rootless" and not with_bass:
            return "close"
        return kind

    def _split(self, bar: int, onset: Fraction, duration: Fraction, sign: str) -> list[Event]:
        """A stroke as strokes within one chord each.

        One that a change of chord cuts is struck again on the change; one that begins at most an
        eighth before it anticipates it, and takes the new chord at once.
        """
        context = self.context
        spans = context.plan.chords
        start, end = context.bar_starts[bar], onset + duration
        index = context.span_index(onset)
        events: list[Event] = []
        while True:
            change = spans[index].end_quarters
            if change >= end:
                events.append(Event(bar, onset, end, sign, index))
                return events
            if change - onset <= EIGHTH and end - change >= change - onset and onset > start:
                index += 1
                continue
            events.append(Event(bar, onset, change, sign, index))
            onset, index = change, index + 1

    def write(self) -> list[Note]:
        """All notes of the part."""
        window = (self.low, self.high)
        lines = ChordLines(self.context, self.part, window, self.events, self.voicings)
        sounding = lines.sounding()
        if self.part.role != "figure":
            self._complete(sounding)
        if self.octaves:
            ceiling = self.part.instrument.high
            for notes, event in zip(sounding, self.events, strict=True):
                if is_single(event.sign) and len(notes) == 1 and notes[0][0] + 12 <= ceiling:
                    notes.append((notes[0][0] + 12, len(self.voicings[event.chord]) + 1))
        return [
            note
            for event, own in zip(self.events, sounding, strict=True)
            for note in self._notes(event, own)
        ]

    def _complete(self, sounding: list[Sounding]) -> None:
        """Add to the first stroke on each chord the voices that no stroke on it sounds.

        A governed part sounds all its voices in every chord, any other the essential tones.
        """
        first = 0
        for position, event in enumerate(self.events):
            if event.chord != self.events[first].chord:
                first = position
            last = position + 1 == len(self.events)
            if not last and self.events[position + 1].chord == event.chord:
                continue
            group = [note for notes in sounding[first : position + 1] for note in notes]
            voicing = self.voicings[event.chord]
            essential = self.context.plan.chords[event.chord].chord.essential_numbers
            pitches = {pitch for pitch, _ in group}
            missing = essential - {pitch % 12 for pitch in pitches}
            added = [
                (pitch, voice)
                for voice, pitch in enumerate(voicing)
                if pitch not in pitches and (self.part.governed or pitch % 12 in missing)
            ]
            if added:
                sounding[first] = self._joined(sounding[first], added, voicing)

    def _joined(self, notes: Sounding, added: Sounding, voicing: tuple[int, ...]) -> Sounding:
        """Notes and more notes as one chord, without gaps where the part is governed."""
        voices = {voice for _, voice in (*notes, *added) if voice < len(voicing)}
        own = [note for note in notes if note[1] >= len(voicing)]
        if self.part.governed:
            voices = set(range(min(voices), max(voices) + 1))
        return sorted([*own, *((voicing[voice], voice) for voice in sorted(voices))])

    def _notes(self, event: Event, sounding: Sounding) -> list[Note]:
        context = self.context
        span = context.plan.chords[event.chord]
        accent = ACCENTS.get(event.sign, 1.0 if event.onset.denominator == 1 else _SOFT)
        velocity = context.velocity(self.part, event.bar, accent)
        duration = min(event.end - event.onset, SHORTEST.get(event.sign, event.end - event.onset))
        return [
            Note(
                event.onset,
                duration,
                spelled(pitch, span.chord, span.key),
                velocity,
                function_of(pitch, span.chord, span.key) or "passing",
                voice,
                MARKS.get(event.sign, ""),
            )
            for pitch, voice in sounding
        ]

"""The counter-melody: guide tones under the tune, riffs behind it, answers in its rests."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import ChordSpan, PartPlan, Section
from composer.music.score import Note
from composer.music.seeding import generator, pick, pick_key
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.spelling import chord_scale, function_of, spelled
from composer.writing.answers import answer, gaps
from composer.writing.backgrounds import chord_tone, riff_of
from composer.writing.context import Context
from composer.writing.melody_names import named

_DOUBLED_FROM = 0.78  # energy from which a counter part that may double the tune does
# How often a part answers a rest of the tune, by what it does in the section.
_ANSWERS = {"guide": 0.5, "riff": 0.25, "answer": 0.9}


class CounterWriter:
    """Writes one counter-melody.

    In each kind of section it carries guide tones (thirds and sevenths, the nearest to the last),
    says a riff over and over, or waits; where the tune rests it answers.
    Source: Levine, *The Jazz Theory Book*, on guide-tone lines; Adler on secondary lines.

    Args:
        context: Plan and rules.
        part: The part.
        melody: Notes of the tune.
    """

    def __init__(self, context: Context, part: PartPlan, melody: list[Note]) -> None:
        self.context = context
        self.part = part
        self.melody = sorted(melody, key=lambda n: n.onset_quarters)
        self.onsets = [n.onset_quarters for n in self.melody]
        self.window = context.window(part)

    def write(self) -> list[Note]:
        """All notes of the part: its own line, and the tune itself where the style doubles it."""
        model = self.context.model(self.part)
        own = named(self.context, self._answered(self._line()))
        if model is None or model.doubles == "own":
            return own
        shift = 12 if model.doubles == "octave" else None
        doubled = double(self.context, self.part, self.melody, shift)
        peaks = {i for i, s in enumerate(self.context.plan.sections) if s.energy >= _DOUBLED_FROM}

        def at_peak(note: Note) -> bool:
            bar = self.context.bar_of(note.onset_quarters)
            return self.context.plan.bars[bar].section in peaks

        return [n for n in own if not at_peak(n)] + [n for n in doubled if at_peak(n)]

    def _behind(self, section: Section) -> str:
        """What the part does in a section: ``guide``, ``riff`` or ``answer``."""
        rng = generator(self.context.plan.seed, "behind", self.part.name, section.material)
        return pick_key(rng, self.context.style.melody.behind)

    def _line(self) -> list[Note]:
        """Guide tones and riffs, bar by bar."""
        notes: list[Note] = []
        last = (self.window[0] + self.window[1]) // 2
        bar_quarters = self.context.plan.meter.bar_quarters
        for section in self.context.plan.sections:
            way = self._behind(section)
            riff = riff_of(self.context, self.part.name, section) if way == "riff" else ()
            for bar in range(section.start_bar, section.end_bar):
                if not self.context.is_active(self.part, bar):
                    continue
                start, made = bar_quarters * bar, list[Note]()
                if way == "guide":
                    made = self._guides(start, start + bar_quarters, last)
                elif riff and bar != self.context.plan.final_bar:
                    strokes = riff[(bar - section.start_bar) % len(riff)]
                    made = [self._stroke(start + o, d, move, last) for o, d, move in strokes]
                notes += made
                last = made[-1].pitch.midi if made else last
        return notes

    def _guides(self, start: Fraction, end: Fraction, last: int) -> list[Note]:
        """A guide tone for each chord of a bar."""
        made = []
        for index, span in enumerate(self.context.plan.chords):
            if span.end_quarters <= start or span.onset_quarters >= end:
                continue
            onset, stop = max(start, span.onset_quarters), min(end, span.end_quarters)
            last = self._guide(span, onset, last, index)
            made.append(self._note(last, onset, stop - onset, span, 0.9))
        return made

    def _stroke(self, onset: Fraction, length: Fraction, move: int, last: int) -> Note:
        span = self.context.span(onset)
        pitch = chord_tone(span, last, move, self.window, self._sung(onset))
        held = self.context.held(pitch, onset, length)
        return self._note(pitch, onset, held, span, 0.95)

    def _answered(self, line: list[Note]) -> list[Note]:
        """The line with its answers to the tune; what else it had to say then is left out."""
        context = self.context
        if not self.melody or context.plain:
            return line
        end = context.plan.length_quarters - context.plan.meter.bar_quarters
        result = line
        for gap in gaps(self.melody, end):
            bar = context.bar_of(gap.start)
            section = context.section_of(bar)
            rng = generator(context.plan.seed, "answers", self.part.name, section.material, bar)
            if rng.random() >= _ANSWERS[self._behind(section)]:
                continue
            made = [
                self._note(pitch, onset, length, context.span(onset), 1.0)
                for onset, length, pitch in answer(
                    context, self.part.name, self.melody, gap, self.window
                )
                if context.is_active(self.part, context.bar_of(onset))
            ]
            if made:
                result = _given_way(result, made)
        return result

    def _guide(self, span: ChordSpan, onset: Fraction, last: int, index: int) -> int:
        """The nearest third or seventh (any chord tone, if there is neither)."""
        numbers = span.chord.essential_numbers or span.chord.numbers
        rng = generator(self.context.plan.seed, "guide", self.part.name, index, onset)
        low, high = self.window
        options = [p for p in range(low, high + 1) if p % 12 in numbers]
        sung = self._sung(onset)
        weights = []
        for pitch in options:
            near = 1 / (1 + abs(pitch - last)) ** 3.5
            doubles = 0.2 if sung is not None and (pitch - sung) % 12 == 0 else 1.0
            above = 0.25 if sung is not None and pitch > sung else 1.0
            weights.append(near * doubles * above)
        return pick(rng, options, weights)

    def _sung(self, onset: Fraction) -> int | None:
        place = bisect_right(self.onsets, onset) - 1
        if place >= 0 and self.melody[place].end_quarters > onset:
            return self.melody[place].pitch.midi
        return None

    def _note(
        self, pitch: int, onset: Fraction, duration: Fraction, span: ChordSpan, accent: float
    ) -> Note:
        context = self.context
        velocity = context.velocity(self.part, context.bar_of(onset), accent)
        length = context.held(pitch, onset, duration)
        return Note(onset, length, spelled(pitch, span.chord, span.key), velocity, "scale")


def _given_way(line: list[Note], made: list[Note]) -> list[Note]:
    """The line with an answer in it: notes that the answer meets end before it, or are left out."""
    start, end = made[0].onset_quarters, made[-1].end_quarters
    kept = []
    for note in line:
        if note.onset_quarters < start < note.end_quarters:
            kept.append(replace(note, duration_quarters=start - note.onset_quarters))
        elif note.end_quarters <= start or note.onset_quarters >= end:
            kept.append(note)
    return sorted([*kept, *made], key=lambda n: n.onset_quarters)


def double(
    context: Context, part: PartPlan, melody: list[Note], shift: int | None = 0
) -> list[Note]:
    """Double the tune where the part plays.

    Args:
        context: Plan and rules.
        part: The part.
        melody: Notes of the tune.
        shift: Semitones up; None for a chord or scale tone a third below, as the harmony has it.
    """
    wanted = []
    for sung in melody:
        if context.is_active(part, context.bar_of(sung.onset_quarters)):
            span = context.span(sung.onset_quarters)
            third = shift is None
            pitch = (
                _third_below(sung, span.chord, span.key)
                if third
                else sung.pitch.midi + (shift or 0)
            )
            wanted.append((sung, span, pitch))
    octave = _best_octave([pitch for _, _, pitch in wanted], *context.window(part))
    low, high = context.window(part)
    notes: list[Note] = []
    for index, (sung, span, pitch) in enumerate(wanted):
        moved = pitch + octave
        function = function_of(moved, span.chord, span.key)
        if not function and shift is not None:
            resolves = index + 1 < len(wanted) and low <= wanted[index + 1][2] + octave <= high
            function = sung.function if resolves and sung.function != "chord" else ""
        if not low <= moved <= high or not function:
            continue
        notes.append(
            Note(
                sung.onset_quarters,
                context.held(moved, sung.onset_quarters, sung.duration_quarters),
                spelled(moved, span.chord, span.key),
                context.velocity(part, context.bar_of(sung.onset_quarters), 0.9),
                function,
            )
        )
    return notes


def _best_octave(pitches: list[int], low: int, high: int) -> int:
    """The octaves, in semitones, that bring most pitches into a range, the nearest at a tie."""
    return min(
        (12 * k for k in range(-5, 6)),
        key=lambda move: (sum(not low <= p + move <= high for p in pitches), abs(move)),
    )


def _third_below(sung: Note, chord: Chord, key: Key) -> int:
    """The chord tone a third or fourth below a chord tone, else the scale tone a third below."""
    pitch = sung.pitch.midi
    if sung.function == "chord":
        for distance in (3, 4, 5):
            if (pitch - distance) % 12 in chord.numbers:
                return pitch - distance
    scale = {name.number for name in chord_scale(chord, key)}
    return pitch - (3 if (pitch - 3) % 12 in scale else 4)

"""The counter-melody: guide tones under the tune, replies in its rests; and plain doubling."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction

from composer.music.plan import ChordSpan, PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.spelling import chord_scale, function_of, spelled
from composer.writing.context import EIGHTH, Context

_MIN_REST = Fraction(3, 2)
_DOUBLED_FROM = 0.78  # energy from which a counter part that may double the tune does


class CounterWriter:
    """Writes one counter-melody.

    Guide tones (thirds and sevenths, the nearest to the last) carry it; where the tune rests it
    replies with a short run that ends on a chord tone.
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
        self.low, self.high = context.window(part)

    def write(self) -> list[Note]:
        """All notes of the part: its own line, and the tune itself where the style doubles it."""
        model = self.context.model(self.part)
        own = self._line()
        if model is None or model.doubles == "own":
            return own
        shift = 12 if model.doubles == "octave" else None
        doubled = double(self.context, self.part, self.melody, shift)
        peaks = {i for i, s in enumerate(self.context.plan.sections) if s.energy >= _DOUBLED_FROM}

        def at_peak(note: Note) -> bool:
            bar = self.context.bar_of(note.onset_quarters)
            return self.context.plan.bars[bar].section in peaks

        return [n for n in own if not at_peak(n)] + [n for n in doubled if at_peak(n)]

    def _line(self) -> list[Note]:
        notes: list[Note] = []
        last = (self.low + self.high) // 2
        for index, span in enumerate(self.context.plan.chords):
            for onset, end in self._stretches(span):
                pitch = self._guide(span, onset, last, index)
                reply = self._reply(span, onset, end, pitch)
                stop = reply[0].onset_quarters if reply else end
                if stop > onset:
                    notes.append(self._note(pitch, onset, stop - onset, span, 0.9))
                notes += reply
                last = notes[-1].pitch.midi
        return notes

    def _stretches(self, span: ChordSpan) -> list[tuple[Fraction, Fraction]]:
        """The bars of a span in which the part plays, each as (onset, end)."""
        context = self.context
        found: list[tuple[Fraction, Fraction]] = []
        onset = span.onset_quarters
        while onset < span.end_quarters:
            bar = context.bar_of(onset)
            end = min(span.end_quarters, context.bar_starts[bar + 1])
            if context.is_active(self.part, bar):
                found.append((onset, end))
            onset = end
        return found

    def _guide(self, span: ChordSpan, onset: Fraction, last: int, index: int) -> int:
        """The nearest third or seventh (any chord tone, if there is neither)."""
        numbers = span.chord.essential_numbers or span.chord.numbers
        rng = generator(self.context.plan.seed, "guide", self.part.name, index, onset)
        options = [p for p in range(self.low, self.high + 1) if p % 12 in numbers]
        sung = self._sung(onset)
        weights = []
        for pitch in options:
            near = 1 / (1 + abs(pitch - last)) ** 3.5
            double = 0.2 if sung is not None and (pitch - sung) % 12 == 0 else 1.0
            above = 0.25 if sung is not None and pitch > sung else 1.0
            weights.append(near * double * above)
        return pick(rng, options, weights)

    def _sung(self, onset: Fraction) -> int | None:
        place = bisect_right(self.onsets, onset) - 1
        if place >= 0 and self.melody[place].end_quarters > onset:
            return self.melody[place].pitch.midi
        return None

    def _rest(self, onset: Fraction, end: Fraction) -> tuple[Fraction, Fraction] | None:
        """The longest rest of the tune within a stretch, if it is long enough."""
        place = bisect_left(self.onsets, onset)
        free = onset if place == 0 else max(onset, self.melody[place - 1].end_quarters)
        best: tuple[Fraction, Fraction] | None = None
        while free < end:
            stop = self.onsets[place] if place < len(self.onsets) else end
            stop = min(stop, end)
            if stop - free >= _MIN_REST and (best is None or stop - free > best[1] - best[0]):
                best = (free, stop)
            if place >= len(self.onsets):
                break
            free = max(free, self.melody[place].end_quarters)
            place += 1
        return best

    def _reply(self, span: ChordSpan, onset: Fraction, end: Fraction, start: int) -> list[Note]:
        """A run of eighths in a rest of the tune, by step, onto a chord tone."""
        context = self.context
        rest = self._rest(onset, end)
        if rest is None or not self.melody or context.bar_of(onset) == len(context.plan.bars) - 1:
            return []
        rng = generator(context.plan.seed, "reply", self.part.name, onset)
        if rng.random() < 0.35:
            return []
        first = -(-rest[0] // EIGHTH) * EIGHTH
        count = min(4, int((rest[1] - first) / EIGHTH))
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        rungs = [p for p in range(self.low, self.high + 1) if p % 12 in scale]
        if count < 2 or len(rungs) < 6:
            return []
        upward = rng.random() < 0.5
        place = min(range(len(rungs)), key=lambda i: abs(rungs[i] - start))
        path = [place + (k if upward else -k) for k in range(1, count + 1)]
        path = [min(len(rungs) - 1, max(0, p)) for p in path]
        if len(set(path)) < len(path):
            return []
        if rungs[path[-1]] % 12 not in span.chord.numbers:
            path = path[:-1]
            while path and rungs[path[-1]] % 12 not in span.chord.numbers:
                path = path[:-1]
        if len(path) < 2:
            return []
        notes = [
            self._note(rungs[p], first + EIGHTH * k, EIGHTH, span, 1.0) for k, p in enumerate(path)
        ]
        last = notes[-1]
        stop = min(end, last.onset_quarters + 1)
        notes[-1] = self._note(
            last.pitch.midi, last.onset_quarters, stop - last.onset_quarters, span, 1.0
        )
        return notes

    def _note(
        self, pitch: int, onset: Fraction, duration: Fraction, span: ChordSpan, accent: float
    ) -> Note:
        context = self.context
        velocity = context.velocity(self.part, context.bar_of(onset), accent)
        key = context.plan.key
        function = function_of(pitch, span.chord, key) or "passing"
        return Note(onset, duration, spelled(pitch, span.chord, key), velocity, function)


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
    key = context.plan.key
    wanted = []
    for sung in melody:
        if context.is_active(part, context.bar_of(sung.onset_quarters)):
            chord = context.span(sung.onset_quarters).chord
            third = shift is None
            pitch = _third_below(sung, chord, key) if third else sung.pitch.midi + (shift or 0)
            wanted.append((sung, chord, pitch))
    octave = _best_octave([pitch for _, _, pitch in wanted], *context.window(part))
    low, high = context.window(part)
    notes: list[Note] = []
    for index, (sung, chord, pitch) in enumerate(wanted):
        moved = pitch + octave
        function = function_of(moved, chord, key)
        if not function and shift is not None:
            resolves = index + 1 < len(wanted) and low <= wanted[index + 1][2] + octave <= high
            function = sung.function if resolves and sung.function != "chord" else ""
        if not low <= moved <= high or not function:
            continue
        notes.append(
            Note(
                sung.onset_quarters,
                context.held(moved, sung.onset_quarters, sung.duration_quarters),
                spelled(moved, chord, key),
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

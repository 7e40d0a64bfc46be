"""Inner voices: alto and tenor, second violin and viola, led together between tune and bass.

For each chord the voices' pitches are chosen together by dynamic programming: the sonority with
tune and bass is to be complete, nothing doubled that wants to resolve, nobody crossed, no fifths
or octaves in parallel, every voice by the nearest way. Each player then moves on these pitches in
the rhythm of a figure of its own.
Source: Piston, *Harmony* (5th ed., 1987), chapters 2, 3 and 6; Huron, "Tone and Voice", *Music
Perception* 19 (2001), for the order of importance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

from composer.checking.voices import parallel_perfect
from composer.music.plan import ChordSpan, PartPlan
from composer.music.score import Note
from composer.theory.spelling import chord_scale, function_of, spelled
from composer.writing.context import Context
from composer.writing.figure_choice import FigurePlayer, laid_out

INNER = "inner"
_BEAM = 18  # sonorities kept for each chord
_OCTAVE = 12
_SOFT = 0.86
_MISSING = 6.0
_PARALLEL = 9.0
_UNRESOLVED = 8.0
_CROSSED = 9.0

Voicing = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A chord with the outer voices; pitch classes are numbers, 0 for C.

    Args:
        span: The chord.
        bass: The bass's pitch, None without a bass.
        tune: The tune's pitches over the chord, in their order; empty where it rests.
        tones: Pitch classes of the chord, without a foreign bass.
        essential: Those that must sound.
        seventh: Its seventh, if it has one.
        bright_third: Its third, if that is a major one.
        leading: The leading tone of its key.
    """

    span: ChordSpan
    bass: int | None
    tune: tuple[int, ...]
    tones: frozenset[int]
    essential: frozenset[int]
    seventh: int | None
    bright_third: int | None
    leading: int


def _frame(span: ChordSpan, bass: int | None, tune: tuple[int, ...]) -> _Frame:
    chord, quality = span.chord, span.chord.quality
    bright = quality.third is not None and not quality.minor
    return _Frame(
        span,
        bass,
        tune,
        tones=frozenset(name.number for name in chord.pitch_classes),
        essential=chord.essential_numbers,
        seventh=(chord.root + quality.seventh).number if quality.seventh is not None else None,
        bright_third=(chord.root + quality.third).number
        if bright and quality.third is not None
        else None,
        leading=(span.key.tonic.number - 1) % _OCTAVE,
    )


def is_inner(context: Context, part: PartPlan) -> bool:
    """Whether a part takes an inner voice of the harmony."""
    model = context.model(part)
    return part.role == "counter" and model is not None and model.doubles == INNER


class InnerVoices:
    """Writes all parts of a piece that take inner voices.

    Args:
        context: Plan and rules.
        parts: The parts.
        basses: The bass's pitch at each chord, None without a bass.
        melody: Notes of the tune.
    """

    def __init__(
        self,
        context: Context,
        parts: Sequence[PartPlan],
        basses: Sequence[int | None],
        melody: Sequence[Note],
    ) -> None:
        self.context = context
        self.parts = sorted(parts, key=lambda part: sum(context.window(part)))
        self.windows = [context.window(part) for part in self.parts]
        tunes = _over(context, melody)
        self.frames = [
            _frame(span, bass, tune)
            for span, bass, tune in zip(context.plan.chords, basses, tunes, strict=True)
        ]
        self.voicings = self._lead()

    def write(self) -> dict[str, list[Note]]:
        """The notes of each part, by its name."""
        return {part.name: self._part(part, voice) for voice, part in enumerate(self.parts)}

    # -- pitches --------------------------------------------------------------------------------

    def _lead(self) -> list[Voicing]:
        """The pitches of the voices over each chord."""
        layers: list[list[tuple[float, Voicing, int]]] = []
        for index, frame in enumerate(self.frames):
            layer = []
            for cost, voicing in self._candidates(frame):
                ways = [
                    (before[0] + self._step(index, before[1], voicing), place)
                    for place, before in enumerate(layers[-1] if layers else ())
                ]
                best, place = min(ways, default=(0.0, -1))
                layer.append((best + cost, voicing, place))
            layers.append(layer)
        path: list[Voicing] = []
        place = min(range(len(layers[-1])), key=lambda i: layers[-1][i][:2])
        for layer in reversed(layers):
            path.append(layer[place][1])
            place = layer[place][2]
        return path[::-1]

    def _candidates(self, frame: _Frame) -> list[tuple[float, Voicing]]:
        """Sonorities for a chord with their costs, the best first."""
        rows = [
            [p for p in range(low, high + 1) if p % _OCTAVE in frame.tones]
            for low, high in self.windows
        ]
        found = [
            (self._sonority(frame, voicing), voicing)
            for voicing in product(*rows)
            if all(0 < b - a <= _OCTAVE for a, b in pairwise(voicing))
        ]
        if not found:  # windows too narrow for the chord: whatever lies nearest
            middle = tuple(
                min(row, default=low) for row, (low, _) in zip(rows, self.windows, strict=True)
            )
            found = [(0.0, middle)]
        return sorted(found)[:_BEAM]

    def _sonority(self, frame: _Frame, voicing: Voicing) -> float:
        """How far a sonority is from a full, well-spaced one."""
        outer = [frame.bass] if frame.bass is not None else []
        everyone = [*outer, *voicing, *frame.tune[:1]]
        classes = [pitch % _OCTAVE for pitch in everyone]
        cost = _MISSING * len(frame.essential.difference(classes))
        cost += 0.7 * len(frame.tones.difference(classes))
        cost += 5.0 * (classes.count(frame.leading) > 1)
        if frame.seventh is not None and frame.seventh != frame.leading:
            cost += 5.0 * (classes.count(frame.seventh) > 1)
        if frame.bright_third is not None:
            cost += 1.2 * (classes.count(frame.bright_third) > 1)
        if frame.bass is not None and voicing[0] <= frame.bass:
            cost += _CROSSED * (1 + (frame.bass - voicing[0]) / 4)
        if frame.tune:
            ceiling = min(frame.tune)
            cost += _CROSSED * (1 + (voicing[-1] - ceiling) / 4) * (voicing[-1] >= ceiling)
            cost += 0.4 * max(0, frame.tune[0] - voicing[-1] - _OCTAVE)
        for pitch, (low, high) in zip(voicing, self.windows, strict=True):
            cost += 0.06 * abs(pitch - (low + high) / 2)
        return cost

    def _step(self, index: int, before: Voicing, after: Voicing) -> float:
        """What it costs to go from the voices over the chord before to those over this one."""
        last, here = self.frames[index - 1], self.frames[index]
        moves = list(zip(before, after, strict=True))
        cost = sum(_move(last, here, a, b) for a, b in moves)
        if last.bass is not None and here.bass is not None:
            moves.append((last.bass, here.bass))
        if last.tune and here.tune:
            moves.append((last.tune[-1], here.tune[0]))
        for one in range(len(before)):
            a, b = moves[one]
            if a == b:
                continue  # who stays is in parallel with nobody
            for c, d in moves[one + 1 :]:
                cost += _PARALLEL * (parallel_perfect(a, c, b, d) is not None)
        return cost

    # -- notes ----------------------------------------------------------------------------------

    def _part(self, part: PartPlan, voice: int) -> list[Note]:
        """The notes of one part: its pitches in the rhythm of its figure."""
        context = self.context
        active = [b for b in range(len(context.plan.bars)) if context.is_active(part, b)]
        notes: list[Note] = []
        for bar, stroke in laid_out(FigurePlayer(context, part, "X"), active):
            onset, end = stroke.onset, stroke.onset + stroke.duration
            sign = stroke.sign
            while onset < end:
                index = context.span_index(onset)
                stop = min(end, self.frames[index].span.end_quarters)
                pitch = self._pitch(voice, index, sign, onset, notes)
                last = notes[-1] if notes else None
                goes_on = onset > stroke.onset and last is not None and last.pitch.midi == pitch
                if last is not None and goes_on and last.end_quarters == onset:
                    notes[-1] = self._note(part, bar, last.onset_quarters, stop, pitch, sign)
                else:
                    notes.append(self._note(part, bar, onset, stop, pitch, sign))
                onset, sign = stop, "X"
        return notes

    def _pitch(
        self, voice: int, index: int, sign: str, onset: Fraction, before: Sequence[Note]
    ) -> int:
        own = self.voicings[index][voice]
        first = not before or before[-1].onset_quarters < self.frames[index].span.onset_quarters
        if first or sign in "Xx":
            return own
        last = before[-1].pitch.midi
        if sign == "n":
            return self._passing(voice, index, last)
        return self._neighbour(voice, index, last, up=sign == ">")

    def _passing(self, voice: int, index: int, last: int) -> int:
        """A step towards the voice's next pitch; its own tone where there is no such step."""
        span = self.frames[index].span
        following = self.voicings[min(index + 1, len(self.voicings) - 1)][voice]
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        if abs(following - last) in (3, 4):
            between = range(min(last, following) + 1, max(last, following))
            steps = [p for p in between if p % _OCTAVE in scale and self._free(voice, index, p)]
            if steps:
                return steps[0] if following > last else steps[-1]
        return self.voicings[index][voice]

    def _neighbour(self, voice: int, index: int, last: int, *, up: bool) -> int:
        """The next tone of the chord above or below the last note, within the voice's room."""
        numbers = self.frames[index].span.chord.essential_numbers or (
            self.frames[index].span.chord.numbers
        )
        tones = range(last + 1, last + _OCTAVE) if up else range(last - 1, last - _OCTAVE, -1)
        for pitch in tones:
            if pitch % _OCTAVE in numbers and self._free(voice, index, pitch):
                return pitch
        return self.voicings[index][voice]

    def _free(self, voice: int, index: int, pitch: int) -> bool:
        """Whether a pitch lies between the voices beside it and in its own window."""
        low, high = self.windows[voice]
        voicing, frame = self.voicings[index], self.frames[index]
        below = voicing[voice - 1] if voice else frame.bass
        above = voicing[voice + 1] if voice + 1 < len(voicing) else min(frame.tune, default=None)
        return (
            low <= pitch <= high
            and (below is None or pitch > below)
            and (above is None or pitch < above)
        )

    def _note(
        self, part: PartPlan, bar: int, onset: Fraction, end: Fraction, pitch: int, sign: str
    ) -> Note:
        span = self.context.span(onset)
        accent = 1.0 if sign == "X" else _SOFT
        return Note(
            onset,
            end - onset,
            spelled(pitch, span.chord, span.key),
            self.context.velocity(part, bar, accent),
            function_of(pitch, span.chord, span.key) or "passing",
        )


def _move(last: _Frame, here: _Frame, before: int, after: int) -> float:
    """What it costs a voice to move: its leap, and a leading tone or seventh left hanging."""
    leap = abs(after - before)
    cost = 0.22 * leap + 1.0 * (leap > 4) + 2.0 * (leap > 7) + 1.5 * (leap == 6)
    number = before % _OCTAVE
    if number == here.leading and (number + 1) % _OCTAVE in here.tones:
        return cost + _UNRESOLVED * (after not in (before, before + 1))
    if number == last.seventh:
        return cost + _UNRESOLVED / 2 * (after != before and not 1 <= before - after <= 2)
    return cost


def _over(context: Context, melody: Sequence[Note]) -> list[tuple[int, ...]]:
    """The tune's pitches over each chord in the order in which they sound."""
    sung: list[list[int]] = [[] for _ in context.plan.chords]
    for note in sorted(melody, key=lambda note: note.onset_quarters):
        first = context.span_index(note.onset_quarters)
        last = context.span_index(note.end_quarters - Fraction(1, 16))
        for index in range(first, last + 1):
            sung[index].append(note.pitch.midi)
    return [tuple(pitches) for pitches in sung]

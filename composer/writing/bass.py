"""The bass: roots on the changes, and the style's figures between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.checking.voices import leading_tone_resolves, seventh_resolves
from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.theory.spelling import chord_scale, function_of, spelled
from composer.writing.bass_guard import Above
from composer.writing.bass_signs import ACCENTS, DEGREES, MARKS, SHORTEST, degree_pitch, octave
from composer.writing.bass_strokes import BassStrokes, Beat, Kicks
from composer.writing.context import Context
from composer.writing.figure_choice import phrase_of
from composer.writing.resolutions import resolutions
from composer.writing.running import ladder, step_towards
from composer.writing.walking import Place, walk

_ABOVE = 7  # semitones that octaves and pops may rise over the part's range
_CHROMATIC_FROM = 0.1  # of a melody's chromaticism: from here on the bass approaches so too


class BassWriter:
    """Writes one bass part.

    Args:
        context: Plan and rules.
        part: The part.
        roots: Its pitch at each chord.
        governed: Notes of the governed parts, which a governed bass keeps clear of.
        kicks: Onsets of the kick drum within a bar, if there are drums.
    """

    def __init__(
        self,
        context: Context,
        part: PartPlan,
        roots: list[int],
        governed: Sequence[Sequence[Note]] = (),
        kicks: Kicks | None = None,
    ) -> None:
        self.context = context
        self.part = part
        self.roots = roots
        self.window = context.window(part)
        self.above = Above(governed if part.governed else (), context.plan.meter.bar_quarters)
        self.beats = self._relieved(BassStrokes(context, part, kicks).beats())
        self.chromatic = context.style.melody.chromatic > _CHROMATIC_FROM
        model = context.model(part)
        self.octaves = model is not None and model.octaves and not part.governed
        self._walked: dict[int, int] = {}

    def _relieved(self, beats: list[Beat]) -> list[Beat]:
        """The strokes, with one more where the bass would take a cadence's leading tone home.

        A voice above has that tone too, and has to rise with it: the bass steps out of its way.
        """
        chords = self.context.plan.chords
        cadences = resolutions(self.context.plan) if self.above.sounds else frozenset()
        result: list[Beat] = []
        for beat, after in zip(beats, [*beats[1:], None], strict=True):
            alone = after is not None and beat.first and after.first
            if after and alone and chords[after.chord].onset_quarters in cadences:
                leading_tone = (chords[after.chord].key.tonic.number - 1) % 12
                if self.roots[beat.chord] % 12 == leading_tone:
                    half = beat.onset + (beat.end - beat.onset) / 2
                    result.append(beat._replace(end=half))
                    beat = beat._replace(onset=half, sign="5", first=False)
            result.append(beat)
        return result

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        pitches: list[int] = []
        for place, beat in enumerate(self.beats):
            pitch = self._pitch(place, beat, pitches)
            pitches.append(pitch)
            notes.append(self._note(beat, pitch))
            if self.octaves and pitch + 12 <= self.part.instrument.high:
                notes.append(self._note(beat, pitch + 12, voice=1))
        return notes

    def _note(self, beat: Beat, pitch: int, voice: int = 0) -> Note:
        context = self.context
        span = context.plan.chords[beat.chord]
        length = min(beat.end - beat.onset, SHORTEST.get(beat.sign, beat.end - beat.onset))
        return Note(
            beat.onset,
            length,
            spelled(pitch, span.chord, span.key),
            context.velocity(self.part, beat.bar, ACCENTS.get(beat.sign, 1.0)),
            function_of(pitch, span.chord, span.key) or "approach",
            voice,
            MARKS.get(beat.sign, ""),
        )

    def _pitch(self, place: int, beat: Beat, before: list[int]) -> int:
        """The pitch of a stroke: what its sign says, if the voices above allow it."""
        root = self.roots[beat.chord]
        if beat.first:
            return root
        last = before[-1]
        wished = self._wished(place, beat, last)
        if self._fits(place, wished, last):
            return wished
        span = self.context.plan.chords[beat.chord]
        low, high = self.window
        tones = [pitch for pitch in range(low, high + 1) if pitch % 12 in span.chord.numbers]
        others = [root, *sorted(tones, key=lambda pitch: abs(pitch - last))]
        if function_of(last, span.chord, span.key):
            others.insert(1, last)
        return next((pitch for pitch in others if self._fits(place, pitch, last)), root)

    def _fits(self, place: int, pitch: int, last: int) -> bool:
        """Whether a pitch neither crosses a voice nor runs parallel with it, to it or from it."""
        beats = self.beats
        near = beats[place - 1].end >= beats[place].onset - self.context.plan.meter.bar_quarters
        if self.above.clashes(last if near else None, pitch, beats[place].onset):
            return False
        after = beats[place + 1] if place + 1 < len(beats) else None
        if after is None or not after.first:
            return True
        goal = self.roots[after.chord]
        if self.above.runs_parallel(pitch, goal, after.onset):
            return False
        return not self.part.governed or self._resolves(pitch, beats[place].chord, goal)

    def _resolves(self, pitch: int, index: int, goal: int) -> bool:
        """Whether leading tone and seventh go on as they should, to the root of the next chord."""
        span, later = self.context.plan.chords[index : index + 2]
        seventh = span.chord.quality.seventh
        if seventh is not None and pitch % 12 == (span.chord.root + seventh).number:
            return seventh_resolves(pitch, goal, later.chord.numbers)
        if pitch % 12 not in span.chord.numbers:
            return True
        return leading_tone_resolves(pitch, goal, later.key.tonic.number, later.chord.numbers)

    def _wished(self, place: int, beat: Beat, last: int) -> int:
        root = self.roots[beat.chord]
        span = self.context.plan.chords[beat.chord]
        if place in self._walked or self._walks(place):
            return self._step(place, last)
        match beat.sign:
            case "g":
                return last if function_of(last, span.chord, span.key) else root
            case "8" | "o" | "p":
                ceiling = min(self.part.instrument.high, self.window[1] + _ABOVE)
                return octave(root, beat.sign, (self.window[0], ceiling))
            case "a" | "c" | "d":
                return self._approach(place, beat, last)
            case "n":
                return self._run(place, beat, last)
            case sign if sign in DEGREES:
                after = self.beats[place + 1] if place + 1 < len(self.beats) else beat
                rises = after.sign in "8p" and not after.first
                return degree_pitch(sign, span, root, self.window, root + 12 if rises else last)
        return root

    def _target(self, place: int) -> int | None:
        """The root that comes next, if it is struck right after a stroke."""
        after = self.beats[place + 1] if place + 1 < len(self.beats) else None
        if after is None or not after.first or after.onset != self.beats[place].end:
            return None
        return self.roots[after.chord]

    def _approach(self, place: int, beat: Beat, last: int) -> int:
        """What leads to the next root: a step, a semitone (``c``) or its fifth (``d``)."""
        span = self.context.plan.chords[beat.chord]
        root = self.roots[beat.chord]
        target = self._target(place)
        if target is None:
            return degree_pitch("5", span, root, self.window)
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        low, high = self.window
        options: dict[int, float] = {}
        for step in (-1, -2, 1, 2):
            semitone = abs(step) == 1
            if (target + step) % 12 in scale:
                options[target + step] = 3.0 if semitone else 2.0
            elif semitone and (self.chromatic or beat.sign == "c"):
                options[target + step] = 2.0
        if beat.sign == "c":
            options = {pitch: w for pitch, w in options.items() if abs(pitch - target) == 1}
        if beat.sign == "d":
            fifths = {p: 1.0 for p in (target + 7, target - 5) if p % 12 in scale}
            options = fifths or options
        options = {p: w for p, w in options.items() if low <= p <= high and p != last}
        if not options:
            return degree_pitch("5", span, root, self.window)
        weights = [weight / (1 + 0.15 * abs(pitch - last)) for pitch, weight in options.items()]
        return pick(self._rng("approach", beat), list(options), weights)

    def _run(self, place: int, beat: Beat, last: int) -> int:
        """A scale step towards the next note that is not of the run."""
        after = place
        while after < len(self.beats) and self.beats[after].sign == "n":
            if after > place and self.beats[after].first:
                break
            after += 1
        goal = self.beats[min(after, len(self.beats) - 1)]
        span = self.context.plan.chords[beat.chord]
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        rungs = ladder(scale, *self.window)
        return step_towards(last, self.roots[goal.chord], after - place, rungs)

    def _walks(self, place: int) -> bool:
        """Whether a stroke is of a walking line; within one the root may be another chord tone."""
        beat = self.beats[place]
        if beat.sign == "w":
            return True
        after = self.beats[place + 1] if place + 1 < len(self.beats) else None
        return (
            beat.sign == "R"
            and self.beats[place - 1].sign in "wgac"
            and after is not None
            and after.sign == "w"
            and after.chord == beat.chord
        )

    def _step(self, place: int, last: int) -> int:
        """The note of a walking line, which is planned as far as its chord lasts."""
        if place not in self._walked:
            self._plan_walk(place, last)
        return self._walked[place]

    def _plan_walk(self, place: int, last: int) -> None:
        chord = self.beats[place].chord
        line, after = [place], place + 1
        while after < len(self.beats) and self.beats[after].chord == chord:
            if self._walks(after):
                line.append(after)
            elif self.beats[after].sign != "g":
                break
            after += 1
        target = self._target(after - 1)
        goal = target
        if target is None and after < len(self.beats):
            goal = self.roots[self.beats[after].chord]
        barred = frozenset[int]()
        if target is not None:
            onset = self.beats[after].onset
            every = range(self.window[0], self.window[1] + 1)
            barred = frozenset(p for p in every if self.above.runs_parallel(p, target, onset))
        pitches = walk(
            last,
            [self._place(self.beats[own]) for own in line],
            goal,
            self.window,
            self._rng("walk", self.beats[place]),
            chromatic=self.chromatic and target is not None and line[-1] == after - 1,
            barred=barred,
        )
        self._walked.update(zip(line, pitches, strict=True))

    def _place(self, beat: Beat) -> Place:
        span = self.context.plan.chords[beat.chord]
        meter = self.context.plan.meter
        within = beat.onset - self.context.bar_starts[beat.bar]
        strengths = dict(zip(meter.beat_onsets, meter.strengths, strict=True))
        return Place(
            span.chord.numbers,
            frozenset(name.number for name in chord_scale(span.chord, span.key)),
            strong=strengths.get(within, 0) >= 2,
            ceiling=self.above.ceiling(beat.onset),
        )

    def _rng(self, step: str, beat: Beat) -> np.random.Generator:
        """Draws that come back with the phrase of their section."""
        context = self.context
        section = context.section_of(beat.bar)
        phrase = phrase_of(section, beat.bar)
        start = section.start_bar if phrase is None else phrase.start_bar
        label = "" if phrase is None else phrase.label.rstrip("'")
        path = (step, self.part.name, section.material, label)
        return generator(context.plan.seed, *path, beat.onset - context.bar_starts[start])

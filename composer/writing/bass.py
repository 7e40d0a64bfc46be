"""The bass: roots on the changes, and the style's figures between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from composer.checking.voices import parallel_perfect
from composer.music.plan import PartPlan, Section
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.rulebook.figures import Stroke, strokes
from composer.rulebook.styles import CHORDAL_ROLES, Figure
from composer.theory.chord import Chord
from composer.theory.spelling import chord_scale, function_of, spelled
from composer.writing.context import Context

_INTO_VOICES = 2  # semitones that the bass may reach into the range of the chordal parts
_ELSEWHERE = 5.0  # semitones that it costs to meet a root in another octave than before
_FULL = 1.0
_LED_ON = 0.2  # of bars end with a step towards the next root, of phrases twice as many
_LEFT_OUT = 0.2  # of bars lack a note of their figure
_SIXTEENTH = Fraction(1, 4)
_SOFT = 0.82


def bass_roots(context: Context, part: PartPlan) -> list[int]:
    """The pitch on which the bass meets each chord: its root, or the written inversion.

    The line keeps near to the last pitch and to the middle of its range, so that it neither jumps
    an octave without need nor drifts, and meets a root that comes back where it met it first.
    """
    low, high = context.window(part)
    above = [context.window(p)[0] for p in context.plan.parts if p.role in CHORDAL_ROLES]
    if above:
        high = min(high, max(low + 11, min(above) + _INTO_VOICES))
    centre = low + min(12.0, (high - low) * 0.45)
    roots: list[int] = []
    last = centre
    met: dict[int, int] = {}
    for span in context.plan.chords:
        number = span.chord.bass.number
        options = range(low + (number - low) % 12, high + 1, 12)
        known = met.get(number)
        best = min(
            options,
            key=lambda p: (abs(p - last) + 0.8 * abs(p - centre) + _ELSEWHERE * (p != known), p),
        )
        met.setdefault(number, best)
        roots.append(best)
        last = best
    return roots


class BassWriter:
    """Writes one bass part.

    Args:
        context: Plan and rules.
        part: The part.
        roots: Its pitch at each chord.
        voicings: Voicings of the governed parts, by index of chord, to keep clear of.
        kicks: Onsets of the kick drum within a bar, if there are drums.
    """

    def __init__(
        self,
        context: Context,
        part: PartPlan,
        roots: list[int],
        voicings: Sequence[Mapping[int, tuple[int, ...]]] = (),
        kicks: Callable[[int], frozenset[Fraction]] | None = None,
    ) -> None:
        self.kicks = kicks
        self.context = context
        self.part = part
        self.roots = roots
        self.voicings = voicings if part.governed else ()
        self.low, self.high = context.window(part)

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        for bar in range(len(self.context.plan.bars)):
            if self.context.is_active(self.part, bar):
                for onset, duration, sign in self._events(bar):
                    notes.append(self._note(bar, onset, duration, sign, notes))
        return notes

    def _figure_bar(self, bar: int) -> tuple[Stroke, ...]:
        """The strokes of a bar: one figure a phrase, the same wherever the phrase comes back."""
        context = self.context
        section = context.section_of(bar)
        offset = bar - section.start_bar
        energy = section.energy
        figures = context.figures("bass", energy)
        if not figures or context.plain:
            return (Stroke(Fraction(0), context.plan.meter.bar_quarters, "R", 0),)
        rng = generator(
            context.plan.seed, "bass", section.material, round(energy, 1), self.part.name
        )
        weights = [f.weight * self._lock(f, section.start_bar) for f in figures]
        figure = pick(rng, figures, weights)
        own = strokes(figure.bars[offset % len(figure.bars)], context.plan.meter)
        return self._varied(own, section, offset)

    def _varied(self, own: tuple[Stroke, ...], section: Section, offset: int) -> tuple[Stroke, ...]:
        """A bar of the figure as a player takes it: a note left out here, the end led on there.

        The first bar of a section and a walking line are played as they are; a bar that comes back
        with its material is varied alike.
        """
        if offset == 0 or len(own) < 2 or any(stroke.sign == "w" for stroke in own):
            return own
        rng = generator(
            self.context.plan.seed, "bass-bar", section.material, offset, self.part.name
        )
        chance = rng.random()
        ends = any(p.start_bar + p.bars == section.start_bar + offset + 1 for p in section.phrases)
        last = own[-1]
        to_the_end = last.onset + last.duration == self.context.plan.meter.bar_quarters
        led_on = to_the_end and last.duration >= 2 * _SIXTEENTH
        if led_on and chance < _LED_ON * (2 if ends else 1):
            half = last.duration / 2
            head = Stroke(last.onset, half, last.sign, last.beat)
            return (*own[:-1], head, Stroke(last.onset + half, half, "a", last.beat))
        if chance > 1 - _LEFT_OUT:
            place = int(rng.integers(1, len(own)))
            return own[:place] + own[place + 1 :]
        return own

    def _lock(self, figure: Figure, bar: int) -> float:
        """How well a figure locks with the kick drum of a bar: 0.1 to 1.2."""
        if self.kicks is None:
            return 1.0
        kicks = self.kicks(bar)
        onsets = {stroke.onset for stroke in strokes(figure.bars[0], self.context.plan.meter)}
        share = len(kicks & onsets) / max(1, len(onsets))
        return 0.1 + share * share + (0.1 if kicks <= onsets else 0.0)

    def _events(self, bar: int) -> list[tuple[Fraction, Fraction, str]]:
        """Strokes of a bar in the piece's time, cut where the chord changes under them."""
        context = self.context
        start, end = context.bar_starts[bar], context.bar_starts[bar + 1]
        if bar == len(context.plan.bars) - 1:
            shape: tuple[Stroke, ...] = (Stroke(Fraction(0), end - start, "R", 0),)
        else:
            shape = self._figure_bar(bar)
        events: list[tuple[Fraction, Fraction, str]] = []
        changes = self._changes(start, end)
        for stroke in shape:
            onset = start + stroke.onset
            stop = onset + stroke.duration
            sign = stroke.sign
            for change in changes:
                if onset < change < stop:
                    events.append((onset, change - onset, sign))
                    onset, sign = change, "R"
            events.append((onset, stop - onset, sign))
        return self._struck(events, changes, end)

    @staticmethod
    def _struck(
        events: list[tuple[Fraction, Fraction, str]], changes: list[Fraction], end: Fraction
    ) -> list[tuple[Fraction, Fraction, str]]:
        """Strike the root on each change of chord, where the figure rests there."""
        onsets = {onset for onset, _, _ in events}
        for change in changes:
            if change not in onsets:
                following = min([o for o in onsets if o > change], default=end)
                events.append((change, min(Fraction(1), following - change), "R"))
        return sorted(events)

    def _changes(self, start: Fraction, end: Fraction) -> list[Fraction]:
        spans = self.context.plan.chords
        first = self.context.span_index(start)
        found = []
        for span in spans[first:]:
            if span.onset_quarters >= end:
                break
            if span.onset_quarters >= start:
                found.append(span.onset_quarters)
        return found

    def _note(
        self, bar: int, onset: Fraction, duration: Fraction, sign: str, before: list[Note]
    ) -> Note:
        context = self.context
        index = context.span_index(onset)
        span = context.plan.chords[index]
        first = not before or before[-1].onset_quarters < span.onset_quarters
        root = self.roots[index]
        last = before[-1].pitch.midi if before else root
        velocity = context.velocity(self.part, bar, _SOFT if sign in "rw" else _FULL)
        pitch = root if first else self._pitch(sign, index, onset, duration, last)
        if not first and self._clashes(index, onset + duration, pitch):
            pitch = root
        function = function_of(pitch, span.chord, span.key)
        return Note(
            onset,
            duration,
            spelled(pitch, span.chord, span.key),
            velocity,
            function or "approach",
        )

    def _pitch(self, sign: str, index: int, onset: Fraction, duration: Fraction, last: int) -> int:
        chord = self.context.plan.chords[index].chord
        root = self.roots[index]
        if sign in "35":
            return self._tone(chord, sign, root)
        if sign == "8":
            return next((p for p in (root + 12, root - 12) if self.low <= p <= self.high), root)
        if sign == "a":
            return self._approach(index, onset + duration, last)
        if sign == "w":
            return self._walk(index, onset, last)
        return root

    def _tone(self, chord: Chord, sign: str, root: int) -> int:
        """The third or fifth nearest above the root, below it where the range ends."""
        if sign == "3":
            tone = chord.quality.third
        else:
            tone = next((t for t in chord.quality.tones if t in (1, -6, 8)), None)
        if tone is None:
            return root
        number = (chord.root + tone).number
        above = root + (number - root) % 12
        below = above - 12
        if sign == "5" and below >= self.low and root - below <= 5:
            return below
        return next((p for p in (above, below) if self.low <= p <= self.high), root)

    def _target(self, index: int) -> int | None:
        return self.roots[index + 1] if index + 1 < len(self.roots) else None

    def _approach(self, index: int, end: Fraction, last: int) -> int:
        """A step below or above the next root, chromatic only if the next note is that root."""
        context = self.context
        span = context.plan.chords[index]
        target = self._target(index)
        if target is None or end < span.end_quarters:
            return self._tone(span.chord, "5", self.roots[index])
        bar = context.bar_of(end)
        lands = context.is_active(self.part, bar) and self._lands(bar, end)
        rng = generator(context.plan.seed, "approach", self.part.name, end)
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        options = []
        for step in (-1, -2, 1, 2):
            pitch = target + step
            if not self.low <= pitch <= self.high or pitch == last:
                continue
            if pitch % 12 in scale:
                options.append((pitch, 2.0 if abs(step) == 2 else 3.0))
            elif lands and abs(step) == 1 and self.context.style.melody.chromatic > 0.1:
                options.append((pitch, 2.0))
        if not options:
            return self._tone(span.chord, "5", self.roots[index])
        weights = [weight / (1 + 0.15 * abs(pitch - last)) for pitch, weight in options]
        return pick(rng, options, weights)[0]

    def _lands(self, bar: int, onset: Fraction) -> bool:
        """Whether the part strikes at an onset."""
        return any(o == onset for o, _, _ in self._events(bar))

    def _walk(self, index: int, onset: Fraction, last: int) -> int:
        """The next step of a walking line, towards the next root.

        Source: Levine, *The Jazz Theory Book*, chapter 5: chord tones and scale steps that lead on.
        """
        context = self.context
        span = context.plan.chords[index]
        target = self._target(index)
        if target is None:
            target = self.roots[index]
        beats = max(1, int(span.end_quarters - onset))
        ideal = last + (target - last) / beats if target != last else last + 3
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        options, weights = [], []
        for pitch in range(max(self.low, last - 7), min(self.high, last + 7) + 1):
            if pitch == last or pitch % 12 not in scale:
                continue
            chordal = 1.6 if pitch % 12 in span.chord.numbers else 1.0
            step = 1.5 if abs(pitch - last) <= 2 else 1.0
            options.append(pitch)
            weights.append(chordal * step / (0.6 + abs(pitch - ideal)) ** 1.5)
        if not options:
            return self.roots[index]
        return pick(generator(context.plan.seed, "walk", self.part.name, onset), options, weights)

    def _clashes(self, index: int, end: Fraction, pitch: int) -> bool:
        """Whether a governed bass would cross a voice here, or run parallel with it from here."""
        context = self.context
        lowest = [v[index][0] for v in self.voicings if index in v]
        if lowest and pitch >= min(lowest):
            return True
        target = self._target(index)
        if target is None or end < context.plan.chords[index].end_quarters:
            return False
        for voicings in self.voicings:
            # A part that rests is still heard where it stopped when it comes in again.
            last = (
                index if index in voicings else max((i for i in voicings if i < index), default=-1)
            )
            if last < 0 or index + 1 not in voicings:
                continue
            for a, b in zip(voicings[last], voicings[index + 1], strict=False):
                if parallel_perfect(pitch, a, target, b) is not None:
                    return True
        return False

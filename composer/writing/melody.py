"""Melody: motifs that come back, phrases that arch and breathe, choruses that recall themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan, Phrase, Section
from composer.music.score import Note
from composer.music.seeding import generator
from composer.rulebook.melody_tables import MelodyTable
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.spelling import function_of, spelled
from composer.writing import melody_rhythm as rhythms
from composer.writing.context import EIGHTH, Context
from composer.writing.melody_contour import Contour
from composer.writing.melody_pitch import NoteWish, StepChain, make_ladder
from composer.writing.melody_rhythm import Rhythm, RhythmChain
from composer.writing.melody_theme import Key, Theme, ThemeMaker, key_of, kind_of, material_of

_TRIALS = 6
_BEFORE_REST = 0.85  # how much a note that hangs in the air must be a chord tone
_RECENT = 16  # notes among which the last one to end is found
# Sections that come back note for note; all others are varied.
_EXACT = ("chorus", "hook", "climax", "tag", "outro")
_CADENCE_GOALS = {
    "authentic": (10.0, 2.0, 0.6),
    "plagal": (8.0, 3.0, 1.5),
    "modal": (8.0, 2.0, 2.0),
}


class MelodyWriter:
    """Writes the melody part.

    Args:
        context: Plan and rules.
        part: The part.
    """

    def __init__(self, context: Context, part: PartPlan) -> None:
        self.context = context
        self.part = part
        plan, book = context.plan, context.book
        self.style = context.style.melody
        low, high = context.window(part)
        ladder = make_ladder(plan.key, low, high)
        table: MelodyTable = book.melody(self.style.table, context.style.name)
        timing = book.melody(self.style.rhythm, context.style.name)
        compound = table if "compound" in table.rhythm else book.melody("lead")
        mode = plan.key.scale.parent
        starts = table.starts[mode]
        self.chain = StepChain(ladder, table.degrees[mode], starts, self.style.leap)
        # The middle, a little low: the chorus needs room above. A step is about two semitones.
        centre = (
            ladder.steps[int(ladder.size * 0.46)] + plan.mood.register / 2
        )  # brighter lies higher
        self.contour = Contour(self.chain, centre, plan.seed)
        self.maker = ThemeMaker(plan, self.style, RhythmChain(timing, compound, plan.meter))
        self.themes: dict[Key, Theme] = {}

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        steps: tuple[int, int] | None = None
        for section in self.context.plan.sections:
            for phrase in section.phrases:
                if not self.context.is_active(self.part, phrase.start_bar):
                    steps = None
                    continue
                sung, steps = self._phrase(section, phrase, steps, notes)
                notes += sung
        return sorted(notes, key=lambda n: n.onset_quarters)

    def _phrase(
        self,
        section: Section,
        phrase: Phrase,
        before: tuple[int, int] | None,
        written: list[Note],
    ) -> tuple[list[Note], tuple[int, int] | None]:
        plan = self.context.plan
        key = key_of(section, phrase)
        final = phrase.start_bar + phrase.bars == len(plan.bars)
        if key not in self.themes:
            self.themes[key] = self.maker.make(section, phrase, final=final)
        theme = self.themes[key]
        start = plan.meter.bar_quarters * phrase.start_bar
        rhythm = self._varied(section, phrase, theme, final=final)
        wishes = self._wishes(section, phrase, theme, rhythm, start, final=final)
        chords = tuple(wish.chord.symbol for wish in wishes)
        rng = generator(plan.seed, "melody", *key, phrase.label, phrase.cadence.kind, chords)
        first = not theme.steps
        steps = self.chain.best_of(_TRIALS if first else 1, wishes, before if first else None, rng)
        if first and rhythm == theme.rhythm:
            ending = (phrase.label, phrase.cadence.kind)
            self.themes[key] = replace(theme, steps=tuple(steps), ending=ending, kind=section.kind)
        notes = self._ornamented(section, self._notes(rhythm, steps, wishes, start))
        upbeat = self._upbeat(section, phrase, steps, written, start)
        last = (steps[-2], steps[-1]) if len(steps) > 1 else before
        return upbeat + notes, last

    # -- what each note should be ---------------------------------------------------------------

    def _wishes(
        self,
        section: Section,
        phrase: Phrase,
        theme: Theme,
        rhythm: Rhythm,
        start: Fraction,
        *,
        final: bool,
    ) -> list[NoteWish]:
        length = self.context.plan.meter.bar_quarters * phrase.bars
        contour = self.contour.wishes(section, phrase, theme, rhythm, length)
        wishes = []
        following = [onset for onset, _ in rhythm[1:]] + [length]
        for (onset, held), (target, spread), then in zip(rhythm, contour, following, strict=True):
            chord = self._chord(start + onset, held)
            weight = self._weight(start + onset, held)
            if then - onset - held >= 1:
                weight = max(weight, _BEFORE_REST)
            wishes.append(NoteWish(chord, weight, target, spread))
        if wishes:
            goal = self._goal(phrase, wishes[-1].chord, final=final)
            wishes[-1] = replace(wishes[-1], goal=goal)
        return self.contour.with_motif(section, phrase, theme, wishes, rhythm)

    def _chord(self, onset: Fraction, length: Fraction) -> Chord:
        """The chord of a note: the next one, if it is tied over a change from just before."""
        context = self.context
        index = context.span_index(onset)
        spans = context.plan.chords
        change = spans[index].end_quarters
        if change - onset <= EIGHTH and onset + length > change and index + 1 < len(spans):
            return spans[index + 1].chord
        return spans[index].chord

    def _weight(self, onset: Fraction, length: Fraction) -> float:
        """How much a note must be a chord tone: by its beat and its length.

        A note that anticipates a beat has the weight of that beat.
        """
        meter = self.context.plan.meter
        place = onset % meter.bar_quarters
        beats = (*meter.beat_onsets, meter.bar_quarters)
        strengths = (*meter.strengths, meter.strengths[0])
        strength = 0.0
        for beat, weight in zip(beats, strengths, strict=True):
            if place == beat or (0 < beat - place <= EIGHTH and place + length > beat):
                strength = 0.12 + 0.19 * weight
        held = 0.6 if length > 1 else 0.35 if length == 1 else 0.1
        return min(1.0, strength + held)

    def _goal(self, phrase: Phrase, chord: Chord, *, final: bool) -> tuple[tuple[int, float], ...]:
        """Weights of the pitch classes on which a phrase may end."""
        root, *others = [name.number for name in chord.pitch_classes]
        if phrase.cadence.kind not in _CADENCE_GOALS:
            return tuple({root: 1.0, **dict.fromkeys(others, 1.6)}.items())
        on_root, on_third, on_rest = _CADENCE_GOALS[phrase.cadence.kind]
        weights = {root: on_root * (20 if final else 1), **dict.fromkeys(others, on_rest)}
        if (root - 1) % 12 in others:
            weights[root] *= 0.15  # the tonic grinds against a major seventh below it
        third = chord.quality.third
        if third is not None:
            weights[(root + semitones(third)) % 12] = on_third
        return tuple(weights.items())

    # -- variation, ornament and notes ----------------------------------------------------------

    def _varied(self, section: Section, phrase: Phrase, theme: Theme, *, final: bool) -> Rhythm:
        """A verse that returns is the verse, varied: here and there a long note is struck twice."""
        if final:
            onset, _ = theme.rhythm[-1]
            end = self.context.plan.meter.bar_quarters * phrase.bars
            return (*theme.rhythm[:-1], (onset, end - onset))
        kind = kind_of(section)
        if section.occurrence == 0 or kind in _EXACT or not theme.steps:
            return theme.rhythm
        rng = generator(self.context.plan.seed, "variation", section.name, phrase.start_bar)
        result: list[tuple[Fraction, Fraction]] = []
        for onset, length in theme.rhythm[:-1]:
            if length >= 1 and rng.random() < 0.3:
                half = length / 2 if length <= 2 else Fraction(1)
                result += [(onset, half), (onset + half, length - half)]
            else:
                result.append((onset, length))
        return (*result, *theme.rhythm[-1:])

    def _notes(
        self, rhythm: Rhythm, steps: Sequence[int], wishes: Sequence[NoteWish], start: Fraction
    ) -> list[Note]:
        context = self.context
        key = context.plan.key
        notes = []
        for (onset, length), step, wish in zip(rhythm, steps, wishes, strict=True):
            pitch = self.chain.pitch(step, wish.chord)
            bar = context.bar_of(start + onset)
            notes.append(
                Note(
                    start + onset,
                    context.held(pitch, start + onset, length),
                    spelled(pitch, wish.chord, key),
                    context.velocity(self.part, bar, 0.86 + 0.14 * wish.weight),
                    function_of(pitch, wish.chord, key) or "approach",
                )
            )
        return notes

    def _ornamented(self, section: Section, notes: list[Note]) -> list[Note]:
        """Bend weak notes into chromatic approaches, or blue thirds, as far as the style does."""
        if self.context.plain:
            return notes
        chance = self.style.chromatic
        blue = self.context.style.harmony.blue_notes
        if not chance and not blue:
            return notes
        rng = generator(self.context.plan.seed, "ornament", material_of(section), len(notes))
        result = list(notes)
        for i in range(1, len(notes) - 1):
            roll = rng.random()
            if notes[i].duration_quarters <= EIGHTH and result[i - 1] is notes[i - 1]:
                if roll < chance:
                    result[i] = self._approach(notes[i - 1], notes[i], notes[i + 1])
                elif blue and roll < 0.3:
                    result[i] = self._blue(notes[i], notes[i + 1])
        return result

    def _approach(self, before: Note, here: Note, after: Note) -> Note:
        """A semitone below or above a chord tone that follows."""
        context = self.context
        goal = after.pitch.midi
        chord = context.span(here.onset_quarters).chord
        if goal % 12 not in context.span(after.onset_quarters).chord.numbers:
            return here
        pitch = goal - 1 if before.pitch.midi <= goal else goal + 1
        low, high = context.window(self.part)
        if context.span(here.onset_quarters).end_quarters < here.end_quarters:
            return here
        near = abs(pitch - before.pitch.midi) <= 7 and pitch != before.pitch.midi
        if not near or not low <= pitch <= high or function_of(pitch, chord, context.plan.key):
            return here
        return replace(here, pitch=spelled(pitch, chord, context.plan.key), function="approach")

    def _blue(self, here: Note, after: Note) -> Note:
        """The third of a major key flattened on its way down."""
        context = self.context
        tonic = context.plan.key.tonic.number
        chord = context.span(here.onset_quarters).chord
        pitch = here.pitch.midi - 1
        falls = 1 <= pitch - after.pitch.midi <= 3
        major_third = (here.pitch.midi - tonic) % 12 == 4
        if not major_third or not falls or here.pitch.midi % 12 in chord.numbers:
            return here
        return replace(here, pitch=spelled(pitch, chord, context.plan.key), function="blue")

    def _upbeat(
        self,
        section: Section,
        phrase: Phrase,
        steps: Sequence[int],
        written: list[Note],
        start: Fraction,
    ) -> list[Note]:
        """Pick-up notes that climb or fall by step into the phrase, where there is room."""
        if not steps or start == 0 or self.context.plain:
            return []
        context = self.context
        rng = generator(context.plan.seed, "upbeat", material_of(section), phrase.label)
        onsets = rhythms.pickup(rng, context.plan.meter)
        free = max((note.end_quarters for note in written[-_RECENT:]), default=Fraction(0))
        theme = self.themes[key_of(section, phrase)]
        if not onsets or start + onsets[0] < free or theme.rhythm[0][0] > 0:
            return []
        path = self._run_up(steps[0], len(onsets), down=rng.random() < 0.35)
        key = context.plan.key
        notes = []
        for onset, step, end in zip(onsets, path, [*onsets[1:], Fraction(0)], strict=False):
            chord = context.span(start + onset).chord
            pitch = self.chain.pitch(step, chord)
            notes.append(
                Note(
                    start + onset,
                    end - onset,
                    spelled(pitch, chord, key),
                    context.velocity(self.part, context.bar_of(start + onset), 0.85),
                    function_of(pitch, chord, key) or "passing",
                )
            )
        return notes

    def _run_up(self, goal: int, count: int, *, down: bool) -> list[int]:
        """Steps that climb, or fall, onto a goal; empty where the range has no room."""
        low, high = self.chain.ladder.steps[0], self.chain.ladder.steps[-1]
        for sign in (1, -1) if down else (-1, 1):
            path = [goal + sign * distance for distance in range(count, 0, -1)]
            if all(low <= step <= high for step in path):
                return path
        return []

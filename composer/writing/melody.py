"""Melody: motifs that come back, phrases that arch and breathe, choruses that recall themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from composer.music.plan import PartPlan, Phrase, Section
from composer.music.score import Note
from composer.music.seeding import generator
from composer.rulebook.tables import MelodyTable
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.writing import melody_rhythm as rhythms
from composer.writing.context import Context, function_of, spelled
from composer.writing.melody_pitch import Ladder, NoteWish, StepChain, make_ladder
from composer.writing.melody_rhythm import Rhythm, RhythmChain, RhythmTaste, Slot

# Height of a section's melody above the verse's, in scale steps, and how wide its phrases arch.
_REGISTER = {
    "verse": (-2.0, 1.7),
    "prechorus": (0.0, 2.0),
    "chorus": (2.8, 2.2),
    "bridge": (1.0, 2.4),
    "solo": (1.5, 3.2),
    "head": (0.0, 2.2),
    "loop": (-1.0, 1.7),
    "hook": (2.2, 1.8),
    "theme": (-2.5, 2.2),
    "contrast": (0.5, 2.4),
    "climax": (3.0, 2.8),
    "outro": (-0.5, 1.5),
    "coda": (0.5, 2.0),
    "tag": (-0.5, 1.5),
    "a": (0.0, 2.2),
    "b": (1.5, 2.6),
    "c": (1.0, 2.8),
}
_TRIALS = 6
_OCTAVE_FROM = 3.0  # difference of register, in steps, that lifts a theme by an octave
_RECENT = 16  # notes among which the last one to end is found
_EXACT = ("chorus", "hook", "climax", "head", "tag", "outro")
_CADENCE_GOALS = {
    "authentic": (10.0, 2.0, 0.6),
    "plagal": (8.0, 3.0, 1.5),
    "modal": (8.0, 2.0, 2.0),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """What is remembered of a phrase.

    Args:
        rhythm: Its notes.
        slots: Its bars.
        steps: Steps on the ladder, one a note; empty until it is first sung.
        ending: Label and cadence of the phrase that sang it first.
        kind: Kind of the section that sang it first.
    """

    rhythm: tuple[tuple[Fraction, Fraction], ...]
    slots: tuple[Slot, ...]
    steps: tuple[int, ...] = ()
    ending: tuple[str, str] = ("", "")
    kind: str = ""


class MelodyWriter:
    """Writes the melody part.

    Args:
        context: Plan and rules.
        part: The part.
    """

    def __init__(self, context: Context, part: PartPlan) -> None:
        self.context = context
        self.part = part
        self.seed = context.plan.seed
        self.style = context.style.melody
        low, high = context.window(part)
        self.ladder: Ladder = make_ladder(context.plan.key, low, high)
        table: MelodyTable = context.book.melody(self.style.table, context.style.name)
        compound = table if "compound" in table.rhythm else context.book.melody("lead")
        timing = context.book.melody(self.style.rhythm, context.style.name)
        self.rhythm = RhythmChain(timing, compound, context.plan.meter)
        mode = context.plan.key.scale.parent
        self.chain = StepChain(self.ladder, dict(table.degrees[mode]), self.style.leap)
        self.themes: dict[tuple[str, str, int], Theme] = {}
        self.motifs: dict[tuple[str, str], tuple[Rhythm, Rhythm]] = {}

    @cached_property
    def centre(self) -> float:
        """The middle step of the range, a little low: the chorus needs room above."""
        return self.ladder.steps[int(self.ladder.size * 0.46)]

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

    # -- rhythm ---------------------------------------------------------------------------------

    def _taste(self, section: Section) -> RhythmTaste:
        """Notes a bar for a section: more with energy, fewer at fast tempos and in short bars."""
        plan = self.context.plan
        bars_a_minute = plan.quarters_per_minute / float(plan.meter.bar_quarters)
        pace = min(1.5, max(0.6, (27.0 / bars_a_minute) ** 0.5))
        notes = self.style.density * pace * (0.8 + 0.4 * section.energy) * (1 + 0.15 * plan.arousal)
        if self._kind(section) == "solo":
            notes *= 1.3
        return RhythmTaste(min(notes, 4.0 * float(plan.meter.bar_quarters)), self.style.syncopation)

    @staticmethod
    def _kind(section: Section) -> str:
        return section.kind.split("-")[0]

    def _material(self, section: Section) -> str:
        """Solos are new every time; all else is the section's material."""
        return section.name if self._kind(section) == "solo" else section.material

    def _motif_pair(self, section: Section, label: str) -> tuple[Rhythm, Rhythm]:
        """The motif of a phrase and its contrast; b answers with a's contrast as its motif."""
        key = (self._material(section), label)
        if key not in self.motifs:
            bars = self.style.motif_bars
            taste = self._taste(section)
            if label != "a":
                own = self.rhythm.motif(bars, taste, [*key, "m"], self.seed)
                first = self._motif_pair(section, "a")[1]
                swap = generator(self.seed, "motifs", *key).random() < 0.5
                self.motifs[key] = (first, own) if swap else (own, first)
            else:
                first = self.rhythm.motif(bars, taste, [*key, "m"], self.seed)
                calm = replace(taste, notes=taste.notes * 0.75)
                self.motifs[key] = (first, self.rhythm.motif(bars, calm, [*key, "n"], self.seed))
        return self.motifs[key]

    def _theme(self, section: Section, phrase: Phrase) -> Theme:
        """The rhythm of a phrase, bar by bar, from its motifs."""
        label = phrase.label.rstrip("'")
        key = (self._material(section), label, phrase.bars)
        if key not in self.themes:
            motif, contrast = self._motif_pair(section, label)
            rng = generator(self.seed, "phrase", *key)
            signs = rhythms.scheme(phrase.bars, self.style.rest, rng)
            meter = self.context.plan.meter
            bar = meter.bar_quarters
            notes: list[tuple[Fraction, Fraction]] = []
            slots = []
            for index, sign in enumerate(signs):
                half = bar * (index % self.style.motif_bars)
                shapes = {
                    "m": rhythms.window(motif, half, half + bar),
                    "n": rhythms.window(contrast, half, half + bar),
                    "r": (),
                }
                shapes["v"] = rhythms.vary_tail(shapes["m"], shapes["n"], meter)
                if sign == "c":
                    final = self._is_final(phrase)
                    late = phrase.cadence.onset_quarters > bar * (phrase.start_bar + index)
                    shape = rhythms.cadence_bar(
                        meter, shapes["m"] or motif, rng, final=final, late=late and not final
                    )
                else:
                    shape = shapes[sign]
                slots.append(Slot(bar * index, sign, len(notes), len(shape)))
                notes += rhythms.shifted(shape, bar * index)
            self.themes[key] = Theme(tuple(notes), tuple(slots))
        return self.themes[key]

    def _is_final(self, phrase: Phrase) -> bool:
        return phrase.start_bar + phrase.bars == len(self.context.plan.bars)

    # -- pitch ----------------------------------------------------------------------------------

    def _phrase(
        self,
        section: Section,
        phrase: Phrase,
        before: tuple[int, int] | None,
        written: list[Note],
    ) -> tuple[list[Note], tuple[int, int] | None]:
        theme = self._theme(section, phrase)
        key = (self._material(section), phrase.label.rstrip("'"), phrase.bars)
        start = self.context.plan.meter.bar_quarters * phrase.start_bar
        rhythm = self._varied(section, phrase, theme)
        wishes = self._wishes(section, phrase, theme, rhythm, start)
        chords = tuple(wish.chord.symbol for wish in wishes)
        rng = generator(self.seed, "melody", *key, phrase.label, phrase.cadence.kind, chords)
        first = not theme.steps
        trials = _TRIALS if first else 1
        steps = self.chain.best_of(trials, wishes, before if first else None, rng)
        if first and rhythm == theme.rhythm:
            ending = (phrase.label, phrase.cadence.kind)
            kind = self._kind(section)
            self.themes[key] = replace(theme, steps=tuple(steps), ending=ending, kind=kind)
        notes = self._notes(rhythm, steps, wishes, start)
        upbeat = self._upbeat(section, phrase, steps, written, start)
        last = (steps[-2], steps[-1]) if len(steps) > 1 else before
        return upbeat + notes, last

    def _wishes(
        self,
        section: Section,
        phrase: Phrase,
        theme: Theme,
        rhythm: tuple[tuple[Fraction, Fraction], ...],
        start: Fraction,
    ) -> list[NoteWish]:
        contour = self._contour(section, phrase, theme, rhythm, start)
        wishes = []
        for index, (onset, length) in enumerate(rhythm):
            chord = self._chord(start + onset, length)
            last = index == len(rhythm) - 1
            target, spread = contour[index]
            wishes.append(
                NoteWish(
                    chord=chord,
                    weight=self._weight(onset, length),
                    target=target,
                    spread=spread,
                    goal=self._goal(phrase, chord) if last else (),
                )
            )
        return wishes

    def _chord(self, onset: Fraction, length: Fraction) -> Chord:
        """The chord of a note: the next one, if it is tied over a change from just before."""
        context = self.context
        index = context.span_index(onset)
        spans = context.plan.chords
        change = spans[index].end_quarters
        if change - onset <= Fraction(1, 2) and onset + length > change and index + 1 < len(spans):
            return spans[index + 1].chord
        return spans[index].chord

    def _weight(self, onset: Fraction, length: Fraction) -> float:
        """How much a note must be a chord tone: by its beat and its length."""
        meter = self.context.plan.meter
        place = onset % meter.bar_quarters
        strength = 0.0
        if place in meter.beat_onsets:
            strength = 0.12 + 0.19 * meter.strengths[meter.beat_onsets.index(place)]
        held = 0.6 if length > 1 else 0.35 if length == 1 else 0.1
        return min(1.0, strength + held)

    def _goal(self, phrase: Phrase, chord: Chord) -> tuple[tuple[int, float], ...]:
        """Weights of the pitch classes on which a phrase may end."""
        root, *others = [name.number for name in chord.pitch_classes]
        if phrase.cadence.kind in _CADENCE_GOALS:
            on_root, on_third, on_rest = _CADENCE_GOALS[phrase.cadence.kind]
            if self._is_final(phrase):
                on_root *= 20
            weights = {root: on_root, **dict.fromkeys(others, on_rest)}
            if (root - 1) % 12 in others:
                weights[root] *= 0.15  # the tonic grinds against a major seventh below it
            third = chord.quality.third
            if third is not None:
                weights[(root + semitones(third)) % 12] = on_third
            return tuple(weights.items())
        return tuple({root: 1.0, **dict.fromkeys(others, 1.6)}.items())

    def _contour(
        self,
        section: Section,
        phrase: Phrase,
        theme: Theme,
        rhythm: tuple[tuple[Fraction, Fraction], ...],
        start: Fraction,
    ) -> list[tuple[float, float]]:
        """Wished step and freedom of every note: the remembered tune, or an arch with its motif."""
        if theme.steps:
            wishes = self._remembered(theme, rhythm, self._octave(section, theme))
            if theme.ending != (phrase.label, phrase.cadence.kind):
                wishes[-3:] = [(target, 1.8) for target, _ in wishes[-3:]]
            return wishes
        height, arch = _REGISTER.get(self._kind(section), (0.0, 2.0))
        lift = height + 0.8 * section.phrases.index(phrase) / max(1, len(section.phrases))
        if phrase.label.rstrip("'") != "a":
            lift += 1.0
        total = float(self.context.plan.meter.bar_quarters * phrase.bars)
        peak = 0.45 + 0.3 * generator(self.seed, "peak", section.material, phrase.label).random()
        wishes = []
        for onset, _ in rhythm:
            place = float(onset) / total
            rise = place / peak if place < peak else (1 - place) / (1 - peak)
            wishes.append((self.centre + lift + 1.5 * arch * (rise - 0.4), 1.8))
        return self._with_motif(section, phrase, theme, wishes, rhythm, start)

    def _octave(self, section: Section, theme: Theme) -> int:
        """Steps by which a theme is moved for a section that lies much higher than its first."""
        rise = _REGISTER.get(self._kind(section), (0.0, 0.0))[0]
        rise -= _REGISTER.get(theme.kind, (0.0, 0.0))[0]
        room = max(theme.steps) + 7 <= self.ladder.steps[-1]
        return 7 if rise >= _OCTAVE_FROM and room else 0

    @staticmethod
    def _remembered(
        theme: Theme, rhythm: tuple[tuple[Fraction, Fraction], ...], shift: int
    ) -> list[tuple[float, float]]:
        """The tune as it was sung; notes that were not there then are freer."""
        steps = [step + shift for step in theme.steps]
        sung = {onset: step for (onset, _), step in zip(theme.rhythm, steps, strict=True)}
        wishes = []
        step = steps[0]
        for onset, _ in rhythm:
            known = onset in sung
            step = sung.get(onset, step)
            wishes.append((float(step), 0.35 if known else 0.9))
        return wishes

    def _with_motif(
        self,
        section: Section,
        phrase: Phrase,
        theme: Theme,
        wishes: list[tuple[float, float]],
        rhythm: tuple[tuple[Fraction, Fraction], ...],
        start: Fraction,
    ) -> list[tuple[float, float]]:
        """Sing the motif once, then ask its returns to be it, or its sequence."""
        motif_slots = [slot for slot in theme.slots if slot.motif in "mv" and slot.count]
        if len(motif_slots) < 2 or len(rhythm) != len(theme.rhythm):
            return wishes
        head = motif_slots[0]
        inside = range(head.first, head.first + head.count)
        first = [
            NoteWish(
                self._chord(start + rhythm[i][0], rhythm[i][1]),
                self._weight(*rhythm[i]),
                *wishes[i],
            )
            for i in inside
        ]
        path = ("motif-pitch", self._material(section), phrase.label.rstrip("'"))
        rng = generator(self.seed, *path)
        sung = self.chain.best_of(2 * _TRIALS, first, None, rng)
        result = list(wishes)
        for i, step in zip(inside, sung, strict=True):
            result[i] = (float(step), 0.3)
        for slot in motif_slots[1:]:
            shift = self._sequence(slot, sung, rhythm, start, rng.random())
            common = min(slot.count, head.count)
            for k in range(common):
                if rhythm[slot.first + k][0] - slot.start == rhythm[head.first + k][0] - head.start:
                    result[slot.first + k] = (float(sung[k] + shift), 0.55)
        return result

    def _sequence(
        self,
        slot: Slot,
        sung: Sequence[int],
        rhythm: tuple[tuple[Fraction, Fraction], ...],
        start: Fraction,
        chance: float,
    ) -> int:
        """By how many steps the motif is moved when it returns: where it fits the chords best."""
        best, best_fit = 0, -1.0
        for shift in (0, -1, 1, -2, 2, 3, -3):
            fit = 0.0
            for k, step in enumerate(sung[: slot.count]):
                onset, length = rhythm[slot.first + k]
                chord = self._chord(start + onset, length)
                if self.ladder.steps[0] <= step + shift <= self.ladder.steps[-1]:
                    pitch = self.chain.pitch(step + shift, chord)
                    fit += (pitch % 12 in chord.numbers) * self._weight(onset, length)
                else:
                    fit -= 2
            fit /= max(1, min(slot.count, len(sung)))
            fit -= 0.05 * abs(shift) + (0.12 * chance if shift == 0 else 0.0)
            if fit > best_fit:
                best, best_fit = shift, fit
        return best

    # -- variation, ornament and notes ----------------------------------------------------------

    def _varied(
        self, section: Section, phrase: Phrase, theme: Theme
    ) -> tuple[tuple[Fraction, Fraction], ...]:
        """A verse that returns is the verse, varied: here and there a long note is struck twice."""
        if self._is_final(phrase):
            onset, _ = theme.rhythm[-1]
            end = self.context.plan.meter.bar_quarters * phrase.bars
            return (*theme.rhythm[:-1], (onset, end - onset))
        if section.occurrence == 0 or self._kind(section) in _EXACT or not theme.steps:
            return theme.rhythm
        rng = generator(self.seed, "variation", section.name, phrase.label, phrase.start_bar)
        result: list[tuple[Fraction, Fraction]] = []
        for onset, length in theme.rhythm[:-1]:
            if length >= 1 and rng.random() < 0.3:
                half = length / 2 if length <= 2 else Fraction(1)
                result += [(onset, half), (onset + half, length - half)]
            else:
                result.append((onset, length))
        return (*result, *theme.rhythm[-1:])

    def _notes(
        self,
        rhythm: tuple[tuple[Fraction, Fraction], ...],
        steps: Sequence[int],
        wishes: Sequence[NoteWish],
        start: Fraction,
    ) -> list[Note]:
        context = self.context
        key = context.plan.key
        notes = []
        for (onset, length), step, wish in zip(rhythm, steps, wishes, strict=True):
            pitch = self.chain.pitch(step, wish.chord)
            bar = context.bar_of(start + onset)
            accent = 0.86 + 0.14 * self._weight(onset, length)
            notes.append(
                Note(
                    start + onset,
                    context.held(pitch, start + onset, length),
                    spelled(pitch, wish.chord, key),
                    context.velocity(self.part, bar, accent),
                    function_of(pitch, wish.chord, key) or "approach",
                )
            )
        return notes

    def _upbeat(
        self,
        section: Section,
        phrase: Phrase,
        steps: Sequence[int],
        written: list[Note],
        start: Fraction,
    ) -> list[Note]:
        """Pick-up notes that climb or fall by step into the phrase, where there is room."""
        if not steps or start == 0:
            return []
        rng = generator(self.seed, "upbeat", self._material(section), phrase.label)
        onsets = rhythms.pickup(rng, self.context.plan.meter)
        free = max((note.end_quarters for note in written[-_RECENT:]), default=Fraction(0))
        if not onsets or start + onsets[0] < free:
            return []
        theme = self._theme(section, phrase)
        if theme.rhythm[0][0] > 0:
            return []
        path = self._run_up(steps[0], len(onsets), down=rng.random() < 0.35)
        notes = []
        for k, (onset, step) in enumerate(zip(onsets, path, strict=False)):
            chord = self.context.span(start + onset).chord
            pitch = self.chain.pitch(step, chord)
            end = onsets[k + 1] if k + 1 < len(onsets) else Fraction(0)
            bar = self.context.bar_of(start + onset)
            notes.append(
                Note(
                    start + onset,
                    end - onset,
                    spelled(pitch, chord, self.context.plan.key),
                    self.context.velocity(self.part, bar, 0.85),
                    function_of(pitch, chord, self.context.plan.key) or "passing",
                )
            )
        return notes

    def _run_up(self, goal: int, count: int, *, down: bool) -> list[int]:
        """Steps that climb, or fall, onto a goal; empty where the range has no room."""
        low, high = self.ladder.steps[0], self.ladder.steps[-1]
        for sign in (1, -1) if down else (-1, 1):
            path = [goal + sign * distance for distance in range(count, 0, -1)]
            if all(low <= step <= high for step in path):
                return path
        return []

"""Harmony: keys, chords and cadences of the whole piece.

Each section's chords come from a loop of the style or from a learned chain; devices rewrite them;
the ends of sections lead back, or into another key; and colours come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import ChordSpan, Phrase, Section
from composer.music.seeding import generator, pick
from composer.rulebook import Rulebook
from composer.rulebook.devices import Turnaround
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.writing.cadences import closing_kind, heard
from composer.writing.carrying_on import tokens_before
from composer.writing.chains import START
from composer.writing.choices import Choices
from composer.writing.colouring import Colourist
from composer.writing.devices import BASS, BODY, LOOPED, TAIL, Deviser, resolved
from composer.writing.given import bar_onsets
from composer.writing.loops import Looper, unrolled
from composer.writing.modes import is_tonal
from composer.writing.modulation import plan_keys, prepared
from composer.writing.progression import PhraseWriter, Slot
from composer.writing.steps import Line, Step
from composer.writing.tune_plan import ended_as_sung, tune_steps

_HALF_IN_LOOP = 0.5  # of sections over a loop whose form asks for a half cadence get one


def plan_harmony(
    choices: Choices, sections: tuple[Section, ...], book: Rulebook
) -> tuple[tuple[Section, ...], tuple[ChordSpan, ...]]:
    """Plan the chords of the whole piece, and settle how its phrases end.

    Returns:
        The form with its cadences as they sound, and the chords: gapless, no two neighbours equal
        within one key.
    """
    if choices.chords is not None:
        steps = [Step(onset, chord, choices.key) for onset, chord in choices.chords]
        return sections, _spans(choices, steps)
    if choices.tune is not None:
        spans = _spans(choices, tune_steps(choices, choices.tune, sections, book))
        named = heard(sections, spans, choices.meter)
        return ended_as_sung(named, spans[-1].chord, choices.key), spans
    # Loops may do without the table; one that is wrong is told all the same.
    book.progressions(choices.style.harmony.table, choices.style.name)
    spans = _spans(choices, _Harmonist(choices, sections, book).write())
    return heard(sections, spans, choices.meter), spans


def _spans(choices: Choices, steps: Sequence[Step]) -> tuple[ChordSpan, ...]:
    end = choices.meter.bar_quarters * choices.bars
    kept: list[Step] = []
    for step in steps:
        if not kept or (kept[-1].chord, kept[-1].key) != (step.chord, step.key):
            kept.append(step)
    stops = [*(step.onset for step in kept[1:]), end]
    return tuple(
        ChordSpan(s.onset, stop - s.onset, s.chord, s.chord.roman(s.key.tonic), s.key)
        for s, stop in zip(kept, stops, strict=True)
    )


class _Harmonist:
    """Writes the sections one by one, and remembers what comes back."""

    def __init__(self, choices: Choices, sections: tuple[Section, ...], book: Rulebook) -> None:
        self.choices = choices
        self.sections = sections
        self.book = book
        self.meter = choices.meter
        self.bar = choices.meter.bar_quarters
        style = choices.style.harmony
        self.deviser = Deviser(choices.seed, style.devices, choices.mood.colour, book.devices)
        self.looper = Looper(choices, sections, book.chords)
        self.colourist = Colourist(choices, book)
        self.keys = plan_keys(choices, sections, book)
        self.writers: dict[str, PhraseWriter] = {}
        self.before: tuple[str, str] = (START, START)

    def write(self) -> list[Step]:
        """All steps with their onsets in the piece."""
        written = [self._section(index) for index in range(len(self.sections))]
        steps: list[Step] = []
        for index, section in enumerate(self.sections):
            line = self._led_on(index, written)
            for step in line:
                chord = self.colourist.coloured(
                    section.material, step.chord, step.key, plain=step.plain
                )
                coloured = replace(step, chord=chord)
                steps.append(coloured.moved(self.bar * section.start_bar))
        return steps

    def _writer(self, key: Key) -> PhraseWriter:
        name = key.scale.name
        if name not in self.writers:
            self.writers[name] = PhraseWriter(self.choices, self.book, key)
        return self.writers[name]

    def _line(self, slots: Sequence[Slot], key: Key, end: Fraction, *, goal: bool = False) -> Line:
        steps = [
            Step(onset, self.book.chords.parse(token, key.tonic), key) for onset, token in slots
        ]
        if goal and steps:
            steps[-1] = replace(steps[-1], goal=True)
        return Line(tuple(steps), end, self.meter, self.book.chords)

    def _led_from(self, index: int, key: Key) -> tuple[str, str]:
        """What the first chords of a section follow: nothing, or the end of the piece before."""
        precedent = self.choices.brief.continues if index == 0 else None
        tokens = sorted(set(self._writer(key).translation.values()))
        return tokens_before(precedent, key, self.book.chords, tokens)

    def _section(self, index: int) -> list[Step]:
        """The steps of a section, counted from its start."""
        section, key = self.sections[index], self.keys[index]
        if index == 0 or self.keys[index - 1] != key:
            self.before = self._led_from(index, key)
        loop = self.looper.loop(section, key)
        closes = index == len(self.sections) - 1
        last = closes and not self.choices.brief.loop
        if loop is not None and section.bars > 1:
            slots = unrolled(loop, section.bars, self.meter)
            slots = self._over_loop(section, key, slots, last, leads=closes and not last)
            line = self._line(slots, key, self.bar * section.bars, goal=last)
            self.before = (START, slots[-1][1])
            steps = list(self._loop_devices(section, line).steps)
        else:
            steps = []
            for phrase in section.phrases:
                offset = self.bar * (phrase.start_bar - section.start_bar)
                steps += [step.moved(offset) for step in self._phrase(section, phrase, key)]
        if last:
            end = self.bar * section.bars
            steps = list(
                self.deviser.ended(Line(tuple(steps), end, self.meter, self.book.chords)).steps
            )
        return steps

    def _phrase(self, section: Section, phrase: Phrase, key: Key) -> tuple[Step, ...]:
        """A phrase from the chain: its body, which comes back alike, and its cadence."""
        writer, kind = self._writer(key), phrase.cadence.kind
        end = self.bar * phrase.bars
        tail = writer.tail(section, phrase, kind)
        limit = tail[0][0] if tail else end
        slots = writer.body(section, phrase, self.before, tail)
        stem = "a" if self.choices.style.harmony.loop_bars else phrase.label.rstrip("'")
        place = (section.material, stem, phrase.bars, key.scale.name)
        body = self.deviser.rewritten(self._line(slots, key, end), place, BODY)
        steps = [step for step in body.steps if step.onset < limit]
        if tail:
            ending = self._line(tail, key, end, goal=kind != "open")
            ending = self.deviser.rewritten(ending, (*place, phrase.label, kind), TAIL)
            steps += ending.steps
        line = resolved(Line(tuple(steps), end, self.meter, self.book.chords))
        tokens = [START, *(token for onset, token in slots if onset < limit), *(t for _, t in tail)]
        self.before = (tokens[-2], tokens[-1])
        return self.deviser.rewritten(line, (*place, kind), BASS).steps

    def _over_loop(
        self, section: Section, key: Key, slots: list[Slot], last: bool, *, leads: bool
    ) -> list[Slot]:
        """A loop's chords, with a half cadence now and then, or the end of the piece.

        Where the piece goes round, and the loop ends at rest, the half cadence leads back.
        """
        phrase = section.phrases[-1]
        edge = self.bar * (section.bars - 1)
        offset = self.bar * (phrase.start_bar - section.start_bar)
        kind = phrase.cadence.kind
        if last:
            home = self._tonic(slots, key)
            kept = [slot for slot in slots if slot[0] < edge]
            if self._closes(kept, home, key, section):
                return [*kept, (edge, home)]
        elif kind != "half" or not (self._halts(section) or (leads and self._rests(slots, key))):
            return slots
        tail = self._writer(key).tail(section, phrase, kind)
        tail = [(onset + offset, token) for onset, token in tail][0 if last else -1 :]
        return [slot for slot in slots if not tail or slot[0] < tail[0][0]] + tail

    def _halts(self, section: Section) -> bool:
        rng = generator(self.choices.seed, "loop", "half", section.material)
        return rng.random() < _HALF_IN_LOOP

    def _rests(self, slots: Sequence[Slot], key: Key) -> bool:
        """Whether the last chord is on the tonic."""
        return self.book.chords.parse(slots[-1][1], key.tonic).root == key.tonic

    def _tonic(self, slots: Sequence[Slot], key: Key) -> str:
        """The loop's own chord on the tonic, or the scale's triad."""
        for _, token in slots:
            chord = self.book.chords.parse(token, key.tonic)
            if chord.root == key.tonic == chord.bass:
                return token
        third, fifth = key.pitch_classes[2], key.pitch_classes[4]
        tones = (0, third.fifths - key.tonic.fifths, fifth.fifths - key.tonic.fifths)
        quality = next(q for q in self.book.chords.by_symbol.values() if q.tones == tones)
        return Chord(key.tonic, quality, key.tonic).roman(key.tonic)

    def _closes(self, kept: Sequence[Slot], home: str, key: Key, section: Section) -> bool:
        """Whether the tonic after these chords ends a piece as the style does."""
        chords = [self.book.chords.parse(token, key.tonic) for _, token in kept]
        before = next((c for c in reversed(chords) if c.root != key.tonic), None)
        last = self.book.chords.parse(home, key.tonic)
        kind = closing_kind(before, last, key.tonic.number)
        if before is None or kind is None:
            return False
        if kind == "authentic":
            return True
        family = self.choices.style.harmony.cadences
        formulas = self.book.cadences(family, key.scale, kind)
        return any(
            self.book.chords.parse(formula.chords[-2], key.tonic).root == before.root
            for formula in formulas
            if len(formula.chords) > 1
        )

    def _loop_devices(self, section: Section, line: Line) -> Line:
        """A loop's last two bars, which may differ from the passes before."""
        start = line.end - 2 * self.bar
        cut = next((i for i, step in enumerate(line.steps) if step.onset == start), None)
        if cut is None or cut == 0:
            return line
        end = replace(line, steps=line.steps[cut:])
        end = self.deviser.rewritten(end, (section.material, "loop"), LOOPED)
        return resolved(replace(line, steps=(*line.steps[:cut], *end.steps)))

    def _led_on(self, index: int, written: Sequence[list[Step]]) -> list[Step]:
        """A section's steps, its end leading to the next section; that of a loop to the first."""
        steps, section = written[index], self.sections[index]
        closes = index + 1 == len(self.sections)
        if closes and not self.choices.brief.loop:
            return steps
        then = 0 if closes else index + 1
        key, following = self.keys[index], self.keys[then]
        if key != following:
            return prepared(steps, section.bars, following, self.choices, self.book, index)
        place = (section.material, self.sections[then].material)
        wanted = closes or self.deviser.wants("turnaround", *place)
        if written[then][0].degree != 0 or not wanted:
            return steps
        return self._turned(steps, section, key, place)

    def _in_mode(self, turn: Turnaround, key: Key) -> bool:
        """Whether a turnaround leaves the mode of the key alone."""
        chords = [self.book.chords.parse(text, key.tonic) for bar in turn.bars for text in bar]
        return is_tonal(key) or all(chord.numbers <= key.numbers for chord in chords)

    def _turned(
        self, steps: list[Step], section: Section, key: Key, place: Sequence[object]
    ) -> list[Step]:
        """Steps whose last bars of the tonic lead back to it."""
        end = self.bar * section.bars
        home = end
        for step in reversed(steps):
            if step.degree != 0:
                break
            home = step.onset
        options = [
            turn
            for turn in self.book.devices.turns(
                self.choices.style.harmony.cadences, key.scale.parent
            )
            if home <= end - self.bar * len(turn.bars)
            and len(turn.bars) < section.bars
            and self._in_mode(turn, key)
        ]
        lines: list[list[Slot]] = []
        for turn in options:
            start = end - self.bar * len(turn.bars)
            slots: list[Slot] = []
            for number, bar in enumerate(turn.bars):
                onsets = bar_onsets(len(bar), self.meter) or self.meter.beat_onsets
                slots += [
                    (start + self.bar * number + onset, text)
                    for onset, text in zip(onsets, bar, strict=False)
                ]
            lines.append(slots)
        if not lines:
            return steps
        rng = generator(self.choices.seed, "turnaround", *place)
        slots = pick(rng, lines, [turn.weight for turn in options])
        turned = self._line(slots, key, end, goal=True)
        return [step for step in steps if step.onset < slots[0][0]] + list(turned.steps)

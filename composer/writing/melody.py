"""Melody: motifs that come back, phrases that arch and breathe, choruses that recall themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan, Phrase, Section
from composer.music.score import Note
from composer.music.seeding import generator
from composer.rulebook.melody_tables import MelodyTable
from composer.rulebook.styles import CHORDAL_ROLES
from composer.theory.key import Key
from composer.theory.spelling import spelled
from composer.writing.context import Context
from composer.writing.lyric_setting import Words, cleared, with_words
from composer.writing.melody_breath import breathing
from composer.writing.melody_climax import Climax, climax_of
from composer.writing.melody_contour import Contour
from composer.writing.melody_development import Development
from composer.writing.melody_harmony import goal_weights, harmonic_wish
from composer.writing.melody_idioms import Ornaments
from composer.writing.melody_ladder import make_ladder
from composer.writing.melody_minor import raised
from composer.writing.melody_names import named
from composer.writing.melody_pitch import NoteWish, StepChain
from composer.writing.melody_rhythm import Rhythm, RhythmChain
from composer.writing.melody_theme import Key as ThemeKey
from composer.writing.melody_theme import (
    Theme,
    ThemeMaker,
    key_of,
    kind_of,
    material_of,
)
from composer.writing.melody_upbeat import round_upbeat, upbeat

_TRIALS = 6
_LITERAL = 0.15  # spread, in steps, of a note that is sung again and fits its chord
_HOME = 1.5  # spread, in steps, of the last notes of the piece
_RECENT = 16  # notes among which the last one to end is found
# Sections that come back note for note; all others are varied.
_EXACT = ("chorus", "hook", "climax", "tag", "outro")


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
        self.table: MelodyTable = book.melody(self.style.table, context.style.name)
        timing = book.melody(self.style.rhythm, context.style.name)
        lacks = 3 in plan.meter.beats and "compound" not in timing.rhythm
        compound = book.melody("lead") if lacks else timing
        self.chains: dict[Key, StepChain] = {}
        self.contour = Contour(self.style, plan.seed, plan.mood.register, _chords(context))
        rhythms = RhythmChain(timing, compound, plan.meter)
        self.words = Words(plan, rhythms, self.style)
        self.maker = ThemeMaker(
            plan,
            self.style,
            rhythms,
            answered=any(other.role == "counter" for other in plan.parts),
        )
        self.ornaments = Ornaments(context, part)
        self.themes: dict[ThemeKey, Theme] = {}
        self.climaxes: dict[str, Climax | None] = {}
        self.opening: tuple[StepChain, int] | None = None

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
                if sung and sung[0].lyric:
                    notes = cleared(notes, sung[0].onset_quarters)
                notes += [n for n in sung if self._sings(n, phrase)]
        notes += round_upbeat(self.context, self.part, self.opening, notes)
        notes.sort(key=lambda n: n.onset_quarters)
        return named(self.context, breathing(notes, self.part.instrument.family))

    def _sings(self, note: Note, phrase: Phrase) -> bool:
        """Whether a note lies in a bar of the part, or leads into one."""
        bar = self.context.bar_of(note.onset_quarters)
        return bar < phrase.start_bar or self.context.is_active(self.part, bar)

    def _phrase(
        self,
        section: Section,
        phrase: Phrase,
        before: tuple[int, int] | None,
        written: list[Note],
    ) -> tuple[list[Note], tuple[int, int] | None]:
        plan = self.context.plan
        key = key_of(section, phrase)
        chain = self._chain(phrase)
        theme = self._theme(section, phrase)
        start = plan.meter.bar_quarters * phrase.start_bar
        line = self.words.line_of(phrase)
        if line is None:
            # Without words the pick-up of a line has no reason.
            rhythm = tuple(note for note in self._varied(section, phrase, theme) if note[0] >= 0)
        else:
            rhythm = self.words.rhythm(section, phrase, line)
        if not rhythm:
            return [], before
        wishes = self._wishes(section, phrase, theme, rhythm)
        chords = tuple(wish.chord.symbol for wish in wishes)
        rng = generator(plan.seed, "melody", *key, phrase.label, phrase.cadence.kind, chords)
        first = not theme.steps
        steps = chain.best_of(_TRIALS if first else 1, wishes, before if first else None, rng)
        if first and rhythm == theme.rhythm:
            ending = (phrase.label, phrase.cadence.kind)
            self.themes[key] = replace(theme, steps=tuple(steps), ending=ending, kind=section.kind)
        notes = self._notes(chain, rhythm, steps, wishes, start)
        if line is not None:
            notes = with_words(notes, line)
        notes = self.ornaments.applied(section, phrase, raised(self.context, notes))
        last = (steps[-2], steps[-1]) if len(steps) > 1 else before
        free = max((note.end_quarters for note in written[-_RECENT:]), default=Fraction(0))
        if line is None and start == 0 and rhythm[0][0] == 0:
            self.opening = chain, steps[0]
        upbeats = line is None and start > 0 and not self.context.plain
        if upbeats and theme.rhythm[0][0] == 0:
            rng = generator(plan.seed, "upbeat", material_of(section), phrase.label)
            notes = upbeat(self.context, self.part, chain, (start, steps[0]), free, rng) + notes
        return notes, last

    def _chain(self, phrase: Phrase) -> StepChain:
        """The chain of steps of a phrase: that of the key in which it begins."""
        plan = self.context.plan
        key = self.context.span(plan.meter.bar_quarters * phrase.start_bar).key
        if key not in self.chains:
            low, high = self.context.window(self.part)
            mode = key.scale.parent
            self.chains[key] = StepChain(
                make_ladder(key, plan.key, low, high, self.style.tune),
                self.table.degrees[mode],
                self.table.starts[mode],
                min(1.0, max(0.0, self.style.leap + plan.mood.leap)),
                self.style.repeated,
            )
        return self.chains[key]

    def _theme(self, section: Section, phrase: Phrase) -> Theme:
        """The theme of a phrase, made when it is first asked for."""
        key = key_of(section, phrase)
        if key not in self.themes:
            line = self.words.line_of(phrase)
            if line is not None:
                self.themes[key] = self.words.theme(section, phrase, line)
            else:
                final = self._is_final(phrase)
                self.themes[key] = self.maker.make(section, phrase, final=final)
        return self.themes[key]

    def _is_final(self, phrase: Phrase) -> bool:
        final = self.context.plan.final_bar
        return final is not None and phrase.start_bar + phrase.bars > final

    # -- what each note should be ---------------------------------------------------------------

    def _wishes(
        self, section: Section, phrase: Phrase, theme: Theme, rhythm: Rhythm
    ) -> list[NoteWish]:
        plan, chain = self.context.plan, self._chain(phrase)
        bar = plan.meter.bar_quarters
        start, length = bar * phrase.start_bar, bar * phrase.bars
        contour = self.contour.wishes(chain.ladder, section, phrase, theme, rhythm, length)
        wishes = []
        climax = self._climax(section)
        following = [onset for onset, _ in rhythm[1:]] + [length]
        for (onset, held), (target, spread), then in zip(rhythm, contour, following, strict=True):
            hangs = then - onset - held >= 1
            wish = harmonic_wish(self.context, start + onset, held, hangs=hangs)
            wish = self._literal(chain, replace(wish, target=target, spread=spread), theme)
            if climax is not None:
                wish = _under(wish, climax, start + onset)
            wishes.append(wish)
        goal = goal_weights(phrase, wishes[-1].chord, final=self._is_final(phrase))
        wishes[-1] = replace(wishes[-1], goal=goal)
        if self._is_final(phrase):  # whatever it was before, it comes home now
            wishes[-2:] = [replace(w, spread=max(w.spread, _HOME)) for w in wishes[-2:]]
        rng = generator(plan.seed, "motif-pitch", *key_of(section, phrase))
        return Development(chain, plan.meter).developed(theme, wishes, rng)

    @staticmethod
    def _literal(chain: StepChain, wish: NoteWish, theme: Theme) -> NoteWish:
        """Sing what is known as it was, where it still fits its chord."""
        step = round(wish.target)
        if not theme.steps or not chain.ladder.steps[0] <= step <= chain.ladder.steps[-1]:
            return wish
        fits = chain.pitch(step, wish.chord, wish.key) % 12 in wish.chord.numbers
        tight = wish.spread < _LITERAL * 4 and (fits or wish.weight < 0.5)
        return replace(wish, spread=_LITERAL if fits else 2 * _LITERAL) if tight else wish

    def _climax(self, section: Section) -> Climax | None:
        """The highest note of a section, chosen before its first phrase is sung."""
        if section.name not in self.climaxes:
            bar = self.context.plan.meter.bar_quarters
            active = [p for p in section.phrases if self.context.is_active(self.part, p.start_bar)]
            notes = []
            for phrase in active:
                start = bar * phrase.start_bar
                for onset, held in self._theme(section, phrase).rhythm[:-1]:
                    wish = harmonic_wish(self.context, start + onset, held, hangs=False)
                    if wish.key == self._chain(phrase).ladder.key:
                        notes.append((start + onset, held, wish))
            chain = self._chain(section.phrases[0])
            height = self.contour.centre(chain.ladder) + self.contour.register(section.kind)[0]
            notes = [n for n in notes if n[2].key == chain.ladder.key]
            self.climaxes[section.name] = climax_of(section, notes, chain, height, bar)
        return self.climaxes[section.name]

    # -- variation and notes --------------------------------------------------------------------

    def _varied(self, section: Section, phrase: Phrase, theme: Theme) -> Rhythm:
        """A verse that returns is the verse, varied: here and there a long note is struck twice."""
        if not theme.rhythm:
            return ()
        if self._is_final(phrase):
            onset, length = theme.rhythm[-1]
            bar = self.context.plan.meter.bar_quarters
            end = bar * phrase.bars
            home = self.context.plan.chords[-1].onset_quarters - bar * phrase.start_bar
            if onset < home:  # the theme fell silent early; the last chord has its own note
                return (*theme.rhythm[:-1], (onset, min(length, home - onset)), (home, end - home))
            return (*theme.rhythm[:-1], (onset, end - onset))
        kind = kind_of(section)
        if section.occurrence == 0 or kind in _EXACT or not theme.steps:
            return theme.rhythm
        rng = generator(self.context.plan.seed, "variation", section.name, phrase.start_bar)
        chance = 0.5 if kind == "variation" else 0.3 * (1 - self.style.repeat)
        result: list[tuple[Fraction, Fraction]] = []
        for onset, length in theme.rhythm[:-1]:
            if rng.random() < chance and length >= 1:
                half = length / 2 if length <= 2 else Fraction(1)
                result += [(onset, half), (onset + half, length - half)]
            else:
                result.append((onset, length))
        return (*result, *theme.rhythm[-1:])

    def _notes(
        self,
        chain: StepChain,
        rhythm: Rhythm,
        steps: Sequence[int],
        wishes: Sequence[NoteWish],
        start: Fraction,
    ) -> list[Note]:
        context = self.context
        notes = []
        for (onset, length), step, wish in zip(rhythm, steps, wishes, strict=True):
            pitch = chain.pitch(step, wish.chord, wish.key)
            bar = context.bar_of(start + onset)
            number = pitch % 12
            foreign = number not in wish.chord.numbers and number not in wish.key.numbers
            notes.append(
                Note(
                    start + onset,
                    context.held(pitch, start + onset, length),
                    spelled(pitch, wish.chord, wish.key),
                    context.velocity(self.part, bar, 0.86 + 0.14 * wish.weight),
                    "blue" if foreign else "scale",
                )
            )
        return notes


def _chords(context: Context) -> float | None:
    """The middle pitch of the parts that play chords."""
    windows = [context.window(p) for p in context.plan.parts if p.role in CHORDAL_ROLES]
    return sum(low + high for low, high in windows) / (2 * len(windows)) if windows else None


def _under(wish: NoteWish, climax: Climax, onset: Fraction) -> NoteWish:
    """The wish with its place under the climax, or as the climax."""
    if onset == climax.onset_quarters:
        return replace(wish, target=float(climax.step), spread=0.2, ceiling=climax.step)
    return replace(wish, ceiling=climax.step - 1)

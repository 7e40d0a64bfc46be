"""Idioms: what players of a style do to a tune: approaches, enclosures, blue notes, turns, cuts.

Each ornament is refused where the note that it makes has no name in its harmony.
Source: Coker, *Elements of the Jazz Language* (1991), on approaches, enclosures and bebop scales;
Levine, *The Jazz Theory Book* (1995), chapters 7 and 10; Neumann, *Ornamentation in Baroque and
Post-Baroque Music* (1978), on turns and appoggiaturas; Breathnach, *Folk Music and Dances of
Ireland* (1971), on cuts.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan, Phrase, Section
from composer.music.score import Note
from composer.music.seeding import generator
from composer.theory.spelling import spelled
from composer.writing.context import EIGHTH, Context
from composer.writing.melody_names import function_in
from composer.writing.melody_theme import key_of
from composer.writing.ornaments import (
    blue_pitch,
    chromatic_between,
    cut,
    enclosure,
    run_into,
    triplet,
    turn,
)

_QUARTER = Fraction(1)
_NEAR = 7  # semitones from the note before an ornament's first


class Ornaments:
    """Ornaments the phrases of a part.

    Args:
        context: Plan and rules.
        part: The part.
    """

    def __init__(self, context: Context, part: PartPlan) -> None:
        self.context = context
        self.style = context.style.melody
        self.low, self.high = context.window(part)
        blue = context.style.harmony.blue_notes and not self.style.blue
        self.blue = 0.3 if blue else self.style.blue

    def applied(self, section: Section, phrase: Phrase, notes: list[Note]) -> list[Note]:
        """The notes of a phrase with the ornaments of the style; the same ones where it returns."""
        if self.context.plain or len(notes) < 3:
            return notes
        rng = generator(self.context.plan.seed, "ornament", *key_of(section, phrase))
        rolls = [[rng.random() for _ in range(7)] for _ in notes]
        result: list[Note] = []
        index = 0
        while index < len(notes):
            ahead = notes[index : index + 3]
            made = self._at(result[-1] if result else None, ahead, rolls[index])
            if made is not None and any(note.lyric for note in ahead[: made[1]]):
                made = _same_onsets(ahead[: made[1]], made[0])
            taken = 1
            if made is not None:
                result += made[0]
                taken = made[1]
            else:
                result.append(notes[index])
            index += taken
        return result

    def _at(
        self, before: Note | None, ahead: list[Note], rolls: list[float]
    ) -> tuple[list[Note], int] | None:
        """The notes that take the place of the next ones, and of how many; None for no ornament."""
        style = self.style
        if len(ahead) < 2:
            return None
        here, after = ahead[0], ahead[1]
        if len(ahead) == 3 and rolls[0] < style.enclosure:
            made = enclosure(self.context, before, ahead)
            if self._good(before, made, ahead[2]):
                return made, 2
        options = (
            (style.approach, 1, self._approach),
            (style.chromatic, 2, self._chromatic),
            (self.blue, 3, self._blue),
            (style.suspension, 4, self._suspended),
            (style.grace, 5, self._graced),
            (style.triplets, 6, self._triplet),
        )
        for chance, place, ornament in options:
            if rolls[place] < chance:
                made = ornament(before, here, after)
                if self._good(before, made, after):
                    return made, 1
        return None

    def _good(self, before: Note | None, made: list[Note], after: Note) -> bool:
        """Whether all notes of an ornament lie in range, near the line, and have a name."""
        if not made:
            return False
        line = [*([before] if before else []), *made, after]
        first = 1 if before else 0
        for index in range(first, len(line) - 1):
            note = line[index]
            if not self.low <= note.pitch.midi <= self.high:
                return False
            previous = line[index - 1] if index else None
            if previous and abs(note.pitch.midi - previous.pitch.midi) > _NEAR + 5:
                return False
            name = function_in(
                self.context, previous, note.pitch.midi, note.onset_quarters, line[index + 1]
            )
            if name is None or not self._kept(note):
                return False
            if self._held(note) != note.duration_quarters:
                return False
        return True

    def _kept(self, note: Note) -> bool:
        """Whether a note is one of a pentatonic key, where the key is pentatonic."""
        key = self.context.span(note.onset_quarters).key
        tune = {name.number for name in key.tune}
        return note.pitch.midi % 12 in tune or not key.scale.tune or not tune <= key.numbers

    def _held(self, note: Note) -> Fraction:
        return self.context.held(note.pitch.midi, note.onset_quarters, note.duration_quarters)

    def _at_pitch(self, note: Note, pitch: int) -> Note:
        span = self.context.span(note.onset_quarters)
        return replace(note, pitch=spelled(pitch, span.chord, span.key))

    # -- the ornaments -------------------------------------------------------------------------

    def _approach(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """A semitone below or above a chord tone on a beat, or a run into it."""
        context = self.context
        goal = after.pitch.midi
        beats = context.plan.meter.beat_onsets
        on_beat = after.onset_quarters % context.plan.meter.bar_quarters in beats
        joined = after.onset_quarters == here.end_quarters
        if not on_beat or goal % 12 not in context.span(after.onset_quarters).chord.numbers:
            return []
        if self.style.idiom == "jazz" and here.duration_quarters >= 2 and joined:
            return run_into(context, here, after)
        if here.duration_quarters > EIGHTH:
            if here.duration_quarters < _QUARTER or not joined:
                return []
            below = here.pitch.midi <= goal
            last = replace(
                here, onset_quarters=here.end_quarters - EIGHTH, duration_quarters=EIGHTH
            )
            kept = replace(here, duration_quarters=here.duration_quarters - EIGHTH)
            made = [kept, self._at_pitch(last, goal - 1 if below else goal + 1)]
            return made if made[0].pitch.midi != made[1].pitch.midi else []
        reference = before.pitch.midi if before else here.pitch.midi
        pitch = goal - 1 if reference <= goal else goal + 1
        return [] if pitch == reference else [self._at_pitch(here, pitch)]

    def _chromatic(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """A chromatic note between two that lie a tone apart, on the weak half of the first."""
        del before
        return chromatic_between(self.context, here, after)

    def _blue(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """The blue third, fifth or seventh in the place of the natural one."""
        del before
        pitch = blue_pitch(self.context, here, after)
        return [] if pitch is None else [replace(self._at_pitch(here, pitch), function="blue")]

    def _suspended(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """A note that was held over: it sounds again on the change, and falls by step."""
        context = self.context
        if before is None or before.end_quarters != here.onset_quarters:
            return []
        change = context.span(here.onset_quarters).onset_quarters == here.onset_quarters
        falls = 1 <= before.pitch.midi - here.pitch.midi <= 2
        if not change or not falls or here.duration_quarters < _QUARTER:
            return []
        half = here.duration_quarters / 2 if here.duration_quarters <= 2 else _QUARTER
        held = replace(self._at_pitch(here, before.pitch.midi), duration_quarters=half)
        rest = replace(
            here,
            onset_quarters=here.onset_quarters + half,
            duration_quarters=here.duration_quarters - half,
        )
        return [held, rest]

    def _graced(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """The idiom's ornament of a long note: a turn, a cut, or a slide from below."""
        del before
        if self.style.idiom == "classical":
            return turn(self.context, here)
        if after.duration_quarters < _QUARTER:
            return []
        return cut(self.context, here, after, above=self.style.idiom == "folk")

    def _triplet(self, before: Note | None, here: Note, after: Note) -> list[Note]:
        """A beat's note in three, by way of its neighbour."""
        del before
        return triplet(self.context, here, after)


def _same_onsets(sung: list[Note], made: list[Note]) -> tuple[list[Note], int] | None:
    """An ornament of notes with words: only one that moves pitches, and adds and takes no onset."""
    if [note.onset_quarters for note in sung] != [note.onset_quarters for note in made]:
        return None
    pairs = zip(made, sung, strict=True)
    return [replace(note, lyric=before.lyric) for note, before in pairs], len(sung)

"""The words of a plan as the tune's writer asks for them: rhythm and theme of every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import LyricLine, Phrase, Plan, Section
from composer.music.score import Note
from composer.prosody.verse import MAIN_STRESS
from composer.rulebook.styles import MelodyStyle
from composer.writing.lyric_costs import SungLine, is_marked
from composer.writing.lyric_rhythm import LineSetter
from composer.writing.melody_rhythm import Rhythm, RhythmChain, window
from composer.writing.melody_theme import Slot, Theme, key_of, material_of
from composer.writing.motif import Tone

_BREATH = Fraction(1, 2)
_LEAST_MOTIF = 3  # notes of a bar that are worth coming back


class Words:
    """Sets the lines of a plan.

    Args:
        plan: The plan; one without lyrics has no lines.
        chain: The chain of rhythms of the style.
        style: How the style sings.
    """

    def __init__(self, plan: Plan, chain: RhythmChain, style: MelodyStyle) -> None:
        self.plan = plan
        self.rest = style.rest
        self.lines = {line.start_bar: line for line in plan.lyrics}
        syncopation = min(1.0, max(0.0, style.syncopation + plan.mood.roughness))
        self.setter = LineSetter(chain, plan.quarters_per_minute, plan.seed, syncopation)
        self._models: dict[tuple[str, str, int], Rhythm] = {}
        self._set: dict[int, Rhythm] = {}

    def line_of(self, phrase: Phrase) -> LyricLine | None:
        """The line of a phrase, if it has one."""
        return self.lines.get(phrase.start_bar)

    def rhythm(self, section: Section, phrase: Phrase, line: LyricLine) -> Rhythm:
        """The notes of a line: onsets from the start of its phrase, below 0 in a pick-up."""
        if line.start_bar not in self._set:
            key = key_of(section, phrase)
            model = self._models.get(key, ())
            bare = frozenset(onset for onset, _ in model)
            found = self.setter.set(
                replace(self._sung(line), model=bare), material_of(section), key[1]
            )
            self._models.setdefault(key, found)
            self._set[line.start_bar] = found
        return self._set[line.start_bar]

    def theme(self, section: Section, phrase: Phrase, line: LyricLine) -> Theme:
        """The theme of a phrase with words: bars of one rhythm are made of one motif."""
        rhythm = self.rhythm(section, phrase, line)
        bar = self.plan.meter.bar_quarters
        slots: list[Slot] = []
        motifs: dict[tuple[Fraction, ...], str] = {}
        bars = []
        for number in range(phrase.bars):
            start = bar * number
            inside = [i for i, (onset, _) in enumerate(rhythm) if start <= onset < start + bar]
            onsets = tuple(rhythm[i][0] - start for i in inside)
            first = inside[0] if inside else 0
            sign, source = "c", ""
            if number < phrase.bars - 1 and len(onsets) >= _LEAST_MOTIF:
                sign = "s" if onsets in motifs else "m"
                source = motifs.setdefault(onsets, f"m{len(motifs)}")
                if sign == "m":
                    cut = window(rhythm, start, start + bar)
                    bars.append((source, tuple(Tone(o, length, 0) for o, length in cut)))
            slots.append(Slot(start, sign, source, first, len(inside)))
        return Theme("words", rhythm, tuple(slots), tuple(bars))

    def _sung(self, line: LyricLine) -> SungLine:
        """A line with its room: what the lines around it leave."""
        bar = self.plan.meter.bar_quarters
        end = line.start_bar + line.bars
        following = self.lines.get(end)
        tail = self._pickup(following) if following is not None else Fraction(0)
        closing = None
        final = self.plan.final_bar
        if final is not None and end > final:
            closing = self.plan.chords[-1].onset_quarters - bar * line.start_bar
            closing = min(closing, bar * line.bars - 1)
        return SungLine(
            stresses=line.stresses,
            goes_on=tuple(text.endswith("-") for text in line.syllables),
            marked=tuple(is_marked(text) for text in line.syllables),
            bars=line.bars,
            pickup=self._pickup(line),
            tail=tail + (_BREATH if tail else 0),
            closing=closing,
            rest=self.rest,
        )

    def _pickup(self, line: LyricLine) -> Fraction:
        """Quarters before the downbeat that a line may begin in: as its first syllables want.

        A line that begins with a stress has none, and neither has the first of the piece.
        """
        weak = next(
            (i for i, stress in enumerate(line.stresses) if stress >= MAIN_STRESS),
            len(line.stresses),
        )
        if line.start_bar == 0 or not 0 < weak < len(line.stresses):
            return Fraction(0)
        before = self.lines.get(line.start_bar - 1)
        crowded = before is not None and before.bars == 1
        beats = self.plan.meter.beat_quarters
        count = min(1 if crowded or weak < 2 else 2, len(beats) - 1)
        return sum(beats[len(beats) - count :], Fraction(0))


def with_words(notes: Sequence[Note], line: LyricLine) -> list[Note]:
    """The notes of a line with its syllables, one each."""
    return [replace(note, lyric=text) for note, text in zip(notes, line.syllables, strict=True)]


def cleared(notes: list[Note], onset: Fraction) -> list[Note]:
    """The notes without what would sound on after an onset; sung notes only end by then."""
    return [
        replace(note, duration_quarters=min(note.duration_quarters, onset - note.onset_quarters))
        for note in notes
        if note.onset_quarters < onset
    ]

"""A text as a form: what it must fit, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from composer.music.plan import LyricLine
from composer.prosody.verse import Line, Verses
from composer.rulebook.forms import Form
from composer.rulebook.styles import Style
from composer.theory.meter import Meter
from composer.writing.lyric_bars import Pace

_BARS_A_MINUTE = 27.0  # of a song at its ease, as in `composer.writing.melody_theme`
_SLOWEST, _QUICKEST = 2.2, 7.0  # syllables a bar of four quarters


@dataclass(frozen=True, slots=True)
class SungPhrase:
    """A line, and the phrase that it is sung on.

    Args:
        line: The line.
        bars: Bars of its phrase.
        label: Material of its phrase: ``a``, ``a'`` …
    """

    line: Line
    bars: int
    label: str


@dataclass(frozen=True, slots=True)
class SongSection:
    """A section of a song.

    Args:
        kind: Its kind in the style's form.
        material: Whose music it shares; empty for what its kind says.
        bars: Length in bars.
        phrases: What is sung in it; empty for a section without words.
    """

    kind: str
    material: str
    bars: int
    phrases: tuple[SungPhrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Song:
    """A text as a form.

    Args:
        verses: The text as it was read.
        sections: The form.
        notes: What was decided, a sentence each.
    """

    verses: Verses
    sections: tuple[SongSection, ...]
    notes: tuple[str, ...] = ()

    @property
    def bars(self) -> int:
        """Length in bars."""
        return sum(section.bars for section in self.sections)

    def materials(self, form: Form) -> list[str]:
        """The material of each section."""
        return [s.material or form.sections[s.kind].material for s in self.sections]

    def lines_from(self, bar: int) -> tuple[SungPhrase, ...]:
        """What is sung in the section that begins with a bar."""
        starts = accumulate((section.bars for section in self.sections), initial=0)
        found = (s.phrases for s, start in zip(self.sections, starts, strict=False) if start == bar)
        return next(found, ())

    @property
    def form(self) -> tuple[tuple[str, int], ...]:
        """Kinds of its sections with their lengths."""
        return tuple((section.kind, section.bars) for section in self.sections)


@dataclass(frozen=True, slots=True)
class SongWish:
    """What a song must fit.

    Args:
        style: The style.
        form: The style's form.
        meter: The time signature.
        quarters_per_minute: Tempo.
        seed: The seed.
        bars: Bars that are asked for; None for as many as suit the text.
        near: Bars that would be welcome, if they suit the text; None for none.
        multiple: Number that the bars must be a multiple of.
        asked_form: The form as the user wrote it; None for none.
        loop: Whether its end leads into its beginning.
    """

    style: Style
    form: Form
    meter: Meter
    quarters_per_minute: float
    seed: int
    bars: int | None = None
    near: int | None = None
    multiple: int = 1
    asked_form: str | None = None
    loop: bool = False

    @property
    def pace(self) -> Pace:
        """How fast the style sings."""
        bar = float(self.meter.bar_quarters)
        ease = (_BARS_A_MINUTE * bar / self.quarters_per_minute) ** 0.5
        notes = self.style.melody.density * min(1.5, max(0.6, ease))
        return Pace(
            self.meter,
            self.quarters_per_minute,
            min(_QUICKEST * bar / 4, max(_SLOWEST * bar / 4, notes)),
        )


def lyric_lines(song: Song) -> tuple[LyricLine, ...]:
    """The lines of a song as the plan has them."""
    found, start = [], 0
    for section in song.sections:
        bar = start
        for phrase in section.phrases:
            line = phrase.line
            texts = tuple(syllable.sung for syllable in line.syllables)
            found.append(LyricLine(bar, phrase.bars, texts, line.stresses, line.rhyme))
            bar += phrase.bars
        start += section.bars
    return tuple(found)

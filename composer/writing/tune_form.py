"""The form of a given tune: its phrases gathered into sections, its returns made to grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from composer.music.plan import Cadence, Phrase
from composer.music.tune import Tune, TuneNote
from composer.rulebook.forms import Form
from composer.theory.meter import Meter
from composer.writing import given
from composer.writing.tune_likeness import TunePhrase, phrases_of
from composer.writing.tune_place import TunePlace, placed

FormBars = tuple[tuple[str, int], ...]

_SECTION, _LONG_SECTION = 8, 16  # bars that a section has as a rule; in tunes of 64 bars and more
_LONG = 64
_SHORT = 4  # bars of a section of a short tune that goes away and comes back
_STRAIN = 12  # bars of a tune that is one section: a verse, or a chorus of the blues
_LIFTS = ("chorus", "refrain", "drop", "hook", "climax", "shout", "bloom", "finale")
_REST = 3  # bars: a shorter rest of a tune belongs to the section before


@dataclass(frozen=True, slots=True)
class GivenTune:
    """A tune and what was found in it.

    Args:
        tune: The tune, as the user gave it.
        place: Where its copies lie.
        phrases: Its phrases, counted from its first full bar.
        notes: The notes of all copies, with onsets from the start of the piece.
    """

    tune: Tune
    place: TunePlace
    phrases: tuple[TunePhrase, ...]
    notes: tuple[TuneNote, ...]


def given_tune(tune: Tune, place: TunePlace, meter: Meter) -> GivenTune:
    """Find the phrases of a tune that has its place."""
    found = phrases_of(tune.notes, meter, place.bars)
    return GivenTune(tune, place, found, placed(tune, place, meter))


def form_of_tune(tune: GivenTune, bars: int, form: Form) -> FormBars:
    """The sections of a piece over a tune.

    Material that is new and comes back, or ends the tune, is its refrain; what comes once between
    returns is its bridge. Where the tune has no refrain, every other return of it is one.

    Args:
        tune: The tune in its place.
        bars: Length of the piece.
        form: The style's form, whose kinds of section are used.

    >>> from composer.music.tune import parse_tune_note
    >>> from composer.rulebook import load_rulebook
    >>> from composer.theory.meter import parse_meter
    >>> from composer.writing.tune_place import place
    >>> tune, meter = Tune((parse_tune_note("0 4 C4 -"),), 1), parse_meter("4/4")
    >>> found = given_tune(tune, place(tune, meter, 1, None), meter)
    >>> form_of_tune(found, 1, load_rulebook().form("song"))
    (('verse', 1),)
    """
    place = tune.place
    groups = _groups(tune.phrases, place.bars)
    letters = [letter for letter, _ in groups]
    kinds = _Kinds(form)
    found: list[tuple[str, int]] = []
    at = 0
    for copy, start in enumerate(place.starts):
        if start > at:
            found = _opened(found, start - at, kinds, place.lead, first=copy == 0)
        last = copy == len(place.starts) - 1
        named = kinds.named(letters, copy, last=last and copy > 0)
        sections = [(kind, length) for kind, (_, length) in zip(named, groups, strict=True)]
        if found and found[-1][0] == "":
            sections[0] = (sections[0][0], sections[0][1] + found.pop()[1])
        found += sections
        at = start + place.bars
    if bars > at:
        rest = bars - at
        if rest < _REST and not kinds.ending:
            found[-1] = (found[-1][0], found[-1][1] + rest)
        else:
            found.append((kinds.ending or kinds.home, rest))
    return tuple(found)


def _opened(
    found: list[tuple[str, int]], bars: int, kinds: _Kinds, lead: int, *, first: bool
) -> list[tuple[str, int]]:
    """The sections with bars before a copy: an introduction, or more of what was there.

    Bars that belong to the section to come are marked by an empty kind.
    """
    if not first and found:
        return [*found[:-1], (found[-1][0], found[-1][1] + bars)]
    if kinds.opening:
        return [*found, (kinds.opening, bars)]
    return [*found, ("" if bars == lead else kinds.home, bars)]


def _groups(phrases: Sequence[TunePhrase], bars: int) -> list[tuple[str, int]]:
    """Sections of a tune: what phrases they have, as letters, and how many bars."""
    usual = _LONG_SECTION if bars >= _LONG else _SECTION
    if bars < 2 * _SECTION:
        usual = _SHORT if _comes_round(phrases) else bars if bars <= _STRAIN else usual
    groups: list[tuple[str, int]] = []
    for phrase in phrases:
        letter = phrase.label.rstrip("'")
        if groups and groups[-1][1] + phrase.bars <= usual:
            letters, length = groups[-1]
            groups[-1] = (f"{letters} {letter}", length + phrase.bars)
        else:
            groups.append((letter, phrase.bars))
    if len(groups) > 1 and 2 * groups[-1][1] < usual:
        (letters, length), (tail, rest) = groups[-2:]
        groups[-2:] = [(f"{letters} {tail}", length + rest)]
    return groups


def _comes_round(phrases: Sequence[TunePhrase]) -> bool:
    """Whether a tune ends as it began, with something else between."""
    letters = [phrase.label.rstrip("'") for phrase in phrases]
    return letters[0] == letters[-1] and len(set(letters)) > 1


class _Kinds:
    """The kinds of section that a form has for the parts of a tune."""

    def __init__(self, form: Form) -> None:
        known = form.sections

        def first(names: Sequence[str]) -> str:
            return next((name for name in names if name in known), "")

        tunes = [name for name in known if known[name].tune] or list(known)
        self.home = first(given.HOMES) or tunes[0]
        peaks = [name for name in given.PEAKS if name in known and name != self.home]
        self.peak = max(peaks, key=lambda name: known[name].energy, default=self.home)
        taken = {self.home, self.peak}
        turns = [name for name in (*given.TURNS, *given.AWAY) if name in known]
        self.turn = next((name for name in turns if name not in taken), self.peak)
        self.opening = first(("intro",))
        self.ending = first(given.ENDINGS[:3])
        self.lift = self.peak if self.peak in _LIFTS else self.home
        self.varied = "variation" if "variation" in known else self.home

    def named(self, letters: Sequence[str], copy: int, *, last: bool) -> list[str]:
        """The kinds of the sections of one copy of a tune.

        Args:
            letters: What material each section has.
            copy: How many copies came before.
            last: Whether it is the last of several.
        """
        roles = _roles(letters)
        kinds = [self._of(roles[letter]) for letter in letters]
        if "peak" in roles.values():
            return kinds
        if len(letters) > 1 and len(set(letters)) == 1:
            return [self.lift if i % 2 else kind for i, kind in enumerate(kinds)]
        if len(letters) > 2 and letters[0] == letters[-1] and self.turn in kinds:
            kinds[-1] = self.lift  # it comes home louder than it left
            return kinds
        if copy % 2 == 1 or last:
            return [self.lift if kind == self.home else kind for kind in kinds]
        if copy > 0:
            return [self.varied if kind == self.home else kind for kind in kinds]
        return kinds

    def _of(self, role: str) -> str:
        return {"home": self.home, "peak": self.peak, "turn": self.turn}[role]


def _roles(letters: Sequence[str]) -> Mapping[str, str]:
    """What each material of a tune is: ``home``, ``peak`` or ``turn``."""
    roles = {letters[0]: "home"}
    counts = Counter(letters)
    for index, letter in enumerate(letters):
        if letter in roles:
            continue
        passing = counts[letter] == 1 and index + 1 < len(letters)
        roles[letter] = "turn" if passing or "peak" in roles.values() else "peak"
    return roles


def tune_phrases(
    tune: GivenTune, start: int, bars: int, usual: Sequence[int], meter: Meter, cadence: str
) -> tuple[Phrase, ...]:
    """The phrases of a section over a tune: the tune's own, others where it is silent.

    Args:
        tune: The tune in its place.
        start: First bar of the section.
        bars: Length of the section.
        usual: Lengths of phrases as the style cuts a section of that length.
        meter: The time signature.
        cadence: The kind that is asked for, which is named by what sounds afterwards.
    """
    cuts = {start, start + bars}
    for first in tune.place.starts:
        cuts |= {first, first + tune.place.bars}
        cuts |= {first + phrase.start_bar for phrase in tune.phrases}
    inside = sorted(cut for cut in cuts if start <= cut <= start + bars)
    if len(inside) == 2 and not _sung(tune, start):
        inside = [start]
        for length in usual:
            inside.append(inside[-1] + length)
    phrases = []
    for first, end in pairwise(inside):
        goal = meter.bar_quarters * (end - 1)
        if end - first == 1:
            goal += meter.middle
        label = _label(tune, first)
        phrases.append(Phrase(first, end - first, label, Cadence(cadence, Fraction(goal))))
    return tuple(phrases)


def _sung(tune: GivenTune, bar: int) -> bool:
    place = tune.place
    return any(start <= bar < start + place.bars for start in place.starts)


def _label(tune: GivenTune, bar: int) -> str:
    """The label of the tune's phrase that a bar lies in; ``i`` where it is silent."""
    place = tune.place
    for start in place.starts:
        if start <= bar < start + place.bars:
            within = bar - start
            return next(p.label for p in reversed(tune.phrases) if p.start_bar <= within)
    return "i"


def materials(tune: GivenTune, sections: Sequence[tuple[str, int]], form: Form) -> list[str]:
    """Names of the material of each section: the same where the tune is the same.

    Args:
        tune: The tune in its place.
        sections: Kinds and lengths of the sections.
        form: The style's form.
    """
    known: dict[str, list[tuple[str, ...]]] = {}
    found: list[tuple[str, tuple[str, ...]]] = []
    start = 0
    for kind, bars in sections:
        letters = tuple(
            f"{_label(tune, bar)} {_within(tune, bar)}" for bar in range(start, start + bars)
        )
        found.append((form.sections[kind].material, letters))
        start += bars
    # What has the tune is named first, so that an introduction is no first verse.
    for own, letters in sorted(found, key=lambda pair: all(t.startswith("i ") for t in pair[1])):
        heard = known.setdefault(own, [])
        if letters not in heard:
            heard.append(letters)
    numbers = [known[own].index(letters) for own, letters in found]
    return [
        own if number == 0 else f"{own} {number + 1}"
        for (own, _), number in zip(found, numbers, strict=True)
    ]


def _within(tune: GivenTune, bar: int) -> int:
    """Which bar of its phrase a bar is."""
    for start in tune.place.starts:
        if start <= bar < start + tune.place.bars:
            within = bar - start
            phrase = next(p for p in reversed(tune.phrases) if p.start_bar <= within)
            return within - phrase.start_bar
    return 0

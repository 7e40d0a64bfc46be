"""Words under a tune that is given: syllables onto its notes, stresses where it is strong.

The tune has as many notes as the text has syllables, or more; what is left over carries a syllable
on. Where lines end, and which notes carry on, is found by dynamic programming: lines want to end on
long notes and before rests, stresses want strong places, and short notes off the beat carry on.
Source: Zarlino, *Le istitutioni harmoniche* (1558), part 4, chapter 33, on words under notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.music.plan import LyricLine
from composer.music.tune import Tune, TuneNote
from composer.prosody.read import read_verses
from composer.prosody.verse import Line, Stanza, Verses
from composer.theory.meter import Meter

Notes = tuple[TuneNote, ...]
_LEFT = 0.6  # what a note costs that carries a syllable on
_OVER = 0.1  # and what one costs that is left over after the last line
_ENDS = 1.5  # what a line gains that ends before a rest or on a long note
_MOST_LEFT = 24  # notes that a line may have beyond its syllables
_LONG = Fraction(3, 2)  # quarters of a note that ends a line
_UNKNOWN = 0.5  # stress of a syllable that nothing is known of


def underlaid(
    tune: Tune, notes: Notes, copies: int, text: str, meter: Meter
) -> tuple[Notes, tuple[LyricLine, ...]]:
    """The notes of all copies of a tune with the words of a text, and the lines where they lie.

    Each copy has a stanza, or as many as make the numbers even; a text of fewer stanzas than copies
    comes again. Where its stanzas do not fit single copies, it goes on over all of them.

    Raises:
        BriefError: If there are more syllables than notes; it names the line that does not fit.
    """
    verses = read_verses(text)
    size = len(tune.notes)
    groups = _groups(verses, copies)
    if any(_count(group) > size for group in groups):
        groups, size = [tuple(line for s in verses.stanzas for line in s.lines)], len(notes)
    found: list[TuneNote] = []
    lines: list[LyricLine] = []
    for number, group in enumerate(groups):
        own = notes[number * size : (number + 1) * size]
        _check(group, len(own))
        sung, placed = _laid(own, group, meter)
        found += sung
        lines += placed
    return tuple(found), tuple(lines)


def copies_wanted(brief: Brief) -> int:
    """How often a given tune must come so that each stanza of the given text has its turn.

    Raises:
        BriefError: If the text is none.
    """
    if brief.melody is None or brief.lyrics is None:
        return 1
    verses = read_verses(brief.lyrics)
    size = len(brief.melody.notes)
    for copies in range(1, len(verses.stanzas) + 1):
        if all(_count(group) <= size for group in _groups(verses, copies)):
            return copies
    return 1


def own_words(notes: Notes, meter: Meter) -> tuple[LyricLine, ...]:
    """The words that a tune brings itself as lines, which end where it rests or holds."""
    runs: list[list[TuneNote]] = [[]]
    for note, after in pairwise((*notes, None)):
        if note is None:
            break
        runs[-1].append(note)
        rests = after is not None and after.onset_quarters - note.end_quarters >= 1
        if after is None or rests or (note.duration_quarters >= _LONG and _words_end(note)):
            runs.append([])
    lines = []
    for run in runs:
        texts = tuple(note.lyric for note in run if note.lyric)
        if texts:
            lines.append(_line(run, texts, _stresses(texts), "", meter))
    return tuple(lines)


def _words_end(note: TuneNote) -> bool:
    return bool(note.lyric) and not note.lyric.endswith("-")


def _stresses(texts: Sequence[str]) -> tuple[float, ...]:
    """Stresses of syllables, from the words that they make."""
    joined = "".join(t[:-1] if t.endswith("-") else f"{t} " for t in texts)
    try:
        lines = read_verses(joined).lines
    except BriefError:
        return (_UNKNOWN,) * len(texts)
    found = tuple(stress for line in lines for stress in line.stresses)
    return found if len(found) == len(texts) else (_UNKNOWN,) * len(texts)


def _groups(verses: Verses, copies: int) -> list[tuple[Line, ...]]:
    """The lines of each copy: stanzas in order, shared out evenly, or coming again."""
    stanzas: Sequence[Stanza] = verses.stanzas
    if len(stanzas) < copies:
        return [stanzas[i % len(stanzas)].lines for i in range(copies)]
    ends = [round(i * len(stanzas) / copies) for i in range(copies + 1)]
    return [tuple(line for s in stanzas[a:b] for line in s.lines) for a, b in pairwise(ends)]


def _count(lines: Sequence[Line]) -> int:
    return sum(len(line.syllables) for line in lines)


def _check(lines: Sequence[Line], notes: int) -> None:
    total = 0
    for line in lines:
        total += len(line.syllables)
        if total > notes:
            raise BriefError(
                "lyrics",
                f'the tune has {notes} notes, which end in the line "{line.text[:40]}"; the words '
                f"need {_count(lines)}, so give fewer words or another tune",
            )


def _laid(
    notes: Sequence[TuneNote], lines: Sequence[Line], meter: Meter
) -> tuple[list[TuneNote], list[LyricLine]]:
    """Notes with the words of some lines."""
    ends = _line_ends(notes, lines)
    sung = [replace(note, lyric="") for note in notes]
    placed = []
    start = 0
    for line, end in zip(lines, ends, strict=True):
        chosen = _onsets(notes[start:end], line, meter)
        for place, syllable in zip(chosen, line.syllables, strict=True):
            sung[start + place] = replace(sung[start + place], lyric=syllable.sung)
        own = [notes[start + place] for place in chosen]
        texts = tuple(syllable.sung for syllable in line.syllables)
        placed.append(_line([*own, notes[end - 1]], texts, line.stresses, line.rhyme, meter))
        start = end
    return sung, placed


def _line(
    notes: Sequence[TuneNote],
    texts: tuple[str, ...],
    stresses: tuple[float, ...],
    rhyme: str,
    meter: Meter,
) -> LyricLine:
    """A line where its notes lie."""
    bar = meter.bar_quarters
    first, last = int(notes[0].onset_quarters // bar), int(notes[-1].onset_quarters // bar)
    return LyricLine(first, last - first + 1, texts, stresses, rhyme)


def _line_ends(notes: Sequence[TuneNote], lines: Sequence[Line]) -> list[int]:
    """Index of the first note after each line."""
    after = sum(len(line.syllables) for line in lines)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for line in lines:
        need = len(line.syllables)
        after -= need
        table: dict[int, tuple[float, int]] = {}
        for start, (cost, _) in best[-1].items():
            most = len(notes) - after
            ends = range(start + need, min(most, start + need + _MOST_LEFT) + 1)
            for end in ends:
                total = cost + _LEFT * (end - start - need) - _ENDS * _end_worth(notes, end)
                if end not in table or total < table[end][0]:
                    table[end] = (total, start)
        best.append(table)
    # What is left of the tune after the last line goes without words.
    over = {end: cost + _OVER * (len(notes) - end) for end, (cost, _) in best[-1].items()}
    ends_found = [min(over, key=lambda end: (over[end], end))]
    for table in reversed(best[2:]):
        ends_found.append(table[ends_found[-1]][1])
    return ends_found[::-1]


def _end_worth(notes: Sequence[TuneNote], end: int) -> float:
    """How well a line ends before a note, 0 to 1."""
    last = notes[end - 1]
    if end == len(notes) or notes[end].onset_quarters - last.end_quarters >= Fraction(1, 2):
        return 1.0
    longer = last.duration_quarters > notes[end].duration_quarters
    return 0.8 if last.duration_quarters >= _LONG else 0.3 * longer


def _onsets(notes: Sequence[TuneNote], line: Line, meter: Meter) -> list[int]:
    """Indices of the notes that have a syllable of their own; the first has one."""
    count = len(line.syllables)
    never = 1e9
    # rows[k][i]: least cost of k syllables on the first i notes
    rows = [[never] * (len(notes) + 1) for _ in range(count + 1)]
    rows[0][0] = 0.0
    for i, note in enumerate(notes):
        place = _strength(note, meter)
        for k in range(min(i, count) + 1):
            cost = rows[k][i]
            if cost >= never:
                continue
            if k:  # it carries the syllable before on
                own = 0.4 + place + 0.3 * min(float(note.duration_quarters), 2.0)
                rows[k][i + 1] = min(rows[k][i + 1], cost + own)
            if k < count:
                fits = line.syllables[k].stress * (1 - place)
                rows[k + 1][i + 1] = min(rows[k + 1][i + 1], cost + fits)
    chosen, k = [], count
    for i in range(len(notes), 0, -1):
        note = notes[i - 1]
        place = _strength(note, meter)
        fits = line.syllables[k - 1].stress * (1 - place) if k else 0.0
        if k and rows[k][i] == rows[k - 1][i - 1] + fits:
            chosen.append(i - 1)
            k -= 1
    return chosen[::-1]


def _strength(note: TuneNote, meter: Meter) -> float:
    """How strong the place of a note is, 0 to 1."""
    within = note.onset_quarters % meter.bar_quarters
    for onset, strength in zip(meter.beat_onsets, meter.strengths, strict=True):
        if onset == within:
            return (0.6, 0.8, 1.0)[strength - 1]
    return 0.2

"""A text becomes a song: stanzas are sections, lines are phrases.

Lines that rhyme share the material of their phrases, and so do lines without a rhyme that stand
alike; a limerick's AABBA has the phrases a a' b b' a''. What the bars or the form that the user
asks for do not leave room for is refused in one line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from composer.errors import BriefError
from composer.music.brief import MAX_BARS
from composer.music.seeding import generator, pick_key
from composer.prosody.verse import Verses
from composer.rulebook.forms import Form
from composer.writing.lyric_bars import (
    MOST_BARS,
    Pace,
    Unit,
    cost_of,
    filled,
    line_unit,
    pause_unit,
)
from composer.writing.lyric_labels import phrase_labels
from composer.writing.lyric_stanzas import Draft, by_form, by_stanzas
from composer.writing.song import Song, SongSection, SongWish, SungPhrase

_TOLD = 4  # rhyme schemes
_SMALL = 12  # bars of singing up to which intro and outro are short
_Key = tuple[object, ...]


def song_of(verses: Verses, wish: SongWish) -> Song:
    """Lay a text out as a song.

    Raises:
        BriefError: If the text does not fit the bars or the form that are asked for.
    """
    _check_lines(verses, wish.pace)
    notes: list[str] = []
    if wish.asked_form is not None:
        drafts = by_form(verses, wish, notes)
    else:
        drafts = by_stanzas(verses, wish)
    sections = _measured(drafts, wish)
    notes.append(_summary(verses))
    return Song(verses, tuple(_coloured(drafts, sections, wish.form)), tuple(notes))


def _summary(verses: Verses) -> str:
    """What is sung, in a sentence."""
    count = sum(stanza.syllables for stanza in verses.stanzas)
    schemes = list(dict.fromkeys(stanza.scheme for stanza in verses.stanzas))
    told = ", ".join(schemes[:_TOLD]) + (" …" if len(schemes) > _TOLD else "")
    return f"{count} syllables in {len(verses.lines)} lines are sung; the rhymes are {told}"


def _check_lines(verses: Verses, pace: Pace) -> None:
    for line in verses.lines:
        room = pace.room(MOST_BARS)
        if len(line.syllables) > room:
            raise BriefError(
                "lyrics",
                f'the line "{line.text[:40]}" has {len(line.syllables)} syllables; at this tempo '
                f"{MOST_BARS} bars take {room}, so break it in two",
            )


def _measured(drafts: Sequence[Draft], wish: SongWish) -> list[tuple[int, ...]]:
    """Bars of each draft: of its lines where it is sung, else of the section."""
    keys: list[_Key] = []
    counts: dict[_Key, list[int]] = {}
    for place, draft in enumerate(drafts):
        if draft.stanza is None:
            keys.append(("pause", place))
            continue
        own = place if draft.bars is not None else -1
        for number, line in enumerate(draft.stanza.lines):
            key = ("line", draft.role, len(draft.stanza.lines), number, own)
            counts.setdefault(key, []).append(len(line.syllables))
            keys.append(key)
    units = _units(drafts, counts, wish)
    bars = _chosen(units, drafts, wish)
    result, place = [], 0
    for draft in drafts:
        size = len(draft.stanza.lines) if draft.stanza is not None else 1
        result.append(tuple(bars[key] for key in keys[place : place + size]))
        place += size
    return result


def _units(
    drafts: Sequence[Draft], counts: Mapping[_Key, list[int]], wish: SongWish
) -> dict[_Key, Unit]:
    units: dict[_Key, Unit] = {}
    sung = 0
    for key, syllables in counts.items():
        unit = line_unit(wish.pace, syllables)
        if unit is None:
            raise BriefError("lyrics", "a line has more syllables than it can have bars for")
        units[key] = unit
        sung += unit.cheapest * unit.times
    for place, draft in enumerate(drafts):
        if draft.stanza is not None:
            continue
        if draft.bars is not None:
            costs = [float("inf")] * draft.bars + [0.0]
            units["pause", place] = Unit(tuple(costs))
        elif wish.asked_form is not None and draft.role not in ("intro", "outro"):
            usual = 8 if draft.role not in ("interlude",) else 4
            units["pause", place] = pause_unit(usual)
        else:
            units["pause", place] = pause_unit(_usual(draft.role, sung, wish))
    return units


def _usual(role: str, sung: int, wish: SongWish) -> int:
    """Bars of an intro, an outro or an interlude where nothing else is asked."""
    if role not in wish.form.sections or role == "interlude":
        return 0
    options = {2: 1.0, 4: 0.0} if sung <= _SMALL else {2: 1.0, 4: 2.0}
    return pick_key(generator(wish.seed, "lyrics", role), options)


def _chosen(units: Mapping[_Key, Unit], drafts: Sequence[Draft], wish: SongWish) -> dict[_Key, int]:
    """Bars by unit."""
    bars: dict[_Key, int] = {}
    free = dict(units)
    for place, draft in enumerate(drafts):
        if draft.stanza is None or draft.bars is None:
            continue
        keys = [key for key in units if key[0] == "line" and key[-1] == place]
        bars |= _filled_exactly([(key, units[key]) for key in keys], draft.bars, draft.role)
        for key in keys:
            del free[key]
    taken = sum(bars.values())
    names, chosen = list(free), list(free.values())
    usual = [unit.cheapest for unit in chosen]
    natural = min(MAX_BARS, taken + _sum(chosen, usual))
    total = wish.bars if wish.bars is not None else _total(chosen, natural, taken, wish)
    low = taken + sum(unit.span[0] for unit in chosen)
    high = taken + sum(unit.span[1] for unit in chosen)
    fitting: Sequence[int] | None = usual
    if total != taken + _sum(chosen, usual):
        fitting = filled(chosen, total - taken)
    if fitting is None:
        field = "bars" if wish.bars is not None else "lyrics"
        if high > MAX_BARS and low > MAX_BARS:
            raise BriefError("lyrics", f"need {low} bars, and {MAX_BARS} are the most")
        raise BriefError(
            field,
            f"the lyrics need {low} to {min(high, MAX_BARS)} bars, not {total}; "
            "change bars, or the text",
        )
    bars |= dict(zip(names, fitting, strict=True))
    return bars


def _sum(units: Sequence[Unit], bars: Sequence[int]) -> int:
    return sum(count * unit.times for count, unit in zip(bars, units, strict=True))


def _total(units: Sequence[Unit], natural: int, taken: int, wish: SongWish) -> int:
    """The length, where none is asked for: the text's own, or the cheapest that also suits."""
    wanted = wish.near or natural
    low = taken + sum(unit.span[0] for unit in units)
    high = min(MAX_BARS, taken + sum(unit.span[1] for unit in units))
    wanted = min(high, max(low, wanted))
    if wish.multiple == 1 and wish.near is None:
        return natural
    best: tuple[float, int] | None = None
    for total in range(low, high + 1):
        if total % wish.multiple or abs(total - wanted) > max(wish.multiple, 1) * 2:
            continue
        found = filled(units, total - taken)
        if found is None:
            continue
        cost = cost_of(units, found) if wish.near is None else float(abs(total - wanted))
        if best is None or (cost, total) < best:
            best = (cost, total)
    return natural if best is None else best[1]


def _filled_exactly(lines: Sequence[tuple[_Key, Unit]], bars: int, role: str) -> dict[_Key, int]:
    """Bars of the lines of a section whose length the user gives."""
    units = [unit for _, unit in lines]
    found = filled(units, bars)
    if found is None:
        low = sum(unit.span[0] for unit in units)
        high = sum(unit.span[1] for unit in units)
        raise BriefError(
            "form",
            f"{role}:{bars} does not suit its {len(units)} lines of lyrics, which need {low} to "
            f"{high} bars",
        )
    return {key: count for (key, _), count in zip(lines, found, strict=True)}


def _coloured(
    drafts: Sequence[Draft], measured: Sequence[tuple[int, ...]], form: Form
) -> list[SongSection]:
    """The sections with labels for their phrases and materials; those of no bars are left out."""
    roles = {draft.role: draft.kind for draft in drafts if draft.stanza is not None}
    shared = Counter(form.sections[kind].material for kind in roles.values())
    result = []
    for draft, bars in zip(drafts, measured, strict=True):
        if not sum(bars):
            continue
        if draft.stanza is None:
            result.append(SongSection(draft.kind, "", sum(bars)))
            continue
        material = form.sections[draft.kind].material
        if shared[material] > 1:
            material = f"{material} {draft.role}"
        labels = draft.labels or phrase_labels(draft.stanza, bars)
        phrases = tuple(
            SungPhrase(line, count, label)
            for line, count, label in zip(draft.stanza.lines, bars, labels, strict=True)
        )
        result.append(SongSection(draft.kind, material, sum(bars), phrases))
    return result

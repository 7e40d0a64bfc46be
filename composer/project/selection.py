"""What the user names: parts by name, role or instrument, sections by name or kind, bars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from composer.errors import ProjectError, nearest
from composer.music.plan import PartPlan, Plan, Section
from composer.project.state import State

Targets = Mapping[str, frozenset[int]]
"""Bars, counted from 0, by the names of the parts that are changed there."""

Bars = range | tuple[int, int] | int | str
"""Bars counted from 1: ``range(9, 13)``, ``(9, 12)``, ``9``, ``"9..12"`` or ``"9-12"``."""

_SPAN = re.compile(r"\s*(\d{1,4})\s*(?:(?:\.\.|-|–)\s*(\d{1,4}))?\s*")


def named_parts(plan: Plan, words: Iterable[str] | None) -> tuple[PartPlan, ...]:
    """The parts that some words mean, in the order of the piece; all of them for None.

    A word is a part's name, a role (``bass``: all of that role) or an instrument, in any case.

    Raises:
        ProjectError: If a word means no part of the piece.
    """
    if words is None:
        return plan.parts
    found: set[str] = set()
    for word in _words(words, "parts"):
        found |= {part.name for part in _parts_of(plan, word)}
    return tuple(part for part in plan.parts if part.name in found)


def _parts_of(plan: Plan, word: str) -> list[PartPlan]:
    wanted = _folded(word)
    for place in range(3):
        called = [(part.name, part.role, part.instrument.name)[place] for part in plan.parts]
        found = [p for p, name in zip(plan.parts, called, strict=True) if _folded(name) == wanted]
        if found:
            return found
    known = [*(part.name for part in plan.parts), *dict.fromkeys(part.role for part in plan.parts)]
    raise ProjectError(f'parts: "{word}" is no part of the piece; {nearest(word, known)}')


def named_sections(plan: Plan, words: Iterable[str] | None) -> tuple[Section, ...]:
    """The sections that some words mean, in order; all of them for None.

    ``chorus`` means every chorus, ``chorus 2`` the second one.

    Raises:
        ProjectError: If a word means no section of the piece.
    """
    if words is None:
        return plan.sections
    found: set[str] = set()
    for word in _words(words, "sections"):
        wanted = _folded(word)
        names = {s.name for s in plan.sections if wanted in (_folded(s.name), _folded(s.kind))}
        if not names:
            known = dict.fromkeys(text for s in plan.sections for text in (s.name, s.kind))
            raise ProjectError(f'sections: "{word}" is no section; {nearest(word, known)}')
        found |= names
    return tuple(section for section in plan.sections if section.name in found)


def named_bars(plan: Plan, bars: Bars) -> range:
    """Bars as indices from 0.

    Raises:
        ProjectError: If they are no bars of the piece.
    """
    first, last = _ends(bars)
    if not 1 <= first <= last <= len(plan.bars):
        raise ProjectError(
            f"bars: {_shown(first, last)} are not in the piece, whose bars are 1 to "
            f"{len(plan.bars)}; write 9..12 for the ninth to the twelfth"
        )
    return range(first - 1, last)


def _ends(bars: Bars) -> tuple[int, int]:
    if isinstance(bars, str):
        match = _SPAN.fullmatch(bars)
        if match is None:
            raise ProjectError(f'bars: "{bars}" are no bars; write 9..12, or 9 for one bar')
        return int(match.group(1)), int(match.group(2) or match.group(1))
    if isinstance(bars, range) and bars.step == 1:
        return bars.start, bars.stop - 1
    if isinstance(bars, int) and not isinstance(bars, bool):
        return bars, bars
    ends: object = bars
    if isinstance(ends, tuple) and len(ends) == 2 and {type(bar) for bar in ends} == {int}:
        return ends
    raise ProjectError(f"bars: {bars!r} are no bars; give range(9, 13), (9, 12), 9 or a text")


def _shown(first: int, last: int) -> str:
    return f"{first}..{last}"


def chosen_cells(
    state: State, parts: Sequence[str] | None, sections: Sequence[str] | None
) -> Targets:
    """The unlocked bars of the parts and sections that some words mean.

    Raises:
        ProjectError: If a word means nothing in the piece, or all that is meant is locked or rests.
    """
    bars = [
        bar
        for section in named_sections(state.plan, sections)
        for bar in range(section.start_bar, section.end_bar)
    ]
    return unlocked(state, named_parts(state.plan, parts), bars)


def unlocked(state: State, parts: Sequence[PartPlan], bars: Iterable[int]) -> Targets:
    """Those of some bars in which parts play and are not locked, part by part.

    Raises:
        ProjectError: If there are none.
    """
    bars = tuple(bars)
    found: dict[str, frozenset[int]] = {}
    playing = False
    for part in parts:
        own = [bar for bar in bars if plays(state, part.name, bar)]
        free = frozenset(bar for bar in own if not state.is_locked(part.name, bar))
        playing = playing or bool(own)
        if free:
            found[part.name] = free
    if not found:
        raise ProjectError(_nothing_left(state, parts, playing=playing))
    return found


def _nothing_left(state: State, parts: Sequence[PartPlan], *, playing: bool) -> str:
    names = ", ".join(part.name for part in parts) or "nobody"
    if not playing:
        return f"{names}: plays nothing there; `show` tells who plays where"
    if {part.name for part in parts} == {state.tune_part}:
        return f"{names}: plays the given tune, which is kept note for note"
    them = "it" if len(parts) == 1 else "them"
    return f"{names}: {'is' if len(parts) == 1 else 'are'} locked there; unlock {them} first"


def plays(state: State, part: str, bar: int) -> bool:
    """Whether a part plays in a bar: the plan lets it, or it has a note there."""
    if part in state.plan.bars[bar].active:
        return True
    bar_quarters = state.plan.meter.bar_quarters
    notes = next(p.notes for p in state.score.parts if p.plan.name == part)
    return any(int(note.onset_quarters // bar_quarters) == bar for note in notes)


def _words(words: Iterable[str], field: str) -> list[str]:
    if isinstance(words, str):
        words = words.split(",")
    found = [str(word).strip() for word in words]
    if not found or not all(found):
        raise ProjectError(f"{field}: is empty; name at least one, or leave it out for all")
    return found


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())

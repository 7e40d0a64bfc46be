"""States to change: two short pieces by the rules, composed once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from composer.music.brief import Brief
from composer.music.score import Note
from composer.pipeline import compose
from composer.project.operations import applied
from composer.project.state import State, Workshop, state_of
from composer.rulebook import load_rulebook

FORM = "intro:2 verse:4 chorus:4 verse:2 chorus:4"


@lru_cache(maxsize=1)
def workshop() -> Workshop:
    return Workshop(load_rulebook())


@lru_cache(maxsize=4)
def song(style: str = "pop", **fields: Any) -> State:
    fields = {"form": FORM, "key": "C", "seed": 4, "writer": "rules", **fields}
    return state_of(compose(Brief(style=style, **fields)))


def after(state: State, name: str, take: int = 1, **asked: Any) -> State:
    return applied(state, {"name": name, "take": take, **asked}, workshop())


def named(state: State, role: str) -> str:
    return next(part.name for part in state.plan.parts if part.role == role)


def notes_of(state: State, part: str, section: str | None = None) -> list[Note]:
    """The written notes of a part, in the bars of a section if one is named."""
    notes = next(p.notes for p in state.score.parts if p.plan.name == part)
    if section is None:
        return list(notes)
    where = next(s for s in state.plan.sections if s.name == section)
    bar = state.plan.meter.bar_quarters
    start, end = bar * where.start_bar, bar * where.end_bar
    return [note for note in notes if start <= note.onset_quarters < end]

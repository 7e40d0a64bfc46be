"""What can be done to a project: each operation turns a state into the next one.

An operation is plain data, with everything in it that it needs: its name, its take (a number that
no other operation of the project has, from which its randomness is derived) and what was asked. So
the log of a project replays to the byte.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from composer.errors import ProjectError, nearest
from composer.music.brief import Brief
from composer.music.seeding import derived, generator
from composer.project.adopting import adopted
from composer.project.chords import with_chords
from composer.project.keys import key_moved, key_of_word, moved
from composer.project.rewriting import Task, rewritten
from composer.project.selection import (
    Targets,
    chosen_cells,
    named_bars,
    named_parts,
    named_sections,
    unlocked,
)
from composer.project.state import Operation, Progress, State, Workshop, state_of

_Change = Callable[[State, Mapping[str, Any], int, Workshop], State]


def applied(state: State, operation: Operation, workshop: Workshop) -> State:
    """The state after an operation.

    Args:
        state: The state before; it stays as it is.
        operation: What to do.
        workshop: Rule book and model.

    Raises:
        ProjectError: If the operation is unknown or asks for what cannot be done.
    """
    name, take = operation.get("name"), operation.get("take")
    if name not in _CHANGES:
        raise ProjectError(f'"{name}" is no operation; {nearest(str(name), _CHANGES)}')
    if isinstance(take, bool) or not isinstance(take, int):
        raise ProjectError(f"{name}: its take must be a whole number, not {take!r}")
    seed = derived(state.brief.seed, "project", take, name)
    try:
        after = _CHANGES[name](state, operation, seed, workshop)
    except KeyError as error:
        raise ProjectError(f"{name}: {error} is missing") from None
    return after.done(operation)


def replay(
    brief: Brief,
    operations: Iterable[Operation],
    rules: Path | str | None = None,
    model: Path | str | None = None,
    progress: Progress | None = None,
) -> State:
    """Compose a brief and do to it all that was done to a project.

    Args:
        brief: The brief from which the project was made.
        operations: What was done, in order, as `Project.operations` has it.
        rules: A folder of rules to lay over ours.
        model: Folder of a transformer of one's own.
        progress: Told of each step.

    Raises:
        ProjectError: If an operation cannot be done.
        ComposerError: As `composer.compose` raises.
    """
    from composer.pipeline import compose
    from composer.rulebook import load_rulebook

    state = state_of(compose(brief, rules=rules, model=model, progress=progress))
    workshop = Workshop(
        load_rulebook(Path(rules) if rules is not None else None),
        Path(model) if model is not None else None,
        progress,
    )
    for operation in operations:
        state = applied(state, operation, workshop)
    return state


def _write(state: State, targets: Targets, seed: int, workshop: Workshop) -> State:
    return rewritten(state, Task(state.plan, state.score, targets, seed), workshop)


def _regenerate(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    targets = chosen_cells(state, asked.get("parts"), asked.get("sections"))
    return _write(state, targets, seed, workshop)


def _lock(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    return replace(state, locked=state.locked | _cells(state, asked))


def _unlock(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    return replace(state, locked=state.locked - _cells(state, asked))


def _cells(state: State, asked: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    parts = named_parts(state.plan, asked.get("parts"))
    sections = named_sections(state.plan, asked.get("sections"))
    return frozenset((part.name, section.name) for part in parts for section in sections)


def _vary(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    amount = asked["amount"]
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount <= 1:
        raise ProjectError(f"vary: must be from 0 (nothing) to 1 (all that is free), not {amount}")
    free = chosen_cells(state, None, None)
    cells = [
        (part, section)
        for part in sorted(free)
        for section in range(len(state.plan.sections))
        if any(state.plan.bars[bar].section == section for bar in free[part])
    ]
    rng = generator(seed, "cells")
    drawn = sorted(cells, key=lambda _: rng.random())[: math.ceil(amount * len(cells))]
    targets: dict[str, frozenset[int]] = {}
    for part, section in drawn:
        bars = (bar for bar in free[part] if state.plan.bars[bar].section == section)
        targets[part] = targets.get(part, frozenset()) | frozenset(bars)
    return _write_what_can_be(state, targets, seed, workshop) if targets else state


def _write_what_can_be(state: State, targets: Targets, seed: int, workshop: Workshop) -> State:
    """All of the bars written anew; where that cannot be, those of the parts that can.

    Raises:
        ProjectError: If there is no such part.
    """
    try:
        return _write(state, targets, seed, workshop)
    except ProjectError as error:
        fault = error
    after = state
    for part, bars in targets.items():
        with contextlib.suppress(ProjectError):
            after = _write(after, {part: bars}, derived(seed, part), workshop)
    if after is state:
        raise fault
    return after


def _infill(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    bars = named_bars(state.plan, asked["bars"])
    targets = unlocked(state, named_parts(state.plan, asked.get("parts")), bars)
    return _write(state, targets, seed, workshop)


def _set_chords(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    bars = named_bars(state.plan, asked["bars"])
    return with_chords(state, bars, str(asked["chords"]), seed, workshop)


def _transpose(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    semitones = asked["semitones"]
    if isinstance(semitones, bool) or not isinstance(semitones, int):
        raise ProjectError(f"transpose: must be a whole number of semitones, not {semitones!r}")
    return moved(state, key_moved(state.plan, semitones), semitones, seed, workshop)


def _set_key(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    key = key_of_word(state.plan, str(asked["key"]), workshop.book)
    up = (key.tonic.number - state.plan.key.tonic.number) % 12
    return moved(state, key, up - 12 if up > 6 else up, seed, workshop)


def _change_style(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    parts = named_parts(state.plan, [str(asked["part"])])
    style = workshop.book.style(str(asked["style"])).name
    styles = dict(state.styles)
    for part in parts:
        styles[part.name] = style
    own = {name: kept for name, kept in styles.items() if kept != state.plan.style}
    changed = replace(state, styles=tuple(sorted(own.items())))
    targets = unlocked(state, parts, range(len(state.plan.bars)))
    return _write(changed, targets, seed, workshop)


def _adopt(state: State, asked: Mapping[str, Any], seed: int, workshop: Workshop) -> State:
    return adopted(state, asked, workshop)


_CHANGES: dict[str, _Change] = {
    "regenerate": _regenerate,
    "lock": _lock,
    "unlock": _unlock,
    "vary": _vary,
    "infill": _infill,
    "set-chords": _set_chords,
    "transpose": _transpose,
    "set-key": _set_key,
    "change-style": _change_style,
    "adopt": _adopt,
}

OPERATIONS = tuple(_CHANGES)
"""Names of all operations."""


def sentence(operation: Operation) -> str:
    """An operation in a few words, for people.

    >>> sentence({"name": "regenerate", "take": 3, "parts": ["bass"], "sections": ["chorus"]})
    'regenerate bass in chorus'
    >>> sentence({"name": "transpose", "take": 4, "semitones": -2})
    'transpose -2'
    """
    words = [str(operation.get("name"))]
    if "amount" in operation:
        words.append(f"{operation['amount']:g}")
    if "semitones" in operation:
        words.append(f"{operation['semitones']:+d}")
    words += [str(operation[key]) for key in ("key", "bars", "part") if key in operation]
    if "parts" in operation:
        words.append(", ".join(operation["parts"]))
    if "sections" in operation:
        words.append(f"in {', '.join(operation['sections'])}")
    if "chords" in operation:
        words.append(f'to "{operation["chords"]}"')
    if "style" in operation:
        words.append(f"to {operation['style']}")
    if "notes" in operation:
        words.append(f"({len(operation['notes'])} notes from its file)")
    return " ".join(words)

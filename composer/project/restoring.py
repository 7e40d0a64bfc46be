"""A project put back in order: changes from outside dropped, damaged files made again.

What can be read is read; what cannot is composed again from its brief and its log of operations,
which gives the same bytes. Where that fails, too, the newest state before it is made current. A
damaged state's folder is set aside, and nothing of it is removed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from composer.errors import ComposerError, ProjectError
from composer.exporting.brief_toml import load_brief
from composer.project.disk import disk_errors, read_bytes, write_folder
from composer.project.ledger import FILE, Ledger, read_ledger
from composer.project.locking import ProjectLock
from composer.project.operations import replay
from composer.project.state import State
from composer.project.store import Store, refuse_outside
from composer.project.stored import OPERATIONS, operations_of, state_files
from composer.rulebook import load_rulebook

_NUMBER = re.compile(r"\d{4,9}")


def restore(folder: Path | str) -> str:
    """Put a project back in order.

    Args:
        folder: Its folder.

    Returns:
        What was done, in a sentence.

    Raises:
        ProjectError: If it is no project, is open elsewhere, a link leads out of it, or nothing of
            it can be read.
    """
    folder = Path(folder)
    _refuse_other_folder(folder)
    refuse_outside(folder)
    lock = ProjectLock(folder)
    lock.take()
    try:
        return _restored(folder, lock)
    finally:
        lock.release()


def _refuse_other_folder(folder: Path) -> None:
    if not (folder / FILE).exists() and not (folder / "states").is_dir():
        read_ledger(folder)  # says what is wrong


def _restored(folder: Path, lock: ProjectLock) -> str:
    try:
        ledger, anew = read_ledger(folder), False
    except ProjectError:
        ledger, anew = _ledger_of(folder), True
    store = Store(folder, lock, ledger)
    rules = Path(ledger.rules) if ledger.rules else None
    fault: ComposerError | None = None
    for number in (ledger.current, *reversed(ledger.undo)):
        try:
            said = _made_whole(store, number, rules)
        except ComposerError as error:
            fault = fault or error
            continue
        if number != ledger.current or anew:
            back = tuple(one for one in ledger.undo if one < number)
            redo = ledger.redo if number == ledger.current else ()
            _set_aside(store, ledger.states - {number, *back, *redo})
            store.move(replace(ledger, current=number, undo=back, redo=redo))
            said = f"state {number} is the newest that can be read; {said}"
        return said
    raise fault or ProjectError(f"{folder}: holds no state that can be read")


def _made_whole(store: Store, number: int, rules: Path | None) -> str:
    """A state with every file as it was saved; what was done, in a few words."""
    place = store.place(number)
    try:
        found = store.read(number, load_rulebook(rules))
    except ProjectError:
        state = _composed_again(store, number, rules)
        _set_aside(store, {number})
        write_folder(place, state_files(state))
        return "it was composed again from its brief and its operations"
    if not found.edited:
        return "nothing had to be put back"
    store.put_back(number, found.state)
    return f"put back {', '.join(sorted(found.edited))}"


def _composed_again(store: Store, number: int, rules: Path | None) -> State:
    """A state from its brief and its log."""
    brief = load_brief(store.place(number) / "brief.toml")
    return replay(brief, store.operations(number), rules, store.ledger.model or None)


def _set_aside(store: Store, numbers: set[int] | frozenset[int]) -> None:
    """Give the folders of states another name, under which nothing looks for them."""
    for number in sorted(numbers):
        place = store.place(number)
        if not place.exists():
            continue
        with disk_errors(place):
            aside = place.with_name(f"damaged-{place.name}")
            count = 1
            while aside.exists():
                count += 1
                aside = place.with_name(f"damaged-{place.name}-{count}")
            place.rename(aside)


def _ledger_of(folder: Path) -> Ledger:
    """A ledger for the states that are there, where its own file is lost."""
    states = folder / "states"
    numbers = sorted(int(p.name) for p in states.iterdir() if _NUMBER.fullmatch(p.name))
    if not numbers:
        raise ProjectError(f"{folder}: holds no state of a project")
    takes = 1
    for number in numbers:
        path = states / f"{number:04d}" / OPERATIONS
        try:
            rows = operations_of(path, read_bytes(path))
            takes = max(takes, *(int(row["take"]) + 1 for row in rows), 1)
        except (ProjectError, ValueError, KeyError, TypeError):
            continue
    return Ledger(numbers[-1], tuple(numbers[:-1]), (), takes, numbers[-1])

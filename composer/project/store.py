"""A project's folder: its states, one of them current, changed by one process at a time."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from composer.errors import ProjectError
from composer.project.disk import (
    disk_errors,
    read_bytes,
    refuse_links,
    remove_folder,
    remove_left_overs,
    replace_file,
    write_folder,
)
from composer.project.ledger import FILE, Ledger, read_ledger
from composer.project.locking import ProjectLock
from composer.project.state import Operation, State
from composer.project.stored import (
    OPERATIONS,
    Stored,
    edited_files,
    operations_of,
    read_state,
    state_files,
)
from composer.project.stored_midi import midi_files
from composer.rulebook import Rulebook

_STATES = "states"
_NUMBER = re.compile(r"\d{4,9}")
_OWN = re.compile(r"states|\.lock|\.owner|\.(new|old)-.*")
_KEPT = re.compile(rf"{re.escape(FILE)}|{_OWN.pattern}")


class Store:
    """The folder of a project that is open.

    Args:
        folder: The folder.
        lock: Its lock, which is held.
        ledger: Where the project stands.
    """

    def __init__(self, folder: Path, lock: ProjectLock, ledger: Ledger) -> None:
        self.folder = folder
        self.ledger = ledger
        self._lock = lock
        self._handed_over = False

    @classmethod
    @contextlib.contextmanager
    def begun(cls, folder: Path) -> Iterator[Store]:
        """A new project's folder, closed at the end unless it is `handed_over`.

        Raises:
            ProjectError: If the folder is in use, holds something else or cannot be written.
        """
        made = not folder.exists()
        _refuse_used(folder)
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = ProjectLock(folder)
        lock.take()
        store = cls(folder, lock, Ledger(0))
        try:
            _refuse_used(folder)
            yield store
        except BaseException:
            store.close()
            if made and not (folder / FILE).exists():
                _remove_empty(folder)
            raise
        finally:
            store._close_unless_kept()

    @classmethod
    @contextlib.contextmanager
    def opened(cls, folder: Path) -> Iterator[Store]:
        """A project's folder, without what a crash left; closed at the end as `begun` is.

        Raises:
            ProjectError: If it is no project, is open elsewhere, its ledger is damaged, or a link
                leads out of it.
        """
        read_ledger(folder)
        refuse_outside(folder)
        lock = ProjectLock(folder)
        lock.take()
        try:
            store = cls(folder, lock, read_ledger(folder))
        except BaseException:
            lock.release()
            raise
        try:
            store._tidy()
            yield store
        finally:
            store._close_unless_kept()

    def handed_over(self) -> Store:
        """The store, to be closed by who takes it."""
        self._handed_over = True
        return self

    def close(self) -> None:
        """Let the lock go."""
        self._lock.release()

    def place(self, number: int) -> Path:
        """The folder of a state."""
        return self.folder / _STATES / f"{number:04d}"

    def begin(self, state: State, rules: Path | None, model: Path | None) -> None:
        """Save the first state."""
        with disk_errors(self.folder):
            (self.folder / _STATES).mkdir(exist_ok=True)
        self._tidy()
        ledger = Ledger(1, takes=1, last=1, rules=str(rules or ""), model=str(model or ""))
        write_folder(self.place(1), state_files(state))
        ledger.write(self.folder)
        self.ledger = ledger

    def add(self, state: State) -> None:
        """Save a state after the current one, and make it the current one."""
        ledger = self.ledger.with_new()
        write_folder(self.place(ledger.current), state_files(state))
        self._set(ledger)

    def read(self, number: int, book: Rulebook) -> Stored:
        """Read a state."""
        return read_state(self.place(number), book)

    def operations(self, number: int) -> tuple[Operation, ...]:
        """What was done up to a state.

        Raises:
            ProjectError: If its file is missing or damaged.
        """
        path = self.place(number) / OPERATIONS
        return operations_of(path, read_bytes(path))

    def read_edits(self, state: State) -> Stored:
        """The current state with those of its MIDI files that were changed since it was saved."""
        return Stored(state, edited_files(self.place(self.ledger.current)))

    def put_back(self, number: int, state: State) -> None:
        """Write the MIDI files of a state as they were saved."""
        if not self.place(number).is_dir():
            return
        for name, data in midi_files(state).items():
            if read_bytes(self.place(number) / name) != data:
                replace_file(self.place(number) / name, data)

    def move(self, ledger: Ledger) -> None:
        """Make another state the current one."""
        self._set(ledger)

    def _set(self, ledger: Ledger) -> None:
        before = self.ledger.states
        ledger.write(self.folder)
        self.ledger = ledger
        for number in sorted(before - ledger.states):
            remove_folder(self.place(number))

    def _tidy(self) -> None:
        """Remove what no ledger knows: what a crash left half-way, or did not come to remove."""
        remove_left_overs(self.folder)
        states = self.folder / _STATES
        remove_left_overs(states)
        for path in sorted(states.iterdir()) if states.is_dir() else ():
            known = _NUMBER.fullmatch(path.name) and int(path.name) in self.ledger.states
            if _NUMBER.fullmatch(path.name) and not known and path.is_dir():
                remove_folder(path)

    def _close_unless_kept(self) -> None:
        if not self._handed_over:
            self.close()


def refuse_outside(folder: Path) -> None:
    """Refuse a project from which a link leads out: it may come from anyone.

    Raises:
        ProjectError: If there is one; the message names it.
    """
    with disk_errors(folder):
        refuse_links(folder, _KEPT)


def _refuse_used(folder: Path) -> None:
    """Refuse a folder that holds a project or anything else."""
    if folder.exists() and not folder.is_dir():
        raise ProjectError(f"{folder}: a file stands there; choose another folder")
    if (folder / FILE).exists():
        raise ProjectError(f"{folder}: is a project already; open it, or choose another folder")
    with disk_errors(folder):
        others = [p.name for p in folder.iterdir()] if folder.is_dir() else []
    others = [name for name in others if not _OWN.fullmatch(name)]
    if others:
        raise ProjectError(
            f"{folder}: holds {sorted(others)[0]} already; choose a new or an empty folder"
        )


def _remove_empty(folder: Path) -> None:
    """Remove a folder in which no project came to be."""
    import shutil

    if all(_OWN.fullmatch(path.name) for path in folder.iterdir()):
        shutil.rmtree(folder, ignore_errors=True)

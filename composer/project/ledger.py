"""``project.toml``: which state is current, which can be undone and redone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from composer.errors import ProjectError
from composer.project.disk import read_bytes, replace_file
from composer.toml_text import parse_toml
from composer.version import __version__

FORMAT = 1
"""Version of the folder's layout. It is raised when older programs could not read it."""

MOST_UNDO = 100
"""States that are kept to go back to."""

FILE = "project.toml"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where a project stands.

    Args:
        current: Number of the current state.
        undo: Numbers of the states before it, the oldest first.
        redo: Numbers of the states that were undone, the next one first.
        takes: How many operations were ever begun; the next one has this number.
        last: The highest number that a state ever had.
        rules: Folder of rules laid over ours; empty for none.
        model: Folder of the user's own transformer; empty for none.
    """

    current: int
    undo: tuple[int, ...] = ()
    redo: tuple[int, ...] = ()
    takes: int = 0
    last: int = 0
    rules: str = ""
    model: str = ""

    @property
    def states(self) -> frozenset[int]:
        """Numbers of all states that are in use."""
        return frozenset((self.current, *self.undo, *self.redo))

    def with_new(self) -> Ledger:
        """After an operation: a new state is current, and what was undone is given up."""
        number = self.last + 1
        undo = (*self.undo, self.current)[-MOST_UNDO:]
        return replace(self, current=number, undo=undo, redo=(), takes=self.takes + 1, last=number)

    def undone(self) -> Ledger:
        """A state back.

        Raises:
            ProjectError: If there is none.
        """
        if not self.undo:
            raise ProjectError("undo: nothing was done that could be undone")
        redo = (self.current, *self.redo)
        return replace(self, current=self.undo[-1], undo=self.undo[:-1], redo=redo)

    def redone(self) -> Ledger:
        """A state forward.

        Raises:
            ProjectError: If there is none.
        """
        if not self.redo:
            raise ProjectError("redo: nothing was undone that could be done again")
        undo = (*self.undo, self.current)
        return replace(self, current=self.redo[0], undo=undo, redo=self.redo[1:])

    def write(self, folder: Path) -> None:
        """Put the ledger in place, whole or not at all.

        Raises:
            ProjectError: If it cannot be written.
        """
        import tomli_w

        data = {
            "format": FORMAT,
            "composer": __version__,
            "current": self.current,
            "undo": list(self.undo),
            "redo": list(self.redo),
            "takes": self.takes,
            "last": self.last,
        }
        data |= {name: getattr(self, name) for name in ("rules", "model") if getattr(self, name)}
        head = "# A composer project. `compose project DIR show` tells what is in it.\n"
        replace_file(folder / FILE, (head + tomli_w.dumps(data)).encode("utf-8"))


def read_ledger(folder: Path) -> Ledger:
    """Read where a project stands.

    Raises:
        ProjectError: If the folder is no project, is one of another format, or the file is
            damaged.
    """
    path = folder / FILE
    if not path.is_file():
        what = "is no project" if folder.is_dir() else "no such folder"
        raise ProjectError(f"{folder}: {what}; `compose project {folder} new` makes one")
    try:
        data = parse_toml(read_bytes(path))
    except ValueError as error:
        raise ProjectError(f"{path}: is damaged: {error}") from None
    if data.get("format") != FORMAT:
        raise ProjectError(
            f"{path}: has format {data.get('format')!r}, and composer {__version__} reads format "
            f"{FORMAT}; it was written by composer {data.get('composer', '(unknown)')}"
        )
    ledger = Ledger(
        current=_whole(path, data, "current"),
        undo=_numbers(path, data, "undo"),
        redo=_numbers(path, data, "redo"),
        takes=_whole(path, data, "takes"),
        last=_whole(path, data, "last"),
        rules=str(data.get("rules", "")),
        model=str(data.get("model", "")),
    )
    if max(ledger.states) > ledger.last or len(ledger.states) < 1 + len(ledger.undo + ledger.redo):
        raise ProjectError(f"{path}: is damaged: its states contradict each other")
    return ledger


def _whole(path: Path, data: dict[str, object], field: str) -> int:
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ProjectError(f"{path}: {field} must be a whole number from 0, not {value!r}")
    return value


def _numbers(path: Path, data: dict[str, object], field: str) -> tuple[int, ...]:
    rows = data.get(field)
    if not isinstance(rows, list):
        raise ProjectError(f"{path}: {field} must be a list of numbers, not {rows!r}")
    return tuple(_whole(path, {field: row}, field) for row in rows)

"""A state as a folder of files, and back.

``brief.toml``, ``plan.toml``, ``locks.toml``, ``about.toml`` (title, who wrote what),
``score/NAME.toml`` (written notes), ``parts/NAME.mid`` (each part as it is played), ``piece.mid``,
``conductor.mid`` (tempo, meter, keys and chord symbols), ``operations.toml``, ``report.json`` and
``checksums.toml``, by which a change from outside is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.errors import BriefError, ProjectError
from composer.exporting.brief_toml import dump_brief, load_brief
from composer.exporting.files import is_within
from composer.exporting.mixes import numbered_names
from composer.music.plan import Plan
from composer.music.score import Note, Part, Score
from composer.project.disk import read_bytes
from composer.project.records import RecordError, from_data, to_data
from composer.project.state import Operation, State
from composer.project.stored_midi import (
    CHECKSUMS,
    RESTORE,
    is_editable,
    listed,
    midi_files,
    part_names,
    performance_of,
)
from composer.rulebook import Rulebook
from composer.toml_text import parse_toml
from composer.version import __version__
from composer.writers import Authorship

OPERATIONS = "operations.toml"
"""The log: what was done up to a state."""

_MOST_FILES = 1000
_LARGEST_STATE = 256_000_000  # bytes; a piece of 1,024 bars takes some five million


@dataclass(frozen=True, slots=True)
class Stored:
    """A state as it was found.

    Args:
        state: The state as it was saved.
        edited: MIDI files that were changed from outside since, by their names in the folder.
    """

    state: State
    edited: Mapping[str, bytes]


def state_files(state: State) -> dict[str, bytes]:
    """The files of a state, by their names in its folder."""
    names = part_names(state)
    files: dict[str, bytes] = {
        "brief.toml": dump_brief(state.brief, __version__).encode("utf-8"),
        "plan.toml": _toml(to_data(state.plan)),
        "locks.toml": _toml(_locks(state)),
        "about.toml": _toml(
            {
                "title": state.score.title,
                "notes": list(state.notes),
                "authorship": to_data(state.authorship),
            }
        ),
        OPERATIONS: _toml({"operations": [dict(one) for one in state.operations]}),
        "report.json": (json.dumps(_report(state), indent=1) + "\n").encode("utf-8"),
    }
    for name, part in zip(names, state.score.parts, strict=True):
        files[f"score/{name}.toml"] = _notes(part)
    files.update(midi_files(state))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[CHECKSUMS] = _toml(sums)
    return files


def read_state(folder: Path, book: Rulebook) -> Stored:
    """Read a state.

    Args:
        folder: Its folder.
        book: The rule book.

    Raises:
        ProjectError: If a file is missing, damaged or changed that is not MIDI; it is named.
    """
    files, edited = _verified(folder)
    plan = _value(Plan, folder / "plan.toml", _table(folder, files, "plan.toml"), book)
    about = _table(folder, files, "about.toml")
    locks = _table(folder, files, "locks.toml")
    names = numbered_names(part.name for part in plan.parts)
    parts = tuple(
        _part(plan, index, folder, files, f"score/{name}.toml", book)
        for index, name in enumerate(names)
    )
    score = Score(
        str(about.get("title", "")),
        plan.key,
        plan.meter,
        plan.quarters_per_minute,
        len(plan.bars),
        parts,
        plan.chords,
        plan.sections,
    )
    authorship = about.get("authorship")
    try:
        brief = load_brief(folder / "brief.toml")
    except BriefError as error:
        raise ProjectError(str(error)) from None
    state = State(
        brief=brief,
        plan=plan,
        score=score,
        performance=performance_of(folder, files, edited, plan, names),
        authorship=_value(Authorship, folder / "about.toml", authorship, book),
        notes=tuple(str(note) for note in about.get("notes", ())),
        locked=_cells(folder, locks, "locked", plan),
        adopted=_cells(folder, locks, "adopted", plan),
        styles=tuple(sorted(_typed(folder, locks, "styles", dict).items())),
        operations=operations_of(folder / OPERATIONS, listed(folder, files, OPERATIONS)),
    )
    return Stored(state, edited)


def operations_of(path: Path, data: bytes) -> tuple[Operation, ...]:
    """What was done up to a state, by the bytes of its file.

    Raises:
        ProjectError: If the file is damaged.
    """
    found = _typed(path, _parsed(path, data), "operations", list)
    if not all(isinstance(one, dict) for one in found):
        raise ProjectError(f"{path}: operations must be a list of tables; {RESTORE}")
    return tuple(found)


def edited_files(folder: Path) -> dict[str, bytes]:
    """The MIDI files of a state that were changed since it was saved, by their names.

    Raises:
        ProjectError: If one is missing.
    """
    return _verified(folder, is_editable)[1]


def _verified(
    folder: Path, wanted: Callable[[str], bool] = lambda name: True
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of a state as they were saved, and those that were changed since."""
    sums = _parsed(folder / CHECKSUMS, read_bytes(folder / CHECKSUMS, f"; {RESTORE}"))
    files: dict[str, bytes] = {}
    edited: dict[str, bytes] = {}
    if len(sums) > _MOST_FILES:
        raise ProjectError(f"{folder / CHECKSUMS}: lists more than {_MOST_FILES:,} files")
    size = 0
    for name, checksum in sums.items():
        if not is_within(name):
            raise ProjectError(f"{folder / CHECKSUMS}: {name!r} leads out of the folder")
        if not wanted(name):
            continue
        data = read_bytes(folder / name, f"; {RESTORE}")
        size += len(data)
        if size > _LARGEST_STATE:
            raise ProjectError(f"{folder}: is larger than {_LARGEST_STATE // 1_000_000} MB")
        if hashlib.sha256(data).hexdigest() == checksum:
            files[name] = data
        elif is_editable(name):
            edited[name] = data
        else:
            raise ProjectError(
                f"{folder / name}: was damaged or changed since it was saved; {RESTORE}"
            )
    return files, edited


def _part(
    plan: Plan, index: int, folder: Path, files: Mapping[str, bytes], name: str, book: Rulebook
) -> Part:
    rows = _typed(folder / name, _table(folder, files, name), "notes", list)
    notes: tuple[Note, ...] = _value(tuple[Note, ...], folder / name, rows, book)
    return Part(plan.parts[index], notes)


def _notes(part: Part) -> bytes:
    """The notes of a part, a line each."""
    head = f"# {part.plan.name}: onset length pitch velocity function voice mark syllable"
    lines = [f"  {json.dumps(to_data(note), ensure_ascii=False)}," for note in part.notes]
    return "\n".join([head, "notes = [", *lines, "]", ""]).encode("utf-8")


def _locks(state: State) -> dict[str, object]:
    """Locks, own notes and styles, part by part, sections in order."""
    order = {section.name: place for place, section in enumerate(state.plan.sections)}

    def tables(cells: frozenset[tuple[str, str]]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for part, section in sorted(cells, key=lambda cell: (cell[0], order[cell[1]])):
            found.setdefault(part, []).append(section)
        return found

    return {
        "locked": tables(state.locked),
        "adopted": tables(state.adopted),
        "styles": dict(state.styles),
    }


def _cells(
    folder: Path, locks: Mapping[str, Any], field: str, plan: Plan
) -> frozenset[tuple[str, str]]:
    path = folder / "locks.toml"
    table = _typed(path, locks, field, dict)
    cells = [(part, name) for part in table for name in _typed(path, table, part, list)]
    known = {(part.name, section.name) for part in plan.parts for section in plan.sections}
    for part, name in cells:
        if not isinstance(name, str) or (part, name) not in known:
            raise ProjectError(f"{path}: {field}.{part}: the piece has no {name!r}; {RESTORE}")
    return frozenset(cells)


def _report(state: State) -> dict[str, object]:
    score = state.score
    return {
        "composer": __version__,
        "title": score.title,
        "key": score.key.name,
        "bars": score.bars,
        "rules": state.report.to_dict(),
        "writer": state.authorship.to_dict(),
    }


def _table(folder: Path, files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    return _parsed(folder / name, listed(folder, files, name))


def _parsed(path: Path, data: bytes) -> dict[str, Any]:
    try:
        return parse_toml(data)
    except ValueError as error:
        raise ProjectError(f"{path}: is damaged: {error}; {RESTORE}") from None


def _typed(path: Path, table: Mapping[str, Any], field: str, kind: type[Any]) -> Any:
    value = table.get(field, kind())
    if not isinstance(value, kind):
        raise ProjectError(f"{path}: {field} must be of kind {kind.__name__}")
    return value


def _value(kind: Any, path: Path, data: object, book: Rulebook) -> Any:
    try:
        return from_data(kind, data, book)
    except RecordError as error:
        raise ProjectError(f"{path}: {error}") from None


def _toml(data: dict[str, Any]) -> bytes:
    import tomli_w

    return tomli_w.dumps(data).encode("utf-8")

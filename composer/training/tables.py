"""Count tables: pruning them, and writing them as small readable TOML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

Counts: TypeAlias = Mapping[str, float]
Contexts: TypeAlias = Mapping[str, Counts]

_BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")


def ranked(counts: Counts) -> list[tuple[str, float]]:
    """Sorts counts, highest first; equal counts by name, so that output is deterministic."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def prune(counts: Counts, minimum: float, keep: int) -> dict[str, int]:
    """Rounds counts and keeps the best of them.

    Args:
        counts: name to (possibly weighted) count.
        minimum: counts below are left out.
        keep: how many to keep at most.

    Examples:
        >>> prune({"a": 5.0, "b": 2.0, "c": 9.4}, minimum=3, keep=2)
        {'c': 9, 'a': 5}
    """
    best = [(name, count) for name, count in ranked(counts) if count >= minimum][:keep]
    return {name: max(1, round(count)) for name, count in best}


def prune_contexts(contexts: Contexts, minimum: float, keep: int) -> dict[str, dict[str, int]]:
    """Prunes every context's successors; contexts that lose all are left out.

    Returns:
        Contexts in descending order of their total count.
    """
    totals = {context: sum(counts.values()) for context, counts in contexts.items()}
    pruned = {context: prune(contexts[context], minimum, keep) for context, _ in ranked(totals)}
    return {context: counts for context, counts in pruned.items() if counts}


def shares(counts: Counts, digits: int = 4) -> dict[str, float]:
    """Turns counts into shares of their sum; shares that round to nothing are left out."""
    total = sum(counts.values())
    if total <= 0:
        return {}
    rounded = {name: round(count / total, digits) for name, count in ranked(counts)}
    return {name: share for name, share in rounded.items() if share > 0}


def toml_key(name: str) -> str:
    """Quotes a key where TOML needs it."""
    return name if _BARE_KEY.match(name) else toml_value(name)


def toml_value(value: object) -> str:
    """Writes one value: string, number, flag, list or inline table.

    Raises:
        TypeError: the value is of another type.

    Examples:
        >>> toml_value({"V7": 3, "ii": 1})
        '{ V7 = 3, ii = 1 }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{toml_key(str(key))} = {toml_value(v)}" for key, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def toml_table(name: str, rows: Mapping[str, object], array: bool = False) -> list[str]:
    """Writes one table, its header first; `array` makes it one entry of an array of tables."""
    header = f"[[{name}]]" if array else f"[{name}]"
    body = [f"{toml_key(key)} = {toml_value(value)}" for key, value in rows.items()]
    return ["", header, *body]


def toml_document(head: Mapping[str, object], lines: Iterable[str], comment: str) -> str:
    """Joins a comment, the top-level keys and the tables to one file's text."""
    notes = [f"# {line}" for line in comment.splitlines()]
    top = [f"{toml_key(key)} = {toml_value(value)}" for key, value in head.items()]
    return "\n".join([*notes, *top, *lines]) + "\n"


def fit(render: Callable[[int], str], limit_bytes: int, minimums: Sequence[int]) -> str:
    """Raises the minimum count until the rendered file is small enough.

    Args:
        render: makes the file's text for one minimum count.
        limit_bytes: the size to stay under; the last minimum is taken where none fits.
        minimums: what to try, in ascending order.
    """
    text = ""
    for minimum in minimums:
        text = render(minimum)
        if len(text.encode()) <= limit_bytes:
            break
    return text

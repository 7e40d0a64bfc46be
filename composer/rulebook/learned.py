"""What all readers of learned tables share: counts, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping

from composer.rulebook.reader import Table

Counts = Mapping[str, float]
_LEARNED = ("source", "provenance")


def chain(table: Table) -> dict[str, Counts]:
    """Counts by context."""
    return {context: table.weights(context) for context in table.data}


def finish(file: Table, *also: str) -> None:
    """Accept what the readers do not need, and refuse what nobody knows.

    Raises:
        RuleError: If a key is unknown, or the file says neither its source nor its provenance.
    """
    if not any(file.has(key) for key in _LEARNED):
        raise file.fail("source", "is missing: say where the file comes from")
    for key in (*_LEARNED, *also):
        file.raw(key, None)
    file.done()

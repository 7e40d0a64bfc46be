"""Reader of ``melody/*.toml``: rhythms and degrees, learned from corpora."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.learned import Counts, chain, finish
from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class MelodyTable:
    """Rhythm and degree chains of a repertoire.

    Args:
        family: Name.
        rhythm: Next beat cell by context, by chain (``simple``, ``simple2``, ``compound``,
            ``compound2``).
        degrees: Next step by "degree previous-step", by mode.
        starts: Degrees that phrases start on, by mode.
    """

    family: str
    rhythm: Mapping[str, Mapping[str, Counts]]
    degrees: Mapping[str, Mapping[str, Counts]]
    starts: Mapping[str, Counts]


def read_melody(file: Table) -> MelodyTable:
    """Read ``melody/*.toml``."""
    rhythm = file.table("rhythm")
    degrees = file.table("degrees")
    for mode in ("major", "minor"):
        if not degrees.table(mode).data:
            raise file.fail(f"degrees.{mode}", "needs at least one context")
    for name, size in (("simple", 4), ("simple2", 4), ("compound", 6), ("compound2", 6)):
        _check_cells(rhythm, name, size, needed=name == "simple")
    melody = MelodyTable(
        family=file.text("family"),
        rhythm={name: chain(rhythm.table(name)) for name in rhythm.data},
        degrees={mode: chain(degrees.table(mode)) for mode in degrees.data},
        starts={mode: file.table("starts").weights(mode) for mode in file.raw("starts")},
    )
    rhythm.done()
    finish(file, "bar_rhythms", "ends", "intervals", "phrase_beats", "summary")
    return melody


def _check_cells(rhythm: Table, name: str, size: int, *, needed: bool) -> None:
    if not rhythm.has(name) and not needed:
        return
    table = rhythm.table(name)
    weights = {context.split()[0] for context in table.data if context.split()}
    if needed and not {"1", "w"} <= weights:
        raise rhythm.fail(name, 'needs contexts for the beats "1" and "w"')
    for context in table.data:
        for cell in table.weights(context):
            if len(cell) != size or not set(cell) <= set("o-."):
                message = f'"{cell}" is no cell: {size} signs of o, - and . are needed'
                raise table.fail(context, message)

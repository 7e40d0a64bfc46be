"""The table ``[harmony]`` of a style: chains, cadences, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class HarmonyStyle:
    """How a style treats harmony.

    Args:
        table: Progression table, a file in ``progressions/``.
        cadences: Style family in ``cadences.toml``.
        rhythm: Weight by chord length in bars ("0.5", "1", "2"); empty to use the table's.
        colour: Upgrade of plain chords, by their roman suffix: chance of a seventh or ninth, 0–1.
        omit_third: Whether the chords are power chords.
        loop_bars: Bars after which the harmony of a section repeats; 0 for no loop.
        blue_notes: Whether the melody may use blue notes.
    """

    table: str
    cadences: str
    rhythm: Mapping[str, float]
    colour: float
    omit_third: bool
    loop_bars: int
    blue_notes: bool


def read_harmony(table: Table) -> HarmonyStyle:
    """Read ``[harmony]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    harmony = HarmonyStyle(
        table=table.text("table"),
        cadences=table.text("cadences"),
        rhythm=table.weights_of("rhythm", ("0.5", "1", "2")) if table.has("rhythm") else {},
        colour=table.number("colour", 0, 1, 0.0),
        omit_third=table.flag("omit_third", False),
        loop_bars=table.integer("loop_bars", 0, 16, 0),
        blue_notes=table.flag("blue_notes", False),
    )
    table.done()
    return harmony

"""The table ``[melody]`` of a style: how it sings."""

from __future__ import annotations

from dataclasses import dataclass

from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class MelodyStyle:
    """How a style sings.

    Args:
        table: Melody table for pitch, a file in ``melody/``.
        rhythm: Melody table for rhythm; the same if not given.
        density: Preferred notes a bar in the middle of the energy range.
        syncopation: 0 (on the beat) to 1 (as syncopated as the table has it, and more).
        leap: How freely it leaps, 0–1.
        rest: Share of a phrase left open for breath and reply, 0–0.5.
        chromatic: Chance of a chromatic approach before a chord tone, 0–1.
        motif_bars: Length of a motif in bars, 1 or 2.
    """

    table: str
    rhythm: str
    density: float
    syncopation: float
    leap: float
    rest: float
    chromatic: float
    motif_bars: int


def read_melody_style(table: Table) -> MelodyStyle:
    """Read ``[melody]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    melody = MelodyStyle(
        table=table.text("table"),
        rhythm=table.text("rhythm", table.text("table")),
        density=table.number("density", 0.5, 16),
        syncopation=table.number("syncopation", 0, 1),
        leap=table.number("leap", 0, 1),
        rest=table.number("rest", 0, 0.5),
        chromatic=table.number("chromatic", 0, 1, 0.0),
        motif_bars=table.integer("motif_bars", 1, 2, 1),
    )
    table.done()
    return melody

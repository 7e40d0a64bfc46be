"""The table ``[drums]`` of a style: what carries the beat."""

from __future__ import annotations

from dataclasses import dataclass

from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class DrumStyle:
    """How a style drums.

    Args:
        groove: Groove table, a file in ``grooves/``; empty for no drums.
        beats: Names of the beats to choose from; empty for all.
        fills: Whether sections end in fills.
        crash: Whether sections open with a crash.
        pulse: What carries the beat: ``backbeat`` (snare on two and four under a steady hand),
            ``swing`` (the ride's figure) or ``free``.
    """

    groove: str
    beats: tuple[str, ...]
    fills: bool
    crash: bool
    pulse: str


def read_drums(table: Table) -> DrumStyle:
    """Read ``[drums]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    drums = DrumStyle(
        groove=table.text("groove", ""),
        beats=table.texts("beats", ()),
        fills=table.flag("fills", True),
        crash=table.flag("crash", True),
        pulse=table.choice("pulse", ("backbeat", "swing", "free"), "free"),
    )
    table.done()
    return drums

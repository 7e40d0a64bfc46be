"""The table ``[feel]`` of a style: how it is played."""

from __future__ import annotations

from dataclasses import dataclass

from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class FeelStyle:
    """How a style is played.

    Args:
        swing: Place of the off-beat, 0.5–0.75.
        swing_unit: 8 for swung eighths, 16 for swung sixteenths.
        groove: Groove table whose microtiming and velocity the players take over.
        looseness: Scale of the timing deviations.
        bass_delay: How far the bass plays behind the beat, in beats.
        melody_delay: How far the melody plays behind the beat, in beats.
        pedal: Whether keyboards use the sustain pedal.
    """

    swing: float
    swing_unit: int
    groove: str
    looseness: float
    bass_delay: float
    melody_delay: float
    pedal: bool


def read_feel(table: Table) -> FeelStyle:
    """Read ``[feel]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    unit = table.integer("swing_unit", 8, 16, 8)
    if unit not in (8, 16):
        raise table.fail("swing_unit", "must be 8 or 16")
    feel = FeelStyle(
        swing=table.number("swing", 0.5, 0.75, 0.5),
        swing_unit=unit,
        groove=table.text("groove", ""),
        looseness=table.number("looseness", 0, 3, 1.0),
        bass_delay=table.number("bass_delay", -0.1, 0.1, 0.0),
        melody_delay=table.number("melody_delay", -0.1, 0.1, 0.0),
        pedal=table.flag("pedal", True),
    )
    table.done()
    return feel

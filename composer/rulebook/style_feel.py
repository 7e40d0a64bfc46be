"""The table ``[feel]`` of a style: how it is played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import ROLES

LIMB_GROUPS = ("kick", "snare", "hat", "ride", "percussion")
"""Groups of drums that may have a delay of their own."""

ARTICULATION: Mapping[str, float] = {
    "melody": 0.92,
    "counter": 0.95,
    "bass": 0.88,
    "comping": 0.88,
    "figure": 0.9,
    "pad": 1.0,
}
"""Sounding length by written length, by role, where a style says nothing.

Source: measured on Lakh by `compose evaluate`: the share of the inter-onset interval that sounds
has the median 0.85 for melody and bass.
"""


@dataclass(frozen=True, slots=True)
class FeelStyle:
    """How a style is played.

    Args:
        swing: Place of the off-beat, 0.5–0.75.
        swing_unit: 8 for swung eighths, 16 for swung sixteenths.
        groove: Groove table whose microtiming and velocity the players take over.
        looseness: Scale of the timing deviations, 0–3.
        uneven: Scale of the deviations of velocity, 0–3.
        delays: How far behind the beat, in beats (-0.1 to 0.1), by role or by group of drums.
        articulation: Sounding share of the written length, 0.2–1.1, by role.
        slurs: How readily winds, strings, voices and leads tie moving lines together, 0–1.
        accents: How much the metre is heard in the velocities of pitched parts, 0–2.
        strum: Quarters between the strings of a strummed chord, 0–0.15.
        roll: Chance that a long chord of piano or harp is rolled, 0–1.
        bends: How readily lines scoop, fall and bend, 0–1.
        vibrato: Depth of the vibrato of long notes, 0–1.
        crescendo: How far the last bars before a louder section swell, 0–1.
        swells: Depth of the hairpins of held sounds (controller 11), 0–1.
        ritardando: How far the end slows, 0 (not at all) to 1.
        pedal: Whether keyboards use the sustain pedal.
    """

    swing: float
    swing_unit: int
    groove: str
    looseness: float
    uneven: float
    delays: Mapping[str, float]
    articulation: Mapping[str, float]
    slurs: float
    accents: float
    strum: float
    roll: float
    bends: float
    vibrato: float
    crescendo: float
    swells: float
    ritardando: float
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
        uneven=table.number("uneven", 0, 3, 1.0),
        delays=_delays(table),
        articulation={
            **ARTICULATION,
            **_numbers(table, "articulation", tuple(ARTICULATION), 0.2, 1.1),
        },
        slurs=table.number("slurs", 0, 1, 0.5),
        accents=table.number("accents", 0, 2, 0.5),
        strum=table.number("strum", 0, 0.15, 0.018),
        roll=table.number("roll", 0, 1, 0.0),
        bends=table.number("bends", 0, 1, 0.1),
        vibrato=table.number("vibrato", 0, 1, 0.4),
        crescendo=table.number("crescendo", 0, 1, 0.5),
        swells=table.number("swells", 0, 1, 0.5),
        ritardando=table.number("ritardando", 0, 1, 0.0),
        pedal=table.flag("pedal", True),
    )
    table.done()
    return feel


def _delays(table: Table) -> dict[str, float]:
    """``delays``, with ``bass_delay`` and ``melody_delay`` as their short forms."""
    delays = _numbers(table, "delays", (*ROLES, *LIMB_GROUPS), -0.1, 0.1)
    for role in ("bass", "melody"):
        key = f"{role}_delay"
        if table.has(key) and role in delays:
            raise table.fail(key, f"is said by delays.{role} too; keep one of them")
        delay = table.number(key, -0.1, 0.1, 0.0)
        delays.setdefault(role, delay)
    return delays


def _numbers(
    table: Table, key: str, known: Iterable[str], low: float, high: float
) -> dict[str, float]:
    """A table of numbers in a closed range; names that are not known are refused."""
    own = table.table(key, {})
    found = {name: own.number(name, low, high) for name in known if own.has(name)}
    unknown = [name for name in own.data if name not in found]
    if unknown:
        raise own.fail(unknown[0], f"is not known; must be one of {', '.join(known)}")
    return found

"""The table ``[drums]`` of a style: what carries the beat, and who strikes what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.grooves import PULSES, DrumBar, read_beat
from composer.rulebook.percussion import INSTRUMENTS
from composer.rulebook.reader import Table

_PERIODS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class DrumStyle:
    """How a style drums.

    Args:
        groove: Groove table, a file in ``grooves/``; empty for no drums.
        beats: Names of the beats to choose from; empty for all.
        own: Beats of the style's own.
        fills: Whether sections end in fills.
        crash: Whether sections open with a crash.
        pulse: What carries the beat, one of `composer.rulebook.grooves.PULSES`.
        period: Bars after which the beat is varied, 1, 2, 4 or 8.
        ghosts: Chance of a ghost note beside a backbeat, 0–1.
        flams: Chance that an accent of a fill is a flam, 0–1.
        rolls: Chance that a beat's hi-hat rolls, 0–1.
        open_hats: Chance that the hi-hat opens at the end of every other bar, 0–1.
        ride_from: Energy from which the hand may move to the ride, 0–1.
        bell_from: Energy from which its accents are on the bell, 0–1; 1 is never.
        rim_below: Energy below which the backbeat is a cross-stick, 0–1; 0 is never.
        toms_from: Weight of a fill from which it may use the toms, 0–1.
        percussion: Chance of each instrument of a second player, 0–1.
        percussion_from: Energy from which that player plays, 0–1.
    """

    groove: str
    beats: tuple[str, ...]
    own: tuple[DrumBar, ...]
    fills: bool
    crash: bool
    pulse: str
    period: int
    ghosts: float
    flams: float
    rolls: float
    open_hats: float
    ride_from: float
    bell_from: float
    rim_below: float
    toms_from: float
    percussion: Mapping[str, float]
    percussion_from: float


def read_drums(table: Table) -> DrumStyle:
    """Read ``[drums]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    period = table.integer("period", 1, 8, 4)
    if period not in _PERIODS:
        raise table.fail("period", "must be 1, 2, 4 or 8")
    hands = table.table("percussion", {})
    for name in hands.data:
        if name not in INSTRUMENTS:
            raise hands.fail(name, f"is no percussion; must be one of {', '.join(INSTRUMENTS)}")
    drums = DrumStyle(
        groove=table.text("groove", ""),
        beats=table.texts("beats", ()),
        own=tuple(read_beat(own, "4/4") for own in table.tables("own", ())),
        fills=table.flag("fills", True),
        crash=table.flag("crash", True),
        pulse=table.choice("pulse", PULSES, "free"),
        period=period,
        ghosts=table.number("ghosts", 0, 1, 0.0),
        flams=table.number("flams", 0, 1, 0.0),
        rolls=table.number("rolls", 0, 1, 0.0),
        open_hats=table.number("open_hats", 0, 1, 0.0),
        ride_from=table.number("ride_from", 0, 1, 0.72),
        bell_from=table.number("bell_from", 0, 1, 1.0),
        rim_below=table.number("rim_below", 0, 1, 0.0),
        toms_from=table.number("toms_from", 0, 1, 0.4),
        percussion={name: hands.number(name, 0, 1) for name in hands.data},
        percussion_from=table.number("percussion_from", 0, 1, 0.3),
    )
    table.done()
    return drums

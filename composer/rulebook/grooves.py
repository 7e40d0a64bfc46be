"""Reader of ``grooves/*.toml``: beats, fills and feel, learned from drummers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.figures import parse_bars
from composer.rulebook.learned import finish
from composer.rulebook.reader import Table

LIMBS = (
    "kick",
    "snare",
    "rim",
    "hat",
    "open_hat",
    "pedal_hat",
    "ride",
    "crash",
    "tom_low",
    "tom_mid",
    "tom_high",
)


@dataclass(frozen=True, slots=True)
class DrumBar:
    """A bar of a beat, or a fill.

    Args:
        name: Its name.
        energy: 0–1 within its family.
        count: How often bars like it were played.
        rows: Cells by limb.
    """

    name: str
    energy: float
    count: float
    rows: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Groove:
    """How a family of drummers plays.

    Args:
        family: Name.
        offset: Mean deviation in beats by limb and sixteenth of a 4/4 bar, late is positive.
        velocity: Mean velocity by limb and sixteenth.
        velocity_sd: Its standard deviation, over all limbs.
        beats: Bars, by rising energy.
        fills: Fills by length in beats.
    """

    family: str
    offset: Mapping[str, tuple[float, ...]]
    velocity: Mapping[str, tuple[float, ...]]
    velocity_sd: float
    beats: tuple[DrumBar, ...]
    fills: Mapping[int, tuple[DrumBar, ...]]


def _drum_bar(table: Table) -> DrumBar:
    rows = {}
    for limb in LIMBS:
        if not table.has(limb):
            continue
        try:
            bars = parse_bars(table.text(limb))
        except ValueError as error:
            raise table.fail(limb, str(error)) from error
        if len(bars) != 1 or not set("".join(bars[0])) <= set("Xxg."):
            raise table.fail(limb, "must be one bar of the signs X, x, g and .")
        rows[limb] = bars[0]
    if not rows or len({len(cells) for cells in rows.values()}) != 1:
        raise table.fail("", f"needs rows of equal length for some of {', '.join(LIMBS)}")
    bar = DrumBar(
        table.text("name"), table.number("energy", 0, 1), table.number("count", 0, 1e9, 1), rows
    )
    table.raw("beats", None)
    table.done()
    return bar


def read_groove(file: Table) -> Groove:
    """Read ``grooves/*.toml``."""
    feel = file.table("feel")

    def rows(key: str) -> dict[str, tuple[float, ...]]:
        table = feel.table(key, {})
        return {limb: table.numbers(limb, 16) for limb in table.data}

    fills: dict[int, list[DrumBar]] = {}
    for table in file.tables("fills", ()):
        bar = _drum_bar(table)
        fills.setdefault(len(next(iter(bar.rows.values()))), []).append(bar)
    beats = sorted((_drum_bar(table) for table in file.tables("beats")), key=lambda b: b.energy)
    if not beats:
        raise file.fail("beats", "needs at least one beat")
    groove = Groove(
        family=file.text("family"),
        offset=rows("offset"),
        velocity=rows("velocity"),
        velocity_sd=feel.number("velocity_sd", 0, 64, 0.0),
        beats=tuple(beats),
        fills={n: tuple(sorted(bars, key=lambda b: b.energy)) for n, bars in fills.items()},
    )
    feel.number("swing", 0.5, 0.75, 0.5)
    for key in ("swing_unit", "timing_sd_beats", "offset_sd", "velocity_sd_steps"):
        feel.raw(key, None)
    feel.done()
    finish(file)
    return groove

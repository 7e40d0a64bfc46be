"""Readers of ``grooves/*.toml`` and ``pulses/*.toml``: beats, fills and the feel of drummers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from composer.errors import nearest
from composer.rulebook.figures import parse_bars
from composer.rulebook.learned import finish
from composer.rulebook.reader import Table
from composer.theory.meter import COUNTED_METERS, parse_meter

KEYS = {
    "kick": 36,
    "snare": 38,
    "rim": 37,
    "hat": 42,
    "open_hat": 46,
    "pedal_hat": 44,
    "ride": 51,
    "bell": 53,
    "crash": 49,
    "splash": 55,
    "china": 52,
    "tom_floor": 41,
    "tom_low": 43,
    "tom_mid": 47,
    "tom_high": 50,
    "clap": 39,
    "sweep": 40,
}
"""General MIDI percussion key of each limb of a row.

Source: General MIDI System Level 1, Percussion Key Map (1991); 40 is the swirl of a brush kit.
"""
LIMBS = tuple(KEYS)
PULSES = (
    "free",
    "backbeat",
    "swing",
    "shuffle",
    "four-on-the-floor",
    "one-drop",
    "steppers",
    "train",
    "breakbeat",
    "half-time",
    "bossa",
    "samba",
    "latin",
    "waltz",
    "folk",
    "march",
    "trap",
    "blast",
)
SIGNS = "Xxgrtf."
# Limb whose feel a key takes over: tables are learned for these eleven.
_FELT = {
    "kick": (35, 36),
    "snare": (38, 40),
    "rim": (37,),
    "hat": (42,),
    "open_hat": (46,),
    "pedal_hat": (44,),
    "ride": (51, 53, 59),
    "crash": (49, 52, 55, 57),
    "tom_low": (41, 43),
    "tom_mid": (45, 47),
    "tom_high": (48, 50),
}
_LIMB_OF = {key: limb for limb, keys in _FELT.items() for key in keys}
_THOUSANDTH = 1000
_Rows = dict[str, tuple[float, ...]]


def limb_of(key: int) -> str:
    """The limb of the feel tables that a General MIDI percussion key belongs to.

    >>> limb_of(53), limb_of(70)
    ('ride', 'percussion')
    """
    return _LIMB_OF.get(key, "percussion")


@dataclass(frozen=True, slots=True)
class DrumBar:
    """A bar of a beat, or a fill.

    Args:
        name: Its name.
        energy: 0–1 within its family.
        count: How often bars like it were played.
        rows: Cells by limb.
        meter: The meter it is for, as counted; empty for one that is fitted to any.
        pulse: What carries it; empty where nobody says.
    """

    name: str
    energy: float
    count: float
    rows: Mapping[str, tuple[str, ...]]
    meter: str = ""
    pulse: str = ""


@dataclass(frozen=True, slots=True)
class Feel:
    """How one drummer plays.

    Args:
        offset: Mean deviation in beats by limb and sixteenth of a 4/4 bar, late is positive.
        velocity: Mean velocity by limb and sixteenth.
        weight: How much of it was heard, in bars.
    """

    offset: Mapping[str, tuple[float, ...]]
    velocity: Mapping[str, tuple[float, ...]]
    weight: float


@dataclass(frozen=True, slots=True)
class Groove:
    """How a family of drummers plays.

    Args:
        family: Name.
        pulse: What carries its beats, for the meters that it has none for.
        offset: Mean deviation in beats by limb and sixteenth of a 4/4 bar, late is positive.
        velocity: Mean velocity by limb and sixteenth.
        velocity_sd: Its standard deviation, over all limbs.
        feels: Feels of single drummers, of which a piece draws one.
        beats: Bars, by rising energy.
        fills: Fills by length in beats.
    """

    family: str
    pulse: str
    offset: Mapping[str, tuple[float, ...]]
    velocity: Mapping[str, tuple[float, ...]]
    velocity_sd: float
    feels: tuple[Feel, ...]
    beats: tuple[DrumBar, ...]
    fills: Mapping[int, tuple[DrumBar, ...]]

    def drawn(self, share: float) -> Groove:
        """The groove with the feel of one of its drummers; itself where none is told apart.

        Limbs that a drummer hardly played keep the family's feel.

        Args:
            share: Which one: a number from 0 up to 1, drawn by the piece.
        """
        target = share * sum(feel.weight for feel in self.feels)
        for feel in self.feels:
            target -= feel.weight
            if target < 0:
                return replace(
                    self,
                    offset={**self.offset, **feel.offset},
                    velocity={**self.velocity, **feel.velocity},
                )
        return self


def read_beat(table: Table, meter: str = "") -> DrumBar:
    """Read a bar of drums: a name, an energy and a row of cells a limb.

    Args:
        table: One of ``[[beats]]``, ``[[fills]]`` or ``[[drums.own]]``.
        meter: The meter where the table names none; empty for one that is fitted to any.

    Raises:
        RuleError: If a row is no bar, is of another length than the rest, or than its meter.
    """
    rows = {}
    for limb in LIMBS:
        if not table.text(limb, ""):
            continue
        try:
            bars = parse_bars(table.text(limb))
        except ValueError as error:
            raise table.fail(limb, str(error)) from error
        if len(bars) != 1 or not set("".join(bars[0])) <= set(SIGNS):
            raise table.fail(limb, "must be one bar of the signs X, x, g, r, t, f and .")
        rows[limb] = bars[0]
    if not rows or len({tuple(map(len, cells)) for cells in rows.values()}) != 1:
        raise table.fail("", f"needs rows of equal length for some of {', '.join(LIMBS)}")
    asked = table.text("meter", meter)
    if asked:
        table.choice("meter", COUNTED_METERS, meter)
        widths = tuple(2 * eighths for eighths in parse_meter(asked).beats)
        if tuple(map(len, next(iter(rows.values())))) != widths:
            signs = " and ".join(map(str, widths))
            raise table.fail("meter", f"a bar of {asked} has cells of {signs} signs")
    bar = DrumBar(
        name=table.text("name"),
        energy=table.number("energy", 0, 1),
        count=table.number("count", 0, 1e9, 1),
        rows=rows,
        meter=asked,
        pulse=table.choice("pulse", (*PULSES, ""), ""),
    )
    table.raw("beats", None)
    table.done()
    return bar


def read_pulses(file: Table, meter: str) -> tuple[DrumBar, ...]:
    """Read ``pulses/*.toml``: the beats of one meter by what carries them."""
    beats = tuple(read_beat(table, meter) for table in file.tables("beats"))
    finish(file)
    return beats


def _read_feel(table: Table, scale: float) -> tuple[_Rows, _Rows]:
    """The rows of offset and velocity of a table; offsets in units of 1/`scale` beats."""
    offset, velocity = table.table("offset", {}), table.table("velocity", {})
    for rows in (offset, velocity):
        for limb in rows.data:
            if limb not in LIMBS:
                raise rows.fail(limb, f"is no limb; {nearest(limb, LIMBS)}")
    return (
        {limb: tuple(v / scale for v in offset.numbers(limb, 16)) for limb in offset.data},
        {limb: velocity.numbers(limb, 16) for limb in velocity.data},
    )


def read_groove(file: Table) -> Groove:
    """Read ``grooves/*.toml``."""
    feel = file.table("feel")
    offset, velocity = _read_feel(feel, 1)
    feels = []
    for table in file.tables("feels", ()):
        table.text("drummer")
        rows = _read_feel(table, _THOUSANDTH)
        feels.append(Feel(rows[0], rows[1], weight=table.number("bars", 0, 1e9)))
        table.done()
    fills: dict[int, list[DrumBar]] = {}
    for table in file.tables("fills", ()):
        bar = read_beat(table)
        fills.setdefault(len(next(iter(bar.rows.values()))), []).append(bar)
    beats = sorted((read_beat(table) for table in file.tables("beats")), key=lambda b: b.energy)
    if not beats:
        raise file.fail("beats", "needs at least one beat")
    groove = Groove(
        family=file.text("family"),
        pulse=file.choice("pulse", PULSES, "backbeat"),
        offset=offset,
        velocity=velocity,
        velocity_sd=feel.number("velocity_sd", 0, 64, 0.0),
        feels=tuple(feels),
        beats=tuple(beats),
        fills={n: tuple(sorted(bars, key=lambda b: b.energy)) for n, bars in fills.items()},
    )
    feel.number("swing", 0.5, 0.75, 0.5)
    for key in ("swing_unit", "timing_sd_beats", "offset_sd", "velocity_sd_steps"):
        feel.raw(key, None)
    feel.done()
    finish(file)
    return groove

"""Reader of ``percussion.toml``: what a second player strikes beside the kit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.figures import parse_bars
from composer.rulebook.grooves import PULSES
from composer.rulebook.learned import finish
from composer.rulebook.reader import Table

PERCUSSION = {
    "clap": 39,
    "tambourine": 54,
    "cowbell": 56,
    "bongo_high": 60,
    "bongo_low": 61,
    "conga_mute": 62,
    "conga_open": 63,
    "conga_low": 64,
    "timbale_high": 65,
    "timbale_low": 66,
    "agogo_high": 67,
    "agogo_low": 68,
    "cabasa": 69,
    "maracas": 70,
    "guiro_short": 73,
    "guiro_long": 74,
    "claves": 75,
    "woodblock_high": 76,
    "woodblock_low": 77,
    "triangle_mute": 80,
    "triangle_open": 81,
}
"""General MIDI keys of hand percussion, by the names of the rows.

Source: General MIDI System Level 1, Percussion Key Map (1991).
"""
INSTRUMENTS = (
    "shaker",
    "tambourine",
    "cabasa",
    "claps",
    "cowbell",
    "claves",
    "guiro",
    "triangle",
    "agogo",
    "woodblock",
    "congas",
    "bongos",
    "timbales",
    "surdo",
    "pandeiro",
)


@dataclass(frozen=True, slots=True)
class PercussionBar:
    """A bar of an instrument.

    Args:
        energy: 0–1.
        pulses: What must carry the beat; empty for any.
        rows: Cells by name of the key.
    """

    energy: float
    pulses: tuple[str, ...]
    rows: Mapping[str, tuple[str, ...]]

    @property
    def compound(self) -> bool:
        """Whether its beats are dotted quarters."""
        return len(next(iter(self.rows.values()))[0]) == 6


@dataclass(frozen=True, slots=True)
class HandInstrument:
    """An instrument of hand percussion.

    Args:
        hands: How many hands it takes, 1 or 2.
        level: What an accent is worth.
        bars: What is played on it.
    """

    hands: int
    level: float
    bars: tuple[PercussionBar, ...]


def read_percussion(file: Table) -> dict[str, HandInstrument]:
    """Read ``percussion.toml``.

    Raises:
        RuleError: If a key is missing, unknown or out of range, or an instrument has no pattern.
    """
    bars: dict[str, list[PercussionBar]] = {name: [] for name in INSTRUMENTS}
    for table in file.tables("patterns"):
        bars[table.choice("instrument", INSTRUMENTS)].append(_bar(table))
    found = {}
    for name, table in file.table("instruments").items():
        if name not in bars:
            raise file.fail(f"instruments.{name}", f"must be one of {', '.join(INSTRUMENTS)}")
        if not {False, True} <= {bar.compound for bar in bars[name]}:
            raise file.fail("patterns", f"needs simple and compound beats for {name}")
        hands, level = table.integer("hands", 1, 2), table.number("level", 0, 1.2)
        found[name] = HandInstrument(hands, level, tuple(bars[name]))
        table.done()
    finish(file)
    return found


def _bar(table: Table) -> PercussionBar:
    rows = {}
    for name in PERCUSSION:
        if not table.has(name):
            continue
        try:
            bars = parse_bars(table.text(name))
        except ValueError as error:
            raise table.fail(name, str(error)) from error
        if len(bars) != 1 or not set("".join(bars[0])) <= set("Xxg."):
            raise table.fail(name, "must be one bar of the signs X, x, g and .")
        rows[name] = bars[0]
    if not rows or len({tuple(map(len, cells)) for cells in rows.values()}) != 1:
        raise table.fail("", f"needs rows of equal length for some of {', '.join(PERCUSSION)}")
    pulses = table.texts("pulses", ())
    for pulse in pulses:
        if pulse not in PULSES:
            raise table.fail("pulses", f'"{pulse}" must be one of {", ".join(PULSES)}')
    bar = PercussionBar(table.number("energy", 0, 1), pulses, rows)
    table.done()
    return bar

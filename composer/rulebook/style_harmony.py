"""The table ``[harmony]`` of a style, and its ``[[loops]]``: chains, cadences, colours, devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.errors import nearest
from composer.rulebook.reader import Table

DEVICES = (
    "secondary-dominant",
    "tritone",
    "borrowed",
    "mediant",
    "pedal",
    "line-cliche",
    "passing-diminished",
    "inversion",
    "suspension",
    "altered",
    "turnaround",
    "picardy",
)
MODULATIONS = (
    "none",
    "step-up",
    "half-step-up",
    "minor-third-up",
    "relative",
    "dominant",
    "subdominant",
    "parallel",
)
RHYTHMS = ("0.25", "0.5", "1", "2", "4")
COLOURS = ("7", "9", "11", "13", "6", "69", "add9", "sus2", "sus4")
LONGEST_LOOP = 16
_COLOURS = {"7": 3.0, "add9": 1.0, "9": 1.0}


@dataclass(frozen=True, slots=True)
class Loop:
    """Chords that go round and round under a section.

    Args:
        bars: The numerals of each bar.
        mode: A scale, or ``major`` or ``minor`` for every scale that holds all its chords.
        sections: Kinds of section that it may serve; empty for all.
        weight: How often, beside the other loops.
    """

    bars: tuple[tuple[str, ...], ...]
    mode: str
    sections: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class HarmonyStyle:
    """How a style treats harmony. Chances are 0–1, weights relative.

    Args:
        table: Progression table, a file in ``progressions/``.
        cadences: Style family in ``cadences.toml``.
        rhythm: Weight by chord length in bars, one of `RHYTHMS` ("0.25" is a chord a beat);
            empty to use the table's.
        colour: Chance that a plain chord gets a seventh, ninth …
        colours: Weight by what it gets, of `COLOURS`.
        dominant: Chance that a plain major chord on 1, 4 or 5 becomes a dominant seventh.
        omit_third: Whether the chords are power chords.
        loop_bars: Bars after which the harmony of a section repeats; 0 for no loop.
        blue_notes: Whether the melody may use blue notes.
        modulation: Weight by how a piece changes its key, of `MODULATIONS`.
        devices: Chance by device that a phrase uses it, of `DEVICES`.
        loop_chance: Chance that a section's chords are one of the loops.
        loop_shared: Chance that all sections of a piece go over the same loop, where it may.
        loops: The loops.
    """

    table: str
    cadences: str
    rhythm: Mapping[str, float]
    colour: float
    colours: Mapping[str, float]
    dominant: float
    omit_third: bool
    loop_bars: int
    blue_notes: bool
    modulation: Mapping[str, float]
    devices: Mapping[str, float]
    loop_chance: float
    loop_shared: float
    loops: tuple[Loop, ...]


def read_harmony(table: Table, loops: tuple[Loop, ...] = ()) -> HarmonyStyle:
    """Read ``[harmony]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    harmony = HarmonyStyle(
        table=table.text("table"),
        cadences=table.text("cadences"),
        rhythm=table.weights_of("rhythm", RHYTHMS) if table.has("rhythm") else {},
        colour=table.number("colour", 0, 1, 0.0),
        colours=table.weights_of("colours", COLOURS, _COLOURS),
        dominant=table.number("dominant", 0, 1, 0.0),
        omit_third=table.flag("omit_third", False),
        loop_bars=table.integer("loop_bars", 0, LONGEST_LOOP, 0),
        blue_notes=table.flag("blue_notes", False),
        modulation=table.weights_of("modulation", MODULATIONS, {"none": 1.0}),
        devices=_devices(table.table("devices", {})),
        loop_chance=table.number("loop_chance", 0, 1, 0.0),
        loop_shared=table.number("loop_shared", 0, 1, 0.3),
        loops=loops,
    )
    if harmony.loop_chance > 0 and not loops:
        raise table.fail("loop_chance", "needs [[loops]] to choose from")
    table.done()
    return harmony


def _devices(table: Table) -> dict[str, float]:
    for name in table.data:
        if name not in DEVICES:
            raise table.fail(name, f"is no device; {nearest(name, DEVICES)}")
    return {name: table.number(name, 0, 1) for name in table.data}


def read_loop(table: Table) -> Loop:
    """Read one entry of ``[[loops]]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range, or the loop is too long.
    """
    text = table.text("chords").strip().strip("|")
    bars: list[tuple[str, ...]] = []
    for number, bar in enumerate(text.split("|"), start=1):
        symbols = tuple(bar.split())
        if symbols == ("%",) and bars:
            symbols = bars[-1]
        if not symbols or "%" in symbols:
            raise table.fail("chords", f"bar {number} holds no chord")
        bars.append(symbols)
    if len(bars) > LONGEST_LOOP:
        raise table.fail("chords", f"must be at most {LONGEST_LOOP} bars long, not {len(bars)}")
    loop = Loop(
        bars=tuple(bars),
        mode=table.text("mode", _mode(bars[0][0])),
        sections=table.texts("sections", ()),
        weight=table.number("weight", 0, 1000, 1.0),
    )
    table.done()
    return loop


def _mode(first: str) -> str:
    """The mode of a loop that does not say it: that of its first chord."""
    return "minor" if first.lstrip("b#")[:1].islower() else "major"

"""The tables ``[[parts]]`` and ``[[figures]]`` of a style: who plays, and in what rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.figures import parse_bars
from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import ROLES

CHORDAL_ROLES = ("comping", "pad", "figure")
LEAST_POLYPHONY = 3  # notes at once that a chordal role needs: root or fifth, third, seventh
_BASS_SIGNS = "R r 3 5 8 a w"
_CHORD_SIGNS = "X x u b 1 2 3 4 5 6"


@dataclass(frozen=True, slots=True)
class Figure:
    """A rhythm for a part.

    Args:
        role: Which role plays it.
        bars: Bars of cells (see `composer.rulebook.figures`).
        low: Lowest energy it suits.
        high: Highest energy it suits.
        weight: Relative frequency.
    """

    role: str
    bars: tuple[tuple[str, ...], ...]
    low: float
    high: float
    weight: float


@dataclass(frozen=True, slots=True)
class StylePart:
    """A part that the style's arrangement may have.

    Args:
        name: Track name.
        role: Its role.
        instruments: Weight by instrument.
        chance: Probability that a piece has it.
        from_energy: It plays where the energy is at least this.
        sections: Kinds of section it plays in; empty for all.
        gain_db: Level in the mix.
        pan: -1 (left) to 1 (right).
        velocity: Written velocity at full accent in the middle of the energy range.
        low: Lowest pitch it uses.
        high: Highest pitch it uses.
        voices: Number of voices of a chordal part.
        doubles: How a counter part relates to the melody: ``thirds``, ``octave`` or ``own``.
    """

    name: str
    role: str
    instruments: Mapping[str, float]
    chance: float
    from_energy: float
    sections: tuple[str, ...]
    gain_db: float
    pan: float
    velocity: int
    low: int
    high: int
    voices: int
    doubles: str


def read_part(table: Table) -> StylePart:
    """Read one of ``[[parts]]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    role = table.choice("role", ROLES)
    low, high = table.span("range", 0, 127, (0, 127))
    part = StylePart(
        name=table.text("name"),
        role=role,
        instruments=table.weights("instruments"),
        chance=table.number("chance", 0, 1, 1.0),
        from_energy=table.number("from_energy", 0, 1, 0.0),
        sections=table.texts("sections", ()),
        gain_db=table.number("gain_db", -30, 12, 0.0),
        pan=table.number("pan", -1, 1, 0.0),
        velocity=table.integer("velocity", 1, 127, 84),
        low=int(low),
        high=int(high),
        voices=table.integer("voices", 2, 6, 4),
        doubles=table.choice("doubles", ("thirds", "octave", "own"), "own"),
    )
    table.done()
    return part


def read_figure(table: Table) -> Figure:
    """Read one of ``[[figures]]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    role = table.choice("role", (*CHORDAL_ROLES, "bass"))
    pattern = table.text("pattern")
    try:
        bars = parse_bars(pattern)
    except ValueError as error:
        raise table.fail("pattern", str(error)) from error
    signs = _BASS_SIGNS if role == "bass" else _CHORD_SIGNS
    for sign in set("".join("".join(bar) for bar in bars)) - {".", "-"}:
        if sign not in signs.split():
            raise table.fail("pattern", f'"{sign}" is no sign for {role}; known: {signs} - .')
    low, high = table.span("energy", 0, 1, (0.0, 1.0))
    figure = Figure(role, bars, low, high, table.number("weight", 0, 1000, 1.0))
    table.done()
    return figure

"""The tables ``[[parts]]`` and ``[[figures]]`` of a style: who plays, and in what rhythms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from composer.rulebook.figures import parse_bars
from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import FAMILIES, ROLES
from composer.theory.meter import METERS

CHORDAL_ROLES = ("comping", "pad", "figure")
LEAST_POLYPHONY = 3  # notes at once that a chordal role needs: root or fifth, third, seventh
VOICINGS = (
    "free", "close", "open", "drop-2", "drop-3", "spread", "quartal", "rootless", "shell",
    "power", "guitar", "hands", "section",
)  # fmt: skip
"""Ways to lay a chord out; `composer.writing.voicing_kinds` says what each is."""

_BASS_SIGNS = "R r 2 3 4 5 6 7 8 o a c d w n g p t"
_INNER_SIGNS = "X x n > <"  # of counter parts that take an inner voice
DOUBLINGS = ("thirds", "octave", "own", "inner")
"""The tune in thirds or at the octave, a line of its own, or an inner voice of the harmony."""
_CHORD_SIGNS = "X x u b 1 2 3 4 5 6 B h i o D d U m s r n > <"


@dataclass(frozen=True, slots=True)
class Figure:
    """A rhythm for a part.

    Args:
        role: Which role plays it.
        bars: Bars of cells (see `composer.rulebook.figures`).
        low: Lowest energy it suits.
        high: Highest energy it suits.
        weight: Relative frequency.
        meters: Names of the meters that it is for; empty for any.
        sections: Kinds of section that it is for; empty for any.
        parts: Names of the style's parts that play it; empty for all of the role.
        families: Families of instruments that play it; empty for all.
        lock: Whether a bass strikes it where the kick drum does.
    """

    role: str
    bars: tuple[tuple[str, ...], ...]
    low: float
    high: float
    weight: float
    meters: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    lock: bool = False


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
        doubles: How a counter part relates to the others, of `DOUBLINGS`.
        voicing: Weight by way to lay chords out, of `VOICINGS`; empty where the instrument says.
        octaves: Whether single notes of a chordal part or a bass are doubled an octave above.
        follows: Name of the part of the same role whose figures it plays, as a guitar that is
            recorded twice; empty for figures of its own.
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
    voicing: Mapping[str, float] = field(default_factory=dict)
    octaves: bool = False
    follows: str = ""


def read_part(table: Table) -> StylePart:
    """Read one of ``[[parts]]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    role = table.choice("role", ROLES)
    low, high = table.span("range", 0, 127, (0, 127))
    for key in ("voicing", "octaves", "follows"):
        if table.has(key) and role not in (*CHORDAL_ROLES, "bass"):
            raise table.fail(key, f"means nothing for the role {role}")
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
        doubles=table.choice("doubles", DOUBLINGS, "own"),
        voicing=table.weights_of("voicing", VOICINGS) if table.has("voicing") else {},
        octaves=table.flag("octaves", False),
        follows=table.text("follows", ""),
    )
    if part.voicing and role == "bass":
        raise table.fail("voicing", "means nothing for the role bass")
    table.done()
    return part


def read_figure(table: Table) -> Figure:
    """Read one of ``[[figures]]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    role = table.choice("role", (*CHORDAL_ROLES, "bass", "counter"))
    low, high = table.span("energy", 0, 1, (0.0, 1.0))
    figure = Figure(
        role=role,
        bars=_read_bars(table, role),
        low=low,
        high=high,
        weight=table.number("weight", 0, 1000, 1.0),
        meters=_some_of(table, "meters", METERS),
        sections=table.texts("sections", ()),
        parts=table.texts("parts", ()),
        families=_some_of(table, "families", FAMILIES),
        lock=table.flag("lock", False),
    )
    if figure.lock and role != "bass":
        raise table.fail("lock", "is for figures of the bass")
    table.done()
    return figure


def _read_bars(table: Table, role: str) -> tuple[tuple[str, ...], ...]:
    pattern = table.text("pattern")
    try:
        bars = parse_bars(pattern)
    except ValueError as error:
        raise table.fail("pattern", str(error)) from error
    signs = {"bass": _BASS_SIGNS, "counter": _INNER_SIGNS}.get(role, _CHORD_SIGNS)
    for sign in sorted(set("".join("".join(bar) for bar in bars)) - {".", "-"}):
        if sign not in signs.split():
            raise table.fail("pattern", f'"{sign}" is no sign for {role}; known: {signs} - .')
    return bars


def _some_of(table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = table.texts(key, ())
    for name in names:
        if name not in known:
            raise table.fail(key, f'"{name}" is unknown; must be among {", ".join(known)}')
    return names

"""Reader of ``styles/*.toml``: everything that makes a style, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.figures import parse_bars
from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import ROLES
from composer.theory.meter import METERS

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


@dataclass(frozen=True, slots=True)
class HarmonyStyle:
    """How a style treats harmony.

    Args:
        table: Progression table, a file in ``progressions/``.
        cadences: Style family in ``cadences.toml``.
        rhythm: Weight by chord length in bars ("0.5", "1", "2"); empty to use the table's.
        colour: Upgrade of plain chords, by their roman suffix: chance of a seventh or ninth, 0–1.
        omit_third: Whether the chords are power chords.
        loop_bars: Bars after which the harmony of a section repeats; 0 for no loop.
        blue_notes: Whether the melody may use blue notes.
    """

    table: str
    cadences: str
    rhythm: Mapping[str, float]
    colour: float
    omit_third: bool
    loop_bars: int
    blue_notes: bool


@dataclass(frozen=True, slots=True)
class MelodyStyle:
    """How a style sings.

    Args:
        table: Melody table for pitch, a file in ``melody/``.
        rhythm: Melody table for rhythm; the same if not given.
        density: Preferred notes a bar in the middle of the energy range.
        syncopation: 0 (on the beat) to 1 (as syncopated as the table has it, and more).
        leap: How freely it leaps, 0–1.
        rest: Share of a phrase left open for breath and reply, 0–0.5.
        chromatic: Chance of a chromatic approach before a chord tone, 0–1.
        motif_bars: Length of a motif in bars, 1 or 2.
    """

    table: str
    rhythm: str
    density: float
    syncopation: float
    leap: float
    rest: float
    chromatic: float
    motif_bars: int


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


@dataclass(frozen=True, slots=True)
class Style:
    """A style.

    Its ``model_roles`` are the roles whose parts the hybrid writer leaves to the model.
    """

    name: str
    title: str
    tempo: tuple[float, float]
    meters: Mapping[str, float]
    modes: Mapping[str, float]
    form: str
    phrase_bars: int
    governed: tuple[str, ...]
    model_roles: tuple[str, ...]
    harmony: HarmonyStyle
    melody: MelodyStyle
    drums: DrumStyle
    feel: FeelStyle
    parts: tuple[StylePart, ...]
    figures: tuple[Figure, ...]


def read_style(file: Table, name: str) -> Style:
    """Read a style.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    file.text("source")
    style = Style(
        name=name,
        title=file.text("title"),
        tempo=file.span("tempo", 20, 400),
        meters=_known(file, "meters", METERS),
        modes=file.weights("modes"),
        form=file.text("form"),
        phrase_bars=file.integer("phrase_bars", 2, 8, 4),
        governed=_roles(file, "governed"),
        model_roles=_roles(file, "model_roles") if file.has("model_roles") else ROLES,
        harmony=_harmony(file.table("harmony")),
        melody=_melody(file.table("melody")),
        drums=_drums(file.table("drums", {})),
        feel=_feel(file.table("feel")),
        parts=tuple(_part(table) for table in file.tables("parts")),
        figures=tuple(_figure(table) for table in file.tables("figures")),
    )
    file.done()
    if not any(part.role == "melody" for part in style.parts):
        raise file.fail("parts", 'needs a part with the role "melody"')
    for part in style.parts:
        needs = part.role in CHORDAL_ROLES or part.role == "bass"
        if needs and not any(figure.role == part.role for figure in style.figures):
            raise file.fail("figures", f'needs a figure with the role "{part.role}"')
    return style


def _known(table: Table, key: str, known: tuple[str, ...]) -> dict[str, float]:
    weights = table.weights(key)
    for name in weights:
        if name not in known:
            raise table.fail(f"{key}.{name}", f"must be one of {', '.join(known)}")
    return weights


def _roles(table: Table, key: str) -> tuple[str, ...]:
    roles = table.texts(key)
    for role in roles:
        if role not in ROLES:
            raise table.fail(key, f'"{role}" is no role; must be one of {", ".join(ROLES)}')
    return roles


def _harmony(table: Table) -> HarmonyStyle:
    harmony = HarmonyStyle(
        table=table.text("table"),
        cadences=table.text("cadences"),
        rhythm=_known(table, "rhythm", ("0.5", "1", "2")) if table.has("rhythm") else {},
        colour=table.number("colour", 0, 1, 0.0),
        omit_third=table.flag("omit_third", False),
        loop_bars=table.integer("loop_bars", 0, 16, 0),
        blue_notes=table.flag("blue_notes", False),
    )
    table.done()
    return harmony


def _melody(table: Table) -> MelodyStyle:
    melody = MelodyStyle(
        table=table.text("table"),
        rhythm=table.text("rhythm", table.text("table")),
        density=table.number("density", 0.5, 16),
        syncopation=table.number("syncopation", 0, 1),
        leap=table.number("leap", 0, 1),
        rest=table.number("rest", 0, 0.5),
        chromatic=table.number("chromatic", 0, 1, 0.0),
        motif_bars=table.integer("motif_bars", 1, 2, 1),
    )
    table.done()
    return melody


def _drums(table: Table) -> DrumStyle:
    drums = DrumStyle(
        groove=table.text("groove", ""),
        beats=table.texts("beats", ()),
        fills=table.flag("fills", True),
        crash=table.flag("crash", True),
        pulse=table.choice("pulse", ("backbeat", "swing", "free"), "free"),
    )
    table.done()
    return drums


def _feel(table: Table) -> FeelStyle:
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


def _part(table: Table) -> StylePart:
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


def _figure(table: Table) -> Figure:
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

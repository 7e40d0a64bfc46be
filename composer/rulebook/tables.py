"""Readers of what was learned from corpora: progressions, melodies and grooves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.figures import parse_bars
from composer.rulebook.reader import Table

Counts = Mapping[str, float]
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
class Progressions:
    """Chord chains of a style family.

    Args:
        family: Name of the family.
        unigrams: Counts of chords by mode.
        order1: Successors by mode and chord.
        order2: Successors by (mode, section kind or ``any``) and "before-last last".
        rhythm: Share of chords by length in bars, by section kind or ``any``.
    """

    family: str
    unigrams: Mapping[str, Counts]
    order1: Mapping[str, Mapping[str, Counts]]
    order2: Mapping[tuple[str, str], Mapping[str, Counts]]
    rhythm: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class MelodyTable:
    """Rhythm and degree chains of a repertoire.

    Args:
        family: Name.
        rhythm: Next beat cell by context, by chain (``simple``, ``simple2``, ``compound``,
            ``compound2``).
        degrees: Next step by "degree previous-step", by mode.
        starts: Degrees that phrases start on, by mode.
    """

    family: str
    rhythm: Mapping[str, Mapping[str, Counts]]
    degrees: Mapping[str, Mapping[str, Counts]]
    starts: Mapping[str, Counts]


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


def _chain(table: Table) -> dict[str, Counts]:
    return {context: table.weights(context) for context in table.data}


_LEARNED = ("source", "provenance")


def _finish(file: Table, *also: str) -> None:
    """Accept what the readers do not need, and refuse what nobody knows.

    Raises:
        RuleError: If a key is unknown, or the file says neither its source nor its provenance.
    """
    if not any(file.has(key) for key in _LEARNED):
        raise file.fail("source", "is missing: say where the file comes from")
    for key in (*_LEARNED, *also):
        file.raw(key, None)
    file.done()


def read_progressions(file: Table) -> Progressions:
    """Read ``progressions/*.toml``."""
    chains = {
        (mode, kind): _chain(kinds.table(kind))
        for mode, kinds in file.table("chains").items()
        for kind in kinds.data
    }
    for mode in ("major", "minor"):
        if (mode, "any") not in chains:
            raise file.fail(f"chains.{mode}.any", "is missing")
    progressions = Progressions(
        family=file.text("family"),
        unigrams={mode: file.table("chords").weights(mode) for mode in ("major", "minor")},
        order1={
            mode: _chain(file.table("order1").table(mode).table("any"))
            for mode in ("major", "minor")
        },
        order2=chains,
        rhythm={
            kind: file.table("harmonic_rhythm").weights(kind)
            for kind in file.raw("harmonic_rhythm")
        },
    )
    _finish(file, "cadences")
    return progressions


def read_melody(file: Table) -> MelodyTable:
    """Read ``melody/*.toml``."""
    rhythm = file.table("rhythm")
    degrees = file.table("degrees")
    for mode in ("major", "minor"):
        if not degrees.table(mode).data:
            raise file.fail(f"degrees.{mode}", "needs at least one context")
    for name, size in (("simple", 4), ("simple2", 4), ("compound", 6), ("compound2", 6)):
        _check_cells(rhythm, name, size, needed=name == "simple")
    melody = MelodyTable(
        family=file.text("family"),
        rhythm={name: _chain(rhythm.table(name)) for name in rhythm.data},
        degrees={mode: _chain(degrees.table(mode)) for mode in degrees.data},
        starts={mode: file.table("starts").weights(mode) for mode in file.raw("starts")},
    )
    rhythm.done()
    _finish(file, "bar_rhythms", "ends", "intervals", "phrase_beats", "summary")
    return melody


def _check_cells(rhythm: Table, name: str, size: int, *, needed: bool) -> None:
    if not rhythm.has(name) and not needed:
        return
    table = rhythm.table(name)
    weights = {context.split()[0] for context in table.data if context.split()}
    if needed and not {"1", "w"} <= weights:
        raise rhythm.fail(name, 'needs contexts for the beats "1" and "w"')
    for context in table.data:
        for cell in table.weights(context):
            if len(cell) != size or not set(cell) <= set("o-."):
                message = f'"{cell}" is no cell: {size} signs of o, - and . are needed'
                raise table.fail(context, message)


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
    _finish(file)
    return groove

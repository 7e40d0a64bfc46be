"""Windows drawn from a song: some bars of some parts, and which cells are to be written.

Every draw comes from a generator that the caller makes of the seed and the number of the draw, so
that training goes on after an interruption with the very windows that it would have had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.theory.meter import parse_meter
from composer.training.corpus.shards import SongCells
from composer.transformer.cells import token_ids
from composer.transformer.conditions import (
    METERS,
    QUALITIES,
    ROLES,
    density_bin,
    register_bin,
    stream_columns,
)
from composer.transformer.sequence import (
    CONTEXT,
    RECALL,
    TARGET,
    Cell,
    PlanTables,
    TokenRow,
    assemble,
)

MASKS = ("all", "parts", "bars", "cells", "recall")
"""What of a window is to be written: everything; some parts; some bars; cells anywhere; or
everything, with bars of the same section recalled beside it."""

_LENGTHS, _LENGTH_CHANCES = (4, 8, 16), (0.2, 0.4, 0.4)
_MASK_CHANCES = (0.35, 0.3, 0.1, 0.1, 0.15)
_MOST_PARTS = 10
_MOST_RECALLED = 480  # tokens
_SUBSET = 0.4
_UNTOLD = {"density": 0.15, "register": 0.15, "energy": 0.1, "tempo": 0.1, "style": 0.25}
_NO_CHORDS = 0.05
_KEPT_WITHOUT_PLAN = ("segment", "slot", "place", "role", "program", "meter")


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How windows are drawn.

    Args:
        longest: Tokens of a row.
        plan: Whether the model is told the plan; without it only what a cell is: its bar, part,
            program and meter.
        mask: One of `MASKS`, or empty to draw it.
        whole: Tell everything that is known, leave nothing out by chance, and take all parts.
    """

    longest: int = 1024
    plan: bool = True
    mask: str = ""
    whole: bool = False


def draw_window(
    song: SongCells, random: np.random.Generator, options: WindowOptions
) -> TokenRow | None:
    """Some bars of a song as a row of tokens; None where the place drawn is silent or too full."""
    drawn = draw_cells(song, random, options)
    if drawn is None:
        return None
    row = assemble(*drawn)
    return row if options.plan else _without_plan(row)


def draw_cells(
    song: SongCells, random: np.random.Generator, options: WindowOptions
) -> tuple[list[Cell], PlanTables] | None:
    """The cells of a window in the order in which they are read, and its plan.

    Returns:
        None where the place drawn is silent, or where a bar alone has too many tokens.
    """
    bars = len(song.bars)
    wish = int(random.choice(_LENGTHS, p=_LENGTH_CHANCES))
    first = int(random.integers(0, max(bars - min(wish, 4), 0) + 1))
    parts = _parts(song, first, min(first + wish, bars), random, options)
    if not len(parts):
        return None
    mask = options.mask or str(random.choice(MASKS, p=_MASK_CHANCES))
    budget = options.longest if mask != "recall" else options.longest // 2
    sizes = np.diff(song.bounds[first : first + wish, parts], axis=2)[..., 0]
    used = np.cumsum((sizes + (sizes > 0)).sum(axis=1))
    length = int(np.searchsorted(used, budget, "right"))
    if length == 0:
        return None
    window = np.arange(first, first + length)
    wanted = _wanted(mask, (length, len(parts)), random)
    given, written = _cells(song, window, parts, wanted)
    recalled = _recalled(song, window, parts, options.longest - budget) if mask == "recall" else []
    if not written:
        return None
    return [*recalled, *given, *written], _plan(song, window, parts, random, options)


def _parts(
    song: SongCells, first: int, end: int, random: np.random.Generator, options: WindowOptions
) -> NDArray[np.int64]:
    """Which parts are taken: those that sound, or some of them."""
    sounding = np.flatnonzero(song.counts[first:end].any(axis=0))
    most = _MOST_PARTS
    if not options.whole and len(sounding) > 2 and random.random() < _SUBSET:
        most = int(random.integers(2, len(sounding) + 1))
    if len(sounding) > most:
        sounding = np.sort(random.choice(sounding, size=most, replace=False))
    return sounding


def _wanted(mask: str, shape: tuple[int, int], random: np.random.Generator) -> NDArray[np.bool_]:
    """Which cells are to be written, ``[bars, parts]``."""
    bars, parts = shape
    wanted = np.ones(shape, dtype=np.bool_)
    if mask == "parts":
        wanted[:] = False
        number = int(random.integers(1, max(parts, 2)))
        wanted[:, random.choice(parts, size=min(number, parts), replace=False)] = True
    elif mask == "bars":
        wanted[:] = False
        number = int(random.integers(1, max(bars // 2, 1) + 1))
        start = int(random.integers(0, bars - number + 1))
        wanted[start : start + number] = True
    elif mask == "cells":
        wanted = random.random(shape) < random.uniform(0.15, 0.7)
    return wanted


def _cells(
    song: SongCells,
    bars: NDArray[np.int64],
    parts: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> tuple[list[Cell], list[Cell]]:
    """The cells that sound: those that are given, and those to be written."""
    given: list[Cell] = []
    written: list[Cell] = []
    for slot, bar in enumerate(bars.tolist()):
        for column, part in enumerate(parts.tolist()):
            start, end = song.bounds[bar, part].tolist()
            if start == end:
                continue
            segment = TARGET if wanted[slot, column] else CONTEXT
            cell = Cell(segment, slot, bar, part, song.tokens[start:end])
            (written if segment == TARGET else given).append(cell)
    return given, written


def _recalled(
    song: SongCells, bars: NDArray[np.int64], parts: NDArray[np.int64], room: int
) -> list[Cell]:
    """Cells of other bars with the same letter and place in the phrase, as what is recalled."""
    found: list[Cell] = []
    tokens = 0
    section, phrase = song.bars[:, 0], song.bars[:, 1]
    for slot, bar in enumerate(bars.tolist()):
        alike = np.flatnonzero((section == section[bar]) & (phrase == phrase[bar]))
        alike = alike[(alike < bars[0]) | (alike > bars[-1])]
        if not len(alike):
            continue
        before = alike[alike < bars[0]]
        chosen = int(before[-1] if len(before) else alike[0])
        for part in parts.tolist():
            start, end = song.bounds[chosen, part].tolist()
            if start == end:
                continue
            tokens += end - start + 1
            if tokens > min(_MOST_RECALLED, room):
                return found
            found.append(Cell(RECALL, slot, chosen, part, song.tokens[start:end]))
    return found


def _plan(
    song: SongCells,
    bars: NDArray[np.int64],
    parts: NDArray[np.int64],
    random: np.random.Generator,
    options: WindowOptions,
) -> PlanTables:
    """The plan of the window, some of it left untold by chance."""
    quarters = float(parse_meter(METERS[song.meter]).bar_quarters)
    counts = song.counts[bars]
    density = np.zeros(len(song.parts), dtype=np.int64)
    for part in parts.tolist():
        sounding = counts[:, part][counts[:, part] > 0]
        if len(sounding):
            density[part] = density_bin(float(sounding.mean()), quarters)
    bar_table = song.bars.astype(np.int64)
    part_table = np.concatenate([song.parts.astype(np.int64), density[:, None]], axis=1)
    tempo, style = song.tempo, song.style
    if not options.whole:
        for column, name in ((2, "register"), (3, "density")):
            if random.random() < _UNTOLD[name]:
                part_table[:, column] = 0
        if random.random() < _UNTOLD["energy"]:
            bar_table[:, 3] = 0
        if random.random() < _NO_CHORDS:
            bar_table[:, 4:] = 0
        tempo = 0 if random.random() < _UNTOLD["tempo"] else tempo
        style = 0 if random.random() < _UNTOLD["style"] else style
    return PlanTables(song.meter, tempo, song.minor, style, bar_table, part_table)


def _without_plan(row: TokenRow) -> TokenRow:
    """The same row with only what a cell is."""
    columns = stream_columns()
    plan = row.plan.copy()
    for name, column in columns.columns.items():
        if name not in _KEPT_WITHOUT_PLAN:
            plan[:, column] = columns.offsets[column]
    return TokenRow(row.tokens, plan, row.targets, row.wanted)


def transposed(song: SongCells, semitones: int) -> SongCells:
    """The song with its pitches, chords and registers moved.

    A pitch that would leave 0 to 127 goes back by octaves.
    """
    ids = token_ids()
    tokens = song.tokens.astype(np.int64)
    pitched = (tokens >= ids.pitch) & (tokens < ids.drum)
    moved = tokens + semitones - ids.pitch
    top = ids.drum - ids.pitch - 12
    moved = np.where(moved < 0, moved % 12, moved)
    moved = np.where(moved >= top + 12, top + (moved - top) % 12, moved)
    tokens = np.where(pitched, moved + ids.pitch, tokens)
    bars = song.bars.astype(np.int64)
    chords, kinds = bars[:, 4:], len(QUALITIES)
    roots = ((chords - 1) // kinds + semitones) % 12
    bars[:, 4:] = np.where(chords > 0, 1 + roots * kinds + (chords - 1) % kinds, 0)
    parts = song.parts.copy()
    parts[:, 2] = _registers(song, tokens - ids.pitch, pitched)
    return SongCells(
        song.meter,
        song.tempo,
        song.minor,
        song.style,
        bars.astype(np.uint8),
        parts,
        tokens.astype(np.uint16),
        song.bounds,
        song.counts,
    )


def _registers(
    song: SongCells, pitches: NDArray[np.int64], pitched: NDArray[np.bool_]
) -> list[int]:
    """The register of each part by its mean pitch; 0 of drums and of parts without a note."""
    number = len(song.parts)
    lengths = np.diff(song.bounds, axis=2).reshape(-1)
    which = np.repeat(np.tile(np.arange(number), len(song.bars)), lengths)[pitched]
    counts = np.bincount(which, minlength=number)
    means = np.bincount(which, pitches[pitched], minlength=number) / np.maximum(counts, 1)
    drums = ROLES.index("drums")
    return [
        register_bin(float(mean)) if count and role != drums else 0
        for mean, count, role in zip(means, counts, song.parts[:, 0].tolist(), strict=True)
    ]

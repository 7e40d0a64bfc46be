"""Cells in a row, as the model reads them: note tokens, and the plan tokens beside each.

First come the cells that are given (the context: other parts, earlier and later bars, and, marked
as recall, bars of a section that is to come again), then the cells to be written (the targets);
both in order of time, and in a bar in the order of the parts. So the model sees what follows a gap
as well as what precedes it (fill-in-the-middle over part × bar: Ens and Pasquier, "MMM: Exploring
Conditional Multi-Track Music Generation with the Transformer", 2020; Bavarian et al., "Efficient
Training of Language Models to Fill in the Middle", 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.theory.meter import parse_meter
from composer.transformer.cells import token_ids
from composer.transformer.conditions import METERS, stream_columns
from composer.transformer.vocabulary import SLOTS_PER_QUARTER, vocabulary

Integers = NDArray[np.int64]

CONTEXT, TARGET, RECALL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the model is told of it.

    Args:
        segment: `CONTEXT`, `TARGET` or `RECALL`.
        slot: Its bar, counted from the window's first; of a recalled bar the one that it is like.
        bar: Index of its bar in the tables.
        part: Index of its part in the tables.
        tokens: Its notes; of a target that is yet to be written, nothing.
    """

    segment: int
    slot: int
    bar: int
    part: int
    tokens: Sequence[int] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class PlanTables:
    """The plan of some bars and parts, as tokens within their streams.

    Args:
        meter: Index in `METERS`.
        tempo: Bin of the tempo.
        minor: 0 or 1, of the piece or of each bar.
        style: 0 where unknown, else 1 + index in `STYLES`.
        bars: ``[bars, 6]``: section, phrase, left, energy, chord, chord of the second half.
        parts: ``[parts, 4]``: role, program, register, density.
    """

    meter: int
    tempo: int
    minor: int | Integers
    style: int
    bars: Integers
    parts: Integers


@dataclass(frozen=True, slots=True, eq=False)
class TokenRow:
    """A row of tokens.

    Args:
        tokens: ``[length]`` note tokens.
        plan: ``[length, streams]`` plan tokens, each as an id among all plan tokens.
        targets: ``[length]`` what follows each token: the next one of its cell, or the end.
        wanted: ``[length]`` whether the token stands in a cell to be written.
    """

    tokens: Integers
    plan: Integers
    targets: Integers
    wanted: NDArray[np.bool_]


@lru_cache(maxsize=len(METERS))
def middle_slot(meter: int) -> int:
    """The slot at which the second half of a bar begins; past its end where it has one chord."""
    name = parse_meter(METERS[meter])
    if METERS[meter] in ("3/4", "9/8", "2/4"):
        return int(name.bar_quarters * SLOTS_PER_QUARTER)
    return int(name.middle * SLOTS_PER_QUARTER)


def cell_rows(cells: Sequence[Cell], plan: PlanTables) -> Integers:
    """The plan tokens at the start of each cell, ``[cells, streams]``, within their streams."""
    columns = stream_columns().columns
    rows = np.zeros((len(cells), len(columns)), dtype=np.int64)
    bars = np.array([cell.bar for cell in cells], dtype=np.int64)
    parts = np.array([cell.part for cell in cells], dtype=np.int64)
    rows[:, columns["segment"]] = [cell.segment for cell in cells]
    rows[:, columns["slot"]] = [cell.slot for cell in cells]
    for number, name in enumerate(("role", "program", "register", "density")):
        rows[:, columns[name]] = plan.parts[parts, number]
    for number, name in enumerate(("section", "phrase", "left", "energy", "chord", "next_chord")):
        rows[:, columns[name]] = plan.bars[bars, number]
    rows[:, columns["meter"]] = plan.meter
    rows[:, columns["tempo"]] = plan.tempo
    rows[:, columns["mode"]] = np.broadcast_to(plan.minor, len(plan.bars))[bars]
    rows[:, columns["style"]] = plan.style
    return rows


def following_chord(plan: PlanTables, bars: Integers) -> Integers:
    """The chord that follows each bar, ``[bars]``; the bar's own last one at the end."""
    after = np.minimum(bars + 1, len(plan.bars) - 1)
    following: Integers = np.where(
        bars + 1 < len(plan.bars), plan.bars[after, 4], plan.bars[bars, 5]
    )
    return following


def assemble(cells: Sequence[Cell], plan: PlanTables) -> TokenRow:
    """Put cells in a row, in the order given."""
    ids, columns = token_ids(), stream_columns().columns
    lengths = np.array([len(cell.tokens) + 1 for cell in cells], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    total = int(lengths.sum())
    tokens = np.full(total, ids.cell, dtype=np.int64)
    inside = np.ones(total, dtype=np.bool_)
    inside[starts] = False
    if inside.any():
        tokens[inside] = np.concatenate([np.asarray(c.tokens, dtype=np.int64) for c in cells])
    targets = np.append(tokens[1:], ids.cell)
    rows = cell_rows(cells, plan)
    which = np.repeat(np.arange(len(cells)), lengths)
    table = rows[which]
    place = places(tokens, starts)
    table[:, columns["place"]] = place
    late = place - 1 >= middle_slot(plan.meter)
    bars = np.array([cell.bar for cell in cells], dtype=np.int64)[which]
    now, then = columns["chord"], columns["next_chord"]
    table[late, now] = plan.bars[bars[late], 5]
    table[late, then] = following_chord(plan, bars[late])
    wanted = np.array([cell.segment == TARGET for cell in cells])[which]
    return TokenRow(tokens, table + stream_columns().offsets, targets, wanted)


def places(tokens: Integers, starts: Integers) -> Integers:
    """One more than the position that holds at each token; 0 before a cell's first."""
    ids = token_ids()
    is_position = (tokens >= ids.position) & (tokens < ids.duration)
    marks = np.where(is_position, np.arange(len(tokens)), -1)
    marks[starts] = starts
    last = np.maximum.accumulate(marks)
    found = tokens[last] - ids.position + 1
    return np.where(tokens[last] == ids.cell, 0, found)


def plan_streams() -> int:
    """Number of streams."""
    return len(vocabulary().streams)

"""Draws the notes of some cells, token by token, several candidates side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer.transformer.cells import token_ids
from composer.transformer.conditions import stream_columns
from composer.transformer.engine import Network
from composer.transformer.masks import CellRules, CellState
from composer.transformer.sequence import (
    TARGET,
    Cell,
    PlanTables,
    assemble,
    cell_rows,
    following_chord,
    middle_slot,
)

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

LONGEST = 1024
"""Tokens of a row that the model was trained on."""

_COLDEST = 1e-3


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How tokens are drawn.

    Args:
        temperature: 0 takes the likeliest token; 1 draws as the model has it; higher is wilder.
        top_p: Only the likeliest tokens that together have this probability are drawn from
            (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020).
        candidates: How many are written side by side; the best is kept.
    """

    temperature: float = 1.0
    top_p: float = 0.95
    candidates: int = 1

    @property
    def versions(self) -> int:
        """How many are drawn: one where all would be the same."""
        return 1 if self.temperature <= _COLDEST else self.candidates


@dataclass(frozen=True, slots=True)
class Target:
    """A cell to be written.

    Args:
        slot: Its bar, counted from the window's first.
        bar: Index of its bar.
        part: Index of its part.
        rules: What it must keep.
        boldness: What the temperature is multiplied by.
        previous: The pitch on which the part ended the bar before, if that bar is given; else -1.
        moved: Semitones from the bar before's way into C major to this bar's own.
    """

    slot: int
    bar: int
    part: int
    rules: CellRules
    boldness: float = 1.0
    previous: int = -1
    moved: int = 0


@dataclass(slots=True)
class Candidate:
    """What one draw gave.

    Args:
        cells: Tokens by (bar, part), without what begins and ends a cell; cells that the row had
            no room for are missing.
        log_likelihood: Natural logarithm of the probability of all tokens under the masks.
        tokens: How many were drawn.
        removed: Sum over the tokens of the probability that the masks took away.
    """

    cells: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    log_likelihood: float = 0.0
    tokens: int = 0
    removed: float = 0.0


class _Row:
    """One candidate while it is written."""

    def __init__(self, random: np.random.Generator, targets: Sequence[Target]) -> None:
        self.random = random
        self.candidate = Candidate()
        self._targets = targets
        self._number = 0
        self._tokens: list[int] = []
        self.state = self._begun()

    @property
    def number(self) -> int:
        """Index of the cell that is being written."""
        return self._number

    @property
    def boldness(self) -> float:
        """What the temperature is multiplied by in this cell."""
        return self._targets[self._number].boldness

    @property
    def is_done(self) -> bool:
        """Whether every cell is written."""
        return self._number >= len(self._targets)

    def take(self, token: int) -> None:
        """Follow a token that was drawn."""
        if token != token_ids().cell:
            self._tokens.append(token)
            self.state.take(token)
            return
        target = self._targets[self._number]
        self.candidate.cells[target.bar, target.part] = tuple(self._tokens)
        self._tokens = []
        self._number += 1
        if not self.is_done:
            self.state = self._begun()

    def _begun(self) -> CellState:
        """The state of the cell that comes, after the pitch that the part ended on."""
        target = self._targets[self._number]
        before = self.candidate.cells.get((target.bar - 1, target.part))
        previous = target.previous if before is None else last_pitch(before)
        return CellState(target.rules, previous + target.moved if previous >= 0 else -1)


def sample(
    network: Network,
    tables: PlanTables,
    context: Sequence[Cell],
    targets: Sequence[Target],
    generators: Sequence[np.random.Generator],
    options: SamplingOptions,
) -> list[Candidate]:
    """Write some cells.

    Args:
        network: The decoder.
        tables: The plan.
        context: The cells that are given, in the order in which they are read.
        targets: The cells to be written, in time, and in a bar in the order of the parts.
        generators: One for each candidate.
        options: How tokens are drawn.

    Returns:
        One candidate a generator.
    """
    cells = [Cell(TARGET, t.slot, t.bar, t.part, ()) for t in targets]
    prompt = assemble([*context, cells[0]], tables)
    beside = _Beside(cells, tables)
    rows = [_Row(random, targets) for random in generators]
    logits = network.start(
        prompt.tokens[None], prompt.plan[None], np.array([len(prompt.tokens)], dtype=np.int64)
    )
    network.select(np.zeros(len(rows), dtype=np.int64))
    logits = np.repeat(logits, len(rows), axis=0)
    length = len(prompt.tokens)
    active = list(rows)
    while True:
        drawn = _draw(logits, active, options)
        for row, token in zip(active, drawn, strict=True):
            row.take(token)
        length += 1
        kept = [index for index, row in enumerate(active) if not row.is_done]
        if not kept or length >= LONGEST:
            return [row.candidate for row in rows]
        if len(kept) < len(active):
            network.select(np.array(kept, dtype=np.int64))
            active = [active[index] for index in kept]
            drawn = [drawn[index] for index in kept]
        plan = np.stack([beside.row(row.number, row.state.position) for row in active])
        logits = network.extend(np.array(drawn, dtype=np.int64), plan)


def last_pitch(tokens: Sequence[int]) -> int:
    """The pitch on which a cell ends; -1 where it has none, as drums.

    >>> last_pitch([])
    -1
    """
    ids = token_ids()
    pitches = (token - ids.pitch for token in reversed(tokens) if ids.pitch <= token < ids.drum)
    return next(pitches, -1)


def _draw(
    logits: Floats | NDArray[np.float32], rows: list[_Row], options: SamplingOptions
) -> list[int]:
    """One token for each row."""
    masks = np.stack([row.state.allowed() for row in rows])
    scores = logits.astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    whole = chances.sum(axis=1)
    chances *= masks
    left = chances.sum(axis=1)
    kept = left / whole
    if not left.all():
        # All that is allowed has no probability that a float can hold: any of it will do.
        chances = np.where(left[:, None] > 0, chances, masks)
        left = chances.sum(axis=1)
    boldness = np.array([row.boldness for row in rows])
    shaped = _shaped(chances / left[:, None], boldness * options.temperature, options.top_p)
    running = np.cumsum(shaped, axis=1)
    drawn: list[int] = []
    for index, row in enumerate(rows):
        target = row.random.random() * running[index, -1]
        token = int(np.searchsorted(running[index], target, "right"))
        token = min(token, shaped.shape[1] - 1)
        if not masks[index, token]:
            token = int(np.flatnonzero(shaped[index])[-1])
        drawn.append(token)
        found = row.candidate
        found.log_likelihood += float(np.log(max(chances[index, token] / left[index], 1e-30)))
        found.removed += 1.0 - float(kept[index])
        found.tokens += 1
    return drawn


def _shaped(chances: Floats, temperatures: Floats, top_p: float) -> Floats:
    """Chances after temperature and top-p, ``[rows, tokens]``; not normed.

    Args:
        chances: ``[rows, tokens]``; each row adds up to 1.
        temperatures: ``[rows]``; all of them nought, or none.
        top_p: Share of probability that is drawn from.
    """
    if temperatures.max() <= _COLDEST:
        best: Floats = np.zeros_like(chances)
        best[np.arange(len(chances)), chances.argmax(axis=1)] = 1.0
        return best
    if (temperatures != 1.0).any():
        with np.errstate(divide="ignore"):
            logs = np.log(chances) / np.maximum(temperatures, _COLDEST)[:, None]
        chances = np.exp(logs - logs.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
    if top_p >= 1.0:
        return chances
    order = np.argsort(-chances, axis=1, kind="stable")
    ordered = np.take_along_axis(chances, order, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    ordered = np.where(before < top_p, ordered, 0.0)
    result = np.zeros_like(chances)
    np.put_along_axis(result, order, ordered, axis=1)
    return result


class _Beside:
    """The plan tokens beside each token of the cells to be written."""

    def __init__(self, cells: Sequence[Cell], tables: PlanTables) -> None:
        columns = stream_columns()
        self._place = columns.columns["place"]
        self._chords = (columns.columns["chord"], columns.columns["next_chord"])
        self._offsets = columns.offsets
        self._early = cell_rows(cells, tables) + columns.offsets
        self._late = self._early.copy()
        bars = np.array([cell.bar for cell in cells], dtype=np.int64)
        for column, values in zip(
            self._chords, (tables.bars[bars, 5], following_chord(tables, bars)), strict=True
        ):
            self._late[:, column] = values + columns.offsets[column]
        self._middle = middle_slot(tables.meter)

    def row(self, cell: int, position: int) -> Integers:
        """``[streams]`` at a position of a cell; -1 is before its first."""
        table = self._late if position >= self._middle else self._early
        row: Integers = table[cell].copy()
        row[self._place] += position + 1
        return row

"""A window prepared for measuring: its notes on the grid, by part and by role, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.roles import Role, roles
from composer.evaluating.windows import GRID, Window
from composer.music.song import Integers, SongPart

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One part on the grid.

    Args:
        role: What it does.
        part: The notes as they were played.
        onset: ``[notes]`` onsets in slots, ascending.
        duration: ``[notes]`` lengths in slots, at least 1.
        pitch: ``[notes]``.
    """

    role: Role
    part: SongPart
    onset: Integers
    duration: Integers
    pitch: Integers

    @property
    def top(self) -> tuple[Integers, Integers]:
        """The highest note of each onset: onsets in slots and pitches, both ascending in time."""
        last_of_onset = np.flatnonzero(np.diff(self.onset, append=-1) != 0)
        return self.onset[last_of_onset], self.pitch[last_of_onset]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A window with its notes on the grid of 12 slots a quarter.

    Args:
        window: What was prepared.
        lines: One a part, in the order of the parts.
        slots: Number of slots in the window.
    """

    window: Window
    lines: tuple[Line, ...]
    slots: int

    @property
    def found_roles(self) -> tuple[Role, ...]:
        """The role of each part."""
        return tuple(line.role for line in self.lines)

    @property
    def pitched(self) -> tuple[Line, ...]:
        """The lines that are not drums."""
        return tuple(line for line in self.lines if line.role != "drums")

    def of(self, *wanted: Role) -> tuple[Line, ...]:
        """The lines of some roles."""
        return tuple(line for line in self.lines if line.role in wanted)

    def onset_grid(self, lines: Sequence[Line]) -> Flags:
        """Where anything begins: ``[bars, slots of a bar]``."""
        grid = np.zeros(self.slots, dtype=np.bool_)
        for line in lines:
            grid[line.onset] = True
        return grid.reshape(self.window.bars, self.window.bar_slots)

    def sounding(self, lines: Sequence[Line]) -> Integers:
        """How many notes sound at each slot: ``[slots]``."""
        steps = np.zeros(self.slots + 1, dtype=np.int64)
        for line in lines:
            np.add.at(steps, line.onset, 1)
            np.add.at(steps, np.minimum(line.onset + line.duration, self.slots), -1)
        return np.cumsum(steps)[:-1]

    def pitches_sounding(self, lines: Sequence[Line]) -> Integers:
        """How many different pitches sound at each slot, doublings counting once: ``[slots]``."""
        steps = np.zeros((self.slots + 1, 128), dtype=np.int32)
        for line in lines:
            np.add.at(steps, (line.onset, line.pitch), 1)
            np.add.at(steps, (np.minimum(line.onset + line.duration, self.slots), line.pitch), -1)
        heard: Integers = (np.cumsum(steps, axis=0)[:-1] > 0).sum(axis=1)
        return heard

    def bar_of(self, onset: Integers) -> Integers:
        """The bar that each slot lies in, counted from 0."""
        return onset // self.window.bar_slots


def prepare(window: Window) -> Material:
    """Put a window's notes on the grid and hear what each part does."""
    lines = []
    for role, part in zip(roles(window), window.parts, strict=True):
        onset = window.onset_slots(part)
        order = np.lexsort((part.pitch, onset))
        duration = np.maximum(np.floor(part.duration_quarters * GRID + 0.5).astype(np.int64), 1)
        lines.append(Line(role, part, onset[order], duration[order], part.pitch[order]))
    return Material(window, tuple(lines), window.bars * window.bar_slots)

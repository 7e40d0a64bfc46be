"""The state of a project: a frozen value, which an operation turns into the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from composer.checking.report import Report
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import PartPlan, Plan
from composer.music.score import Score
from composer.piece import Piece
from composer.project.judging import judged
from composer.rulebook import Rulebook
from composer.writers import Authorship

Operation = Mapping[str, Any]
"""What was done, as plain data: its ``name``, its ``take`` and whatever it was asked for."""

Cell = tuple[str, str]
"""A part in a section, by their names."""

Progress = Callable[[str, float], None]
"""Takes the step's name and how much of it is done: 0 when it begins, 1 when it ends."""


@dataclass(frozen=True, slots=True)
class State:
    """A piece as a project has it at one moment.

    Args:
        brief: The full brief from which the piece was composed in the first place.
        plan: Form, harmony and arrangement as they are now.
        score: The written notes.
        performance: The played notes.
        authorship: Who wrote which bars: the rules or the model.
        notes: What was decided when the piece was composed.
        locked: Cells that no operation may change.
        adopted: Cells whose notes are the user's own: rules do not bind them.
        styles: Styles of the parts that play another one than the piece, by their names.
        operations: What was done since the piece was composed, in order.
    """

    brief: Brief
    plan: Plan
    score: Score
    performance: Performance
    authorship: Authorship
    notes: tuple[str, ...] = ()
    locked: frozenset[Cell] = frozenset()
    adopted: frozenset[Cell] = frozenset()
    styles: tuple[tuple[str, str], ...] = ()
    operations: tuple[Operation, ...] = ()

    @property
    def report(self) -> Report:
        """The verdict of every hard rule, with the user's own notes let pass."""
        own = frozenset(part for part, _ in self.adopted)
        return judged(self.plan, self.score, self.performance, own)

    @property
    def tune_part(self) -> str:
        """Name of the part that plays a given tune; empty for none."""
        tunes = (part.name for part in self.plan.parts if part.role == "melody")
        return next(tunes, "") if self.plan.tune else ""

    def part(self, name: str) -> PartPlan:
        """A part by its name."""
        return next(part for part in self.plan.parts if part.name == name)

    def style_of(self, part: str) -> str:
        """The style that a part plays."""
        return dict(self.styles).get(part, self.plan.style)

    def is_locked(self, part: str, bar: int) -> bool:
        """Whether a part is locked in a bar, counted from 0; a given tune always is."""
        section = self.plan.sections[self.plan.bars[bar].section]
        return part == self.tune_part or (part, section.name) in self.locked

    def piece(self, rules: Path | str | None = None, model: Path | str | None = None) -> Piece:
        """The state as a piece, for rendering and saving."""
        return Piece(
            self.brief,
            self.plan,
            self.score,
            self.performance,
            self.report,
            self.authorship,
            self.notes,
            Path(rules) if rules is not None else None,
            Path(model) if model is not None else None,
        )

    def done(self, operation: Operation) -> State:
        """The state with one more operation in its log."""
        return replace(self, operations=(*self.operations, operation))


@dataclass(frozen=True, slots=True)
class Workshop:
    """What operations work with.

    Args:
        book: The rule book.
        model: Folder of the user's own transformer; None for the one that comes with composer.
        progress: Told of each step; None for nobody.
    """

    book: Rulebook
    model: Path | None = None
    progress: Progress | None = None

    def tell(self, step: str, done: float) -> None:
        """Tell how far a step is."""
        if self.progress is not None:
            self.progress(step, done)


def state_of(piece: Piece) -> State:
    """The first state of a project: a piece as it was composed."""
    return State(
        piece.brief, piece.plan, piece.score, piece.performance, piece.authorship, piece.notes
    )

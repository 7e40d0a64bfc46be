"""Plans whose parts play figures of the test's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from composer.music.plan import PartPlan
from composer.rulebook.reader import Table
from composer.rulebook.style_parts import Figure, read_figure
from composer.writing.context import Context
from tests.laws.pieces import Piece
from tests.strategies import rules


def figure(role: str, pattern: str, **keys: Any) -> Figure:
    """A figure as a style's file has it."""
    return read_figure(Table({"role": role, "pattern": pattern, **keys}, "style.toml"))


def playing(piece: Piece, part: PartPlan, *patterns: str, **keys: Any) -> Context:
    """The piece's plan in its style, whose only figures for a part's role are these."""
    context = Context(piece.plan, rules())
    own = tuple(figure(part.role, pattern, **keys) for pattern in patterns)
    others = tuple(f for f in context.style.figures if f.role != part.role)
    context.style = replace(context.style, figures=(*own, *others))
    return context

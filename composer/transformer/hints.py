"""What the model's writer must know of a style, and which parts the model is told of and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from composer.music.plan import PartPlan
from composer.rulebook.theory_rules import ROLES


@dataclass(frozen=True, slots=True)
class WritingHints:
    """What the writer must know of the style.

    Args:
        swing_unit: 8 where the style swings eighths, 16 where it swings sixteenths.
        windows: Lowest and highest pitch of each part, by its name.
        told: Names of the parts that the model is told of, as `told_parts` has them.
        written: Names of the parts that it writes.
        family: The family of the corpus that the style belongs to; empty if none.
        bars: Bars, from 0, that it writes of each part, by its name; None for all.
    """

    swing_unit: int
    windows: Mapping[str, tuple[int, int]]
    told: frozenset[str]
    written: frozenset[str]
    family: str = ""
    bars: Mapping[str, frozenset[int]] | None = None


def written_parts(parts: Sequence[PartPlan], roles: Iterable[str]) -> frozenset[str]:
    """The parts that the model may write of some roles: none that doubles the tune."""
    tunes = [part.name for part in parts if part.role == "melody"]
    chosen = frozenset(roles)
    return frozenset(p.name for p in parts if p.role in chosen and p.name not in tunes[1:])


def told_parts(parts: Sequence[PartPlan], written: frozenset[str]) -> frozenset[str]:
    """The parts that the model is told of.

    Those are all but the tune's doublings; where it writes the tune, no counter-melodies but its
    own either, for they follow the tune.
    """
    told = written_parts(parts, ROLES)
    if not any(part.role == "melody" and part.name in written for part in parts):
        return told
    return frozenset(p.name for p in parts if p.name in told and p.role != "counter") | written

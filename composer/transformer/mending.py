"""What must be mended: the cells that broke a rule."""

from __future__ import annotations

from collections.abc import Collection

from composer.checking.report import Report, Violation
from composer.transformer.sheet import Sheet

Places = frozenset[tuple[int, int]]
"""Cells by bar and part."""


def broken(report: Report, sheet: Sheet, cells: Collection[tuple[int, int]], radius: int) -> Places:
    """Cells that the model wrote where a rule is broken, and those so many bars around.

    Args:
        report: The verdict.
        sheet: The piece as the model has it.
        cells: Bar and part of the cells that the model wrote.
        radius: How many bars before and after.
    """
    return frozenset(
        (bar, part)
        for violation in report.violations
        for part in _parts(violation, sheet)
        for bar in range(violation.where.bar - 1 - radius, violation.where.bar + radius)
        if (bar, part) in cells
    )


def _parts(violation: Violation, sheet: Sheet) -> frozenset[int]:
    """The parts that a violation may be of.

    A rule on two parts names the other one in its message. What the model is not told of follows
    the tune. Where no part is named, any may be the one.
    """
    names = {part.plan.name: number for number, part in enumerate(sheet.parts)}
    found = {names[name] for name in names if f"with {name}:" in violation.message}
    where = violation.where.part
    if where in names:
        found.add(names[where])
    elif where:
        found.update(n for n, part in enumerate(sheet.parts) if part.plan.role == "melody")
    return frozenset(found or names.values())

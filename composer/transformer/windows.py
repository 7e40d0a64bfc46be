"""Bars that the model writes together."""

from __future__ import annotations

from collections.abc import Iterator

from composer.music.plan import Plan
from composer.transformer.sampling import LONGEST
from composer.transformer.sheet import Sheet

ROOM = 1.35
"""How much longer than the draft's the model's cells may come out."""

_MOST_BARS = 8


def windows(plan: Plan, sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Bars of one section each, few enough for a row, as the first and the one after the last."""
    for section in plan.sections:
        first = section.start_bar
        while first < section.end_bar:
            most = min(first + _MOST_BARS, section.end_bar)
            end = first + 1
            while end < most and _tokens(sheet, first, end + 1) <= LONGEST * 2 // 3:
                end += 1
            yield first, end
            first = end


def _tokens(sheet: Sheet, first: int, end: int) -> float:
    """Tokens that the bars will take."""
    sizes = (
        len(sheet.cells.get((bar, part), ())) + 1
        for bar in range(first, end)
        for part in range(len(sheet.parts))
    )
    return ROOM * sum(sizes)

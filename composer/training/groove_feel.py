"""Micro-timing and dynamics of a family: means and spreads per limb and step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean
from typing import TypeAlias

from composer.training.drum_clips import LIMBS
from composer.training.drum_grid import STEPS_PER_BAR, PlacedHit, Swing

_LEAST_LIMB_HITS = 20
_LEAST_CELL_HITS = 8
# Beyond that a stroke is misplaced rather than early or late.
_MOST_LATE_QUARTERS = 0.08
_LEAST_CLIP_HITS = 4


_Cells: TypeAlias = dict[tuple[str, int], list[float]]


@dataclass(slots=True)
class Feel:
    """Collects the strokes of a family per limb and step.

    Means are taken over all strokes, spreads around each clip's own mean at that step: what
    one drummer varies within one take, not how takes differ.
    """

    late: _Cells = field(default_factory=dict)
    late_spread: _Cells = field(default_factory=dict)
    velocities: _Cells = field(default_factory=dict)
    velocity_spread: _Cells = field(default_factory=dict)

    def add(self, placed: Iterable[PlacedHit]) -> None:
        """Adds the strokes of one clip."""
        late: _Cells = {}
        velocities: _Cells = {}
        for hit in placed:
            cell = (hit.limb, hit.step % STEPS_PER_BAR)
            velocities.setdefault(cell, []).append(float(hit.velocity))
            if abs(hit.late_quarters) <= _MOST_LATE_QUARTERS:
                late.setdefault(cell, []).append(hit.late_quarters)
        for values, means, spreads in (
            (late, self.late, self.late_spread),
            (velocities, self.velocities, self.velocity_spread),
        ):
            for cell, observed in values.items():
                means.setdefault(cell, []).extend(observed)
                if len(observed) >= _LEAST_CLIP_HITS:
                    middle = fmean(observed)
                    spreads.setdefault(cell, []).extend(v - middle for v in observed)

    def tables(self, swing: Swing) -> dict[str, dict[str, object]]:
        """Makes the tables `feel`, `feel.offset` ... of a groove file.

        A step with too few strokes takes the mean of its limb, so that a table can be read at
        any step; limbs hardly ever played have no row.
        """
        return {
            "feel": {
                "swing": swing.ratio,
                "swing_unit": swing.unit,
                "timing_sd_beats": round(_root_mean_square(self.late_spread.values()), 4),
                "velocity_sd": round(_root_mean_square(self.velocity_spread.values()), 1),
            },
            "feel.offset": _rows(self.late, self.late, 1.0, 4),
            "feel.velocity": _rows(self.velocities, self.velocities, 1.0, 0),
        }

    def brief_tables(self) -> dict[str, dict[str, object]]:
        """The rows `offset`, in thousandths of a beat, and `velocity`: one drummer's feel."""
        return {
            "offset": _rows(self.late, self.late, 1000.0, 0),
            "velocity": _rows(self.velocities, self.velocities, 1.0, 0),
        }


def _rows(cells: _Cells, strokes: _Cells, scale: float, digits: int) -> dict[str, object]:
    """Averages a row of 16 steps per limb that has enough strokes."""
    rows: dict[str, object] = {}
    for limb in LIMBS:
        pooled = [v for step in range(STEPS_PER_BAR) for v in cells.get((limb, step), [])]
        played = sum(len(strokes.get((limb, step), ())) for step in range(STEPS_PER_BAR))
        if played < _LEAST_LIMB_HITS or not pooled:
            continue
        row: list[float] = []
        for step in range(STEPS_PER_BAR):
            values = cells.get((limb, step), [])
            value = scale * fmean(values if len(values) >= _LEAST_CELL_HITS else pooled)
            row.append(round(value) if digits == 0 else round(value, digits) + 0.0)
        rows[limb] = row
    return rows


def _root_mean_square(groups: Iterable[list[float]]) -> float:
    values = [value for group in groups for value in group]
    return sqrt(sum(value * value for value in values) / len(values)) if values else 0.0

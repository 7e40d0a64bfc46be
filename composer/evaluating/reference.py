"""Measured corpora that ship with the package, so that nobody needs the corpora to compare.

Made by `python -m composer.training.measure_reference`; one ``.npz`` a corpus and place, with a
``references.json`` that says of each what it is. Values are statistics of windows, not music.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import EvaluationError, nearest
from composer.evaluating.metrics import METRIC_NAMES
from composer.evaluating.results import MetricTable, Yardstick
from composer.evaluating.windows import Place

FOLDER = Path(__file__).parent / "data" / "reference"
"""Where the tables lie."""

DEFAULT = "lakh"
"""The reference that is compared with where none is named."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A measured corpus.

    Args:
        name: What it is called on the command line, such as ``lakh`` or ``family-jazz``.
        title: What it is, in words.
        openings: Metrics of first windows.
        middles: Metrics of middle windows.
    """

    name: str
    title: str
    openings: MetricTable
    middles: MetricTable

    def at(self, place: Place) -> MetricTable:
        """The table of one place."""
        return self.openings if place == "opening" else self.middles


def reference_names() -> tuple[str, ...]:
    """The names of the references that ship."""
    return tuple(_catalogue()["references"])


def yardsticks() -> tuple[Yardstick, ...]:
    """How well real music is told from other real music, on notes only."""
    found = _catalogue()["yardsticks"].items()
    return tuple(Yardstick("notes only", float(auc), between) for between, auc in found)


def family_of(style: str) -> str | None:
    """The reference for a style of ours, if it names a family that there is one for."""
    from composer.rulebook import load_rulebook

    book = load_rulebook()
    if style not in book.style_names:
        return None
    name = f"family-{book.style(style).family}"
    return name if name in reference_names() else None


@cache
def load_reference(name: str) -> Reference:
    """Load a reference by its name.

    Raises:
        EvaluationError: If there is none of this name, or its file is damaged.
    """
    entries = _catalogue()["references"]
    if name not in entries:
        raise EvaluationError(
            f'"{name}" is neither a folder nor a reference that ships; {nearest(name, entries)}'
        )
    return Reference(
        name,
        str(entries[name]["title"]),
        load_table(FOLDER / f"{name}-opening.npz"),
        load_table(FOLDER / f"{name}-middle.npz"),
    )


def save_table(table: MetricTable, path: Path) -> None:
    """Write a table, rounded to float32."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            metrics=np.array(table.metrics),
            values=table.values.astype(np.float32),
            songs=np.array(table.songs),
        )


def load_table(path: Path) -> MetricTable:
    """Read a table; columns are in the order of today's metrics, and those it lacks are NaN.

    Raises:
        EvaluationError: If it cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            names = [str(name) for name in data["metrics"]]
            stored = data["values"].astype(np.float64)
            songs = tuple(str(song) for song in data["songs"])
    except (OSError, ValueError, KeyError) as error:
        raise EvaluationError(
            f"{path}: cannot be read ({error}); install composer again, or make it with "
            "python -m composer.training.measure_reference"
        ) from None
    values = np.full((len(songs), len(METRIC_NAMES)), np.nan)
    columns = {name: column for column, name in enumerate(names)}
    for column, name in enumerate(METRIC_NAMES):
        if name in columns:
            values[:, column] = stored[:, columns[name]]
    return MetricTable(METRIC_NAMES, values, songs)


@cache
def _catalogue() -> dict[str, Any]:
    path = FOLDER / "references.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path}: cannot be read ({error}); install composer again") from None
    return found

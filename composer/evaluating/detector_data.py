"""What is shipped of the detectors: how often they are right, and what was fitted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import nan
from pathlib import Path
from typing import Any

DETECTORS = Path(__file__).parent / "data" / "detectors.json"
"""Made by ``python -m composer.training.measure_detectors``."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a detector is right on annotated music.

    Args:
        right: Share of cases, 0 to 1; NaN where it was not measured.
        source: Which music, and how many cases.
    """

    right: float
    source: str


def accuracy(name: str) -> Accuracy:
    """The measured accuracy of a detector: ``key``, ``chords`` or ``meter``."""
    found = read_detectors().get("accuracy", {}).get(name)
    if found is None:
        return Accuracy(nan, "")
    return Accuracy(float(found["right"]), str(found["source"]))


@lru_cache(maxsize=1)
def read_detectors() -> dict[str, Any]:
    """The whole file; empty where it has not been made yet."""
    if not DETECTORS.is_file():
        return {}
    data: dict[str, Any] = json.loads(DETECTORS.read_text(encoding="utf-8"))
    return data

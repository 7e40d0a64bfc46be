"""The band: how much real pieces that are not in a catalogue share with it.

A manifest keeps two: of windows of 32 bars and of whole pieces. A piece is judged by the one that
is nearer to its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_QUANTILES = 200
_LIMIT = 0.95
_LONGEST_WINDOW = 48


@dataclass(frozen=True, slots=True)
class Band:
    """What real pieces share.

    Args:
        title: Which pieces, in words.
        pieces: How many were measured.
        versions: How many more were left out because the catalogue holds a version of them.
        bits: Quantiles of the strongest passage, ascending, evenly spaced from 0 to 1; 0 where
            a piece has none.
        bars: The same of the longest passage in bars.
        notes: The same of its notes.
        share: The same of the share of bars in near matches.
    """

    title: str
    pieces: int
    versions: int
    bits: tuple[float, ...]
    bars: tuple[float, ...]
    notes: tuple[float, ...]
    share: tuple[float, ...]

    @property
    def limit_bits(self) -> float:
        """95th percentile of the strongest passage."""
        return quantile(self.bits, _LIMIT)

    def share_above(self, bits: float) -> float:
        """Share of the pieces whose strongest passage is stronger, 0 to 1."""
        return float((np.array(self.bits) > bits).mean())

    def to_dict(self) -> dict[str, Any]:
        """Median and 95th percentile of each figure."""
        measures = ("bits", "bars", "notes", "share")
        return {
            "title": self.title,
            "pieces": self.pieces,
            "versions_left_out": self.versions,
            **{
                name: {
                    "median": quantile(getattr(self, name), 0.5),
                    "95%": quantile(getattr(self, name), _LIMIT),
                }
                for name in measures
            },
        }


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What one real piece shares: its strongest passage, its longest, and the share of bars."""

    bits: float
    bars: float
    notes: int
    share: float


def band_of(manifest: dict[str, Any], bars: int) -> Band | None:
    """The band of a manifest for a piece of some bars; None where it has none."""
    bands = manifest.get("bands") or {}
    data = bands.get("windows" if bars <= _LONGEST_WINDOW else "pieces")
    if not data:
        return None
    return Band(
        str(data["title"]),
        int(data["pieces"]),
        int(data["versions"]),
        *(tuple(map(float, data[name])) for name in ("bits", "bars", "notes", "share")),
    )


def band_table(title: str, borrowed: Sequence[Borrowed], versions: int) -> dict[str, Any]:
    """The band of some pieces, as the manifest keeps it."""
    table: dict[str, Any] = {"title": title, "pieces": len(borrowed), "versions": versions}
    steps = np.linspace(0.0, 1.0, _QUANTILES + 1)
    for name in ("bits", "bars", "notes", "share"):
        values = [float(getattr(one, name)) for one in borrowed]
        table[name] = [round(float(value), 3) for value in np.quantile(values, steps)]
    return table


def quantile(quantiles: Sequence[float], share: float) -> float:
    """A quantile out of evenly spaced ones.

    >>> quantile((0.0, 10.0, 20.0), 0.75)
    15.0
    """
    return round(float(np.interp(share, np.linspace(0, 1, len(quantiles)), quantiles)), 3)

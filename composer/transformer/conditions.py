"""What the plan says of a bar and of a part, as plan tokens: bins and their bounds.

The corpus and the composer's own plans go through these same functions, so that a token means in
both the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.rulebook.theory_rules import GENRES
from composer.transformer.vocabulary import vocabulary

Integers = NDArray[np.int64]

ROLES = ("drums", "bass", "melody", "counter", "comping", "pad")
"""The roles of parts, in the order in which the parts of a bar are written."""

METERS = ("4/4", "3/4", "2/4", "6/8", "12/8", "9/8", "5/4", "7/8")
STYLES = GENRES
QUALITIES = (
    "maj", "min", "dim", "aug", "sus4", "sus2", "maj7", "min7", "7", "m7b5", "dim7", "6", "m6",
    "7sus4", "5",
)  # fmt: skip
"""The kinds of chord; a chord token is 1 + root * 15 + kind, 0 is none."""

DRUMS_PROGRAM = 128
SLOTS = 16
"""Bars that a window may have."""

_DENSITY_BOUNDS = (2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)  # notes in four quarters
_REGISTER_BOUNDS = (36.0, 43.0, 50.0, 57.0, 64.0, 71.0, 78.0)  # mean pitch
_TEMPO_BOUNDS = (70.0, 84.0, 96.0, 108.0, 120.0, 132.0, 152.0)  # quarters a minute
_LEFT_BOUNDS = (1, 2, 3, 4, 8)  # bars until the section ends
_ENERGY_LEVELS = 6
_PHRASE_BARS = 8
_LABELS = 8


def density_bin(notes_per_bar: float, bar_quarters: float) -> int:
    """1 (sparse) to 8 (dense), of the notes in the bars in which a part plays; 0 is unknown."""
    return 1 + int(np.searchsorted(_DENSITY_BOUNDS, notes_per_bar * 4.0 / bar_quarters, "right"))


def register_bin(mean_pitch: float) -> int:
    """1 (low) to 8 (high); 0 is unknown."""
    return 1 + int(np.searchsorted(_REGISTER_BOUNDS, mean_pitch, "right"))


def tempo_bin(quarters_per_minute: float) -> int:
    """1 (slow) to 8 (fast); 0 is unknown."""
    return 1 + int(np.searchsorted(_TEMPO_BOUNDS, quarters_per_minute, "right"))


def energy_bin(energy: float) -> int:
    """1 (still) to 6 (full) of an energy of 0 to 1; 0 is unknown."""
    return 1 + min(int(energy * _ENERGY_LEVELS), _ENERGY_LEVELS - 1)


def left_bin(bars_left: int) -> int:
    """How many bars of the section are left, this one counted: 0 (the last bar) to 5."""
    return int(np.searchsorted(_LEFT_BOUNDS, bars_left, "left"))


def phrase_place(bar_in_section: int) -> int:
    """Place in the phrase: the bar within the section, modulo eight."""
    return bar_in_section % _PHRASE_BARS


def label_of(section_label: int) -> int:
    """A section's letter, 0 for A; what comes after H begins again."""
    return section_label % _LABELS


def chord_token(root: int, quality: str) -> int:
    """A chord relative to the tonic of C major or A minor.

    >>> chord_token(0, "maj"), chord_token(7, "7")
    (1, 114)
    """
    return 1 + (root % 12) * len(QUALITIES) + QUALITIES.index(quality)


@dataclass(frozen=True, slots=True)
class StreamColumns:
    """Column of each stream in an array of plan tokens, and the id of its first token."""

    columns: dict[str, int]
    offsets: Integers


@lru_cache(maxsize=1)
def stream_columns() -> StreamColumns:
    """Columns and offsets of the shipped vocabulary."""
    streams = vocabulary().streams
    return StreamColumns(
        {stream.name: number for number, stream in enumerate(streams)},
        np.array([stream.offset for stream in streams], dtype=np.int64),
    )

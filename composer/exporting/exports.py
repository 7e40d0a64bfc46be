"""The forms in which a piece leaves composer, by name."""

from __future__ import annotations

EXPORTS: tuple[str, ...] = ("midi-parts", "musicxml", "lead-sheet", "dawproject", "reaper")
"""Names of all exports, as ``--export`` takes them."""

"""Scales as ordered interval classes above a tonic."""

from __future__ import annotations

from dataclasses import dataclass

from composer.theory.interval import semitones


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale.

    Args:
        name: Name as in ``rules/scales.toml``, such as ``dorian``.
        degrees: Intervals above the tonic in fifths, ascending, the tonic (0) first.
        parent: ``major`` or ``minor``: which third it has, and so which chord tables serve it.
        signature: Key signature (sharps positive) when the tonic is C.
        tune: What tunes keep to, as intervals in fifths, ascending; empty for all degrees. A
            pentatonic key has the seven degrees of a whole scale for its chords, and five here.
    """

    name: str
    degrees: tuple[int, ...]
    parent: str
    signature: int
    tune: tuple[int, ...] = ()

    @property
    def semitones(self) -> tuple[int, ...]:
        """Semitones above the tonic, ascending."""
        return tuple(semitones(degree) for degree in self.degrees)

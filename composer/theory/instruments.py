"""Instruments: what they are called, where they play, and how they sound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument of the General MIDI set.

    Args:
        name: Name as in ``rules/instruments.toml``, such as ``electric-piano``.
        program: General MIDI program, 0–127; 0 for a drum kit.
        low: Lowest pitch it is written for, MIDI number.
        high: Highest pitch it is written for, MIDI number.
        family: ``keys``, ``guitar``, ``bass``, ``strings``, ``brass``, ``reed``, ``pipe``,
            ``voice``, ``synth``, ``mallet``, ``plucked`` or ``drums``.
        sustained: Whether a held note keeps its level (strings, winds, organ) or decays.
        polyphony: How many notes it can sound at once.
        roles: The roles it suits, the best one first.
        bank: MIDI bank, 0; 128 for a drum kit.
        level_db: How loud it sounds at one velocity, against the median of all instruments.
    """

    name: str
    program: int
    low: int
    high: int
    family: str
    sustained: bool
    polyphony: int
    roles: tuple[str, ...]
    bank: int = 0
    level_db: float = 0.0

    @property
    def is_drums(self) -> bool:
        """Whether it is a drum kit, played on MIDI channel 10."""
        return self.family == "drums"

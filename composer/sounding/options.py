"""What is asked of the timbre stage, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from composer.errors import BriefError

if TYPE_CHECKING:
    from composer.refining.gate import GateReport

ALL = "all"
"""The word for every part."""


@dataclass(frozen=True, slots=True)
class Refining:
    """How stems are to be refined.

    Args:
        wet: Strength, from 0 (the very stems that are rendered without it) to 1.
        parts: Which ones: words of their names, roles or General MIDI instruments; none, or
            ``all`` among them, for all.
        seed: Of what is random in the sound.
        model: Folder of a refiner of one's own; `None` for the one that comes with composer.

    Raises:
        BriefError: If the strength is out of range.

    >>> Refining(wet=0.5, parts=("piano",)).everything
    False
    """

    wet: float = 1.0
    parts: tuple[str, ...] = ()
    seed: int = 0
    model: Path | str | None = None

    def __post_init__(self) -> None:
        """Check the strength."""
        if not 0 <= self.wet <= 1:
            raise BriefError("wet", f"must be from 0 to 1, not {self.wet:g}")

    @property
    def everything(self) -> bool:
        """Whether all parts are meant."""
        return not self.parts or ALL in (word.strip().lower() for word in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class StemOutcome:
    """What became of a stem.

    Args:
        name: Its name.
        program: General MIDI program, 0–127.
        drums: Whether it is a drum kit.
        wet: The strength that was used; 0 where it stayed dry.
        reason: Why it stayed dry, or is weaker than was asked for; empty where all went well.
        verdict: The gate's checks of the last version that was tried, if any was.
    """

    name: str
    program: int
    drums: bool
    wet: float
    reason: str
    verdict: GateReport | None = None

    def to_dict(self) -> dict[str, object]:
        """As plain data, for the report."""
        return {
            "name": self.name,
            "program": "drums" if self.drums else self.program,
            "outcome": "refined" if self.wet else "dry",
            "wet": round(self.wet, 4),
            "why": self.reason,
            "gate": self.verdict.to_dict() if self.verdict is not None else None,
        }


@dataclass(frozen=True, slots=True, eq=False)
class RefiningReport:
    """What the timbre stage did.

    Args:
        model: Name and checksum of the refiner; empty where none was asked.
        wet: The strength that was asked for.
        seed: The seed that was given.
        stems: One a stem, in their order.
    """

    model: Mapping[str, object]
    wet: float
    seed: int
    stems: tuple[StemOutcome, ...]

    def sentence(self) -> str:
        """In a few words: what was refined and how much, and what stayed dry and why.

        >>> stem = StemOutcome("Kazoo", 78, False, 0.0, "was not trained")
        >>> RefiningReport({}, 1.0, 0, (stem,)).sentence()
        'none; dry: Kazoo (was not trained)'
        """
        refined = [f"{stem.name} ({stem.wet:.2g})" for stem in self.stems if stem.wet]
        by_reason: dict[str, list[str]] = {}
        for stem in self.stems:
            if not stem.wet:
                by_reason.setdefault(stem.reason, []).append(stem.name)
        dry = [f"{', '.join(names)} ({why})" for why, names in by_reason.items()]
        return ", ".join(refined or ["none"]) + (f"; dry: {'; '.join(dry)}" if dry else "")

    def to_dict(self) -> dict[str, object]:
        """As plain data, for the report."""
        return {
            "model": dict(self.model),
            "wet": self.wet,
            "seed": self.seed,
            "stems": [stem.to_dict() for stem in self.stems],
        }

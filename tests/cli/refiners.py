"""A refiner without weights: what the commands are tested with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from composer.music.audio import Audio
from composer.refining.parts import Part


@dataclass(frozen=True)
class FakeVerdict:
    ok: bool = True

    def to_dict(self) -> dict[str, object]:
        return {"ok": self.ok, "checks": []}


@dataclass(frozen=True)
class FakeRefined:
    audio: Audio
    wet: float
    verdict: FakeVerdict | None
    reason: str


@dataclass
class FakeRefiner:
    """Turns the sound upside down, by as much as is asked for; knows no drums."""

    asked: list[tuple[Part, float, int]] = field(default_factory=list)
    about: dict[str, object] = field(default_factory=lambda: {"name": "fake", "sha256": "0" * 64})
    at_work: Callable[[], None] | None = None

    def refine(
        self,
        audio: Audio,
        part: Part,
        *,
        wet: float = 1.0,
        seed: int = 0,
        mode: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> FakeRefined:
        self.asked.append((part, wet, seed))
        if progress is not None:
            progress(0.5)
        if self.at_work is not None:
            self.at_work()
        if part.drums:
            return FakeRefined(audio, 0.0, None, "drums were not trained")
        turned = audio.samples * np.float32(1 - 2 * wet)
        return FakeRefined(Audio(turned, audio.sample_rate), wet, FakeVerdict(), "")

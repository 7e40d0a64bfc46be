"""Networks that stand in for the trained one."""

from __future__ import annotations

from typing import Any

import numpy as np

from composer.transformer.vocabulary import vocabulary


class RandomNetwork:
    """Logits that depend on the step and the row alone, as unlike music as can be.

    What the masks and the checker promise must hold for it as well.
    """

    def __init__(self, seed: int = 0, spread: float = 2.0) -> None:
        self._random = np.random.default_rng(seed)
        self._spread = spread
        self._rows = 0
        self.read: list[tuple[int, ...]] = []

    def start(self, tokens: Any, plan: Any, lengths: Any) -> np.ndarray:
        assert np.shape(plan)[:2] == np.shape(tokens)
        self.read.append(tuple(np.asarray(tokens)[0].tolist()))
        self._rows = len(tokens)
        return self._logits()

    def extend(self, tokens: Any, plan: Any) -> np.ndarray:
        assert len(tokens) == len(plan) == self._rows
        return self._logits()

    def select(self, rows: Any) -> None:
        self._rows = len(rows)

    def _logits(self) -> np.ndarray:
        size = (self._rows, len(vocabulary().notes))
        return (self._random.standard_normal(size) * self._spread).astype(np.float32)

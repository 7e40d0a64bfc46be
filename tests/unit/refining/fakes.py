"""Networks by hand, whose reach is known: what tests run instead of weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from composer.refining.engine import COARSE_FRAMES
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.weights import Shape

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]
CODES = 5


class HandMade:
    """Networks that blur what they hear, and turn codes into steps of gain.

    Args:
        gain_db: What is added to all gains.
        noise_db: Level of all noise.
        reach: What the shape says; a result depends on 13 frames.
    """

    def __init__(self, gain_db: float = 0.0, noise_db: float = -80.0, reach: int = 24) -> None:
        self.gain_db, self.noise_db = gain_db, noise_db
        self.reach = reach
        self.longest = 0
        rng = np.random.default_rng(3)
        self._reading = rng.standard_normal((8, CODES)).astype(np.float32)

    @property
    def shape(self) -> Shape:
        return Shape(width=8, codes=CODES, reach=self.reach)

    def trunk(self, log_mel: Floats, roll: Floats, program: int) -> Floats:
        self.longest = max(self.longest, len(log_mel))
        assert log_mel.shape == (len(roll), BANDS) and len(roll) % 16 == 0
        heard = log_mel.reshape(len(log_mel), 8, -1).mean(axis=2) + 6
        heard += roll[:, :128].sum(axis=1, keepdims=True) + np.float32(program / 128)
        return _blurred(heard.astype(np.float32), 2)

    def coarse(self, context: Floats, codes: Codes) -> Floats:
        slow = context.reshape(-1, COARSE_FRAMES, 8).mean(axis=1)
        known = np.eye(CODES + 1, dtype=np.float32)[codes][:, :CODES]
        return slow @ self._reading + _blurred(known, 1)

    def fine(self, context: Floats, coarse: Codes, codes: Codes) -> Floats:
        known = np.eye(CODES + 1, dtype=np.float32)[codes][:, :CODES]
        told = np.repeat(coarse, COARSE_FRAMES)[:, None] == np.arange(CODES)
        return context @ self._reading + _blurred(known, 1) + told.astype(np.float32)

    def decoder(self, context: Floats, coarse: Codes, fine: Codes) -> tuple[Floats, Floats]:
        told = np.where(fine == CODES, 0, fine) + np.where(coarse == CODES, 0, coarse).repeat(4)
        steps = np.sin(np.arange(BANDS) / 9) * 3
        gain = np.clip(context[:, :1], -2, 2) * steps + told[:, None] * 0.5 + self.gain_db
        noise = np.full((len(context), NOISE_BANDS), self.noise_db, np.float32)
        return _blurred(gain.astype(np.float32), 1), noise


def _blurred(values: Floats, width: int) -> Floats:
    """Mean of so many neighbours at each side, zeros beyond the ends."""
    padded = np.pad(values, ((width, width), (0, 0)))
    parts = [padded[at : at + len(values)] for at in range(2 * width + 1)]
    return (sum(parts) / (2 * width + 1)).astype(np.float32)

"""Audio. Clock: samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Sound.

    Args:
        samples: float32 ``[channels, frames]``; made read-only.
        sample_rate: Frames a second.

    Raises:
        ValueError: If the array is not two-dimensional float32.
    """

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        """Freeze the array."""
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError("samples must be float32 [channels, frames]")
        self.samples.flags.writeable = False

    @property
    def frames(self) -> int:
        """Length in frames."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate

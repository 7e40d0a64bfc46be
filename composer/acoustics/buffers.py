"""Arrays of samples: in memory, or in an unnamed file where there are too many for it."""

from __future__ import annotations

import math
import os
import tempfile

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

IN_MEMORY_BYTES = 2 * 1024**3


def new_buffers(
    count: int, frames: int, channels: int = 2, *, in_memory_bytes: int = IN_MEMORY_BYTES
) -> list[Samples]:
    """Silent buffers ``[channels, frames]``; on disk where memory would be too small for all.

    Args:
        count: How many.
        frames: Length of each.
        channels: Channels of each.
        in_memory_bytes: What all of them together may take of memory.
    """
    shape = (channels, frames)
    if count * _size(shape) <= in_memory_bytes:
        return [np.zeros(shape, np.float32) for _ in range(count)]
    return [_mapped_buffer(shape) for _ in range(count)]


def _size(shape: tuple[int, int]) -> int:
    return math.prod(shape) * np.dtype(np.float32).itemsize


def _mapped_buffer(shape: tuple[int, int]) -> Samples:
    """A buffer in an unnamed temporary file, with its place reserved on the disk."""
    try:
        with tempfile.TemporaryFile(prefix="composer-") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, _size(shape))
            return np.memmap(file, np.float32, "w+", shape=shape)
    except OSError:
        return np.zeros(shape, np.float32)

from __future__ import annotations

import numpy as np

from composer.acoustics.buffers import new_buffers


def test_buffers_are_silent_and_apart() -> None:
    first, second = new_buffers(2, 100)
    first += 1
    assert second.shape == (2, 100) and second.dtype == np.float32 and not second.any()


def test_what_is_too_large_for_memory_lies_on_disk() -> None:
    first, second = new_buffers(2, 1000, channels=1, in_memory_bytes=7999)
    assert isinstance(first, np.memmap) and first.shape == (1, 1000)
    first += 1
    assert first.all() and not second.any()
    (small,) = new_buffers(1, 1000, channels=1, in_memory_bytes=7999)
    assert not isinstance(small, np.memmap)

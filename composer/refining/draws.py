"""The random numbers of a refinement: each belongs to a place in the sound, not to an order.

They are drawn by absolute blocks of frames, so that neither the length of the sound nor how it is
cut for the networks changes any of them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import generator
from composer.refining.parts import Part, program_id
from composer.refining.spectra import BINS

BLOCK = 256
"""Frames, or positions of codes, of one block of random numbers."""
_LEAST = np.float32(2.0**-25)  # half of the smallest number above 0 that is drawn


class Draws:
    """Random numbers for one part.

    Args:
        seed: The seed of the refinement.
        part: The part; its name and program make its numbers its own.
    """

    def __init__(self, seed: int, part: Part) -> None:
        self._path = ("refine", part.name, program_id(part))
        self._seed = seed

    def gumbels(self, level: str, first: int, count: int, codes: int) -> NDArray[np.float32]:
        """Standard Gumbel numbers: added to logits, the largest sum is a draw.

        Args:
            level: ``coarse`` or ``fine``.
            first: First position of codes; may be negative.
            count: How many positions.
            codes: K.

        Returns:
            ``[count, K]``.
        """
        numbers = np.empty((count, codes), np.float32)
        for block in range(first // BLOCK, (first + count - 1) // BLOCK + 1):
            rng = generator(self._seed, *self._path, level, block)
            drawn = np.maximum(rng.random((BLOCK, codes), np.float32), _LEAST)
            start, stop = max(first, block * BLOCK), min(first + count, (block + 1) * BLOCK)
            here = drawn[start - block * BLOCK : stop - block * BLOCK]
            numbers[start - first : stop - first] = -np.log(-np.log(here))
        return numbers

    def normals(self, block: int, count: int) -> NDArray[np.complex64]:
        """Complex normal numbers whose squares have a mean of 2, for the noise.

        Args:
            block: Which block of `BLOCK` frames.
            count: How many of its frames, from the first.

        Returns:
            ``[count, BINS]``.
        """
        rng = generator(self._seed, *self._path, "noise", block)
        places = np.frombuffer(rng.bytes(2 * count * BINS), "<u2")
        return _normal_table().take(places).reshape(count, BINS)


@cache
def _normal_table() -> NDArray[np.complex64]:
    """The numbers that noise is drawn from: as many as two bytes can tell apart.

    Drawing one of them takes an eighth of the time of making one.
    """
    pairs = generator(0, "noise").standard_normal((1 << 16, 2))
    pairs = (pairs - pairs.mean(axis=0)) / pairs.std(axis=0)
    return np.asarray(pairs.astype(np.float32).view(np.complex64)[:, 0])

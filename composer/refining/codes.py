"""The prior's guesses: codes of a stretch, all at once in three steps, coarse ones first.

Which positions are guessed in which step is fixed by their absolute number: every fourth one, those
in the middle between, then the rest, each step knowing what the ones before have chosen.

Source: Chang et al., "MaskGIT" (CVPR 2022), and Borsos et al., "SoundStorm" (2023), for parallel
decoding; the fixed order is ours, so that no guess depends on how a sound is cut.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from composer.refining.draws import Draws
from composer.refining.engine import COARSE_FRAMES, Codes, Floats, Networks
from composer.refining.weights import Sampling

CYCLE = 4
"""Positions after which the order repeats."""


def guess_codes(
    networks: Networks, context: Floats, first: int, sampling: Sampling, draws: Draws
) -> tuple[Codes, Codes]:
    """Guess the codes of a stretch.

    Args:
        networks: The networks.
        context: ``[T, C]`` from the trunk.
        first: Absolute number of the first frame, a multiple of 16.
        sampling: How to choose; with the mode ``none`` all codes are K.
        draws: Random numbers, where the mode is ``sample``.

    Returns:
        Coarse codes ``[T / 4]`` and fine codes ``[T]``.
    """
    codes, frames = networks.shape.codes, len(context)
    coarse = np.full(frames // COARSE_FRAMES, codes, np.int64)
    fine = np.full(frames, codes, np.int64)
    if sampling.mode == "none":
        return coarse, fine

    def chance(level: str, start: int, count: int) -> Floats | None:
        if sampling.mode == "argmax" or sampling.temperature == 0:
            return None
        numbers = draws.gumbels(level, start, count, codes)
        return numbers * np.float32(sampling.temperature)

    start = first // COARSE_FRAMES
    noise = chance("coarse", start, len(coarse))
    _fill(coarse, start, lambda: networks.coarse(context, coarse), noise)
    noise = chance("fine", first, len(fine))
    _fill(fine, first, lambda: networks.fine(context, coarse, fine), noise)
    return coarse, fine


def steps(first: int, count: int) -> list[NDArray[np.bool_]]:
    """Which positions are chosen in each of the three steps: three masks ``[count]``.

    >>> [np.flatnonzero(mask).tolist() for mask in steps(0, 8)]
    [[0, 4], [2, 6], [1, 3, 5, 7]]
    """
    place = (first + np.arange(count)) % CYCLE
    return [place == 0, place == CYCLE // 2, place % 2 == 1]


def _fill(codes: Codes, first: int, logits: Callable[[], Floats], noise: Floats | None) -> None:
    """Choose codes step by step, written in place."""
    for mask in steps(first, len(codes)):
        found = logits()[mask]
        if noise is not None:
            found = found + noise[mask]
        codes[mask] = found.argmax(axis=-1)

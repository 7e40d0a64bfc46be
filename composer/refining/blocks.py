"""What the networks say of a whole sound, asked in blocks that lie on a fixed grid.

Every block is given as many frames more at each side as a result can depend on, silence where the
sound has ended: no seam can be heard, and a long sound needs no more memory than a short one.

Shapes: T frames of the whole sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from composer.acoustics.buffers import new_buffers
from composer.refining.codes import CYCLE, guess_codes
from composer.refining.draws import Draws
from composer.refining.engine import COARSE_FRAMES, Networks
from composer.refining.parts import Part, Roll, program_id
from composer.refining.sound import DrySound, mono_of
from composer.refining.spectra import (
    BANDS,
    HOP,
    LEVEL,
    N_FFT,
    NOISE_BANDS,
    STRETCH,
    Floats,
    log_powers,
    loudest_band,
    mel_powers,
    spectra_of,
)
from composer.refining.weights import Sampling

BLOCK = 2048
"""Frames of a block."""
GRID = COARSE_FRAMES * CYCLE
"""Blocks and their surroundings begin at multiples of it, where the order of guesses begins."""
IN_MEMORY_BYTES = 256 * 1024**2
"""What controls, or a wet sound, may take of memory before they lie on disk."""

Progress = Callable[[float], None]
"""Takes how much is done, 0 to 1; called in the caller's thread."""


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """How to change a sound.

    Args:
        gain_db: ``[T, BANDS]``.
        noise_db: ``[T, NOISE_BANDS]``, against the loudest band of the frame.
        loudest: ``[T]``: root of the power density of that band, at the sound's own level.
    """

    gain_db: Floats
    noise_db: Floats
    loudest: Floats


def find_controls(
    networks: Networks,
    dry: DrySound,
    part: Part,
    sampling: Sampling,
    draws: Draws,
    *,
    block: int = BLOCK,
    progress: Progress | None = None,
) -> Controls:
    """Ask the networks how to change a sound.

    Args:
        networks: The networks.
        dry: The sound, not silent.
        part: Who plays it.
        sampling: How codes are chosen.
        draws: Random numbers.
        block: Frames of a block, a multiple of 16; no more than rounding depends on it.
        progress: Told after each block.
    """
    controls = _new_controls(dry.spectra)
    notes, program = Roll(part), program_id(part)
    context = -(-networks.shape.reach // GRID) * GRID
    scale = np.float32((LEVEL / dry.level) ** 2)
    for first, count in blocks(dry.spectra, block):
        start, size = first - context, count + 2 * context
        powers = _hear(dry, start, size)
        heard = log_powers(powers * scale)
        known = networks.trunk(heard, notes.frames(start, size), program)
        coarse, fine = guess_codes(networks, known, start, sampling, draws)
        gain_db, noise_db = networks.decoder(known, coarse, fine)
        stop = min(first + count, dry.spectra)
        inner = slice(context, context + stop - first)
        controls.gain_db[first:stop] = gain_db[inner]
        controls.noise_db[first:stop] = noise_db[inner]
        controls.loudest[first:stop] = loudest_band(powers[inner])
        if progress is not None:
            progress(stop / dry.spectra)
    return controls


def blocks(count: int, block: int = BLOCK) -> Iterator[tuple[int, int]]:
    """First frames and lengths of the blocks that cover so many frames.

    The last one is no longer than it must be, but a multiple of 16.

    >>> list(blocks(5000))
    [(0, 2048), (2048, 2048), (4096, 912)]
    """
    for first in range(0, count, block):
        yield first, min(block, -(-(count - first) // GRID) * GRID)


def _new_controls(count: int) -> Controls:
    (both,) = new_buffers(1, BANDS + NOISE_BANDS, count, in_memory_bytes=IN_MEMORY_BYTES)
    return Controls(both[:, :BANDS], both[:, BANDS:], np.zeros(count, np.float32))


def _hear(dry: DrySound, first: int, count: int) -> Floats:
    """Mel powers of some frames of the mono sound, ``[count, BANDS]``."""
    powers = np.empty((count, BANDS), np.float32)
    for at in range(0, count, STRETCH):
        size = min(STRETCH, count - at)
        place = (first + at) * HOP - N_FFT // 2
        mono = mono_of(dry.stretch(place, (size - 1) * HOP + N_FFT))
        powers[at : at + size] = mel_powers(spectra_of(mono))
    return powers

"""Spectra of a dry stem and of what was made of it, side by side, a stretch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from composer.music.audio import Audio
from composer.refining.spectra import (
    BINS,
    HOP,
    N_FFT,
    Floats,
    Spectra,
    frame_count,
    stft,
    stretch_of,
    window,
)

BEFORE, AFTER = 8, 16
"""Rows of a stretch that its neighbours hold too, for what looks back and ahead."""
_FRESH = 128


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some frames of both, as shares of the stem's level.

    The first fresh frame is a multiple of 16, and so is their count, but at the end.

    Args:
        first: Number of the frame in row 0; negative before the beginning.
        fresh: Rows that no other stretch counts as its own.
        spectra: Of the means of the channels, dry and wet: two of complex64 ``[rows, BINS]``.
        powers: Their squares, float32 ``[rows, BINS]``; a white noise as loud as the stem has 1.
    """

    first: int
    fresh: slice
    spectra: tuple[Spectra, Spectra]
    powers: tuple[Floats, Floats]

    @property
    def end(self) -> int:
        """Number of the frame after the last fresh one."""
        return self.first + int(self.fresh.stop)


def stretches(dry: Audio, wet: Audio, level: float) -> Iterator[Stretch]:
    """All frames of both, in order.

    Args:
        dry: The stem.
        wet: As long as `dry`, with as many channels.
        level: What both are divided by, linear.
    """
    frames = frame_count(dry.frames)
    squares = np.square(window().astype(np.float64)).sum()
    scale = np.float32(1 / (level * np.sqrt(squares)))
    shared = BEFORE + AFTER
    spectra = [np.zeros((shared, BINS), np.complex64)] * 2
    powers = [np.zeros((shared, BINS), np.float32)] * 2
    for start in range(0, frames + AFTER, _FRESH):
        for side, audio in enumerate((dry, wet)):
            new = _spectra(audio, start, _FRESH) * scale
            power = np.square(new.real) + np.square(new.imag)
            spectra[side] = np.concatenate((spectra[side][-shared:], new))
            powers[side] = np.concatenate((powers[side][-shared:], power))
        fresh = slice(BEFORE + max(0, AFTER - start), BEFORE + min(_FRESH, frames + AFTER - start))
        both = (spectra[0], spectra[1]), (powers[0], powers[1])
        yield Stretch(start - shared, fresh, *both)


def _spectra(audio: Audio, first: int, count: int) -> Spectra:
    """``[count, BINS]`` of the mean of the channels, from frame `first` on."""
    size = (count - 1) * HOP + N_FFT
    part = stretch_of(audio.samples, first * HOP - N_FFT // 2, size)
    mono = part.mean(axis=0) if len(part) > 1 else part[0]
    return stft(mono, N_FFT // (2 * HOP), count)

"""How far a stem's sound is from the real render's: mel distance, FD-mel and highs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.loudness import integrated_loudness
from composer.refining.spectra import (
    BANDS,
    BINS,
    N_FFT,
    SAMPLE_RATE,
    STRETCH,
    Floats,
    frame_count,
    hop_powers,
    mel_powers,
    stft,
)

_FLOOR_DB = 80.0
_HEARD_DB = 50.0
_HIGHS_HZ = 8000.0


def as_loud(mono: Floats, reference: Floats) -> Floats:
    """A sound at the loudness of another one; by their power where that cannot be measured."""
    sounds = (reference, mono)
    loudness = [integrated_loudness(sound[None], SAMPLE_RATE) for sound in sounds]
    if loudness[0] is not None and loudness[1] is not None:
        change = loudness[0] - loudness[1]
    else:
        powers = [float(np.square(sound, dtype=np.float64).mean()) + 1e-20 for sound in sounds]
        change = 10 * float(np.log10(powers[0] / powers[1]))
    return np.asarray(mono * np.float32(10 ** (change / 20)), np.float32)


def mel_magnitudes(mono: Floats) -> Floats:
    """Root of the power of each mel band, ``[T, BANDS]``."""
    count = frame_count(len(mono))
    parts = [
        mel_powers(stft(mono, first, min(STRETCH, count - first)))
        for first in range(0, count, STRETCH)
    ]
    return np.sqrt(np.concatenate(parts))


def log_mels(*sounds: Floats) -> list[Floats]:
    """Decimal logarithms of mel magnitudes, no lower than 80 dB under the first one's loudest."""
    mels = [mel_magnitudes(sound) for sound in sounds]
    floor = np.float32(max(float(mels[0].max(initial=0.0)), 1e-9) * 10 ** (-_FLOOR_DB / 20))
    return [np.log10(np.maximum(mel, floor)) for mel in mels]


def heard_frames(mono: Floats) -> NDArray[np.bool_]:
    """Which frames are within 50 dB of the loudest, ``[T]``."""
    powers = np.append(hop_powers(mono), 0)
    powers = np.maximum(powers, np.roll(powers, 1))
    loudest = float(powers.max(initial=0.0))
    return np.asarray((powers > 0) & (powers >= loudest * 10 ** (-_HEARD_DB / 10)), np.bool_)


def highs_db(mono: Floats) -> float:
    """Power above 8 kHz, in decibels of full scale; at least -200."""
    first = int(np.ceil(_HIGHS_HZ * N_FFT / SAMPLE_RATE))
    total, count = 0.0, frame_count(len(mono))
    for at in range(0, count, STRETCH):
        part = stft(mono, at, min(STRETCH, count - at))[:, first:BINS]
        total += float((np.square(part.real) + np.square(part.imag)).sum(dtype=np.float64))
    # Twice a half of the spectrum; a Hann window's squares add up to 3/8 of its length.
    power = 2 * total / (count * N_FFT * (0.375 * N_FFT))
    return max(10 * float(np.log10(power + 1e-20)), -200.0)


@dataclass(frozen=True, slots=True, eq=False)
class FrameSums:
    """Sums over frames of log mel spectra, enough for a Gaussian; they can be added.

    Args:
        count: Frames.
        total: float64 ``[BANDS]``.
        products: float64 ``[BANDS, BANDS]``.
    """

    count: int
    total: NDArray[np.float64]
    products: NDArray[np.float64]

    @classmethod
    def of(cls, frames: Floats) -> FrameSums:
        """Sums of ``[T, BANDS]``."""
        wide = frames.astype(np.float64)
        return cls(len(wide), wide.sum(axis=0), wide.T @ wide)

    @classmethod
    def none(cls) -> FrameSums:
        """Of no frames."""
        return cls(0, np.zeros(BANDS), np.zeros((BANDS, BANDS)))

    def __add__(self, other: FrameSums) -> FrameSums:
        return FrameSums(
            self.count + other.count, self.total + other.total, self.products + other.products
        )

    @property
    def gaussian(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and covariance."""
        mean = self.total / max(self.count, 1)
        return mean, self.products / max(self.count, 1) - np.outer(mean, mean)


def frechet_distance(left: FrameSums, right: FrameSums) -> float:
    """FD-mel: Fréchet distance of the Gaussians of two sets of log mel frames.

    Source: Dowson and Landau, "The Fréchet distance between multivariate normal distributions"
    (1982).
    """
    (mean_left, cov_left), (mean_right, cov_right) = left.gaussian, right.gaussian
    values, vectors = np.linalg.eigh(cov_left)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    # The trace of the root of a product is that of a symmetric matrix with the same eigenvalues.
    shared = np.linalg.eigvalsh(root @ cov_right @ root)
    apart = float(np.square(mean_left - mean_right).sum())
    spread = float(np.trace(cov_left) + np.trace(cov_right))
    return max(apart + spread - 2 * float(np.sqrt(np.maximum(shared, 0)).sum()), 0.0)

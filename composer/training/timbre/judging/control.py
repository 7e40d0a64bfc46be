"""The negative control: a sound by way of its mel spectrum alone, which gates must refuse.

Source: Griffin and Lim, "Signal estimation from modified short-time Fourier transform" (1984).
"""

from __future__ import annotations

import numpy as np

from composer.refining.spectra import N_FFT, Floats, frame_count, istft, mel_filters, stft

BANDS = 80


def mel_round_trip(mono: Floats, *, bands: int = BANDS, rounds: int = 30, seed: int = 0) -> Floats:
    """The sound that Griffin and Lim's rounds make of a mel spectrum, phases unknown.

    Args:
        mono: ``[N]``.
        bands: Mel bands; fewer lose more.
        rounds: Rounds.
        seed: Of the phases to begin with.
    """
    filters = mel_filters(N_FFT, bands)
    powers = np.square(np.abs(stft(mono, 0, frame_count(len(mono)))))
    spread = (powers @ filters) @ np.linalg.pinv(filters.astype(np.float64))
    sizes = np.sqrt(np.maximum(spread, 1e-12)).astype(np.float32)
    turns = np.random.default_rng(seed).random(sizes.shape)
    phases = np.exp(2j * np.pi * turns).astype(np.complex64)
    for _ in range(rounds):
        spectra = stft(istft(sizes * phases, len(mono)), 0, len(sizes))
        phases = spectra / (np.abs(spectra) + np.float32(1e-9))
    return istft(sizes * phases, len(mono))

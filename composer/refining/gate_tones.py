"""What the gate measures on spectra: tuning and chroma, dry against wet, and the bands' flux."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.refining.gate_frames import Stretch
from composer.refining.onsets import LAG_FRAMES, agreement, band_matrix, flux
from composer.refining.spectra import HOP, N_FFT, SAMPLE_RATE, Floats, Spectra

BIN_HZ = SAMPLE_RATE / N_FFT
_LOWEST, _HIGHEST = 8, 233
"""Bins that are looked at for tones: 172 Hz to 5 kHz."""

_EVERY = 4
_HEARD = 1e-4  # power of a tone against the loudest of its frame
_LEAST_POWER = 1e-3  # power of a tone against the stem's
_MOST_CENTS = 60.0
_CENTS_STEP = 0.1
_CLEAR_BINS = 0.75
_LEAST_TONES = 40

_CHROMA_FRAMES = 8
_CHROMA_FLOOR = 1e-2

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]


class Tones:
    """Listens to stretch after stretch."""

    def __init__(self) -> None:
        self._fluxes: tuple[list[Floats], list[Floats]] = ([], [])
        self._cents = np.zeros(round(_MOST_CENTS / _CENTS_STEP) + 1, np.int64)
        self._cosines = self._weights = 0.0

    def hear(self, stretch: Stretch, *, pitched: bool) -> None:
        """Take the fresh frames of a stretch into account."""
        rows = slice(stretch.fresh.start - LAG_FRAMES, stretch.fresh.stop)
        for powers, found in zip(stretch.powers, self._fluxes, strict=True):
            found.append(flux(powers[rows] @ band_matrix()))
        if pitched:
            self._tune(stretch)
            self._colour(stretch)

    @property
    def onset_agreement(self) -> float:
        """F1 of the onsets."""
        dry, wet = (np.concatenate([np.zeros(0, np.float32), *part]) for part in self._fluxes)
        return agreement(dry, wet)

    @property
    def cents(self) -> float | None:
        """Median of how far the tones are out of tune, either way; `None` where too few sound."""
        total = int(self._cents.sum())
        if total < _LEAST_TONES:
            return None
        return float(np.searchsorted(np.cumsum(self._cents), total / 2)) * _CENTS_STEP

    @property
    def chroma_cosine(self) -> float | None:
        """Mean cosine of the chromas of tenths of seconds; `None` without sound."""
        return self._cosines / self._weights if self._weights > 0 else None

    def _tune(self, stretch: Stretch) -> None:
        """Compare the frequencies of the tones that sound in both."""
        rows = np.arange(stretch.fresh.start, stretch.fresh.stop, _EVERY)
        dry, wet = (_tops(powers[rows, _LOWEST:_HIGHEST]) for powers in stretch.powers)
        row, column = np.nonzero(dry)
        nearest = column.copy()
        for side in (-1, 1):
            there = np.clip(column + side, 0, wet.shape[1] - 1)
            nearest = np.where(wet[row, there] & ~wet[row, column], there, nearest)
        both = wet[row, nearest]
        row, tones = rows[row[both]], (column[both] + _LOWEST, nearest[both] + _LOWEST)
        bins = [
            _exact_bins(spectra, row, tone)
            for spectra, tone in zip(stretch.spectra, tones, strict=True)
        ]
        cents = 1200 * np.abs(np.log2(bins[1] / bins[0]))
        # Where phases lead far from a tone's own bin, several tones share it.
        clear = cents < _MOST_CENTS
        for exact, tone in zip(bins, tones, strict=True):
            clear &= np.abs(exact - tone) < _CLEAR_BINS
        places = np.rint(cents[clear] / _CENTS_STEP).astype(np.int64)
        self._cents += np.bincount(places, minlength=len(self._cents))

    def _colour(self, stretch: Stretch) -> None:
        """Compare what of each pitch class sounds, `_CHROMA_FRAMES` at a time."""
        count = (stretch.fresh.stop - stretch.fresh.start) // _CHROMA_FRAMES
        if count <= 0:
            return
        rows = slice(stretch.fresh.start, stretch.fresh.start + count * _CHROMA_FRAMES)
        dry, wet = (_chroma(powers[rows], count) for powers in stretch.powers)
        norms = np.linalg.norm(dry, axis=1), np.linalg.norm(wet, axis=1)
        products = np.einsum("ij,ij->i", dry, wet)
        heard = norms[0] > 0
        cosine = products[heard] / (norms[0] * norms[1] + 1e-9)[heard]
        self._cosines += float((cosine * norms[0][heard]).sum())
        self._weights += float(norms[0].sum())


def _tops(powers: Floats) -> Mask:
    """Where a bin stands above both neighbours, and is heard."""
    least = np.maximum(powers.max(axis=1, keepdims=True) * _HEARD, _LEAST_POWER)
    tops = powers > least
    tops[:, 1:-1] &= (powers[:, 1:-1] > powers[:, :-2]) & (powers[:, 1:-1] >= powers[:, 2:])
    tops[:, [0, -1]] = False
    return np.asarray(tops, np.bool_)


def _exact_bins(spectra: Spectra, rows: Places, bins: Places) -> NDArray[np.float64]:
    """Where the tones lie between the bins, from how far their phases move in a hop."""
    turn = np.angle(spectra[rows + 1, bins] * spectra[rows, bins].conj()) / (2 * np.pi)
    rest = turn - bins * (HOP / N_FFT)
    return np.asarray(bins + (rest - np.rint(rest)) * (N_FFT / HOP), np.float64)


def _chroma(powers: Floats, count: int) -> Floats:
    """``[count, 12]``: compressed power of the pitch classes."""
    part = powers[:, _LOWEST:_HIGHEST].reshape(count, _CHROMA_FRAMES, -1).mean(axis=1)
    inner = part[:, 1:-1]
    tops = np.where((inner > part[:, :-2]) & (inner >= part[:, 2:]), inner, 0)
    heard = np.log10(1 + tops / np.float32(_CHROMA_FLOOR))
    return np.asarray(heard @ _pitch_classes()[1:-1], np.float32)


@cache
def _pitch_classes() -> Floats:
    """``[bins, 12]``: each bin's shares of the two nearest pitch classes."""
    hertz = np.arange(_LOWEST, _HIGHEST) * BIN_HZ
    pitch = 69 + 12 * np.log2(hertz / 440)
    away = (pitch[:, None] - np.arange(12) + 6) % 12 - 6
    return np.asarray(np.maximum(1 - np.abs(away), 0), np.float32)

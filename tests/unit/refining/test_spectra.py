from __future__ import annotations

import numpy as np
import pytest

from composer.refining import spectra
from composer.refining.spectra import (
    BANDS,
    BINS,
    HOP,
    N_FFT,
    NOISE_BANDS,
    SAMPLE_RATE,
    frame_count,
    gain_matrix,
    istft,
    level_of,
    log_mel,
    mel_filters,
    noise_matrix,
    stft,
)


def noise(frames: int, level: float = 0.1, seed: int = 0) -> spectra.Floats:
    return (np.random.default_rng(seed).standard_normal(frames) * level).astype(np.float32)


@pytest.mark.parametrize("frames", [1, 300, 511, 512, 513, 1023, 1025, 4096, 30_001])
def test_there_and_back(frames: int) -> None:
    sound = noise(frames)
    back = istft(stft(sound, 0, frame_count(frames)), frames)
    assert back.dtype == np.float32
    assert np.abs(back - sound).max() < 1e-6


def test_a_frame_lies_around_its_sample() -> None:
    sound = np.zeros(20 * HOP, np.float32)
    sound[8 * HOP] = 1.0
    power = np.abs(stft(sound, 0, 21)).sum(axis=1)
    assert int(power.argmax()) == 8
    assert np.flatnonzero(power > 1e-4).tolist() == [7, 8, 9]


def test_stretches_of_spectra_are_those_of_the_whole() -> None:
    sound = np.stack([noise(20_000), noise(20_000, seed=1)])
    whole = stft(sound, 0, 41)
    assert whole.shape == (2, 41, BINS) and whole.dtype == np.complex64
    assert np.array_equal(stft(sound, 7, 30), whole[:, 7:37])
    assert not stft(sound, -9, 5).any()


def test_mel_filters_are_slaneys() -> None:
    filters = mel_filters(N_FFT, BANDS)
    assert filters.shape == (BINS, BANDS) and filters.dtype == np.float32
    assert 0.5 < filters.max() <= 1
    # Below 1 kHz 3 mels are 200 Hz; the bands are evenly spaced there.
    peaks = filters.argmax(axis=0)[:30] * SAMPLE_RATE / N_FFT
    assert np.diff(peaks).mean() == pytest.approx(31.0, abs=1.0)
    inner = filters[3:-40].sum(axis=1)
    assert np.allclose(inner, 1, atol=1e-5), "neighbours add up to one"


def test_matrices_draw_straight_lines() -> None:
    for matrix, bands in ((gain_matrix(), BANDS), (noise_matrix(), NOISE_BANDS)):
        assert matrix.shape == (bands, BINS)
        assert np.allclose(matrix.sum(axis=0), 1, atol=1e-6)
        assert matrix[0, 0] == 1 and matrix[-1, -1] == 1
        assert (np.count_nonzero(matrix, axis=0) <= 2).all()


def test_the_level_leaves_silence_out() -> None:
    sound = np.concatenate([noise(100 * HOP, 0.05), np.zeros(300 * HOP, np.float32)])
    assert level_of(sound) == pytest.approx(0.05, rel=0.02)
    assert level_of(np.zeros(999, np.float32)) == level_of(np.zeros(0, np.float32)) == 0


def test_what_is_heard_does_not_depend_on_the_level() -> None:
    sound = noise(400 * HOP)
    heard = log_mel(sound)
    assert heard.shape == (401, BANDS) and heard.dtype == np.float32
    assert np.abs(log_mel(sound * np.float32(0.01)) - heard).max() < 1e-3
    # White noise at -20 dBFS: power 0.01 spread evenly, a band's share its width.
    expected = np.log10(0.01 * spectra.band_widths())
    found = np.log10((10 ** heard[5:-5]).mean(axis=0))
    assert np.abs(found - expected).max() < 0.1


def test_silence_is_the_floor() -> None:
    assert (log_mel(np.zeros(5000, np.float32)) == -9).all()
    assert log_mel(np.zeros(0, np.float32)).shape == (1, BANDS)

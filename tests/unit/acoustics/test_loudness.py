from __future__ import annotations

import numpy as np
import pytest

from composer.acoustics.loudness import hop_peaks, integrated_loudness, true_peak_db
from tests.unit.acoustics.sounds import RATE, noise, reference_loudness


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_loudness_agrees_with_pyloudnorm(rate: int) -> None:
    time = np.arange(5 * rate) / rate
    bass = np.stack([np.sin(2 * np.pi * 60 * time)] * 2).astype(np.float32) * np.float32(0.3)
    for samples in (noise(5, 0.1, rate=rate).samples, bass, noise(0.7, 0.05, rate=rate).samples):
        found = integrated_loudness(samples, rate)
        assert found == pytest.approx(reference_loudness(samples, rate), abs=0.15)


def test_a_full_scale_sine_has_the_loudness_of_the_recommendation() -> None:
    # BS.1770: a 997 Hz sine of 0 dBFS in one channel reads -3.01 LKFS.
    time = np.arange(10 * 48_000) / 48_000
    sine = np.sin(2 * np.pi * 997 * time)
    samples = np.stack([sine, np.zeros_like(sine)]).astype(np.float32)
    assert integrated_loudness(samples, 48_000) == pytest.approx(-3.01, abs=0.02)


def test_six_decibels_more_are_six_lu_more() -> None:
    samples = noise(3, 0.05).samples
    soft, loud = (integrated_loudness(samples * np.float32(g), RATE) for g in (1, 2))
    assert soft is not None
    assert loud == pytest.approx(soft + 6.02, abs=0.01)


def test_true_peaks_between_samples_are_seen() -> None:
    # A sine of a quarter of the sample rate, at 45 degrees: 3 dB above its samples.
    wave = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)
    wave *= np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 2000)
    samples = np.stack([wave, wave]).astype(np.float32)
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_db(samples) == pytest.approx(0, abs=0.02)
    assert len(hop_peaks(samples, 64)) == -(-RATE // 64)

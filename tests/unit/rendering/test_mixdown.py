from __future__ import annotations

import warnings

import numpy as np
import pytest

from composer.music.audio import Audio
from composer.rendering.limiter import HOP, apply_gain, gain_edges
from composer.rendering.loudness import hop_peaks, integrated_loudness, true_peak_db
from composer.rendering.mixdown import mix

RATE = 44_100


def noise(seconds: float, level: float, seed: int = 0, rate: int = RATE) -> Audio:
    random = np.random.default_rng(seed)
    samples = random.standard_normal((2, int(seconds * rate)), np.float32) * np.float32(level)
    return Audio(samples, rate)


def strokes(seconds: float, every: float = 0.5, fall: float = 15.0) -> Audio:
    """Short loud strokes with silence between them: a high crest."""
    time = np.arange(int(seconds * RATE)) % int(every * RATE) / RATE
    wave = np.sin(2 * np.pi * 200 * time) * np.exp(-time * fall)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


def oversampled_peak_db(samples: np.ndarray) -> float:
    from scipy.signal import resample_poly

    return 20 * float(np.log10(np.abs(resample_poly(samples, 4, 1, axis=1)).max()))


def reference_loudness(samples: np.ndarray, rate: int = RATE) -> float:
    import pyloudnorm

    return float(pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(float)))


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


def test_the_stems_add_up_to_the_premaster() -> None:
    stems = {"a": noise(2, 0.3, 1), "b": noise(2, 0.02, 2), "c": strokes(2)}
    result = mix(stems, {"a": -3.0, "b": 6.0})
    total = np.zeros_like(result.premaster.samples)
    for audio in result.stems.values():
        total += audio.samples
    assert np.array_equal(total, result.premaster.samples)
    loudest = max(np.abs(a.samples).max() for a in (*result.stems.values(), result.premaster))
    assert loudest == pytest.approx(10 ** (-3 / 20), rel=1e-3)


def test_gains_set_the_balance() -> None:
    stems = {"a": noise(1, 0.1, 1), "b": noise(1, 0.1, 2)}
    result = mix(stems, {"b": -12.0})
    ratio = np.std(result.stems["a"].samples) / np.std(result.stems["b"].samples)
    assert 20 * np.log10(ratio) == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize(
    "source",
    [
        noise(8, 0.001),
        noise(8, 0.9),
        strokes(8),
        strokes(8, fall=30),
        noise(0.6, 0.1),
        noise(0.3, 0.1),
    ],
    ids=["soft", "loud", "strokes", "limited strokes", "short", "very short"],
)
def test_the_master_reaches_its_loudness_below_its_ceiling(source: Audio) -> None:
    result = mix({"a": source})
    samples = result.master.samples
    assert result.loudness_lufs == pytest.approx(-14, abs=0.1)
    if source.seconds > 0.5:
        assert reference_loudness(samples) == pytest.approx(-14, abs=0.2)
    assert oversampled_peak_db(samples) <= -1.0
    assert result.true_peak_dbtp is not None
    assert result.true_peak_dbtp <= -1.0
    assert samples.shape == source.samples.shape


def test_what_is_too_sparse_stays_softer_and_below_the_ceiling() -> None:
    result = mix({"a": strokes(8, 2.0, fall=60)})
    assert result.loudness_lufs is not None
    assert result.loudness_lufs < -15
    assert result.max_limiting_db == pytest.approx(15, abs=0.1)
    assert oversampled_peak_db(result.master.samples) <= -1.0


def test_silence_stays_silent() -> None:
    silent = Audio(np.zeros((2, RATE), np.float32), RATE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = mix({"a": silent})
    assert not result.master.samples.any()
    assert (result.loudness_lufs, result.true_peak_dbtp) == (None, None)


def test_stems_of_no_frames_are_mixed() -> None:
    empty = Audio(np.zeros((2, 0), np.float32), RATE)
    assert mix({"a": empty}).master.frames == 0


def test_stems_that_do_not_match_are_refused() -> None:
    for stems in ({}, {"a": noise(1, 0.1), "b": noise(2, 0.1)}):
        with pytest.raises(ValueError, match="one length"):
            mix(stems)


def test_the_limiter_keeps_its_ceiling_and_moves_smoothly() -> None:
    samples = strokes(3).samples * np.float32(2)
    edges = gain_edges(hop_peaks(samples, HOP), 0.5, RATE)
    limited = apply_gain(samples, edges, 1.0)
    assert np.abs(limited).max() <= 0.5
    assert edges.max() <= 1
    steps = np.abs(np.diff(20 * np.log10(edges)))
    assert steps.max() < 3, "decibels in 0.7 ms"


def test_the_limiter_leaves_alone_what_is_below() -> None:
    samples = noise(1, 0.05).samples
    edges = gain_edges(hop_peaks(samples, HOP), 0.9, RATE)
    assert (edges == 1).all()
    assert np.array_equal(apply_gain(samples, edges, 1.0), samples)

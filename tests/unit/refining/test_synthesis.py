from __future__ import annotations

import numpy as np
import pytest

from composer.refining.blocks import Controls
from composer.refining.draws import Draws
from composer.refining.sound import DrySound, measure
from composer.refining.spectra import (
    BANDS,
    HOP,
    NOISE_BANDS,
    SAMPLE_RATE,
    STRETCH,
    Floats,
    loudest_band,
    mel_powers,
    stft,
)
from composer.refining.synthesis import Wetting, synthesise
from tests.unit.refining.sounds import stem

SILENT_DB = -400.0


def controls(dry: DrySound, gain_db: float = 0.0, noise_db: float = SILENT_DB) -> Controls:
    count = dry.spectra
    powers = mel_powers(stft(dry.samples.mean(axis=0), 0, count))
    return Controls(
        np.full((count, BANDS), gain_db, np.float32),
        np.full((count, NOISE_BANDS), noise_db, np.float32),
        loudest_band(powers),
    )


def made(
    dry: DrySound, what: Controls, strength: float = 1.0, *, seed: int = 0, threads: int = 2
) -> Floats:
    _, part = stem(1)
    out = np.full_like(dry.samples, 99)
    synthesise(Wetting(dry, what, Draws(seed, part), strength), out, threads=threads)
    return out


_BLOCK = STRETCH * HOP


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    "frames", [1, 500, 512, 513, 2000, 44_100, _BLOCK - 1024, _BLOCK - 1, _BLOCK, _BLOCK + 700]
)
def test_no_gain_and_no_noise_change_nothing(frames: int, channels: int) -> None:
    audio, _ = stem(4, channels=channels)
    # Loud throughout: the gate, which looks ahead, shuts on the last half millisecond alone. The
    # first 64 samples rise from silence.
    samples = np.ascontiguousarray(audio.samples[:, :frames]) + np.float32(0.1)
    dry = DrySound(samples, 0.1, 0.1)
    out = made(dry, controls(dry))
    assert out.shape == samples.shape
    inner = slice(64, max(frames - 24, 0))
    assert np.abs(out - samples)[:, inner].max(initial=0) < 1e-5
    rise = slice(0, min(64, max(frames - 24, 0)))
    expected = samples[:, rise] * (np.arange(samples[:, rise].shape[1]) / min(64, frames))
    assert np.abs(out[:, rise] - expected).max(initial=0) < 1e-5


def test_gains_are_decibels_and_strength_their_share() -> None:
    dry = measure(stem(2)[0])
    double = made(dry, controls(dry, gain_db=20 * np.log10(2)))
    ratio = np.abs(double).sum() / np.abs(dry.samples).sum()
    assert ratio == pytest.approx(2, rel=0.01)
    half = made(dry, controls(dry, gain_db=20 * np.log10(4)), strength=0.5)
    assert np.abs(half - double).max() < 1e-5


def test_the_noise_is_as_loud_as_said() -> None:
    # White noise fills all bands alike. Frames of noise know nothing of each other, so that four of
    # them, windowed twice, add up to half of what they would add up to in one phase.
    rng = np.random.default_rng(0)
    dry = measure_noise(rng)
    noise = made(dry, controls(dry, gain_db=-400, noise_db=-20))[0]
    loudest = np.sqrt(np.square(controls(dry).loudest).mean())
    assert noise.std() / loudest == pytest.approx(0.1 * 0.5, rel=0.05)
    assert not np.array_equal(noise, made(dry, controls(dry, -400, -20), seed=1)[0])
    assert abs(np.corrcoef(noise, dry.samples[0])[0, 1]) < 0.02


def measure_noise(rng: np.random.Generator) -> DrySound:
    samples = rng.standard_normal((1, 3 * SAMPLE_RATE)).astype(np.float32) * np.float32(0.05)
    return DrySound(samples, 0.05, 0.05)


def test_the_image_is_kept() -> None:
    dry = measure(stem(3)[0])
    left, right = made(dry, controls(dry, gain_db=6, noise_db=-20))
    assert np.abs(right - np.float32(0.6) * left).max() < 1e-4
    mono = DrySound(dry.samples[:1], dry.level, dry.loudest)
    assert made(mono, controls(mono)).shape == mono.samples.shape


def test_what_is_silent_stays_silent() -> None:
    audio, _ = stem(2)
    gap = np.zeros((2, SAMPLE_RATE), np.float32)
    samples = np.concatenate([gap, audio.samples, gap, audio.samples, gap], axis=1)
    dry = DrySound(samples, 0.05, 0.1)
    out = made(dry, controls(dry, gain_db=30, noise_db=10))
    for first in (0, 3, 6):
        quiet = slice(first * SAMPLE_RATE, (first + 1) * SAMPLE_RATE - 300)
        assert not out[:, quiet].any()
    assert out[:, SAMPLE_RATE : 2 * SAMPLE_RATE].any()


def test_threads_change_nothing() -> None:
    dry = measure(stem(7.3)[0])
    what = controls(dry, 3, -20)
    assert np.array_equal(made(dry, what, threads=1), made(dry, what, threads=4))

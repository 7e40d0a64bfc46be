"""Sounds of an exact length, and loops: no gap, no click, no jump of gain where they come round."""

from __future__ import annotations

import numpy as np
import pytest

from composer.acoustics.limiter import HOP, apply_gain, gain_edges
from composer.acoustics.loudness import hop_peaks, integrated_loudness
from composer.music.audio import Audio
from composer.music.brief import Brief
from composer.pipeline import compose, render
from composer.rendering.mixdown import mix
from composer.rendering.spans import FADE_SECONDS, spanned
from tests.unit.acoustics.sounds import RATE, noise, strokes


def ramp(frames: int) -> Audio:
    return Audio(
        np.ones((2, frames), np.float32) * np.linspace(1, 2, frames, dtype=np.float32), RATE
    )


def test_without_a_length_stems_stay() -> None:
    stems = {"a": ramp(100)}
    assert spanned(stems, None, loop=False) is stems


@pytest.mark.parametrize("frames", [1, 7, 1000, 44_100, 100_001])
@pytest.mark.parametrize("loop", [False, True])
def test_every_stem_has_exactly_its_frames(frames: int, loop: bool) -> None:
    stems = {"long": ramp(90_000), "short": ramp(300)}
    shaped = spanned(stems, frames, loop=loop)
    assert {name: audio.frames for name, audio in shaped.items()} == dict.fromkeys(stems, frames)


def test_a_fitted_stem_is_itself_and_fades_to_zero() -> None:
    source = noise(5, 0.3)
    cut = spanned({"a": source}, 4 * RATE, loop=False)["a"].samples
    fade = int(FADE_SECONDS * RATE)
    assert np.array_equal(cut[:, :-fade], source.samples[:, : 4 * RATE - fade])
    assert not cut[:, -1].any()
    ones = Audio(np.ones((2, 5 * RATE), np.float32), RATE)
    steps = np.diff(spanned({"a": ones}, 4 * RATE, loop=False)["a"].samples[0])
    assert -2 / fade <= steps.min() and steps.max() <= 0


def test_what_rings_on_sounds_at_the_beginning_lap_by_lap() -> None:
    source = Audio(np.arange(1, 11, dtype=np.float32).repeat(2).reshape(10, 2).T.copy(), RATE)
    wrapped = spanned({"a": source}, 4, loop=True)["a"].samples
    assert wrapped[0].tolist() == [1 + 5 + 9, 2 + 6 + 10, 3 + 7, 4 + 8]


def twice(samples: np.ndarray) -> np.ndarray:
    return np.concatenate([samples, samples], axis=1)


@pytest.mark.parametrize("frames", [RATE * 3, RATE * 3 + 17])
def test_the_limiter_of_a_loop_comes_round(frames: int) -> None:
    loud = noise(4, 0.5).samples[:, :frames] * np.linspace(3, 1, frames, dtype=np.float32)
    peaks = hop_peaks(loud, HOP, periodic=True)
    edges = gain_edges(peaks, 0.5, RATE, periodic=True)
    assert edges[0] == edges[-1] < 0.5
    ones = np.ones_like(loud)
    curve = apply_gain(ones, edges, 1.0, periodic=True)[0]
    once = apply_gain(ones, gain_edges(hop_peaks(loud, HOP), 0.5, RATE), 1.0)[0]
    assert abs(curve[-1] - curve[0]) <= 0.01 * abs(once[-1] - once[0])
    limited = apply_gain(loud, edges, 1.0, periodic=True)
    assert hop_peaks(limited, HOP, periodic=True).max() <= 0.5 * 10 ** (0.05 / 20)


def test_a_loops_loudness_is_that_of_the_loop_played_often() -> None:
    source = strokes(2.5).samples
    once = integrated_loudness(source, RATE, periodic=True)
    often = integrated_loudness(np.tile(source, 12), RATE)
    assert once is not None and often is not None
    assert once == pytest.approx(often, abs=0.3)


@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.1])
def test_a_mastered_loop_keeps_its_ceiling_across_the_seam(seconds: float) -> None:
    source = noise(seconds, 0.9)
    result = mix({"a": source}, loop=True)
    assert result.loop
    assert result.loudness_lufs == pytest.approx(-14, abs=0.2)
    assert 20 * np.log10(hop_peaks(twice(result.master.samples), HOP).max()) <= -0.99


@pytest.fixture(scope="module")
def loop() -> Audio:
    piece = compose(Brief(style="pop", loop=True, duration=6.1, seed=2, writer="rules"))
    plan, played = piece.plan, piece.performance
    made = render(played, length_seconds=plan.length_seconds, loop=plan.loop)
    stems = made.mix.stems.values()
    assert {audio.frames for audio in (made.mix.master, *stems)} == {round(6.1 * 44_100)}
    return made.mix.master


def test_the_step_across_the_seam_is_one_of_many(loop: Audio) -> None:
    samples = loop.samples
    steps = np.abs(np.diff(samples, axis=1)).max(axis=0)
    seam = np.abs(samples[:, 0] - samples[:, -1]).max()
    assert seam <= np.quantile(steps, 0.99)


def test_nothing_falls_silent_at_the_seam(loop: Audio) -> None:
    mono = twice(loop.samples).mean(axis=0)
    level = np.sqrt(np.square(mono[: len(mono) // 441 * 441].reshape(-1, 441)).mean(axis=1))
    at = loop.frames // 441
    assert level[at - 3 : at + 3].min() > np.quantile(level, 0.02)


def test_a_loop_without_a_length_is_as_long_as_its_bars() -> None:
    piece = compose(
        Brief(style="house", loop=True, bars=2, tempo=120, time_signature="4/4", writer="rules")
    )
    made = render(piece.performance, loop=True, sample_rate=48_000)
    assert made.mix.master.frames == 4 * 48_000


def test_an_exact_length_ends_in_silence() -> None:
    piece = compose(Brief(style="pop", duration=7.777, seed=2, writer="rules"))
    made = render(piece.performance, length_seconds=7.777).mix
    assert {a.frames for a in (made.master, *made.stems.values())} == {round(7.777 * 44_100)}
    samples = made.master.samples
    assert not samples[:, -1].any()
    assert np.abs(samples[:, -441:]).max() < 0.01
    assert np.abs(np.diff(samples[:, -8820:], axis=1)).max() < 0.02

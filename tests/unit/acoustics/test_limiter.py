from __future__ import annotations

import numpy as np

from composer.acoustics.limiter import HOP, apply_gain, gain_edges
from composer.acoustics.loudness import hop_peaks
from tests.unit.acoustics.sounds import RATE, noise, strokes


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


def test_the_limiter_can_write_over_its_input() -> None:
    samples = strokes(1).samples * np.float32(2)
    edges = gain_edges(hop_peaks(samples, HOP), 0.5, RATE)
    limited = apply_gain(samples, edges, 0.8)
    assert apply_gain(samples, edges, 0.8, out=samples) is samples
    assert np.array_equal(samples, limited)

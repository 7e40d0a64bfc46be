from __future__ import annotations

import numpy as np
import pytest

from composer.refining import envelopes
from composer.refining.envelopes import MARGIN, SHORT
from composer.refining.spectra import N_FFT, window


def stretch(frames: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(frames + 2 * MARGIN).astype(np.float32)


def test_the_short_envelope_is_the_lower_of_before_and_after() -> None:
    sound = stretch(4096) * np.linspace(1, 3, 4096 + 2 * MARGIN).astype(np.float32)
    found = envelopes.short_envelope(sound)
    assert found.shape == (4096,)
    for at in (0, 777, 4095):
        here = MARGIN + at
        parts = sound[here - SHORT + 1 : here + 1], sound[here : here + SHORT]
        lower = min(float(np.sqrt(np.square(part).mean())) for part in parts)
        assert found[at] == pytest.approx(lower, rel=1e-4)


def test_the_short_envelope_opens_with_the_first_sample_and_shuts_with_the_last() -> None:
    sound = np.zeros(4096 + 2 * MARGIN, np.float32)
    sound[MARGIN + 1000 : MARGIN + 3000] = 0.3
    heard = np.flatnonzero(envelopes.short_envelope(sound))
    assert (heard[0], heard[-1]) == (1000, 2999)


def test_the_long_envelope_is_that_of_a_frame() -> None:
    sound = stretch(4096)
    found = envelopes.long_envelope(sound)
    weights = np.square(window()) / np.square(window()).sum()
    for at in (0, 16, 2000, 4090):
        part = sound[at : at + N_FFT]
        assert found[at] == pytest.approx(np.sqrt((np.square(part) * weights).sum()), rel=0.01)


def test_envelopes_of_stretches_are_those_of_the_whole() -> None:
    sound = stretch(8192)
    for envelope in (envelopes.short_envelope, envelopes.long_envelope):
        whole = envelope(sound)
        part = envelope(sound[1024 : 1024 + 2048 + 2 * MARGIN])
        assert np.abs(part - whole[1024:3072]).max() < 1e-6


def test_what_is_silent_is_shut_and_what_is_heard_is_open() -> None:
    decibels = np.array([-200, -83, -82, -77, -72, -60], np.float32)
    gate = envelopes.gate((10 ** (decibels / 20)).astype(np.float32))
    assert gate == pytest.approx([0, 0, 0, 0.5, 1, 1], abs=1e-3)
    assert (envelopes.gate(np.full(5, 0.1, np.float32)) == 1).all()
    assert envelopes.gate(np.zeros(0, np.float32)).shape == (0,)


def test_ratios_are_bounded() -> None:
    short, long = np.float32([0.0, 1.0, 9.0]), np.float32([0.0, 1.0, 1.0])
    assert envelopes.micro(short, long) == pytest.approx([0, 1, 1.5], abs=1e-5)
    assert envelopes.share(short, long) == pytest.approx([0, 1, 2], abs=1e-5)

from __future__ import annotations

import numpy as np
import pytest

from composer.acoustics.loudness import true_peak_db
from composer.refining.levels import loudness_of, match_level
from tests.unit.refining.sounds import stem


def test_the_loudness_is_that_of_the_dry_sound() -> None:
    dry = stem(3)[0].samples
    wet = np.ascontiguousarray(dry[:, ::-1]) * np.float32(0.05)
    match_level(wet, dry, loudness_of(dry))
    loudness = loudness_of(dry)
    assert loudness is not None and loudness_of(wet) == pytest.approx(loudness, abs=0.01)


@pytest.mark.parametrize(("seconds", "level"), [(0.2, 1.0), (1.0, 1e-4)])
def test_short_and_soft_sounds_have_equal_powers(seconds: float, level: float) -> None:
    dry = stem(seconds)[0].samples * np.float32(level)
    assert loudness_of(dry) is None
    wet = dry * np.float32(3)
    match_level(wet, dry, None)
    assert np.abs(wet - dry).max() < 1e-6 * level


def test_silence_is_left_alone() -> None:
    dry, wet = stem(1)[0].samples, np.zeros((2, 44_100), np.float32)
    match_level(wet, dry, loudness_of(dry))
    assert not wet.any()


def test_peaks_stay_below_the_ceiling() -> None:
    dry = stem(3)[0].samples
    dry = dry * np.float32(0.85 / np.abs(dry).max())
    wet = np.zeros_like(dry)
    wet[:, ::4000] = 1.0  # clicks: much peak, little loudness
    match_level(wet, dry, loudness_of(dry))
    peak = true_peak_db(wet)
    assert peak is not None and -1.5 < peak <= -1.0


def test_a_dry_sound_above_the_ceiling_may_stay_there() -> None:
    dry = stem(3)[0].samples
    dry = dry * np.float32(1.2 / np.abs(dry).max())
    wet = dry.copy()
    match_level(wet, dry, loudness_of(dry))
    assert true_peak_db(wet) == pytest.approx(true_peak_db(dry), abs=0.2)

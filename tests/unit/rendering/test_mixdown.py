from __future__ import annotations

import warnings

import numpy as np
import pytest

from composer.music.audio import Audio
from composer.rendering.mixdown import mix
from tests.unit.acoustics.sounds import (
    RATE,
    noise,
    oversampled_peak_db,
    reference_loudness,
    strokes,
)


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

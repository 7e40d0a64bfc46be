"""However a sound is cut for the networks and for synthesis, the same comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from composer.music.audio import Audio
from composer.refining.blocks import Controls, blocks, find_controls
from composer.refining.draws import Draws
from composer.refining.sound import measure
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.synthesis import Wetting, synthesise
from composer.refining.weights import Sampling
from tests.unit.refining.fakes import HandMade
from tests.unit.refining.sounds import stem


def controls_of(audio: Audio, mode: str, block: int) -> Controls:
    _, part = stem(1)
    network = HandMade(noise_db=-30)
    return find_controls(network, measure(audio), part, Sampling(mode), Draws(0, part), block=block)


@pytest.mark.parametrize("mode", ["none", "argmax", "sample"])
@pytest.mark.parametrize("seconds", [0.01, 3.0, 7.7])
def test_the_size_of_a_block_changes_nothing(mode: str, seconds: float) -> None:
    audio, _ = stem(seconds)
    whole = controls_of(audio, mode, 1 << 16)
    assert whole.gain_db.shape == (measure(audio).spectra, BANDS)
    assert whole.noise_db.shape[1] == NOISE_BANDS
    for block in (48, 272):
        part = controls_of(audio, mode, block)
        assert np.abs(part.gain_db - whole.gain_db).max() < 1e-4
        assert np.abs(part.loudest - whole.loudest).max() < 1e-6
    if mode != "none":
        plain = controls_of(audio, "none", 1 << 16)
        assert np.abs(plain.gain_db - whole.gain_db).max() > 0.1, "codes do something"


def test_too_short_a_reach_would_be_seen() -> None:
    audio, part = stem(3)
    dry, draws, sampling = measure(audio), Draws(0, part), Sampling("argmax")
    found = [
        find_controls(HandMade(reach=0), dry, part, sampling, draws, block=block).gain_db
        for block in (64, 1 << 16)
    ]
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_networks_see_no_more_than_a_block_at_once() -> None:
    audio, part = stem(13.7)
    network = HandMade()
    find_controls(network, measure(audio), part, Sampling(), Draws(0, part), block=256)
    assert network.longest == 256 + 2 * 32


def test_blocks_lie_on_a_grid() -> None:
    assert list(blocks(1)) == [(0, 16)]
    assert list(blocks(2049)) == [(0, 2048), (2048, 16)]


def test_the_beginning_of_a_sound_does_not_hear_its_end() -> None:
    """A longer sound begins like a shorter one, all but its level."""
    audio, part = stem(14)
    longer, shorter = measure(audio), measure(Audio(audio.samples[:, : 7 * 44_100], 44_100))
    made = []
    for dry in (longer, shorter):
        draws = Draws(1, part)
        network = HandMade(noise_db=-20)
        # At one level: that of a sound is what is measured of the whole of it.
        dry = type(dry)(dry.samples, longer.level, longer.loudest)
        controls = find_controls(network, dry, part, Sampling("sample"), draws, block=256)
        out = np.zeros_like(dry.samples)
        synthesise(Wetting(dry, controls, draws, 1.0), out)
        made.append(out)
    same = 6 * 44_100
    assert np.abs(made[0][:, :same] - made[1][:, :same]).max() < 1e-6

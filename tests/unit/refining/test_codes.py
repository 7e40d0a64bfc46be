from __future__ import annotations

import numpy as np

from composer.refining.codes import guess_codes, steps
from composer.refining.draws import BLOCK, Draws
from composer.refining.parts import Part
from composer.refining.weights import Sampling
from tests.unit.refining.fakes import CODES, HandMade

PART = Part(0, False, None, "piano")
CONTEXT = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32)


def test_without_codes_all_are_unknown() -> None:
    coarse, fine = guess_codes(HandMade(), CONTEXT, 0, Sampling("none"), Draws(0, PART))
    assert (coarse == CODES).all() and coarse.shape == (16,)
    assert (fine == CODES).all() and fine.shape == (64,)


def test_every_position_is_chosen_once_knowing_the_earlier_ones() -> None:
    seen: list[list[int]] = []

    class Watching(HandMade):
        def fine(self, context, coarse, codes):  # type: ignore[no-untyped-def]
            assert (coarse < CODES).all(), "coarse codes come first"
            seen.append(np.flatnonzero(codes < CODES).tolist())
            return super().fine(context, coarse, codes)

    coarse, fine = guess_codes(Watching(), CONTEXT, -16, Sampling("argmax"), Draws(0, PART))
    assert (coarse < CODES).all() and (fine < CODES).all()
    assert seen == [[], list(range(0, 64, 4)), list(range(0, 64, 2))]


def test_the_order_is_that_of_the_whole_sound() -> None:
    for first in (-16, 0, 48):
        masks = steps(first, 32)
        assert np.array_equal(sum(mask.astype(int) for mask in masks), np.ones(32))
        assert (np.flatnonzero(masks[0]) + first).tolist() == list(range(first, first + 32, 4))


def test_draws_belong_to_places() -> None:
    draws = Draws(3, PART)
    whole = draws.gumbels("fine", -50, 700, CODES)
    assert np.array_equal(draws.gumbels("fine", 100, 300, CODES), whole[150:450])
    assert np.array_equal(Draws(3, PART).gumbels("fine", -50, 700, CODES), whole)
    others = [
        Draws(4, PART),
        Draws(3, Part(1, False, None, "piano")),
        Draws(3, Part(0, False, None)),
    ]
    for other in others:
        assert not np.array_equal(other.gumbels("fine", -50, 700, CODES), whole)
    assert not np.array_equal(draws.gumbels("coarse", -50, 700, CODES), whole)
    assert np.isfinite(whole).all()
    assert abs(whole.mean() - 0.5772) < 0.06


def test_noise_is_normal_and_belongs_to_places() -> None:
    draws = Draws(3, PART)
    block = draws.normals(0, BLOCK)
    assert np.array_equal(draws.normals(0, 100), block[:100])
    assert not np.array_equal(draws.normals(1, BLOCK), block)
    for numbers in (block.real, block.imag):
        assert abs(numbers.mean()) < 0.01 and abs(numbers.std() - 1) < 0.01
    assert abs(np.corrcoef(block.real.ravel(), block.imag.ravel())[0, 1]) < 0.01


def test_temperature_zero_is_the_likeliest() -> None:
    likeliest = guess_codes(HandMade(), CONTEXT, 0, Sampling("argmax"), Draws(0, PART))
    cold = guess_codes(HandMade(), CONTEXT, 0, Sampling("sample", 0.0), Draws(0, PART))
    warm = guess_codes(HandMade(), CONTEXT, 0, Sampling("sample", 1.0), Draws(0, PART))
    assert np.array_equal(likeliest[1], cold[1])
    assert not np.array_equal(likeliest[1], warm[1])

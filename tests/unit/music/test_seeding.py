from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from composer.music.seeding import gauss, generator, pick, pick_key


def test_a_path_names_its_generator() -> None:
    draws = {generator(seed, *path).random() for seed in (0, 1) for path in ((), ("a",), ("a", 1))}
    assert len(draws) == 6
    assert generator(5, "melody", 2, "a'").random() == generator(5, "melody", 2, "a'").random()


def test_the_stream_is_frozen() -> None:
    # A full brief must compose the same piece on every machine and with every numpy.
    rng = generator(1, "form")
    assert [round(rng.random(), 12) for _ in range(3)] == [
        0.510408550726,
        0.612653125351,
        0.854639558767,
    ]


def test_large_seeds_are_told_apart() -> None:
    assert generator(2**63 - 1, "x").random() != generator(2**63 - 2, "x").random()


def test_picks_follow_their_weights() -> None:
    rng = generator(3, "pick")
    counts = Counter(pick(rng, "abcd", [1, 0, 3, -5]) for _ in range(4000))
    assert set(counts) == {"a", "c"}
    assert counts["c"] / 4000 == pytest.approx(0.75, abs=0.03)


def test_keys_are_picked_by_their_values() -> None:
    rng = generator(3, "pick")
    assert {pick_key(rng, {"x": 1.0, "y": 0.0}) for _ in range(50)} == {"x"}


@pytest.mark.parametrize("weights", [[0, 0], [-1, 0], []])
def test_nothing_to_pick_is_an_error(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="no item has a positive weight"):
        pick(generator(0), ["a", "b"][: len(weights)], weights)


class Ends:
    """A generator at an end of its range."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self) -> float:
        return self.value


@pytest.mark.parametrize("value", [0.0, np.nextafter(1.0, 0.0)])
def test_the_ends_of_the_range_pick_items_of_weight(value: float) -> None:
    rng: np.random.Generator = Ends(value)  # type: ignore[assignment]
    assert pick(rng, "abc", [0.0, 0.1, 0.0]) == "b"


def test_gauss_is_normal() -> None:
    rng = generator(8, "gauss")
    values = np.array([gauss(rng) for _ in range(4000)])
    assert np.isfinite(values).all()
    assert values.mean() == pytest.approx(0, abs=0.06)
    assert values.std() == pytest.approx(1, abs=0.05)

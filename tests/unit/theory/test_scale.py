from __future__ import annotations

import pytest

from composer.rulebook import Rulebook


@pytest.mark.parametrize(
    ("name", "steps", "parent"),
    [
        ("major", (0, 2, 4, 5, 7, 9, 11), "major"),
        ("minor", (0, 2, 3, 5, 7, 8, 10), "minor"),
        ("dorian", (0, 2, 3, 5, 7, 9, 10), "minor"),
        ("phrygian", (0, 1, 3, 5, 7, 8, 10), "minor"),
        ("lydian", (0, 2, 4, 6, 7, 9, 11), "major"),
        ("mixolydian", (0, 2, 4, 5, 7, 9, 10), "major"),
        ("locrian", (0, 1, 3, 5, 6, 8, 10), "minor"),
        ("harmonic-minor", (0, 2, 3, 5, 7, 8, 11), "minor"),
        ("melodic-minor", (0, 2, 3, 5, 7, 9, 11), "minor"),
    ],
)
def test_the_modes(book: Rulebook, name: str, steps: tuple[int, ...], parent: str) -> None:
    scale = book.scales[name]
    assert scale.semitones == steps
    assert scale.parent == parent


@pytest.mark.parametrize(
    "name", ["major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian"]
)
def test_a_signature_holds_what_the_scale_has(book: Rulebook, name: str) -> None:
    scale = book.scales[name]
    # A signature of n sharps covers the fifths from n - 1 below its major tonic to n + 5 above.
    assert sorted(scale.degrees) == list(range(scale.signature - 1, scale.signature + 6))

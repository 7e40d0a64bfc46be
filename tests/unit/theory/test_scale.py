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
        ("major-pentatonic", (0, 2, 4, 5, 7, 9, 11), "major"),
        ("minor-pentatonic", (0, 2, 3, 5, 7, 8, 10), "minor"),
        ("blues", (0, 2, 4, 5, 7, 9, 10), "major"),
        ("minor-blues", (0, 2, 3, 5, 7, 8, 10), "minor"),
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


@pytest.mark.parametrize(
    ("text", "tune"),
    [
        ("C major pentatonic", "C D E G A"),
        ("A minor-pentatonic", "A C D E G"),
        ("E blues", "E G A Bb B D"),
        ("C minor blues", "C Eb F Gb G Bb"),
        ("D dorian", "D E F G A B C"),
    ],
)
def test_what_tunes_keep_to(book: Rulebook, text: str, tune: str) -> None:
    assert " ".join(name.name for name in book.key(text).tune) == tune

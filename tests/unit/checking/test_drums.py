"""Two hands, two feet, and the two hands of a percussionist."""

from __future__ import annotations

from composer.checking.drums import limb, limbs_ok


def test_limbs_by_key() -> None:
    assert [limb(key) for key in (35, 36, 44)] == ["foot"] * 3
    assert {limb(key) for key in (38, 42, 46, 49, 51, 57, 59)} == {"hand"}
    assert {limb(key) for key in (39, 54, 56, 58, 60, 70, 82)} == {"percussion"}


def test_four_limbs_at_most() -> None:
    assert limbs_ok([36, 44, 38, 49])  # kick, pedal hi-hat, snare, crash: all four
    assert limbs_ok([])
    assert not limbs_ok([38, 42, 49])  # three hands
    assert not limbs_ok([35, 36, 44])  # three feet
    assert not limbs_ok([36, 38, 42, 46, 49])


def test_a_percussionist_has_two_hands_beside_the_drummers() -> None:
    assert limbs_ok([36, 44, 38, 49, 54, 70])
    assert not limbs_ok([54, 70, 39])
    assert not limbs_ok([38, 42, 49, 70])

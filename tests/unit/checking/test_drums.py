"""Two hands, two feet."""

from __future__ import annotations

from composer.checking.drums import limb, limbs_ok


def test_limbs_by_key() -> None:
    assert [limb(key) for key in (35, 36, 44)] == ["foot"] * 3
    assert {limb(key) for key in (38, 42, 46, 49, 51, 56)} == {"hand"}


def test_four_limbs_at_most() -> None:
    assert limbs_ok([36, 44, 38, 49])  # kick, pedal hi-hat, snare, crash: all four
    assert limbs_ok([])
    assert not limbs_ok([38, 42, 49])  # three hands
    assert not limbs_ok([35, 36, 44])  # three feet
    assert not limbs_ok([36, 38, 42, 46, 49])

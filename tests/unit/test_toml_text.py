"""TOML from anyone: what would fill memory or stack is refused before it can."""

from __future__ import annotations

import pytest

from composer.toml_text import DEEPEST_KEY, parse_toml

DEEP = "a." * 60_000


@pytest.mark.parametrize(
    "text",
    [
        f"{DEEP}b = 1",
        f"[{DEEP}b]",
        f"[[ {DEEP}b ]]",
        f"x = {{y = 1, {DEEP}b = 1}}",
        rf'"\"" . {DEEP}b = 1',
        f"'a' .{DEEP}b = 1",
        "a = " + "[" * 50_000,
        "a = " + "{b = " * 50_000,
        "a = " + "9" * 5_000,
        b"\xff",
    ],
)
def test_what_grows_past_all_reason_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_toml(text)


def test_dots_in_texts_are_no_keys() -> None:
    lyrics = "no. " * 100 + "..." * 100
    assert parse_toml(f'lyrics = "{lyrics}"') == {"lyrics": lyrics}


def test_keys_as_deep_as_allowed_are_read() -> None:
    found: object = parse_toml("a." * (DEEPEST_KEY - 1) + "a = 1")
    for _ in range(DEEPEST_KEY):
        assert isinstance(found, dict)
        found = found["a"]
    assert found == 1

from __future__ import annotations

import re

import pytest

from composer.prompting.numerals import NUMBER, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90", 90),
        ("12.5", 12.5),
        ("zero", 0),
        ("nineteen", 19),
        ("Seventy-Two", 72),
        ("one hundred and twenty", 120),
        ("a hundred", 100),
        ("a dozen", 12),
        ("two dozen", 24),
        ("a couple", 2),
        ("half", 0.5),
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十五", 95),
        ("一百", 100),
        ("一百零五", 105),
        ("一百五", 150),
        ("一百二十", 120),
        ("一二零", 120),
        ("两点五", 2.5),
    ],
)
def test_numbers_in_words_and_digits(text: str, value: float) -> None:
    assert number(text) == value
    assert re.fullmatch(NUMBER, text, re.IGNORECASE)


@pytest.mark.parametrize("value", range(1, 100))
def test_chinese_numbers_below_a_hundred(value: int) -> None:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(value, 10)
    written = (digits[tens] if tens > 1 else "") + ("十" if tens else "")
    assert number(written + (digits[ones] if ones else "")) == value


@pytest.mark.parametrize("text", ["bars", "x", "音"])
def test_words_are_no_numbers(text: str) -> None:
    assert re.fullmatch(NUMBER, text) is None
    with pytest.raises(ValueError, match="no number"):
        number(text)

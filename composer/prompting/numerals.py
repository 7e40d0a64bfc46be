"""Numbers as they are written in words, in English and in Chinese."""

from __future__ import annotations

import re

_ENGLISH: dict[str, float] = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "a": 1,
    "an": 1,
    "half": 0.5,
}
_MANY = {"dozen": 12, "couple": 2}
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100}

_COUNTED = sorted((*_ENGLISH, *_MANY, "hundred"), key=len, reverse=True)
_FIRST = f"(?:{'|'.join(_COUNTED)})"
_NEXT = f"(?:{'|'.join(word for word in _COUNTED if word not in ('a', 'an', 'half'))})"
NUMBER = (
    r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百]+(?:点[零一二三四五六七八九]+)?|"
    rf"\b{_FIRST}(?:[ -](?:and )?{_NEXT})*\b)"
)
"""A regular expression of one number, in digits or in words."""


def number(text: str) -> float:
    """Read a number that `NUMBER` matches.

    Raises:
        ValueError: If it is none after all.

    >>> number("12.5"), number("seventy-two"), number("a hundred and twenty")
    (12.5, 72.0, 120.0)
    >>> number("一百二十"), number("两"), number("十二"), number("一百五")
    (120.0, 2.0, 12.0, 150.0)
    """
    text = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if text[:1] in _DIGITS or text[:1] in _POWERS:
        return _chinese(text)
    return _english(text)


def _english(text: str) -> float:
    total = 0.0
    for word in re.split(r"[ -]+", text):
        if word == "hundred":
            total = max(total, 1.0) * 100
        elif word in _MANY:
            total = (total or 1.0) * _MANY[word]
        elif word in _ENGLISH:
            total += _ENGLISH[word]
        elif word != "and":
            raise ValueError(f'"{text}" is no number')
    return total


def _chinese(text: str) -> float:
    whole, _, part = text.partition("点")
    total, last, power = 0, 0, 1
    for sign in whole:
        if sign in _POWERS:
            power = _POWERS[sign]
            total += (last or 1) * power
            last = 0
        else:
            if last and not total:
                # Digit by digit, as in 一二零.
                last = last * 10 + _DIGITS[sign]
                continue
            last = _DIGITS[sign]
    if last:
        # 一百五 is a hundred and fifty, 一百零五 a hundred and five.
        short = power == 100 and len(whole) > 1 and whole[-2] == "百"
        total += last * 10 if short else last
    elif not total:
        total = last
    fraction = "".join(str(_DIGITS[sign]) for sign in part)
    return float(f"{total}.{fraction or 0}")

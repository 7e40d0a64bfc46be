"""Numbers and words in the elements of a score, with one clear line where they are none."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from composer.errors import NotationError
from composer.music.named_choice import shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,6})?|[+-]?\.[0-9]{1,6}")


def words(element: Element, path: str) -> str:
    """The text of an inner element on one line; empty where there is none."""
    return " ".join((element.findtext(path) or "").split())


def number(element: Element, path: str) -> Fraction | None:
    """The number in an inner element; None where it is missing or empty.

    Raises:
        NotationError: If it is no number of at most nine digits; the message is the rest of a
            sentence that begins with the place.
    """
    text = words(element, path)
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise NotationError(f'"{shown(text)}" in <{path.rpartition("/")[2]}> is no number')
    return Fraction(text)


def whole(element: Element, path: str, low: int, high: int) -> int | None:
    """The whole number in an inner element; None where it is missing or empty.

    A decimal number counts as the nearest whole one.

    Raises:
        NotationError: If it is no number, or out of range.
    """
    value = number(element, path)
    if value is None:
        return None
    if not low <= value <= high:
        tag = path.rpartition("/")[2]
        raise NotationError(f"{float(value):g} in <{tag}> is not from {low} to {high}")
    return round(value)


def offset_quarters(element: Element, divisions: Fraction) -> Fraction:
    """How far from where it stands a direction or a chord symbol holds."""
    return (number(element, "offset") or Fraction(0)) / divisions


def staff_of(element: Element) -> int:
    """The staff that an element belongs to, counted from the top."""
    return whole(element, "staff", 1, 100) or 1

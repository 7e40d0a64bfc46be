"""Numbers as they are spoken in English."""

from __future__ import annotations

from composer.prosody.word_lists import word_list

_ONES = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_YEARS = range(1100, 2000)
_MOST_DIGITS = 12


def spoken(digits: str) -> tuple[str, ...]:
    """The words of a number; one of four digits from 1100 to 1999 is a year.

    Args:
        digits: Digits, with an ending such as ``th`` for an ordinal or ``s`` for a decade.

    >>> spoken("99"), spoken("1969"), spoken("21st")
    (('ninety', 'nine'), ('nineteen', 'sixty', 'nine'), ('twenty', 'first'))
    """
    number = digits.rstrip("abcdefghijklmnopqrstuvwxyz")
    ending = digits[len(number) :]
    if len(number) > _MOST_DIGITS or (number.startswith("0") and len(number) > 1):
        words = [_ONES[int(digit)] for digit in number]
    elif len(number) == 4 and int(number) in _YEARS:
        high, low = divmod(int(number), 100)
        words = [*_below_hundred(high), *(_below_hundred(low) if low else ["hundred"])]
        if 0 < low < 10:
            words = [*_below_hundred(high), "oh", _ONES[low]]
    else:
        words = _cardinal(int(number))
    if ending in ("st", "nd", "rd", "th"):
        words[-1] = _ordinal(words[-1])
    elif ending == "s":
        words[-1] = f"{words[-1][:-1]}ies" if words[-1].endswith("y") else f"{words[-1]}s"
    return tuple(words)


def _ordinal(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"


def _below_hundred(number: int) -> list[str]:
    if number < 20:
        return [_ONES[number]]
    tens, ones = divmod(number, 10)
    return [_TENS[tens - 2], *([_ONES[ones]] if ones else [])]


def _cardinal(number: int) -> list[str]:
    for scale, name in _SCALES:
        if number >= scale:
            high, low = divmod(number, scale)
            return [*_cardinal(high), name, *(_cardinal(low) if low else [])]
    if number >= 100:
        high, low = divmod(number, 100)
        return [_ONES[high], "hundred", *(_below_hundred(low) if low else [])]
    return _below_hundred(number)

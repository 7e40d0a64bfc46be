"""Interval classes as distances on the line of fifths, written as scale degrees.

The degree notation is that of jazz and pop theory: ``1 b3 5 b7 #11`` are counted against the
major scale.
"""

from __future__ import annotations

import re

_MAJOR_FIFTHS = {1: 0, 2: 2, 3: 4, 4: -1, 5: 1, 6: 3, 7: 5}
_DEGREE = re.compile(r"(bb|##|b|#)?(\d{1,2})")


def parse_degree(text: str) -> int:
    """Read a degree such as ``b3`` or ``#11`` as a distance in fifths.

    Raises:
        ValueError: If the text is not a degree from 1 to 14.

    >>> parse_degree("3"), parse_degree("b3"), parse_degree("#11")
    (4, -3, 6)
    """
    match = _DEGREE.fullmatch(text.strip())
    if match is None or not 1 <= int(match.group(2)) <= 14:
        raise ValueError(f'"{text}" is not a scale degree such as 1, b3 or #11')
    alter = {"": 0, "b": -1, "bb": -2, "#": 1, "##": 2}[match.group(1) or ""]
    return _MAJOR_FIFTHS[(int(match.group(2)) - 1) % 7 + 1] + 7 * alter


def degree_name(fifths: int) -> str:
    """Write a distance in fifths as a degree from 1 to 7.

    >>> degree_name(-3), degree_name(6)
    ('b3', '#4')
    """
    base = (fifths + 1) % 7 - 1
    number = next(n for n, f in _MAJOR_FIFTHS.items() if f == base)
    alter = (fifths - base) // 7
    return ("#" * alter if alter >= 0 else "b" * -alter) + str(number)


def semitones(fifths: int) -> int:
    """Size within the octave, 0–11.

    >>> semitones(4), semitones(-3)
    (4, 3)
    """
    return fifths * 7 % 12

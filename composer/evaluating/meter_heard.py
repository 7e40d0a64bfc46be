"""Whether bars are duple, triple or compound, heard from the notes alone."""

from __future__ import annotations

KINDS = ("duple", "triple", "compound")
"""What is told apart: 2/4, 4/4 and 2/2; 3/4, 3/8 and 3/2; 6/8, 9/8 and 12/8."""


def kind_of(numerator: int, denominator: int) -> str:
    """The kind of a time signature; ``odd`` for what is none of `KINDS`, such as 5/4 and 7/8.

    >>> kind_of(4, 4), kind_of(3, 4), kind_of(6, 8), kind_of(7, 8)
    ('duple', 'triple', 'compound', 'odd')
    """
    if denominator >= 8 and numerator in (6, 9, 12):
        return "compound"
    if numerator == 3:
        return "triple"
    return "duple" if numerator in (1, 2, 4, 8) else "odd"

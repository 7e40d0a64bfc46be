"""Lists of words as they are written in this package: between spaces."""

from __future__ import annotations


def word_list(text: str) -> tuple[str, ...]:
    """The words of a text in order.

    >>> word_list("zero one  two")
    ('zero', 'one', 'two')
    """
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set.

    >>> "of" in word_set("a an the of")
    True
    """
    return frozenset(text.split())

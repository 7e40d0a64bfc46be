"""Words cut into the pieces of a vocabulary.

Source: Wu et al., *Google's Neural Machine Translation System* (2016), section 4.1; Devlin et al.,
*BERT* (2019): lower case, no accents, the longest piece first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_CONTINUED = "##"
_LONGEST_WORD = 100
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


def pieces(text: str, vocabulary: Mapping[str, int], most: int) -> tuple[int, ...]:
    """The numbers of a text's pieces, between those of beginning and end.

    Args:
        text: The text.
        vocabulary: Number by piece; a piece that goes on with a word begins with ``##``.
        most: How many pieces may come of it; the rest is left out.

    >>> vocabulary = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "calm": 3, "##er": 4}
    >>> pieces("Calmer, calm", vocabulary, 16)
    (0, 3, 4, 2, 3, 1)
    """
    decomposed = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    found = [number for word in _WORD.findall(plain) for number in _cut(word, vocabulary)]
    return (vocabulary[CLS], *found[: most - 2], vocabulary[SEP])


def _cut(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The longest pieces of a word, from its beginning; unknown as a whole if one is missing."""
    found: list[int] = []
    start = 0
    while start < len(word) <= _LONGEST_WORD:
        mark = _CONTINUED if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocabulary), None)
        if end is None:
            break
        found.append(vocabulary[mark + word[start:end]])
        start = end
    return found if start == len(word) else [vocabulary[UNKNOWN]]

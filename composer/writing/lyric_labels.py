"""Which lines of a stanza share their music."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from composer.prosody.verse import Stanza

_PRIMES = 3
_NEAR = 2  # syllables by which lines may differ and still be alike


def phrase_labels(stanza: Stanza, bars: Sequence[int]) -> tuple[str, ...]:
    """Labels of the phrases of a stanza: one letter for lines that rhyme or stand alike.

    A line without a rhyme has the material of an earlier one without, of about as many syllables
    and as many bars, that stands an even number of lines before it: the first and the third line
    of a ballad's stanza.
    """
    scheme = stanza.scheme
    alone = {letter for letter, count in Counter(scheme).items() if count == 1}
    if alone == set(scheme) and len(scheme) == 2:
        return ("a", "a'") if bars[0] == bars[1] else ("a", "b")
    letters: list[str] = []
    for index, letter in enumerate(scheme):
        name = letter
        if letter in alone:
            for before in range(index - 2, -1, -2):
                near = abs(len(stanza.lines[before].syllables) - len(stanza.lines[index].syllables))
                if scheme[before] in alone and bars[before] == bars[index] and near <= _NEAR:
                    name = letters[before]
                    break
        letters.append(name)
    return primed("".join(letters))


def primed(letters: str) -> tuple[str, ...]:
    """Letters as labels: the first is a, and what comes back is primed.

    >>> primed("AABBB"), primed("cdcd")
    (('a', "a'", 'b', "b'", "b''"), ('a', 'b', "a'", "b'"))
    """
    names: dict[str, str] = {}
    heard: Counter[str] = Counter()
    labels = []
    for letter in letters:
        name = names.setdefault(letter, chr(ord("a") + len(names) % 26))
        labels.append(name + "'" * min(_PRIMES, heard[name]))
        heard[name] += 1
    return tuple(labels)

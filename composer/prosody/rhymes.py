"""Rhyme schemes: which lines of a stanza end alike.

Four kinds of likeness are heard, the surest first: the same sounds from the last stressed vowel on;
the same last syllable, where it is far enough from the stress to be sung with weight (``thee`` and
``immortality``); the same letters (``love`` and ``prove``, which rhymed once); and the same vowel
before consonants of one kind (``time`` and ``mine``).
Source: Preminger and Brogan, *The New Princeton Encyclopedia of Poetry and Poetics* (1993), on
rhyme, promotion, eye rhyme and near rhyme.
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.prosody.endings import Ending

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LEAST_LETTERS = 3
_KINDS = {
    **dict.fromkeys(("M", "N", "NG"), "nasal"),
    **dict.fromkeys(("P", "T", "K", "B", "D", "G"), "stop"),
    **dict.fromkeys(("F", "V", "TH", "DH", "S", "Z", "SH", "ZH"), "hiss"),
}
_FURTHEST = 6  # lines back that a rhyme is heard


def likeness(one: Ending, two: Ending) -> int:
    """How surely two endings rhyme: 4 the same sounds, 3 promoted, 2 to the eye, 1 near, 0 not.

    >>> from composer.prosody.english import read_word
    >>> pairs = (("snow", "go"), ("me", "immortality"), ("love", "prove"), ("time", "mine"))
    >>> [likeness(read_word(a).ending, read_word(b).ending) for a, b in pairs]
    [4, 3, 2, 1]
    """
    if one.word == two.word or one.full & two.full:
        return 4
    if (one.light & (two.light | two.full)) or (two.light & one.full):
        return 3
    letters = one.letters == two.letters and len(one.letters) >= _LEAST_LETTERS
    if letters and {one.letters, two.letters} != {"ing"}:
        return 2
    near = {_kind(sound) for sound in sorted(one.full)} & {_kind(s) for s in sorted(two.full)}
    return 1 if any(near) else 0


def scheme_of(endings: Sequence[Ending]) -> str:
    """The rhyme scheme of a stanza, a letter a line.

    Each line joins the line above it that it rhymes with most surely, the nearest of equals.

    >>> from composer.prosody.english import read_word
    >>> scheme_of([read_word(word).ending for word in ("star", "are", "high", "sky")])
    'AABB'
    """
    labels: list[str] = []
    for index, ending in enumerate(endings):
        best, chosen = 0, ""
        for before in range(index - 1, max(-1, index - 1 - _FURTHEST), -1):
            found = likeness(endings[before], ending)
            if found > best:
                best, chosen = found, labels[before]
        if not chosen:
            used = len(set(labels))
            chosen = _LETTERS[used % len(_LETTERS)]
        labels.append(chosen)
    return "".join(labels)


def _kind(sound: str) -> str:
    """A rhyme of one syllable with its consonants by kind; empty for any other."""
    phones = sound.split()
    if len(phones) != 2 or phones[1] not in _KINDS:
        return ""
    return f"{phones[0]} {_KINDS[phones[1]]}"

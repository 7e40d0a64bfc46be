"""Written syllables: a word cut into as many pieces as it has spoken syllables.

The pieces join up to the word, letter by letter. Where the hyphenation has as many as are asked,
they are its own; elsewhere each piece is built around one group of vowels, and the hyphenation has
its say only on where the consonants between two groups are parted.
Source: Liang, "Word Hy-phen-a-tion by Com-put-er" (1983), for the hyphenation, by pyphen.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from composer.prosody.languages import hyphenation_of
from composer.prosody.word_lists import word_set

VOWELS = frozenset("aeiouyäöüàâáãåæœéèêëíìîïóòôõøúùûýÿœаеёиоуыэюяієї")
# Letters that stand for one sound: they are never parted.
_PAIRS = ("tch", "sch", "ch", "sh", "th", "ph", "wh", "gh", "ck", "qu", "ng", "dg", "ll", "gn")
# Consonants that may begin a syllable together.
_ONSETS = word_set(
    "bl br cl cr dr fl fr gl gr pl pr sc sk sl sm sn sp st sw tr tw spr str thr shr scr ch sh th "
    "ph wh qu kn wr chr phr schr"
)
_ONE = ("ee", "oo", "ea", "ai", "au", "ou", "oi", "ie", "ei", "eu", "oa", "ay", "ey", "oy", "ui")
_MAX_LETTERS = 60
_NOT = "n't"


def pieces(word: str, count: int, language: str = "en") -> tuple[str, ...]:
    """Cut a word into so many pieces.

    Args:
        word: Letters, and apostrophes.
        count: At least 1; a word of fewer letters gives as many pieces as it has letters.
        language: Whose hyphenation is asked.

    >>> pieces("heaven", 2), pieces("every", 2), pieces("fire", 2), pieces("wandering", 3)
    (('heav', 'en'), ('ev', 'ery'), ('fi', 're'), ('wan', 'der', 'ing'))
    """
    count = min(count, len(word))
    if count <= 1 or len(word) > _MAX_LETTERS:
        return (word,)
    lower = word.lower().replace("’", "'")
    if lower.endswith("n't") and len(word) > len(_NOT):
        return (*pieces(word[: -len(_NOT)], count - 1, language), word[-len(_NOT) :])
    marks = hyphen_points(lower, language)
    nuclei = _nuclei(lower, count, language)
    if len(marks) == count - 1 and _all_sound(lower, [0, *marks, len(word)]):
        return tuple(word[a:b] for a, b in itertools.pairwise([0, *marks, len(word)]))
    cuts = [_cut(lower, a, b, marks) for a, b in itertools.pairwise(nuclei)]
    ends = [0, *cuts, len(word)]
    if len(nuclei) != count or any(a >= b for a, b in itertools.pairwise(ends)):
        ends = [round(i * len(word) / count) for i in range(count + 1)]
    return tuple(word[a:b] for a, b in itertools.pairwise(ends))


def vowel_groups(word: str) -> list[tuple[int, int]]:
    """First and last-but-one index of each group of vowels; y before a vowel is a consonant.

    >>> vowel_groups("beyond"), vowel_groups("queen")
    ([(1, 2), (3, 4)], [(2, 4)])
    """
    found: list[tuple[int, int]] = []
    for i, letter in enumerate(word):
        after = word[i + 1] if i + 1 < len(word) else ""
        consonant = letter == "y" and after in VOWELS and (i == 0 or word[i - 1] in VOWELS)
        consonant |= letter == "y" and i == 0 and after in VOWELS
        consonant |= letter == "u" and i > 0 and word[i - 1] == "q"
        consonant |= letter == "u" and i > 0 and word[i - 1] == "g" and after in ("e", "i")
        if letter not in VOWELS or consonant:
            continue
        if found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


@lru_cache(maxsize=16)
def _hyphenation(language: str) -> Any:
    import pyphen  # type: ignore[import-untyped]

    known = pyphen.language_fallback(language)
    return None if known is None else pyphen.Pyphen(lang=known, left=1, right=1)


@lru_cache(maxsize=4096)
def hyphen_points(word: str, language: str) -> tuple[int, ...]:
    """Where the hyphenation would part a word, as indices of letters."""
    hyphenation = _hyphenation(hyphenation_of(language))
    if hyphenation is None or len(word) > _MAX_LETTERS:
        return ()
    return tuple(int(place) for place in hyphenation.positions(word))


def _all_sound(word: str, ends: Sequence[int]) -> bool:
    """Whether each piece between these ends has a vowel that may sound."""
    return all(
        any(letter in VOWELS for letter in word[start:end])
        for start, end in itertools.pairwise(ends)
    )


def _nuclei(word: str, count: int, language: str) -> list[tuple[int, int]]:
    """As many groups of vowels as are asked: mute ones are dropped, wide ones are split."""
    groups = vowel_groups(word)
    while len(groups) > count:
        del groups[_mutest(word, groups, language)]
    while len(groups) < count:
        wide = [i for i, (a, b) in enumerate(groups) if b - a > 1]
        if not wide:
            break
        widest = max(wide, key=lambda i: (_hiatus(word, groups[i]), i))
        first, last = groups[widest]
        middle = first + _split(word[first:last])
        groups[widest : widest + 1] = [(first, middle), (middle, last)]
    # "rhythm", "prism", "heav'n" in full: the last consonant is a syllable of its own.
    if len(groups) == count - 1 and groups and groups[-1][1] < len(word) - 1:
        groups.append((len(word) - 1, len(word)))
    return groups


def _mutest(word: str, groups: list[tuple[int, int]], language: str) -> int:
    """Index of the group that is least likely to be spoken; never the first alone of a word."""
    best, best_score = len(groups) - 1, -1.0
    for i, (first, last) in enumerate(groups):
        letters, rest = word[first:last], word[last:]
        score = 0.0
        if letters == "e":
            score = 2.0
            if i == len(groups) - 1 and rest in ("", "s", "d"):
                score = 4.0
            elif re.match(r"[^aeiouy](ly|ful|less|ness|ment|some|thing|where|man|time)", rest):
                score = 0.5
            if re.match(r"(ly|ful|less|ness|ment|some|thing|where|body|man|time)", rest):
                score = 5.0
        elif len(letters) == 1:
            score = 1.0 if 0 < i < len(groups) - 1 else 0.2
        if i == 0 and language == "en":
            score -= 3.0
        if 0 < i < len(groups) - 1:
            score += 0.3
        if score > best_score:
            best, best_score = i, score
    return best


def _hiatus(word: str, group: tuple[int, int]) -> float:
    """How likely two vowels side by side are two syllables."""
    letters = word[group[0] : group[1]]
    if letters[:2] in ("io", "ia", "eo", "iu", "ua", "ue", "uo", "oe", "yi", "ya", "ui"):
        return 2.0
    return 1.0 if len(letters) > 2 or letters not in _ONE else 0.0


def _split(letters: str) -> int:
    """Where a group of vowels is split: after a pair that is one sound, or after the first."""
    return 2 if len(letters) > 2 and letters[:2] in _ONE else 1


def _cut(word: str, here: tuple[int, int], after: tuple[int, int], marks: Sequence[int]) -> int:
    """Where the consonants between two nuclei are parted."""
    low, high = here[1], after[0]
    inside = [mark for mark in marks if low <= mark <= high]
    if inside:
        return inside[0]
    between = word[low:high]
    if len(between) <= 1 or between in _PAIRS:
        return low if between != "x" and between not in ("ck", "ng") else high
    for size in (3, 2):
        if len(between) >= size and between[-size:] in _ONSETS:
            return high - size
    return high - 1

"""English words that the dictionary lacks: from words that they are made of, or letter by letter.

Source: Fudge, *English Word-Stress* (1984), for what endings and beginnings do to the stress.
"""

from __future__ import annotations

import re

from composer.prosody.pronouncing import MAIN, NONE, SECOND, listed, stresses_of
from composer.prosody.written import vowel_groups

# Endings that fix the main stress: on the syllable so many before the last.
_STRESSED = (
    (re.compile(r"(tion|sion|cian|tian|gion|cious|tious|ic|ics|ish)s?$"), 1),
    (re.compile(r"(ity|ety|ify|ical|ian|ious|eous|ial|logy|graphy|nomy|itude|ular)s?$"), 2),
    (re.compile(r"(ee|eer|ese|ette|esque|oon)s?$"), 0),
)
_PREFIXES = re.compile(
    r"(a|be|de|re|un|en|em|in|im|dis|mis|for|to|with|ex|con|com|pre|pro)(?=.{3})"
)
# Endings of inflected and derived words, with the syllables that they add.
_ENDINGS = (
    ("fully", 2),
    ("lessly", 2),
    ("ing", 1),
    ("in'", 1),
    ("ness", 1),
    ("less", 1),
    ("ful", 1),
    ("ly", 1),
    ("like", 1),
    ("eth", 1),
    ("est", 1),
    ("ers", 1),
    ("er", 1),
    ("'s", 0),
    ("s'", 0),
    ("'st", 0),
    ("'d", 0),
    ("ed", 0),
    ("es", 0),
    ("s", 0),
    ("d", 0),
)
_HEADS = ("un", "re", "over", "under", "out", "mid", "fore", "sea", "moon", "sun", "star", "ever")
_SIBILANTS = ("s", "x", "z", "ch", "sh", "ge", "ce", "se", "ze")
_HIATUS = ("io", "ia", "eo", "iu", "ua", "uo", "yi", "ya")
_ONE_VOWEL = re.compile(r"(tion|sion|cian|tian|gion|cious|tious|cial|tial|geous|cean)")
_MUTE_INSIDE = re.compile(r"(?<=[aeiouy][^aeiouy'])e(?=(?:ly|ful|less|ness|ment|some)\b)")


def unlisted(word: str) -> list[float]:
    """The stress of each syllable of a word that the dictionary lacks, 0 to 1.

    Args:
        word: In lower case, with straight apostrophes.

    >>> unlisted("thinketh"), unlisted("slithy"), unlisted("o'er")
    ([1.0, 0.0], [1.0, 0.0], [1.0])
    """
    if "'" in word[1:-1]:
        whole = restored(word)
        if whole:
            count = by_letters(word)
            return (stresses_of(listed(whole)[0]) + [NONE] * count)[:count]
    return _inflected(word) or _compound(word) or _placed(word, by_letters(word))


def restored(word: str) -> str:
    """The word whose vowel an apostrophe swallowed, if the dictionary has it; empty if not.

    >>> restored("heav'n"), restored("o'er"), restored("blick's")
    ('heaven', 'over', '')
    """
    for whole in (word.replace("'", "e"), word.replace("'", "v"), word.replace("'", "i")):
        if whole != word and listed(whole):
            return whole
    return ""


def _inflected(word: str) -> list[float]:
    """Stresses of a word with an ending that the dictionary's word has not; empty if it is none."""
    for ending, more in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        doubled = stem[:-1] if len(stem) > 2 and stem[-2] == stem[-1] else ""
        changed = f"{stem[:-1]}y" if stem.endswith("i") else ""
        bases = [f"{stem}g"] if ending == "in'" else [stem, f"{stem}e", doubled, changed]
        for base in bases:
            if base and listed(base):
                added = more + _extra(base, ending)
                return [*stresses_of(listed(base)[0]), *[NONE] * added]
    return []


def _extra(base: str, ending: str) -> int:
    """The syllable that an ending without a vowel adds after its like: roses, wanted."""
    if ending in ("'s", "s", "es") and base.endswith(_SIBILANTS):
        return 1
    return int(ending in ("ed", "d") and base.endswith(("t", "d", "te", "de")))


def _compound(word: str) -> list[float]:
    """Stresses of a word made of two that the dictionary has; empty if it is none."""
    for cut in range(len(word) - 3, 1, -1):
        head, tail = word[:cut], word[cut:]
        if (cut >= 4 or head in _HEADS) and listed(head) and listed(tail):
            lighter = [min(SECOND, stress) for stress in stresses_of(listed(tail)[0])]
            return [*stresses_of(listed(head)[0]), *lighter]
    return []


def by_letters(word: str) -> int:
    """Syllables of a word as its letters have them: groups of vowels but for mute ones.

    An apostrophe stands for a sound that is not sung.

    >>> [by_letters(word) for word in ("heav'n", "o'er", "lov'd", "blessèd", "snozzle")]
    [1, 1, 1, 2, 2]
    """
    owner = word.removesuffix("'s")
    bare = _ONE_VOWEL.sub("en", re.sub(r"(?<=[aeo])'(?=e)", "", owner))
    groups = vowel_groups(bare)
    count = len(groups) + sum(bare[first:last][:2] in _HIATUS for first, last in groups)
    if count > 1 and re.search(r"[^aeiouy'](e|es|ed)$", bare):
        sounded = re.search(r"[^aeiouyrl]les?$", bare) is not None
        sounded |= bare.endswith("ed") and bare[-3] in "td"
        sounded |= re.search(r"(s|x|z|ch|sh|g|c)es$", bare) is not None
        count -= not sounded
    count += owner != word and owner.endswith(_SIBILANTS)
    return max(1, count - len(_MUTE_INSIDE.findall(bare)))


def _placed(word: str, count: int) -> list[float]:
    """So many stresses, the main one where the endings and beginnings of the word put it."""
    backs = [count - 1 - back for pattern, back in _STRESSED if pattern.search(word)]
    if backs and backs[0] >= 0:
        place = backs[0]
    elif count <= 2:
        place = int(count == 2 and _PREFIXES.match(word) is not None)
    else:
        place = count - 3
    return [MAIN if i == place else NONE for i in range(count)]

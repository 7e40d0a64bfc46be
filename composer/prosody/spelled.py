"""Words of languages that are sung as they are spelled: German, French, Spanish and others.

Syllables are groups of vowels, as each language parts them; the hyphenation says where they are
cut. The stress is where the language usually has it, or where an accent is written.
Source: Grevisse and Goosse, *Le bon usage* (2016), for the mute e; Navarro Tomás, *Métrica
española* (1956), and Menichetti, *Metrica italiana* (1993), for diphthongs and stresses.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from composer.prosody.endings import Ending, Word
from composer.prosody.languages import is_light
from composer.prosody.pronouncing import MAIN, NONE
from composer.prosody.verse import Syllable
from composer.prosody.word_lists import word_list
from composer.prosody.written import VOWELS, pieces, vowel_groups

_LIGHT, _SHORT = 0.15, 0.9
_WRITTEN_STRESS = frozenset("áéíóúàèìòùâêô")
_WEAK = frozenset("iuyü")
# Vowels that are one sound where they stand together.
_UNITS = {
    "de": word_list("eau aa ee oo ie ei ai au eu äu ui"),
    "nl": word_list("eeu ieu aai ooi oei aa ee oo uu ie ei ij oe ui eu ou au"),
    "fr": word_list("eau œu oui ou ai aî ei oi oî au eu ui ie io ia iè ée ue"),
    "sv": (),
    "ru": (),
    "uk": (),
}
_UNSTRESSED_HEADS = re.compile(r"(be|ge|ver|zer|er|ent|emp|miss)(?=..)")


@lru_cache(maxsize=4096)
def read_spelled(written: str, language: str) -> Word:
    """A word of a language that is sung as it is spelled.

    Args:
        written: Letters and apostrophes.
        language: ``de``, ``fr``, ``es`` …

    >>> [s.text for s in read_spelled("corazón", "es").syllables]
    ['co', 'ra', 'zón']
    """
    word = written.lower().replace("’", "'")
    count = max(1, len(_nuclei(word, language)))
    texts = pieces(written, count, language)
    place = _place(word, len(texts), texts, language)
    if is_light(word.strip("'"), language):
        stresses = [_LIGHT] * len(texts)
    elif len(texts) == 1:
        stresses = [_SHORT]
    else:
        stresses = [MAIN if i == place else NONE for i in range(len(texts))]
    last = len(texts) - 1
    syllables = tuple(
        Syllable(text, stress, goes_on=i < last)
        for i, (text, stress) in enumerate(zip(texts, stresses, strict=True))
    )
    return Word(syllables, _ending(word, [text.lower() for text in texts], place))


def _nuclei(word: str, language: str) -> list[str]:
    """The vowels of each syllable."""
    found: list[str] = []
    for first, last in vowel_groups(word):
        found += _parted(word[first:last], language)
    if language == "fr" and len(found) > 1 and re.search(r"[^aeiouy](e|es|ent)$", word):
        found.pop()
    elif language == "fr" and len(found) > 1 and re.search(r"[aiou]es?$", word):
        found[-1:] = [found[-1].removesuffix("e")]
    return found


def _parted(vowels: str, language: str) -> list[str]:
    """A group of vowels in syllables."""
    units = _UNITS.get(language)
    if units is None:
        return _diphthongs(vowels)
    result = []
    while vowels:
        unit = next((u for u in units if vowels.startswith(u)), vowels[0])
        result.append(unit)
        vowels = vowels[len(unit) :]
    return result


def _diphthongs(vowels: str) -> list[str]:
    """A group of vowels of Spanish, Italian or Portuguese: a weak vowel joins its neighbour."""
    result = [vowels[0]]
    for before, letter in pairwise(vowels):
        if letter in _WEAK or before in _WEAK or before + letter in ("ão", "õe", "ãe"):
            result[-1] += letter
        else:
            result.append(letter)
    return result


def _place(word: str, count: int, texts: tuple[str, ...], language: str) -> int:
    """Index of the stressed syllable."""
    last = count - 1
    if language in ("es", "it", "pt"):
        marked = [i for i, text in enumerate(texts) if _WRITTEN_STRESS & set(text.lower())]
        if marked:
            return marked[-1]
    if language == "es":
        return last if word[-1] not in (*VOWELS, "n", "s") else max(0, last - 1)
    if language == "pt":
        ends_heavy = re.search(r"([iu]s?|[rlz]|ão|ões|im|um)$", word) is not None
        return last if ends_heavy else max(0, last - 1)
    if language in ("it", "la"):
        return max(0, last - 1)
    if language == "fr":
        return last
    if language in ("ru", "uk"):
        return max(0, last - 1)
    return int(count > 1 and _UNSTRESSED_HEADS.match(word) is not None)


def _ending(word: str, texts: list[str], place: int) -> Ending:
    """What the word rhymes on: from its stressed vowel on, as it is written."""
    stressed = "".join(texts[place:])
    onset = re.match(f"[^{''.join(sorted(VOWELS))}]*", stressed)
    full = stressed[onset.end() :] if onset else stressed
    groups = vowel_groups(word)
    letters = word[groups[-1][0] :] if groups else word
    return Ending(frozenset({f"~{full or word}"}), letters=letters, word=word)

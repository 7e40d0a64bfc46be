"""Which language a text is in, and which of its words are light.

A language is known by its commonest words, which are also those that carry no stress in a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from composer.prosody.word_lists import word_set

ENGLISH, CHINESE = "en", "zh"
_COMMON: Mapping[str, frozenset[str]] = {
    "en": word_set(
        "the and of to a in is it you that he was for on are with as his they at be this have "
        "from i my me we not but so all when she her what your no"
    ),
    "de": word_set(
        "der die das und ist nicht ich du er sie es wir ihr ein eine einen dem den des mit auf im "
        "in zu von so wie ach was wer mein dein sein aus an am bei nach vom zum zur als"
    ),
    "fr": word_set(
        "le la les un une des du de et est en que qui dans sur je tu il elle nous vous ils ne pas "
        "mon ton son ma ta sa mes au aux ce cette où par pour se si l d j qu"
    ),
    "es": word_set(
        "el la los las un una de del y es en que no yo tú él ella con por para mi tu su se me te "
        "lo al como más pero si qué le"
    ),
    "it": word_set(
        "il lo la i gli le un una di del della e è in che non io tu con per mi ti si ci al come "
        "ma più se nel sul dal alla mio tuo suo"
    ),
    "pt": word_set(
        "o a os as um uma de do da e é em que não eu tu ele ela com por para meu teu seu me te se "
        "no na ao como mais mas"
    ),
    "nl": word_set(
        "de het een en is niet ik jij hij zij wij van in op te dat die met voor aan er zo mijn "
        "zijn was als"
    ),
    "sv": word_set(
        "och att det som en ett är på av för med den till jag du han hon vi inte om så min"
    ),
    "la": word_set("et in est non ad cum qui quae ut sed ex de te me tu per nos domine"),
}
# Letters that English has not, and one other language has.
_LETTERS = {"ß": "de", "ä": "de", "ñ": "es", "¿": "es", "ã": "pt", "õ": "pt", "œ": "fr", "å": "sv"}
_LEAST_HEARD = 2  # common words by which a language other than English is known
_PYPHEN: Mapping[str, str] = {"en": "en_US", "la": "it"}
_WORD = re.compile(r"[^\W\d_]+")
# Characters that are a syllable each: Chinese, Japanese kana, Korean.
_SYLLABIC = re.compile(r"[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def is_syllabic(character: str) -> bool:
    """Whether a character is a syllable: Chinese, Japanese kana, Korean.

    >>> is_syllabic("月"), is_syllabic("m")
    (True, False)
    """
    return _SYLLABIC.match(character) is not None


def language_of(text: str) -> str:
    """The language of most of a text; English where no other is likelier.

    >>> [language_of(text) for text in ("床前明月光", "Der Mond ist aufgegangen", "la la la")]
    ['zh', 'de', 'en']
    """
    words = [word.lower() for word in _WORD.findall(text)]
    syllabic = sum(len(_SYLLABIC.findall(word)) for word in words)
    if syllabic > sum(not _SYLLABIC.search(word) for word in words):
        return CHINESE
    if len(_CYRILLIC.findall(text)) > len(text) / 4:
        return "uk" if re.search("[іїєґ]", text) else "ru"
    kinds = frozenset(words)
    heard = {name: len(kinds & common) for name, common in _COMMON.items()}
    for letter in sorted(set(text.lower()) & _LETTERS.keys()):
        heard[_LETTERS[letter]] += 1
    best = max(heard, key=lambda name: (heard[name], name == ENGLISH))
    return best if heard[best] >= _LEAST_HEARD else ENGLISH


def hyphenation_of(language: str) -> str:
    """The name of the hyphenation of a language."""
    return _PYPHEN.get(language, language)


def is_light(word: str, language: str) -> bool:
    """Whether a word in lower case is one that carries no stress of its own."""
    return word in _COMMON.get(language, frozenset())

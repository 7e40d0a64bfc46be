"""English words: syllables, stresses and rhymes, from the dictionary or by rules."""

from __future__ import annotations

import re
from functools import lru_cache

from composer.prosody.endings import Ending, Word
from composer.prosody.pronouncing import MAIN, NONE, SECOND, Phones, listed, stresses_of
from composer.prosody.unlisted import restored, unlisted
from composer.prosody.verse import Syllable
from composer.prosody.word_lists import word_set
from composer.prosody.written import pieces, vowel_groups

_FAINT_STRESS, _LIGHT_STRESS, _SHORT_STRESS = 0.05, 0.25, 0.9  # of words of one syllable
_LIGHT = 0.5  # what a light word of several syllables, such as "into", keeps of its stresses
_FAINT = word_set(
    "a an the of to and or at in on as is it if by for with from that but be am are was were than "
    "nor i'm it's 's th' o' an' 'n' n' i'd he'd she'd we'd they'd"
)
_LIGHT_WORDS = word_set(
    "i you he she we they me him her us them my your his its our their mine thy thee thou ye who "
    "whom whose which what when where while this these those there here has have had do does did "
    "will would shall should can could may might must up out so such not no nor then through upon "
    "into onto unto over under after before until till within without about above among against "
    "between because some any each 'tis 'twas tis twas 'til 'em i'll you'll he'll she'll we'll "
    "they'll i've you've we've they've you're we're they're he's she's that's there's what's let's "
    "been being oh ah how why just only yet like o'er"
)
# Words that are said in several ways, by the syllables with which they are sung.
_SUNG = {
    1: "our ours fire hour hours tire tired wire hire choir squire prayer prayers fires fired",
    2: "every evening being seeing flying going heaven seven power flower shower tower flowers "
    "powers showers towers quiet lion giant poem iron even ever never over toward business "
    "chocolate camera favorite desire entire inspire admire required desired ourselves",
    3: "different family memory history mystery several general natural usual interest heavenly "
    "memories families everyone everything everywhere average",
}
_SUNG_AS = {word: count for count, words in _SUNG.items() for word in words.split()}
_LONGEST_NAME = 5  # letters of a name that is spelled out


@lru_cache(maxsize=8192)
def read_word(written: str) -> Word:
    """A word of English.

    Args:
        written: Letters and apostrophes, in any case, without other punctuation.

    >>> [s.text for s in read_word("wanted").syllables], read_word("wanted").syllables[0].stress
    (['want', 'ed'], 1.0)
    """
    word = written.lower().replace("’", "'")
    if _is_name_of_letters(written, word):
        return _letter_by_letter(written)
    ways = listed(word) or listed(word.strip("'"))
    stresses = stresses_of(_chosen(word, ways)) if ways else unlisted(word)
    texts = pieces(written, max(1, len(stresses)), "en")
    stresses = weighed(word, (stresses + [NONE] * len(texts))[: len(texts)])
    last = len(texts) - 1
    syllables = tuple(
        Syllable(text, stress, goes_on=i < last)
        for i, (text, stress) in enumerate(zip(texts, stresses, strict=True))
    )
    return Word(syllables, _ending(word, ways or listed(restored(word))))


def weighed(word: str, stresses: list[float]) -> list[float]:
    """Stresses of the syllables of a word, with the weight that the word has in a line."""
    if word in _FAINT:
        return [_FAINT_STRESS] * len(stresses)
    if word in _LIGHT_WORDS:
        if len(stresses) == 1:
            return [_LIGHT_STRESS]
        return [stress * _LIGHT for stress in stresses]
    if len(stresses) == 1:
        return [_SHORT_STRESS]
    if all(stress < MAIN for stress in stresses):
        strongest = max(range(len(stresses)), key=lambda i: (stresses[i], -i))
        return [*stresses[:strongest], MAIN, *stresses[strongest + 1 :]]
    return stresses


def _chosen(word: str, ways: tuple[Phones, ...]) -> Phones:
    """The way in which a word is sung: with the syllables it is known for, else the first."""
    wanted = _SUNG_AS.get(word)
    if wanted is None and re.search(r"(ire|our)[sd]?$", word):
        wanted = len(vowel_groups(re.sub(r"e[sd]?$", "", word)))
    fitting = [way for way in ways if len(stresses_of(way)) == wanted]
    first = (fitting or list(ways))[0]
    if wanted is not None and len(stresses_of(first)) == wanted + 1 and first[-1] == "ER0":
        return (*first[:-1], "R")  # "desire" as two
    return first


def _is_name_of_letters(written: str, word: str) -> bool:
    """Whether a word in capitals is said letter by letter: short, and without a vowel."""
    capital = len(written) > 1 and written.isascii() and written.isalpha() and written.isupper()
    short = len(written) <= _LONGEST_NAME and not re.search("[AEIOU]", written)
    return capital and short and not listed(word)


def _letter_by_letter(written: str) -> Word:
    last = len(written) - 1
    syllables = tuple(
        Syllable(letter, MAIN if i == last else SECOND, goes_on=i < last)
        for i, letter in enumerate(written)
    )
    return Word(syllables, _ending(written.lower(), listed(written[-1].lower())))


def _ending(word: str, ways: tuple[Phones, ...]) -> Ending:
    """What a word rhymes on, in each way of saying it."""
    full, light = set[str](), set[str]()
    for phones in ways:
        places = [i for i, phone in enumerate(phones) if phone[-1].isdigit()]
        if not places:
            continue
        strong = ([i for i in places if phones[i][-1] == "1"] or places[:1])[-1]
        full.add(_plain(phones[strong:]))
        behind = sum(i > strong for i in places)
        if behind != 1 or phones[places[-1]][-1] == "2":
            light.add(_plain(phones[places[-1] :]))
    letters = rhyming_letters(word)
    return Ending(frozenset(full or {f"~{letters}"}), frozenset(light), letters, word)


def rhyming_letters(word: str) -> str:
    """A word from its last vowel that sounds, as it is written.

    >>> rhyming_letters("love"), rhyming_letters("toves"), rhyming_letters("sea")
    ('ove', 'oves', 'ea')
    """
    groups = vowel_groups(word)
    if len(groups) > 1 and re.search(r"[^aeiouy](e|es|ed)$", word):
        groups = groups[:-1]
    return word[groups[-1][0] :] if groups else word


def _plain(phones: Phones) -> str:
    """Phones without their marks of stress."""
    return " ".join(phone.rstrip("012") for phone in phones)

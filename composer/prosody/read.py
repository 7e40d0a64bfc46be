"""A text read as verse: words, syllables, stresses, rhymes, line by line."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from composer.errors import BriefError
from composer.prosody.chinese import read_characters
from composer.prosody.endings import Ending, Word
from composer.prosody.english import read_word
from composer.prosody.languages import CHINESE, ENGLISH, language_of
from composer.prosody.layout import Block, lay_out
from composer.prosody.numerals import spoken
from composer.prosody.rhymes import scheme_of
from composer.prosody.spelled import read_spelled
from composer.prosody.verse import Line, Stanza, Syllable, Verses
from composer.prosody.word_lists import word_set

MAX_SYLLABLES = 40
"""Syllables that a line may have."""

_APOSTROPHE = "['’ʼ]"
_TOKEN = re.compile(
    r"(?P<digits>\d[\d,.]*\d|\d)(?P<ordinal>(?:st|nd|rd|th|s)\b)?"
    r"|(?P<syllabic>[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+)"
    rf"|(?P<word>{_APOSTROPHE}?[^\W\d_]+(?:{_APOSTROPHE}[^\W\d_]+)*{_APOSTROPHE}?)"
    r"|(?P<sign>[&%+=@#])"
    r"|(?P<mark>[^\s])"
)
_SIGNS = {"&": "and", "%": "percent", "+": "plus", "=": "equals", "@": "at"}
_KEPT_MARKS = frozenset(",.;:!?…，。；：！？、")
_SMALL_KANA = frozenset("ゃゅょャュョぁぃぅぇぉァィゥェォー")
_CLIPPED = word_set(
    "'tis 'twas 'twere 'twill 'til 'till 'em 'cause 'bout 'round 'neath 'gainst 'mid 'midst 'n' "
    "'ere 'fore 'scuse 'gan 'way"
)
_CLIPPED_ENDS = ("s'", "in'", "o'", "th'", "an'", "l'", "d'", "qu'", "n'", "c'", "j'", "m'", "t'")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0400-\u04ff\u0370-\u03ff]")


@lru_cache(maxsize=16)
def read_verses(text: str) -> Verses:
    r"""Read a text as verse.

    Args:
        text: A line a line, stanzas apart; headings and ``(x2)`` as `lay_out` has them.

    Raises:
        BriefError: If the text is empty, too long, or a line has too many syllables or none.

    >>> verses = read_verses("Twinkle, twinkle, little star,\nHow I wonder what you are!")
    >>> verses.stanzas[0].scheme, [s.sung for s in verses.lines[0].syllables]
    ('AA', ['Twin-', 'kle,', 'twin-', 'kle,', 'lit-', 'tle', 'star,'])
    """
    blocks = lay_out(text)
    language = language_of("\n".join(line for block in blocks for line in block.lines))
    read = Reader(language)
    return Verses(language, tuple(read.stanza(block) for block in blocks))


class Reader:
    """Reads the lines of one text.

    Args:
        language: The language of most of it.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def stanza(self, block: Block) -> Stanza:
        """A stanza with its rhymes.

        Raises:
            BriefError: If a line has too many syllables, or none.
        """
        read = [(self.line(text), self.words(text)[-1].ending) for text in block.lines]
        scheme = scheme_of([ending for _, ending in read])
        pairs = zip(read, scheme, strict=True)
        return Stanza(block.role, tuple(replace(line, rhyme=rhyme) for (line, _), rhyme in pairs))

    def line(self, text: str) -> Line:
        """A line, its rhyme yet to be heard.

        Raises:
            BriefError: If it has too many syllables, or none.
        """
        words = self.words(text)
        syllables = tuple(syllable for word in words for syllable in word.syllables)
        if not syllables:
            raise BriefError("lyrics", f'the line "{text[:40]}" has no word that can be sung')
        if len(syllables) > MAX_SYLLABLES:
            raise BriefError(
                "lyrics",
                f'the line "{text[:40]}…" has {len(syllables)} syllables; '
                f"{MAX_SYLLABLES} are the most, so break it in two",
            )
        return Line(text, syllables)

    def words(self, text: str) -> list[Word]:
        """The words of a line, with the punctuation that follows them."""
        words: list[Word] = []
        for token in _TOKEN.finditer(text):
            if token["mark"]:
                if token["mark"] in _KEPT_MARKS and words:
                    words[-1] = _marked(words[-1], token["mark"])
                elif token["mark"] in "-‐‑" and words and _joins(text, token):
                    words[-1] = _joined_on(words[-1])
                continue
            words += self._token(token)
        return words

    def _token(self, token: re.Match[str]) -> list[Word]:
        if token["syllabic"]:
            return _characters(token["syllabic"])
        if token["digits"]:
            return self._number(token["digits"], token["ordinal"] or "")
        if token["sign"]:
            said = _SIGNS.get(token["sign"])
            return [_shown(read_word(said), token["sign"])] if said else []
        return [self._word(token["word"])]

    def _word(self, written: str) -> Word:
        bare = written.strip("'’ʼ")
        if not _LATIN.search(bare):
            return Word((Syllable(written, 1.0),), Ending(frozenset({f"~{written}"}), word=written))
        # A quotation mark is no apostrophe, but "'tis" and "walkin'" keep theirs.
        word = _without_quotes(written)
        if self.language in (ENGLISH, CHINESE):
            return read_word(word)
        return read_spelled(word, self.language)

    def _number(self, digits: str, ordinal: str) -> list[Word]:
        whole = digits.replace(",", "").strip(".")
        if self.language == CHINESE:
            return _digits(whole)
        if self.language != ENGLISH:
            figures = whole.replace(".", "")
            return [Word((Syllable(d, 1.0),), Ending(frozenset({d}), word=d)) for d in figures]
        words: list[Word] = []
        for part, figures in enumerate(whole.split(".")):
            said = spoken(figures + ordinal) if not part else spoken(figures)
            if part:
                words.append(read_word("point"))
            words += [read_word(word) for word in said]
        return words


def _characters(run: str) -> list[Word]:
    """Characters that are syllables; small kana go with the one before."""
    if not any("\u3040" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7af" for c in run):
        return list(read_characters(run))
    words: list[Word] = []
    for character in run:
        if character in _SMALL_KANA and words:
            words[-1] = _marked(words[-1], character)
        else:
            ending = Ending(frozenset({f"~{character}"}), word=character)
            words.append(Word((Syllable(character, 0.7),), ending))
    return words


def _digits(figures: str) -> list[Word]:
    """Digits in a Chinese text, read one by one."""
    names = "零一二三四五六七八九"
    return [
        _shown(read_characters(names[int(digit)])[0], digit) for digit in figures if digit != "."
    ]


def _shown(word: Word, text: str) -> Word:
    """A word of one syllable, written as a sign."""
    first = replace(word.syllables[0], text=text)
    return replace(word, syllables=(first, *word.syllables[1:]))


def _marked(word: Word, mark: str) -> Word:
    last = word.syllables[-1]
    return replace(word, syllables=(*word.syllables[:-1], replace(last, text=last.text + mark)))


def _joined_on(word: Word) -> Word:
    """A word that a hyphen joins to the next."""
    last = replace(word.syllables[-1], goes_on=True)
    return replace(word, syllables=(*word.syllables[:-1], last))


def _joins(text: str, token: re.Match[str]) -> bool:
    """Whether a hyphen stands between two letters."""
    start, end = token.span()
    return start > 0 and end < len(text) and text[start - 1].isalnum() and text[end].isalnum()


def _without_quotes(written: str) -> str:
    """A word without the quotation marks around it."""
    first, last = written[0] in "'’ʼ", written[-1] in "'’ʼ"
    if first and last and len(written) > 2:
        return written[1:-1]
    lower = written.lower().replace("’", "'").replace("ʼ", "'")
    if first and lower not in _CLIPPED:
        return written[1:]
    if last and not lower.endswith(_CLIPPED_ENDS):
        return written[:-1]
    return written

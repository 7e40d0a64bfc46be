"""A prompt read word by word: which phrases it has, and what each is said of it.

text → quantities and phrases → mentions: a meaning, wanted or not, and how much of it
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from composer.prompting.likeness import likened
from composer.prompting.quantities import Quantity, quantities
from composer.rulebook import Rulebook
from composer.rulebook.prompts import (
    AND,
    BUT,
    DEGREE,
    DEGREE_AFTER,
    IGNORED,
    INSTRUMENT,
    MOOD,
    NOT,
    NOT_AFTER,
    ONLY,
    PACE,
    Lexeme,
    folded,
)

_LETTER = r"[^\W\d_\u3400-\u9fff]"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*|\d+{_LETTER}*|&")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff、]")
_BREAK = re.compile(r"[,.;:!?()。;\n]")
_GAP = re.compile(r"[\s\-_/]*")
_LONGEST_PHRASE = 6  # words
_LONGEST_RUN = 8  # ideographs
_ENDINGS = (("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ly", ""), ("er", ""), ("est", ""))
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the prompt.

    Args:
        text: As it stands there.
        lexeme: What it means; None where that is not known.
        start: Where it begins.
        end: Where it ends.
    """

    text: str
    lexeme: Lexeme | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A meaning that the prompt speaks of.

    Args:
        text: The words.
        lexeme: What they mean.
        wanted: Whether it is to be, or not to be.
        degree: How much of it: 1 plainly, more for "very", less for "a bit", below 0 for "not too".
        start: Where it begins in the prompt.
    """

    text: str
    lexeme: Lexeme
    wanted: bool = True
    degree: float = 1.0
    start: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a prompt says.

    Args:
        quantities: What it says in numbers and letters.
        mentions: What it speaks of.
        only: Whether nothing but the instruments that it names is to play.
        unknown: Words that mean nothing to us.
    """

    quantities: tuple[Quantity, ...]
    mentions: tuple[Mention, ...]
    only: bool
    unknown: tuple[str, ...]


def normal(text: str) -> str:
    """A prompt with letters, digits and marks of one width.

    >>> normal("ＢＰＭ：９０，Ｆ♯")
    'BPM:90,F♯'
    """
    return unicodedata.normalize("NFKC", text)


def read(text: str, book: Rulebook) -> Reading:
    """Read a prompt.

    >>> from composer.rulebook import load_rulebook
    >>> reading = read("no drums, very calm", load_rulebook())
    >>> [(m.text, m.wanted, m.degree) for m in reading.mentions]
    [('drums', False, 1.0), ('calm', True, 1.3)]
    """
    text = normal(text)
    found = quantities(text, book)
    rest = text
    for quantity in found:
        # A break, so that no phrase reaches over it.
        rest = rest[: quantity.start] + ";" * (quantity.end - quantity.start) + rest[quantity.end :]
    pieces = tuple(_phrases(rest, book.prompts))
    unknown = [piece.text for piece in pieces if not isinstance(piece, str) and not piece.lexeme]
    like = likened(unknown, book.prompts)
    mentions, only = _mentions([_likened(piece, like) for piece in pieces])
    return Reading(found, mentions, only, tuple(word for word in unknown if word not in like))


def _likened(piece: Phrase | str, like: Mapping[str, tuple[str, Lexeme]]) -> Phrase | str:
    """An unknown word with the meaning of the one that it is like, and says so."""
    if isinstance(piece, str) or piece.text not in like:
        return piece
    phrase, lexeme = like[piece.text]
    return replace(piece, text=f"{piece.text}, as {phrase}", lexeme=lexeme)


def _phrases(text: str, meanings: Mapping[str, Lexeme]) -> Iterator[Phrase | str]:
    """The phrases of a text, the longest that fits at every place, and the marks between them."""
    at, run = 0, ""
    while at < len(text):
        phrase = _phrase_at(text, at, meanings)
        ideograph = _IDEOGRAPH.match(text, at) is not None
        if run and (phrase is not None or not ideograph):
            yield Phrase(run, None, at - len(run), at)
            run = ""
        if phrase is not None:
            yield phrase
            at = phrase.end
            continue
        if ideograph:
            run += text[at]
        elif _BREAK.match(text, at):
            yield text[at]
        at += 1
    if run:
        yield Phrase(run, None, at - len(run), at)


def _phrase_at(text: str, at: int, meanings: Mapping[str, Lexeme]) -> Phrase | None:
    """The longest phrase that begins at a place; an unknown word is a phrase without meaning."""
    if _IDEOGRAPH.match(text, at):
        for length in range(min(_LONGEST_RUN, len(text) - at), 0, -1):
            key = folded(text[at : at + length])
            if key in meanings:
                return Phrase(text[at : at + length], meanings[key], at, at + length)
        return None
    first = _WORD.match(text, at)
    if first is None:
        return None
    words = [first]
    while len(words) < _LONGEST_PHRASE:
        gap = _GAP.match(text, words[-1].end())
        following = _WORD.match(text, gap.end()) if gap else None
        if following is None or following.start() == words[-1].end():
            break
        words.append(following)
    for count in range(len(words), 0, -1):
        end = words[count - 1].end()
        lexeme = _meaning([word[0] for word in words[:count]], meanings)
        if lexeme is not None:
            return Phrase(text[at:end], lexeme, at, end)
    return Phrase(first[0], None, at, first.end())


def _meaning(words: Sequence[str], meanings: Mapping[str, Lexeme]) -> Lexeme | None:
    """What words mean as they stand, or with the ending of the last one taken off."""
    start = folded(" ".join(words[:-1]))
    last = folded(words[-1])
    for form in _forms(last):
        lexeme = meanings.get(f"{start} {form}".strip())
        if lexeme is not None:
            return lexeme
    return None


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem + instead
            if len(stem) > _SHORTEST_STEM and stem[-1] == stem[-2] and ending in ("er", "est"):
                yield stem[:-1]


@dataclass
class _Scope:
    """What the words before a phrase say of it; marks end most of it."""

    negated: bool = False
    kind: str = ""
    joined: bool = False
    degree: float = 1.0


def _mentions(pieces: Sequence[Phrase | str]) -> tuple[tuple[Mention, ...], bool]:
    """Phrases with what is said of each: "no drums or bass" leaves out two instruments."""
    found: list[Mention] = []
    scope, only = _Scope(), False
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            scope = _Scope() if piece != "," or not _goes_on(pieces[index:], scope) else scope
            scope.joined = True
            continue
        if piece.lexeme is None:
            continue
        kind = piece.lexeme.kind
        if kind == NOT:
            scope = _Scope(negated=True)
        elif kind == BUT:
            scope = _Scope()
        elif kind == AND:
            scope.joined = True
        elif kind == DEGREE:
            scope.degree *= piece.lexeme.number
        elif kind == DEGREE_AFTER:
            _soften(found, piece)
        elif kind == NOT_AFTER and found:
            found[-1] = replace(found[-1], wanted=False)
        elif kind == ONLY:
            only = only or not scope.negated
        elif kind not in (IGNORED, NOT_AFTER):
            if scope.kind and (not scope.joined or scope.kind != kind):
                scope = _Scope(degree=scope.degree)
            found.append(_mention(piece, piece.lexeme, scope))
            scope = _Scope(scope.negated, kind if scope.negated else "")
    return tuple(found), only


def _mention(piece: Phrase, lexeme: Lexeme, scope: _Scope) -> Mention:
    degree = scope.degree if lexeme.kind in (MOOD, PACE) else 1.0
    return Mention(piece.text, lexeme, not scope.negated, degree, piece.start)


def _soften(found: list[Mention], piece: Phrase) -> None:
    """A degree that stands after what it is about: 慢一点."""
    if found and piece.lexeme is not None and found[-1].lexeme.kind in (MOOD, PACE):
        last = found[-1]
        found[-1] = replace(last, degree=last.degree * piece.lexeme.number)


def _goes_on(pieces: Sequence[Phrase | str], scope: _Scope) -> bool:
    """Whether a list of what is not wanted goes on after a comma: "no drums, bass or vocals"."""
    if scope.kind != INSTRUMENT:
        return False
    for piece in pieces:
        if isinstance(piece, str):
            if piece != ",":
                return False
            continue
        kind = piece.lexeme.kind if piece.lexeme is not None else ""
        if kind == AND and folded(piece.text) in ("or", "nor"):
            return True
        if kind != INSTRUMENT:
            return False
    return False

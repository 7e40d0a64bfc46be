"""English words that the lexicon lacks, likened to those that it has, where the model is installed.

"gloom" is heard as "gloomy", "hockey" as an occasion of sport. Chinese is left to the lexicon, and
so are instruments: the nearest of them in meaning may be far in sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from composer.prompting.sentences import load_encoder, model_folder
from composer.rulebook.prompts import CONTEXT, MOOD, STYLE, Lexeme

if TYPE_CHECKING:
    from composer.prompting.sentences import Encoder

LEAST_LIKENESS = 0.62
"""Cosine from which two are alike enough. Below it most neighbours are chance."""

_SHORTEST_WORD = 3
_MOST_PHRASES = 5  # of a style or an occasion: each costs time


def likened(words: Iterable[str], meanings: Mapping[str, Lexeme]) -> dict[str, tuple[str, Lexeme]]:
    """What unknown words are most like.

    Args:
        words: The words.
        meanings: What the lexicon knows.

    Returns:
        By word, the phrase of the lexicon that it is like and what that means; words that are
        like nothing are left out, and all of them are where the model is not installed.

    Raises:
        ComposerError: If the model's files are damaged.
    """
    folder = model_folder()
    asked = [word for word in dict.fromkeys(words) if _english(word)]
    if folder is None or not asked:
        return {}
    encoder = load_encoder(folder)
    known = _anchors(meanings)
    likeness = encoder.encode([word.lower() for word in asked]) @ _points(encoder, known).T
    found = {}
    for word, row in zip(asked, likeness, strict=True):
        # Rounded: the last bits are not the same on all machines.
        near = [round(float(cosine), 3) for cosine in row]
        best = max(near)
        if best >= LEAST_LIKENESS:
            phrase = known[near.index(best)]
            found[word] = (phrase, meanings[phrase])
    return found


def _english(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word.isascii() and word.isalpha()


def _anchors(meanings: Mapping[str, Lexeme]) -> tuple[str, ...]:
    """What words are likened to: mood words, and the first phrases of each style and occasion."""
    found: list[str] = []
    counts: dict[tuple[str, str], int] = {}
    for phrase, lexeme in meanings.items():
        if lexeme.kind in (MOOD, STYLE, CONTEXT) and phrase.isascii():
            whose = lexeme.kind, phrase if lexeme.kind == MOOD else lexeme.name
            counts[whose] = counts.get(whose, 0) + 1
            if counts[whose] <= _MOST_PHRASES:
                found.append(phrase)
    return tuple(found)


@lru_cache(maxsize=2)
def _points(encoder: Encoder, texts: tuple[str, ...]) -> Any:
    return encoder.encode(texts)

"""How a word sounds, as far as verse asks: its syllables, and what it rhymes on."""

from __future__ import annotations

from dataclasses import dataclass

from composer.prosody.verse import Syllable


@dataclass(frozen=True, slots=True)
class Ending:
    """What a line rhymes on: the end of its last word.

    Args:
        full: From the last stressed vowel on, in each way of saying it.
        light: The last syllable alone, where it lies far enough behind the stress to be sung with
            weight, as in ``immortality``.
        letters: As it is written, from the last group of vowels on; empty where letters do not
            tell.
        word: The word itself: a word rhymes on itself.
    """

    full: frozenset[str]
    light: frozenset[str] = frozenset()
    letters: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line.

    Args:
        syllables: Its syllables.
        ending: What it rhymes on.
    """

    syllables: tuple[Syllable, ...]
    ending: Ending

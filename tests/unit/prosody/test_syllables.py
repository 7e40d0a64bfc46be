"""Words and lines: syllables as they are counted by hand, written out letter for letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.prosody.english import read_word
from composer.prosody.numerals import spoken
from composer.prosody.read import Reader, read_verses
from composer.prosody.written import pieces

COUNTED = Path(__file__).parents[2] / "data" / "prosody" / "counted.tsv"
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzé'", min_size=1, max_size=14)


def counted() -> list[tuple[str, int, str]]:
    rows = [line.split("\t") for line in COUNTED.read_text("utf-8").splitlines() if line[0] != "#"]
    return [(language, int(count), text) for language, count, text in rows]


def test_nearly_all_are_counted_as_by_hand() -> None:
    rows = counted()
    wrong = [
        text
        for language, count, text in rows
        if len(Reader(language).line(text).syllables) != count
    ]
    assert len(rows) >= 150 and len(wrong) <= 3, wrong


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("wanted", "want-ed"),
        ("heaven", "heav-en"),
        ("every", "ev-ery"),
        ("fire", "fire"),
        ("couldn't", "could-n't"),
        ("o'er", "o'er"),
        ("Immortality", "Im-mor-tal-i-ty"),
        ("create", "cre-ate"),
        ("something", "some-thing"),
        ("business", "busi-ness"),
        ("USA", "U-S-A"),
    ],
)
def test_words_are_split_where_singers_split_them(word: str, written: str) -> None:
    assert "-".join(syllable.text for syllable in read_word(word).syllables) == written


@pytest.mark.parametrize(
    ("word", "stressed"),
    [("river", 0), ("above", 1), ("immortal", 1), ("melody", 0), ("brillig", 0)],
)
def test_the_main_stress_is_where_it_is_said(word: str, stressed: int) -> None:
    stresses = [syllable.stress for syllable in read_word(word).syllables]
    assert stresses.index(max(stresses)) == stressed


def test_small_words_are_light_and_weighty_ones_are_not() -> None:
    line = read_verses("the star of the sea").lines[0]
    assert [stress > 0.5 for stress in line.stresses] == [False, True, False, False, True]


@given(WORDS, st.integers(1, 8))
def test_pieces_join_to_the_word_and_none_is_empty(word: str, count: int) -> None:
    cut = pieces(word, count)
    assert "".join(cut) == word and all(cut) and len(cut) <= count


@settings(max_examples=40)
@given(WORDS.filter(lambda word: any(c.isalpha() for c in word)))
def test_any_word_has_a_syllable_and_keeps_its_letters(word: str) -> None:
    read = read_word(word)
    assert read.syllables and "".join(s.text for s in read.syllables) == word
    assert [s.goes_on for s in read.syllables] == [True] * (len(read.syllables) - 1) + [False]


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0", "zero"),
        ("13", "thirteen"),
        ("99", "ninety nine"),
        ("105", "one hundred five"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2024", "two thousand twenty four"),
        ("1000000", "one million"),
        ("20th", "twentieth"),
        ("3rd", "third"),
        ("90s", "nineties"),
    ],
)
def test_numbers_are_spoken(digits: str, said: str) -> None:
    assert " ".join(spoken(digits)) == said

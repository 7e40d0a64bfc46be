"""Stanzas: headings, refrains, texts without line breaks, and what rhymes."""

from __future__ import annotations

import pytest

from composer.prosody.endings import Ending
from composer.prosody.english import read_word
from composer.prosody.layout import lay_out
from composer.prosody.read import read_verses
from composer.prosody.rhymes import likeness
from tests.unit.prosody import texts


def roles(text: str) -> list[str]:
    return [block.role for block in lay_out(text)]


def ending(word: str) -> Ending:
    return read_word(word).ending


@pytest.mark.parametrize(("text", "scheme"), list(texts.SCHEMES.items()))
def test_schemes_are_those_that_readers_hear(text: str, scheme: str) -> None:
    assert [stanza.scheme for stanza in read_verses(text).stanzas] == [scheme]


@pytest.mark.parametrize(
    ("one", "two", "sure"),
    [
        ("high", "sky", 4),
        ("beard", "feared", 4),
        ("snow", "go", 4),
        ("me", "immortality", 3),
        ("love", "prove", 2),
        ("time", "mine", 1),
        ("moon", "star", 0),
        ("singing", "walking", 0),
    ],
)
def test_words_rhyme_by_their_sounds_first(one: str, two: str, sure: int) -> None:
    assert likeness(ending(one), ending(two)) == sure == likeness(ending(two), ending(one))


@pytest.mark.parametrize(
    "heading",
    ["[Chorus]", "Chorus:", "CHORUS", "(Chorus)", "[Refrain]", "副歌", "【副歌】", "[Chorus 2]"],
)
def test_headings_are_known_in_many_spellings(heading: str) -> None:
    assert roles(f"[Verse]\nOne day\n\n{heading}\nTwo days") == ["verse", "chorus"]


def test_a_heading_alone_brings_its_stanza_back() -> None:
    blocks = lay_out("[Chorus]\nTwo\n\n[Verse]\nOne\n\n[Chorus]\n")
    assert [block.lines for block in blocks] == [("Two",), ("One",), ("Two",)]


@pytest.mark.parametrize("times", ["(x2)", "x2", "(×2)", "(2x)"])
def test_lines_headings_and_stanzas_are_sung_again(times: str) -> None:
    assert lay_out(f"La la {times}")[0].lines == ("La la", "La la")
    assert roles(f"[Chorus] {times}\nLa") == ["chorus", "chorus"]
    assert len(lay_out(f"La la\nLo lo\n{times}")) == 2


def test_a_stanza_that_comes_again_is_the_chorus() -> None:
    assert roles("One\n\nTwo, two!\n\nThree\n\nTWO TWO") == ["verse", "chorus", "verse", "chorus"]
    assert roles("One\n\nOne") == ["verse", "verse"]


def test_a_text_without_line_breaks_is_broken_at_its_marks() -> None:
    lines = lay_out(" ".join(texts.STAR.splitlines() + texts.TYGER.splitlines()))[0].lines
    assert len(lines) >= 4 and all(line[-1] in ",.;!?" for line in lines)


def test_two_clauses_of_a_chinese_line_are_two_lines() -> None:
    assert [len(line.syllables) for line in read_verses(texts.MOON).lines] == [5, 5, 5, 5]


def test_text_in_brackets_is_sung_where_it_is_no_heading() -> None:
    assert lay_out("Hold on (hold on)\n(Oh yes)")[0].lines == ("Hold on (hold on)", "(Oh yes)")


def test_windows_line_ends_and_invisible_characters_do_no_harm() -> None:
    assert lay_out("\ufeffOne\r\nTwo\u200b\r\n\r\nThree")[0].lines == ("One", "Two")

"""Texts: lines, marks, hyphens, figures, several scripts, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BriefError
from composer.prosody.chinese import read_characters
from composer.prosody.languages import language_of
from composer.prosody.read import read_verses
from composer.prosody.spelled import read_spelled
from tests.unit.prosody import texts


def sung(text: str) -> list[str]:
    return [syllable.sung for line in read_verses(text).lines for syllable in line.syllables]


def test_marks_stay_with_their_syllable_and_quotes_do_not() -> None:
    assert sung("He said, \"Hello, 'world'!\" (twice)") == [
        "He",
        "said,",
        "Hel-",
        "lo,",
        "world!",
        "twice",
    ]


def test_hyphens_join_and_dashes_part() -> None:
    assert sung("well-known — and new") == ["well-", "known", "and", "new"]


def test_figures_and_signs_are_sung_as_words() -> None:
    assert sung("99 & 1") == ["nine-", "ty", "nine", "&", "one"]


def test_capitals_are_kept_and_read_like_small_letters() -> None:
    assert sung("TWINKLE LITTLE STAR") == ["TWIN-", "KLE", "LIT-", "TLE", "STAR"]


def test_chinese_takes_a_note_a_character_beside_other_scripts() -> None:
    assert sung("我爱 music 2024年") == ["我", "爱", "mu-", "sic", "2", "0", "2", "4", "年"]


def test_classical_lines_are_scanned_in_feet_and_particles_are_faint() -> None:
    classical = [word.syllables[0].stress for word in read_characters("床前明月光")]
    assert [stress == 1.0 for stress in classical] == [True, False, True, False, True]
    modern = [word.syllables[0].stress for word in read_characters("我们的祖国")]
    assert modern[1] < 0.2 and modern[2] < 0.2 and modern[3] == 1.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (texts.STAR, "en"),
        (texts.MOON, "zh"),
        ("Der Mond ist aufgegangen, die goldnen Sternlein prangen", "de"),
        ("Frère Jacques, dormez-vous ? Sonnez les matines", "fr"),
        ("Caminante, no hay camino, se hace camino al andar", "es"),
        ("la la la", "en"),
    ],
)
def test_the_language_is_heard(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("word", "language", "written", "stressed"),
    [
        ("corazón", "es", "co-ra-zón", 2),
        ("camino", "es", "ca-mi-no", 1),
        ("libertà", "it", "li-ber-tà", 2),
        ("Sternlein", "de", "Stern-lein", 0),
        ("gegangen", "de", "ge-gan-gen", 1),
        ("lune", "fr", "lune", 0),
        ("maison", "fr", "mai-son", 1),
    ],
)
def test_other_languages_are_sung_as_spelled(
    word: str, language: str, written: str, stressed: int
) -> None:
    syllables = read_spelled(word, language).syllables
    assert "-".join(syllable.text for syllable in syllables) == written
    stresses = [syllable.stress for syllable in syllables]
    assert stresses.index(max(stresses)) == stressed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "no words"),
        (" \n…\n— —", "no words"),
        ("x" * 20_001, "20,000"),
        ("a\n" * 401, "400"),
        ("word " * 41, "break it in two"),
    ],
)
def test_what_cannot_be_sung_is_refused_in_one_line(text: str, wanted: str) -> None:
    with pytest.raises(BriefError, match=wanted) as raised:
        read_verses(text)
    assert raised.value.field == "lyrics" and "\n" not in str(raised.value)


@settings(max_examples=40)
@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        verses = read_verses(text)
    except BriefError:
        return
    for stanza in verses.stanzas:
        assert stanza.lines and len(stanza.scheme) == len(stanza.lines)
        for line in stanza.lines:
            assert line.syllables and all(0 <= stress <= 1 for stress in line.stresses)
            assert all(syllable.text for syllable in line.syllables)

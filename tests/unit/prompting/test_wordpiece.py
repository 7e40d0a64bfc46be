from __future__ import annotations

from composer.prompting.wordpiece import pieces

NAMES = ("[CLS]", "[SEP]", "[UNK]", "calm", "##er", "##est", "c", "##a", "##l", "##m", "cafe")
NAMES += (",", "-")
VOCABULARY = {name: number for number, name in enumerate(NAMES)}


def words(text: str, most: int = 32) -> list[str]:
    return [NAMES[number] for number in pieces(text, VOCABULARY, most)][1:-1]


def test_the_longest_piece_comes_first() -> None:
    assert words("calmer") == ["calm", "##er"]
    assert words("cal") == ["c", "##a", "##l"]


def test_case_accents_and_marks() -> None:
    assert words("CALM, Café-calm") == ["calm", ",", "cafe", "-", "calm"]


def test_a_word_that_cannot_be_cut_is_unknown_as_a_whole() -> None:
    assert words("calmx calm") == ["[UNK]", "calm"]
    assert words("c" + "a" * 200) == ["[UNK]"]


def test_what_is_too_long_is_cut_off() -> None:
    assert len(pieces("calm " * 50, VOCABULARY, 10)) == 10
    assert pieces("", VOCABULARY, 10) == (0, 1)

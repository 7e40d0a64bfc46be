from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.prompting.reading import read
from tests.strategies import rules

ENGLISH = ("no", "very", "calm", "piano", "and", "90", "s", "bpm", "in", "D", "minor", "hits at")
CHINESE = ("不要", "鼓", "、", "很", "一分半", "拍", "大调")
WORDS = (*ENGLISH, *CHINESE, ",", "1:30", "/", "intro")


def said(text: str) -> list[str]:
    """Instruments and moods as they are read, with a minus where they are not wanted."""
    mentions = read(text, rules()).mentions
    return [("" if m.wanted else "-") + m.text for m in mentions]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("no drums", ["-drums"]),
        ("no drums or bass", ["-drums", "-bass"]),
        ("without drums and bass", ["-drums", "-bass"]),
        ("no drums, bass or piano", ["-drums", "-bass", "-piano"]),
        ("no drums, piano", ["-drums", "piano"]),
        ("no drums, piano and flute", ["-drums", "piano", "flute"]),
        ("no drums and calm piano", ["-drums", "calm", "piano"]),
        ("no drums but bass", ["-drums", "bass"]),
        ("no drums with bass", ["-drums", "bass"]),
        ("vocals not needed", ["-vocals"]),
        ("sad. not happy. piano", ["sad", "-happy", "piano"]),
        ("不要鼓", ["-鼓"]),
        ("不要鼓和贝斯", ["-鼓", "-贝斯"]),
        ("没有鼓、贝斯和人声", ["-鼓", "-贝斯", "-人声"]),
        ("不要鼓，钢琴", ["-鼓", "钢琴"]),
        ("不要鼓但要贝斯", ["-鼓", "贝斯"]),
    ],
)
def test_what_is_not_wanted(text: str, mentions: list[str]) -> None:
    assert said(text) == mentions


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("calm", 1),
        ("very calm", 1.3),
        ("a bit calm", 0.5),
        ("not too calm", -0.3),
        ("very, calm", 1),
        ("很平静", 1.3),
        ("有点平静", 0.5),
        ("平静一点", 0.6),
        ("不太平静", -0.3),
    ],
)
def test_degrees(text: str, degree: float) -> None:
    (mention,) = read(text, rules()).mentions
    assert mention.degree == pytest.approx(degree)


@pytest.mark.parametrize(
    ("text", "only"),
    [("solo piano", True), ("piano only", True), ("without a solo", False), ("只要钢琴", True)],
)
def test_only(text: str, only: bool) -> None:
    assert read(text, rules()).only is only


def test_the_longest_phrase_is_taken() -> None:
    assert said("electric piano") == ["electric piano"]
    assert said("drum and bass") == ["drum and bass"]
    assert said("rock & roll") == ["rock & roll"]
    assert said("电钢琴") == ["电钢琴"]


def test_endings_are_no_other_words() -> None:
    assert [m.lexeme for m in read("guitars", rules()).mentions] == [
        m.lexeme for m in read("guitar", rules()).mentions
    ]


def test_what_means_nothing_is_named() -> None:
    assert read("calm qwzx with a zzyx", rules()).unknown == ("qwzx", "zzyx")
    assert read("平静的魑魅", rules()).unknown == ("魑魅",)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    read(text, rules())


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=30,
    )
)
def test_any_words_can_be_read(words: list[str]) -> None:
    read(" ".join(words), rules())
    read("".join(words), rules())

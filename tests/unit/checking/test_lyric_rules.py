"""The rule on words: every syllable on one note, in order, and played with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.checking.check import check_performance, check_score
from composer.checking.report import Report
from composer.music.performance import LyricEvent, Performance
from composer.music.plan import LyricLine, Plan
from composer.music.score import Part, Score
from tests.unit.checking.pieces import bass, change, exercise, melody, play

WORDS = {0: "Hel-", 1: "lo", 2: "world"}


def sung(words: dict[int, str] = WORDS, *others: Part) -> tuple[Plan, Score]:
    """The exercise with words on the first notes of its tune, which the plan asks for."""
    part = melody()
    for onset, text in words.items():
        part = change(part, lambda n, onset=onset: n.onset_quarters == onset, lyric=text)
    plan, score = exercise(part, *others)
    line = LyricLine(0, 1, tuple(WORDS.values()), (0.0, 1.0, 0.9), "A")
    return replace(plan, lyrics=(line,)), score


def played(score: Score, *lyrics: tuple[int, str]) -> Performance:
    performance = play(score)
    events = tuple(LyricEvent(ticks, text) for ticks, text in lyrics)
    tracks = tuple(
        replace(t, lyrics=events if t.name == "melody" else ()) for t in performance.tracks
    )
    return replace(performance, tracks=tracks)


def verdict(report: Report, rule: str = "lyrics") -> str:
    return report[rule].verdict


def test_words_in_their_order_hold() -> None:
    report = check_score(*sung())
    assert verdict(report) == "holds" and report["lyrics"].checked == 3


def test_a_piece_without_words_is_not_judged() -> None:
    assert verdict(check_score(*exercise())) == "not applicable"


@pytest.mark.parametrize(
    "words",
    [
        {0: "Hel-", 1: "lo"},
        {0: "Hel-", 2: "world"},
        {0: "lo", 1: "Hel-", 2: "world"},
        {0: "Hel-", 1: "lo", 4: "world"},
        {**WORDS, 4: "again"},
    ],
)
def test_a_syllable_lost_moved_or_added_breaks_the_rule(words: dict[int, str]) -> None:
    assert verdict(check_score(*sung(words))) == "violated"


def test_a_second_part_with_words_breaks_the_rule() -> None:
    double = change(bass(), lambda n: n.onset_quarters == 12, lyric="too")
    assert verdict(check_score(*sung(WORDS, double))) == "violated"


LAID = ((0, "Hel-"), (480, "lo"), (960, "world"))


@pytest.mark.parametrize(
    ("lyrics", "expected"),
    [
        (LAID, "holds"),
        (LAID[:2], "violated"),
        ((*LAID[:2], (970, "world")), "violated"),
        (((0, "Hel-"), (0, "lo"), (960, "world")), "violated"),
        ((), "violated"),
    ],
)
def test_words_are_played_when_their_notes_begin(
    lyrics: tuple[tuple[int, str], ...], expected: str
) -> None:
    _, score = sung()
    assert (
        verdict(check_performance(score, played(score, *lyrics)), "performance-lyrics") == expected
    )


def test_the_message_names_the_syllable() -> None:
    report = check_score(*sung({0: "Hel-", 1: "low", 2: "world"}))
    faults = [violation.message for violation in report["lyrics"].violations]
    assert faults == ['syllable 2 is "low" where the text has "lo"']

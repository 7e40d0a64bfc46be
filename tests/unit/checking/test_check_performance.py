"""A performance that holds every rule, and what spoils each rule and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from composer.checking.check import PERFORMANCE_RULES, check_performance
from composer.checking.played import PlayedIndex
from composer.music.performance import (
    ControlChange,
    KeyChange,
    MeterChange,
    Performance,
    PitchBend,
    PlayedNote,
    TempoChange,
    Track,
)
from tests.unit.checking.pieces import exercise, play

SCORE = exercise()[1]
PLAYED = play(SCORE)


def with_track(number: int, edit: Callable[[Track], Track]) -> Performance:
    tracks = list(PLAYED.tracks)
    tracks[number] = edit(tracks[number])
    return replace(PLAYED, tracks=tuple(tracks))


def with_note(number: int, note: PlayedNote) -> Performance:
    return with_track(number, lambda t: replace(t, notes=tuple(sorted((*t.notes, note)))))


def with_control(*control: int) -> Performance:
    return with_track(0, lambda t: replace(t, controls=(ControlChange(*control),)))


def with_bends(number: int, *bends: tuple[int, int]) -> Performance:
    wheel = tuple(PitchBend(*bend) for bend in bends)
    return with_track(number, lambda t: replace(t, bends=wheel))


def slowing(*changes: tuple[int, int]) -> Performance:
    tempos = (*PLAYED.tempos, *(TempoChange(*change) for change in changes))
    return replace(PLAYED, tempos=tempos)


END = PLAYED.end_ticks
MELODY, STRINGS, BASS, DRUMS = range(4)

# Of what the user brought or asked: spoiled in tests of their own.
ELSEWHERE = {"duration", "hits", "tune", "lyrics"}

SPOILED = [
    ("length", "a bar more", replace(PLAYED, end_ticks=END + 1920)),
    ("length", "a note beyond the end", with_note(MELODY, PlayedNote(END - 10, 80, 11, 60))),
    ("length", "a note before the start", with_note(MELODY, PlayedNote(-1, 80, 11, 60))),
    ("length", "a controller beyond the end", with_control(END + 1, 7, 100)),
    ("tempo-and-meter", "slower", replace(PLAYED, tempos=(TempoChange(0, 600_000),))),
    ("tempo-and-meter", "late", replace(PLAYED, tempos=(TempoChange(1, 500_000),))),
    ("tempo-and-meter", "slower too early", slowing((END - 3 * 1920 - 1, 520_000))),
    ("tempo-and-meter", "faster at the end", slowing((END - 960, 490_000))),
    ("tempo-and-meter", "up again", slowing((END - 960, 600_000), (END - 480, 560_000))),
    ("tempo-and-meter", "back again", slowing((END - 960, 600_000), (END - 480, 500_000))),
    ("tempo-and-meter", "nearly still", slowing((END - 960, 900_000))),
    ("tempo-and-meter", "no tempo", replace(PLAYED, tempos=())),
    ("tempo-and-meter", "three-four", replace(PLAYED, meters=(MeterChange(0, 3, 4),))),
    ("tempo-and-meter", "in G", replace(PLAYED, keys=(KeyChange(0, 1, False),))),
    ("tempo-and-meter", "in A minor", replace(PLAYED, keys=(KeyChange(0, 0, True),))),
    ("overlap", "one pitch twice", with_note(STRINGS, PlayedNote(100, 60, 10, 60))),
    ("overlap", "no length", with_note(MELODY, PlayedNote(100, 80, 0, 60))),
    ("overlap", "the pedal left down", with_control(0, 64, 127)),
    ("overlap", "the wheel left bent", with_bends(MELODY, (END - 10, 300))),
    ("overlap", "the wheel moved twice", with_bends(MELODY, (END - 9, 300), (END - 9, 0))),
    ("overlap", "a chord bent", with_bends(STRINGS, (100, 300), (200, 0))),
    ("velocities", "beyond the wheel", with_bends(MELODY, (END - 9, 8192), (END - 8, 0))),
    ("velocities", "silent", with_note(MELODY, PlayedNote(100, 80, 10, 0))),
    ("velocities", "no pitch", with_note(MELODY, PlayedNote(100, 128, 10, 60))),
    ("velocities", "no value", with_control(0, 7, 128)),
    ("channels", "drums elsewhere", with_track(DRUMS, lambda t: replace(t, channel=8))),
    ("channels", "a channel shared", with_track(BASS, lambda t: replace(t, channel=0))),
    ("channels", "no channel", with_track(BASS, lambda t: replace(t, channel=16))),
    ("limbs", "a third hand", with_note(DRUMS, PlayedNote(485, 49, 10, 60))),
]


def test_the_performance_holds_every_rule() -> None:
    report = check_performance(SCORE, PLAYED)
    verdicts = {r.rule.removeprefix("performance-"): r.verdict for r in report.results}
    held = {rule: "not applicable" if rule in ELSEWHERE else "holds" for rule in verdicts}
    assert verdicts == held
    assert report.results[0].rule == "performance-length"


@pytest.mark.parametrize(
    ("rule", "how", "played"), SPOILED, ids=[f"{rule}: {how}" for rule, how, _ in SPOILED]
)
def test_each_fault_breaks_exactly_its_rule(rule: str, how: str, played: Performance) -> None:
    report = check_performance(SCORE, played)
    broken = {r.rule for r in report.results if r.verdict == "violated"}
    assert broken == {f"performance-{rule}"}, [str(v) for v in report.violations]
    assert {v.rule for v in report.violations} == broken


def test_every_rule_has_a_fault() -> None:
    assert {rule for rule, _, _ in SPOILED} | ELSEWHERE == {rule.id for rule in PERFORMANCE_RULES}


def test_strikes_further_than_ten_milliseconds_apart_are_not_together() -> None:
    # At 120 quarters a minute ten milliseconds are 9.6 ticks.
    for ticks, ok in ((480 + 9, False), (480 + 10, True)):
        played = with_note(DRUMS, PlayedNote(ticks, 49, 5, 60))
        assert check_performance(SCORE, played).ok is ok


def test_a_pedal_that_is_lifted_holds() -> None:
    pedal = (ControlChange(0, 64, 127), ControlChange(1900, 64, 0))
    assert check_performance(SCORE, with_track(0, lambda t: replace(t, controls=pedal))).ok


def test_places_follow_the_meter_map() -> None:
    meters = (MeterChange(0, 3, 4), MeterChange(2880, 6, 8), MeterChange(2880 + 1440, 4, 4))
    index = PlayedIndex(replace(PLAYED, meters=meters))
    places = [
        (2, 3.0, 1440 + 960),
        (3, 1.0, 2880),
        (3, 4.0, 2880 + 720),
        (4, 2.5, 2880 + 1440 + 720),
    ]
    for bar, beat, ticks in places:
        where = index.violation("limbs", ticks, "", "").where
        assert (where.bar, where.beat) == (bar, beat)


def test_a_ritardando_at_the_end_holds() -> None:
    played = slowing((END - 3840, 520_000), (END - 1920, 560_000), (END - 960, 800_000))
    assert check_performance(SCORE, played).ok


def test_a_note_may_be_scooped_into_but_not_begin_bent() -> None:
    first, second = PLAYED.tracks[MELODY].notes[:2]
    scoop = ((second.onset_ticks, -4000), (second.onset_ticks + 40, 0))
    assert first.end_ticks <= second.onset_ticks
    assert check_performance(SCORE, with_bends(MELODY, *scoop)).ok
    late = ((first.onset_ticks + 1, -4000), (second.onset_ticks + 40, 0))
    assert not check_performance(SCORE, with_bends(MELODY, *late)).ok

"""Lengths, hits and tempo curves: what holds, and what spoils each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.check import check_performance
from composer.checking.timing_rules import landings
from composer.music.brief import Brief
from composer.music.performance import Performance, PlayedNote, TempoChange
from composer.music.plan import Cue, Plan, TempoPoint
from composer.pipeline import compose

PIECE = compose(
    Brief(style="pop", bars=12, seed=4, duration=26.0, hits=(0.0, 8.3, 15.0), writer="rules")
)
PLAN, SCORE, PLAYED = PIECE.plan, PIECE.score, PIECE.performance


def broken(plan: Plan = PLAN, played: Performance = PLAYED) -> set[str]:
    report = check_performance(SCORE, played, plan)
    return {r.rule for r in report.results if r.verdict == "violated"}


def with_tempos(*points: tuple[int, float]) -> Plan:
    return replace(PLAN, tempos=tuple(TempoPoint(Fraction(at), tempo) for at, tempo in points))


def without_notes_near(ticks: int) -> Performance:
    tracks = tuple(
        replace(t, notes=tuple(n for n in t.notes if abs(n.onset_ticks - ticks) > 120))
        for t in PLAYED.tracks
    )
    return replace(PLAYED, tracks=tracks)


def test_what_was_asked_holds() -> None:
    assert broken() == set()
    report = check_performance(SCORE, PLAYED, PLAN)
    assert report["performance-hits"].checked == 3
    assert report["performance-duration"].verdict == "holds"


def test_without_a_plan_nothing_is_said_of_time() -> None:
    # The curve is then no more than a tempo that is not the asked one.
    report = check_performance(SCORE, PLAYED)
    assert report["performance-hits"].verdict == "not applicable"
    assert report["performance-duration"].verdict == "not applicable"
    assert report["performance-tempo-and-meter"].verdict == "violated"


def test_an_end_two_microseconds_late_breaks_the_length() -> None:
    last = PLAYED.tempos[-1]
    late = replace(last, microseconds_per_quarter=last.microseconds_per_quarter + 4)
    spoiled = replace(PLAYED, tempos=(*PLAYED.tempos[:-1], late))
    assert broken(played=spoiled) == {"performance-duration"}
    assert broken(replace(PLAN, length_seconds=26.000002)) == {"performance-duration"}


def test_a_hit_elsewhere_breaks_the_hits() -> None:
    cue = PLAN.cues[1]
    moved = replace(cue, seconds=cue.seconds + 0.0015)
    assert broken(replace(PLAN, cues=(moved,))) == {"performance-hits"}


def test_a_hit_where_nothing_is_struck_breaks_the_hits() -> None:
    cue = PLAN.cues[1]
    silent = without_notes_near(int(cue.onset_quarters * 480))
    assert broken(played=silent) == {"performance-hits"}
    near = silent.tracks[0]
    note = PlayedNote(int(cue.onset_quarters * 480) + 14, near.notes[0].pitch, 60, 80)
    notes = tuple(sorted((*near.notes, note)))
    struck = replace(silent, tracks=(replace(near, notes=notes), *silent.tracks[1:]))
    assert "performance-hits" not in broken(played=struck)


def test_landings_name_the_nearest_stroke() -> None:
    found = landings(PLAN, PLAYED)
    assert [landing.cue for landing in found] == list(PLAN.cues)
    assert all(landing.struck_seconds is not None for landing in found)
    silent = replace(PLAYED, tracks=())
    assert [landing.struck_seconds for landing in landings(PLAN, silent)] == [None] * 3


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(0, PLAN.quarters_per_minute * 1.2)], "1.200 of the common one"),
        ([(0, PLAN.quarters_per_minute * 0.8)], "0.800 of the common one"),
        ([(0, 110.0), (8, 120.0)], "after"),
        ([(4, 110.0)], "does not begin"),
    ],
)
def test_a_curve_that_leaps_is_no_curve(points: list[tuple[int, float]], said: str) -> None:
    report = check_performance(SCORE, PLAYED, with_tempos(*points))
    messages = [v.message for v in report["performance-tempo-and-meter"].violations]
    assert any(said in message for message in messages), messages


def test_a_tempo_that_is_not_the_curves_is_found() -> None:
    number = len(PLAYED.tempos) // 2
    tempo = PLAYED.tempos[number]
    other = TempoChange(tempo.ticks, tempo.microseconds_per_quarter + 4000)
    spoiled = replace(PLAYED, tempos=(*PLAYED.tempos[:number], other, *PLAYED.tempos[number + 1 :]))
    assert "performance-tempo-and-meter" in broken(played=spoiled)


def test_cues_keep_their_order_and_kinds() -> None:
    assert [cue.seconds for cue in PLAN.cues] == [0.0, 8.3, 15.0]
    assert PLAN.cues[0] == Cue(0.0, Fraction(0), "start")
    starts = {section.start_bar for section in PLAN.sections}
    for cue in PLAN.cues[1:]:
        bar, place = divmod(cue.onset_quarters, PLAN.meter.bar_quarters)
        assert (cue.kind == "section") == (place == 0 and int(bar) in starts)

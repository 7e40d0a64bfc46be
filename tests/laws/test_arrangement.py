"""Who plays when: everyone somewhere, sections apart, a peak near the end, silences that fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings

from composer.music.brief import Brief
from composer.music.plan import Plan, Section
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from tests.laws.pieces import compose
from tests.strategies import briefs, rules

SEEDS = range(50)
SONGS = ("pop", "rock", "soul", "country", "ballad")


def planned(brief: Brief) -> Plan:
    return make_plan(resolve(brief, rules()), rules())


@cache
def plans(style: str, bars: int) -> tuple[Plan, ...]:
    return tuple(planned(Brief(style=style, bars=bars, seed=seed)) for seed in SEEDS)


def rows(plan: Plan, section: Section) -> list[frozenset[str]]:
    return [bar.active for bar in plan.bars[section.start_bar : section.end_bar]]


def about(plan: Plan, section: Section) -> list[object]:
    """Who plays in a section and what is planned in it, its energy apart."""
    return [
        (bar.active, bar.hits, bar.stop, bar.build, bar.crash)
        for bar in plan.bars[section.start_bar : section.end_bar]
    ]


def share(plans: tuple[Plan, ...], holds: Callable[[Plan], bool]) -> float:
    return sum(map(holds, plans)) / len(plans)


@settings(max_examples=120)
@given(briefs())
def test_a_plan_is_whole(brief: Brief) -> None:
    plan = planned(brief)
    names = {part.name for part in plan.parts}
    length = plan.meter.bar_quarters
    assert len(plan.bars) == sum(section.bars for section in plan.sections)
    assert set().union(*(bar.active for bar in plan.bars)) == names
    for bar in plan.bars:
        assert bar.active <= names
        assert 0 <= bar.fill <= length
        assert 0 <= bar.weight <= 1
        assert 0 <= bar.build <= 1
        assert all(0 <= hit < length for hit in bar.hits)
        assert list(bar.hits) == sorted(set(bar.hits))
        assert bar.stop is None or 0 <= bar.stop <= length
        assert bar.pace in ("normal", "half", "double")


@settings(max_examples=120)
@given(briefs())
def test_a_stop_hides_no_chord(brief: Brief) -> None:
    plan = planned(brief)
    bar_quarters = plan.meter.bar_quarters
    for index, bar in enumerate(plan.bars):
        if bar.stop is None or index == 0:  # a pick-up may begin the piece
            continue
        start = bar_quarters * index
        begins = [
            span.onset_quarters - start
            for span in plan.chords
            if start <= span.onset_quarters < start + bar_quarters
        ]
        assert all(onset < bar.stop for onset in begins)
        assert not bar.hits or set(begins) <= set(bar.hits)


@settings(max_examples=60)
@given(briefs())
def test_players_change_inside_sections_only_where_phrases_do_or_halfway(brief: Brief) -> None:
    plan = planned(brief)
    tunes = {part.name for part in plan.parts if part.role == "melody"}
    first = next((part.name for part in plan.parts if part.role == "melody"), None)
    for section in plan.sections[1:-1]:
        starts = {phrase.start_bar for phrase in section.phrases}
        for bar in range(section.start_bar + 1, section.end_bar):
            before, now = plan.bars[bar - 1].active, plan.bars[bar].active
            if first in tunes and (first in before) != (first in now):
                assert bar in starts


@settings(max_examples=40, deadline=None)
@given(briefs())
def test_everyone_is_heard_and_stops_are_kept(brief: Brief) -> None:
    piece = compose(brief)
    length = piece.plan.meter.bar_quarters
    for part in piece.score.parts:
        if part.plan.role in ("melody", "drums"):
            continue
        for note in part.notes:
            bar = int(note.onset_quarters // length)
            stop = piece.plan.bars[bar].stop
            heard = sum(n.onset_quarters // length != bar for n in part.notes)
            if stop is not None and heard:
                assert note.end_quarters <= length * bar + stop or bar == 0


@pytest.mark.parametrize("style", rules().style_names)
@pytest.mark.parametrize("bars", [1, 2, 3, 5, 8, 13])
def test_short_pieces_have_all_their_players(style: str, bars: int) -> None:
    piece = compose(Brief(style=style, bars=bars, seed=bars))
    assert all(part.notes for part in piece.score.parts)
    assert any(part.notes for part in piece.role("melody"))


@pytest.mark.parametrize("style", SONGS[:-1])  # a ballad begins with fewer
def test_about_a_third_of_the_tracks_play_from_the_first_bar(style: str) -> None:
    found = [len(plan.bars[0].active) / len(plan.parts) for plan in plans(style, 32)]
    assert 0.2 <= sum(found) / len(found) <= 0.55
    assert len({len(plan.bars[0].active) for plan in plans(style, 32)}) >= 4


@pytest.mark.parametrize("style", SONGS)
def test_a_part_plays_in_most_bars_but_not_in_all(style: str) -> None:
    found = [
        sum(len(bar.active) for bar in plan.bars) / len(plan.bars) / len(plan.parts)
        for plan in plans(style, 32)
    ]
    assert 0.55 <= sum(found) / len(found) <= 0.85


@pytest.mark.parametrize("style", SONGS)
def test_players_enter_and_leave(style: str) -> None:
    changes = [
        len(one.active ^ two.active)
        for plan in plans(style, 32)
        for one, two in zip(plan.bars, plan.bars[1:], strict=False)
    ]
    assert 0.25 <= sum(changes) / len(changes) <= 0.75


@pytest.mark.parametrize("style", SONGS)
def test_the_second_verse_is_not_the_first(style: str) -> None:
    compared = differ = 0
    for plan in plans(style, 64):
        returns = defaultdict(list)
        for section in plan.sections:
            returns[section.kind].append(section)
        for one, two in zip(returns["verse"], returns["verse"][1:2], strict=False):
            compared += 1
            differ += about(plan, one) != about(plan, two)
    assert compared >= 40
    assert differ / compared >= 0.8


@pytest.mark.parametrize("style", SONGS)
def test_the_peak_lies_in_the_last_third(style: str) -> None:
    def peaks_late(plan: Plan) -> bool:
        peak = max(plan.sections, key=lambda section: (section.energy, section.start_bar))
        return 3 * (peak.start_bar + peak.bars / 2) >= 2 * len(plan.bars)

    assert share(plans(style, 64), peaks_late) >= 0.9
    assert share(plans(style, 32), peaks_late) >= 0.7


@pytest.mark.parametrize("style", SONGS)
def test_all_who_may_play_do_at_the_peak(style: str) -> None:
    def is_full(plan: Plan) -> bool:
        peak = max(plan.sections, key=lambda section: (section.energy, section.start_bar))
        most = max(len(bar.active) for bar in plan.bars)
        return len(rows(plan, peak)[0]) >= most - 1

    assert share(plans(style, 64), is_full) >= 0.9


@pytest.mark.parametrize("style", SONGS)
def test_fills_grow_with_what_they_lead_into(style: str) -> None:
    into_loud, into_soft = [], []
    for plan in plans(style, 64):
        for section, following in zip(plan.sections, plan.sections[1:], strict=False):
            fill = plan.bars[section.end_bar - 1]
            if following.energy > section.energy + 0.15:
                into_loud.append(fill.weight)
            elif following.energy < section.energy - 0.15:
                into_soft.append(fill.weight)
    assert sum(into_loud) / len(into_loud) > sum(into_soft) / len(into_soft) + 0.2


def test_pieces_of_a_style_open_and_end_in_several_ways() -> None:
    opened = {tuple(len(bar.active) for bar in plan.bars[:4]) for plan in plans("pop", 32)}
    assert len(opened) >= 12
    ends = {(bool(plan.bars[-1].hits), len(plan.bars[-1].active)) for plan in plans("pop", 32)}
    assert len(ends) >= 3


@pytest.mark.parametrize("parts", [("piano",), ("flute", "piano"), ("violin", "cello", "piano")])
def test_few_players_play_nearly_always(parts: tuple[str, ...]) -> None:
    for seed in range(10):
        plan = planned(Brief(style="pop", bars=32, parts=parts, seed=seed))
        for part in plan.parts:
            bars = sum(part.name in bar.active for bar in plan.bars)
            assert bars >= 0.7 * len(plan.bars), (part.name, seed)


@pytest.mark.parametrize("style", ["pop", "jazz-swing", "house", "blues", "classical"])
def test_long_pieces_go_on_changing(style: str) -> None:
    plan = planned(Brief(style=style, bars=512, seed=4))
    sections = [tuple(about(plan, section)) for section in plan.sections]
    assert len(set(sections)) >= 15
    assert max(s.energy for s in plan.sections) - min(s.energy for s in plan.sections) >= 0.2


def test_an_energetic_mood_has_more_players() -> None:
    def players(mood: str) -> float:
        found = [planned(Brief(style="pop", bars=32, mood=mood, seed=s)) for s in range(20)]
        return sum(len(bar.active) for plan in found for bar in plan.bars)

    calm, neutral, lively = players("0,-1"), players("0,0"), players("0,1")
    assert calm < neutral < lively

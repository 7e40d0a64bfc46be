"""What the drummer and the percussionist play: laws over styles and meters, and what turns do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.checking.drums import limb, limbs_ok
from composer.music.brief import Brief
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note
from composer.rulebook.grooves import KEYS, PULSES
from composer.rulebook.percussion import PERCUSSION
from composer.theory.meter import COUNTED_METERS, parse_meter
from composer.writing.choices import resolve
from composer.writing.context import Context
from composer.writing.drums import DrumWriter
from composer.writing.plan import make_plan
from tests.strategies import rules

STYLES = [name for name in rules().style_names if rules().style(name).drums.groove]
KICK, SNARE, CRASHES = 36, 38, {49, 57}
SNARES = {37, 38, 39, 40}
TOMS = {41, 43, 45, 47, 48, 50}
F = Fraction


@lru_cache(maxsize=64)
def planned(style: str, meter: str = "4/4", seed: int = 3, bars: int = 16) -> Plan:
    brief = Brief(style=style, time_signature=meter, bars=bars, seed=seed, key="C", tempo=110)
    plan = make_plan(resolve(brief, rules()), rules())
    kit = PartPlan("Kit", "drums", rules().instruments["drums"], False, 0.0, 0.0)
    parts = (*(part for part in plan.parts if part.role != "drums"), kit)
    plain = tuple(
        replace(
            bar,
            active=bar.active | {kit.name},
            fill=F(0),
            crash=False,
            hits=(),
            stop=None,
            build=0.0,
            pace="normal",
        )
        for bar in plan.bars
    )
    return replace(plan, bars=plain, parts=parts)


def changed(plan: Plan, number: int, **fields: object) -> Plan:
    bars = list(plan.bars)
    bars[number] = replace(bars[number], **fields)  # type: ignore[arg-type]
    return replace(plan, bars=tuple(bars))


def notes_of(plan: Plan, **style: object) -> list[Note]:
    context = Context(plan, rules())
    if style:
        context.style = replace(context.style, drums=replace(context.style.drums, **style))  # type: ignore[arg-type]
    kit = next(part for part in plan.parts if part.role == "drums")
    return DrumWriter(context, kit).write()


def bars_of(plan: Plan, **style: object) -> list[dict[F, dict[int, int]]]:
    """Velocities by key and onset, bar by bar."""
    length = plan.meter.bar_quarters
    bars: list[dict[F, dict[int, int]]] = [{} for _ in plan.bars]
    for note in notes_of(plan, **style):
        number, onset = divmod(note.onset_quarters, length)
        bars[int(number)].setdefault(onset, {})[note.pitch.midi] = note.velocity
    return bars


def pattern(bar: dict[F, dict[int, int]]) -> frozenset[tuple[F, int]]:
    return frozenset((onset, key) for onset, keys in bar.items() for key in keys)


def struck(bar: dict[F, dict[int, int]], keys: set[int]) -> list[F]:
    return [onset for onset in sorted(bar) if keys & set(bar[onset])]


# -- laws ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("meter", COUNTED_METERS)
@pytest.mark.parametrize("style", STYLES)
def test_every_bar_is_played_and_playable(style: str, meter: str) -> None:
    plan = planned(style, meter)
    notes = notes_of(plan)
    moments: dict[F, list[int]] = {}
    last: dict[int, F] = {}
    for note in notes:
        assert note.function == "drum" and 1 <= note.velocity <= 127
        assert last.get(note.pitch.midi, F(0)) <= note.onset_quarters
        assert note.end_quarters <= plan.length_quarters
        last[note.pitch.midi] = note.end_quarters
        moments.setdefault(note.onset_quarters, []).append(note.pitch.midi)
    for keys in moments.values():
        assert limbs_ok(keys) and len(set(keys)) == len(keys)
    struck_bars = {int(onset // plan.meter.bar_quarters) for onset in moments}
    assert struck_bars == set(range(len(plan.bars)))


@pytest.mark.parametrize("meter", COUNTED_METERS)
@pytest.mark.parametrize("pulse", sorted(set(PULSES) - {"free"}))
def test_a_pulse_lies_where_it_should_in_every_meter(pulse: str, meter: str) -> None:
    bars = bars_of(planned("rock", meter), pulse=pulse, groove="waltz", rim_below=0.0)
    counted = parse_meter(meter)
    if meter == "3/4":
        return  # the groove's own waltzes
    if pulse in ("four-on-the-floor", "steppers"):
        assert all(set(counted.beat_onsets) <= set(struck(bar, {KICK})) for bar in bars[:-1])
    elif pulse == "one-drop" and meter == "4/4":
        assert all(F(0) not in struck(bar, {KICK}) for bar in bars[:3])
    elif pulse == "swing":
        assert all(struck(bar, {51, 53}) for bar in bars[:-1])
    elif pulse == "backbeat":
        assert all(F(0) in struck(bar, {KICK}) and struck(bar, SNARES) for bar in bars[:-1])
    assert all(bar for bar in bars)


@given(st.sampled_from(["rock", "jazz-swing", "house", "samba"]), st.integers(0, 50))
def test_bars_of_a_section_repeat_literally(style: str, seed: int) -> None:
    plan = planned(style, "4/4", seed % 4, 24)
    section = max(plan.sections, key=lambda s: s.bars)
    bars = bars_of(plan)[section.start_bar : section.end_bar]
    if section.end_bar == len(plan.bars):
        bars = bars[:-1]
    count = Counter(map(pattern, bars))
    assert len(count) <= 3
    assert count.most_common(1)[0][1] >= len(bars) / 3


def test_the_same_plan_gives_the_same_notes() -> None:
    plan = planned("funk")
    assert notes_of(plan) == notes_of(plan)


# -- turns --------------------------------------------------------------------------------------


@pytest.mark.parametrize("meter", COUNTED_METERS)
@pytest.mark.parametrize("style", ["rock", "jazz-swing", "trap", "cinematic", "waltz"])
def test_a_fill_is_no_longer_than_it_may_be(style: str, meter: str) -> None:
    groove = {"groove": "waltz"} if style == "waltz" else {}
    plan = planned("rock" if style == "waltz" else style, meter)
    usual = bars_of(plan, **groove)
    for beats in range(1, len(plan.meter.beats) + 1):
        length = sum(plan.meter.beat_quarters[-beats:], F(0))
        filled = bars_of(changed(plan, 4, fill=length, weight=0.9), **groove)
        start = plan.meter.bar_quarters - length
        kept = {(o, k) for o, k in pattern(filled[4]) if o < start - F(1, 8)}
        assert kept <= pattern(usual[4]) | pattern(usual[5]) | pattern(usual[6])
        assert pattern(filled[3]) == pattern(usual[3])
        assert all(o < plan.meter.bar_quarters for o in filled[4])


def test_toms_are_kept_for_heavy_fills() -> None:
    toms = []
    for weight in (0.1, 0.9):
        plan = planned("rock")
        for number in (3, 7, 11):
            plan = changed(plan, number, fill=F(2), weight=weight)
        bars = bars_of(plan, toms_from=0.5)
        toms.append(sum(len(struck(bars[n], TOMS)) for n in (3, 7, 11)))
    assert toms[1] > toms[0]


def test_a_crash_opens_a_section_with_the_kick() -> None:
    for style in STYLES:
        bars = bars_of(changed(planned(style), 4, crash=True))
        assert CRASHES & set(bars[4][F(0)]), style
        assert KICK in bars[4][F(0)]


@pytest.mark.parametrize("meter", COUNTED_METERS)
@pytest.mark.parametrize("pulse", ["backbeat", "four-on-the-floor"])
def test_a_build_up_grows(pulse: str, meter: str) -> None:
    plan = planned("rock", meter)
    amounts = (0.25, 0.5, 0.75, 1.0)
    for number, amount in enumerate(amounts, start=4):
        plan = changed(plan, number, build=amount)
    bars = bars_of(plan, pulse=pulse, percussion={"shaker": 1.0})[4:8]
    rolls = [len(struck(bar, {SNARE})) for bar in bars[:3]]
    assert rolls == sorted(rolls) and rolls[0] < rolls[2]
    loud = [bar[F(0)][SNARE] for bar in bars]
    assert loud == sorted(loud) and loud[0] < loud[-1]
    kicks = [len(struck(bar, {KICK})) for bar in bars[:3]]
    assert kicks == sorted(kicks) and kicks[0] < kicks[2]
    silent = pulse == "four-on-the-floor"
    assert (max(bars[3]) < plan.meter.beat_onsets[-1]) == silent


@pytest.mark.parametrize("meter", COUNTED_METERS)
def test_the_kit_strikes_with_the_band_and_stops_with_it(meter: str) -> None:
    plan = planned("rock", meter)
    hits = (F(0), plan.meter.beat_onsets[-1])
    plan = changed(changed(plan, 4, hits=hits), 5, stop=F(1))
    bars = bars_of(plan, percussion={"shaker": 1.0})
    assert set(struck(bars[4], {KICK, *SNARES, *CRASHES})) == set(hits)
    assert all(set(keys) == {44} for onset, keys in bars[4].items() if onset not in hits)
    assert bars[5] and max(bars[5]) < 1


@pytest.mark.parametrize("meter", COUNTED_METERS)
def test_half_time_halves_and_double_time_doubles(meter: str) -> None:
    plan = planned("rock", meter, 7)
    counts = {}
    for pace in ("normal", "half", "double"):
        bars = bars_of(changed(plan, 4, pace=pace), ghosts=0.0, rim_below=0.0)
        firm = [o for o, keys in bars[4].items() if any(keys.get(k, 0) >= 60 for k in SNARES)]
        counts[pace] = len(firm)
    assert counts["half"] <= counts["normal"] <= max(counts["double"], 1) + 1
    assert counts["double"] > counts["half"]


def test_the_last_bar_is_a_stroke_and_silence() -> None:
    plan = planned("rock")
    assert list(bars_of(plan)[-1]) == [F(0)]
    assert sorted(bars_of(changed(plan, 15, hits=(F(0), F(3, 2))))[-1]) == [F(0), F(3, 2)]


# -- touches ------------------------------------------------------------------------------------


def test_ghost_notes_are_soft_and_beside_the_backbeat() -> None:
    plain, touched = (bars_of(planned("rock"), ghosts=g, pulse="backbeat") for g in (0.0, 1.0))
    more = pattern(touched[0]) - pattern(plain[0])
    assert more
    for onset, key in more:
        assert key == SNARE and touched[0][onset][key] < 60
        assert any(abs(onset - back) == F(1, 4) for back in struck(plain[0], {SNARE}))


def test_below_its_energy_the_backbeat_is_a_cross_stick() -> None:
    bars = bars_of(planned("rock"), rim_below=1.0, groove="ballad")
    keys = {key for bar in bars[:-1] for keys in bar.values() for key in keys}
    assert 37 in keys and SNARE not in keys


def test_hats_roll_in_thirty_seconds_or_triplets() -> None:
    bars = bars_of(planned("trap"), rolls=1.0)
    fine = {o.denominator for bar in bars for o in struck(bar, {42})}
    assert fine & {6, 8}


def test_rolls_are_left_out_where_no_stick_can_play_them() -> None:
    fast = replace(planned("trap"), quarters_per_minute=260.0)
    assert {o.denominator for bar in bars_of(fast, rolls=1.0) for o in bar} <= {1, 2, 4}


def test_a_flam_takes_both_hands() -> None:
    plan = planned("rock")
    for number in (3, 7, 11):
        plan = changed(plan, number, fill=F(4), weight=1.0)
    bars = bars_of(plan, flams=1.0)
    graces = [(n, o) for n, bar in enumerate(bars) for o in bar if o.denominator == 16]
    assert graces
    for number, onset in graces:
        hands = [key for key in bars[number][onset + F(1, 16)] if limb(key) == "hand"]
        assert hands == [SNARE]
        assert bars[number][onset][SNARE] < bars[number][onset + F(1, 16)][SNARE]


def test_brushes_sweep() -> None:
    plan = planned("jazz-swing")
    kit = rules().instruments["brush-kit"]
    brushes = replace(
        plan,
        parts=tuple(replace(p, instrument=kit) if p.role == "drums" else p for p in plan.parts),
    )
    swept = [bar for bar in bars_of(brushes)[:-1] if struck(bar, {KEYS["sweep"]})]
    assert len(swept) >= 8


# -- the second player --------------------------------------------------------------------------


@pytest.mark.parametrize("meter", COUNTED_METERS)
@pytest.mark.parametrize("name", sorted(rules().percussion))
def test_an_instrument_is_played_in_every_meter(name: str, meter: str) -> None:
    plan = planned("pop", meter)
    bars = bars_of(plan, percussion={name: 1.0}, percussion_from=0.0)
    own = {
        key
        for pattern_ in rules().percussion[name].bars
        for row in pattern_.rows
        for key in (PERCUSSION[row],)
    }
    assert all(struck(bar, own) for bar in bars[:-1])
    assert all(limb(key) == "percussion" for key in own)


def test_a_percussionist_has_two_hands_and_waits_for_energy() -> None:
    plan = planned("pop")
    every = dict.fromkeys(rules().percussion, 1.0)
    notes = notes_of(plan, percussion=every, percussion_from=0.0)
    moments = Counter(n.onset_quarters for n in notes if limb(n.pitch.midi) == "percussion")
    assert moments and max(moments.values()) <= 2
    calm = notes_of(plan, percussion=every, percussion_from=1.0)
    assert not any(limb(n.pitch.midi) == "percussion" for n in calm)


def test_the_bass_is_told_the_kicks() -> None:
    plan = planned("rock")
    context = Context(plan, rules())
    writer = DrumWriter(context, next(p for p in plan.parts if p.role == "drums"))
    bars = bars_of(plan)
    for number in range(len(plan.bars) - 1):
        assert sorted(writer.kicks(number)) == struck(bars[number], {KICK})

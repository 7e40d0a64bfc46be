"""Where hits fall, and the tempo that meets them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.theory.meter import METERS, parse_meter
from composer.writing.choices import resolve
from composer.writing.cue_places import Course, Places, place_hits
from composer.writing.plan import make_plan
from composer.writing.tempo_curve import seconds_at
from tests.strategies import rules

FOUR = parse_meter("4/4")


@st.composite
def pins(draw: st.DrawFn) -> tuple[list[Fraction], dict[int, float]]:
    """Places a quarter apart, and given times that a tempo of 85 to 115 % meets."""
    gaps = draw(st.lists(st.integers(4, 40), min_size=1, max_size=8))
    at, now, found = 0, 0.0, {0: 0.0}
    for gap in gaps:
        at, now = at + gap, now + gap * 0.5 * draw(st.floats(0.97, 1.03))
        found[at] = now
    rest = draw(st.integers(0, 12))
    return [Fraction(n) for n in range(at + rest + 1)], found


@given(pins())
@settings(max_examples=60, deadline=None)
def test_the_curve_meets_its_pins_and_never_goes_back(
    asked: tuple[list[Fraction], dict[int, float]],
) -> None:
    places, pinned = asked
    seconds = seconds_at(places, [1.0] * (len(places) - 1), pinned, 0.5)
    assert {i: seconds[i] for i in pinned} == pinned
    assert all(after > before for before, after in pairwise(seconds))


def roughness(seconds: tuple[float, ...]) -> float:
    paces = [after - before for before, after in pairwise(seconds)]
    return sum((after - before) ** 2 for before, after in pairwise(paces))


@given(pins(), st.lists(st.floats(-0.01, 0.01), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_other_curve_is_smoother(
    asked: tuple[list[Fraction], dict[int, float]], moves: list[float]
) -> None:
    # The tension pulls to the common tempo, so both together are least.
    places, pinned = asked
    seconds = seconds_at(places, [1.0] * (len(places) - 1), pinned, 0.5)

    def cost(times: tuple[float, ...]) -> float:
        paces = [after - before for before, after in pairwise(times)]
        return roughness(times) + sum((pace - 0.5) ** 2 for pace in paces) / 24**2

    free = [i for i in range(len(places)) if i not in pinned]
    other = list(seconds)
    for number, move in enumerate(moves):
        other[free[number * (len(free) - 1) // 2]] += move
    assert cost(seconds) <= cost(tuple(other)) + 1e-12


def test_a_ritardando_is_a_share_of_the_tempo() -> None:
    places = [Fraction(n) for n in range(17)]
    shares = [1.0] * 12 + [0.9, 0.8, 0.7, 0.6]
    pace = 10 / (12 + sum(1 / share for share in shares[12:]))
    seconds = seconds_at(places, shares, {0: 0.0, 16: 10.0}, pace)
    for (before, after), share in zip(pairwise(seconds), shares, strict=True):
        assert after - before == pytest.approx(pace / share)


def test_times_that_one_tempo_meets_are_met_by_it() -> None:
    places = [Fraction(n, 2) for n in range(65)]
    seconds = seconds_at(places, [1.0] * 64, {0: 0.0, 10: 2.5, 33: 8.25, 64: 16.0}, 0.5)
    assert seconds == pytest.approx([n / 4 for n in range(65)], abs=1e-12)


@pytest.mark.parametrize("meter", METERS)
def test_hits_at_the_common_tempo_begin_bars(meter: str) -> None:
    bar = parse_meter(meter).bar_quarters
    hits = [float(bar) * n / 2 for n in (2, 5, 9)]
    course = Course(parse_meter(meter), 12, 0.5, float(bar) * 6, frozenset({5}))
    places = place_hits(hits, course)
    assert places is not None
    assert [onset / bar for onset in places.onsets] == [2, 5, 9]
    assert places.cost == pytest.approx(2.0)  # two bar lines; a section's beginning is free


def test_a_section_near_by_is_worth_a_little_bend() -> None:
    plain, near = (Course(FOUR, 16, 0.5, 32.0, starts) for starts in (frozenset(), {4}))
    assert found(place_hits([8.6], plain))[0] == 17
    assert found(place_hits([8.2], near))[0] == 16


def test_hits_close_together_fall_on_one_bar() -> None:
    onsets = found(place_hits([8.0, 8.5, 9.1, 9.4], Course(FOUR, 16, 0.5, 32.0)))
    assert onsets[:2] == (16, 17)
    assert 18 <= onsets[2] <= Fraction(37, 2) < onsets[3] <= 19


def test_a_hit_at_the_start_is_the_start() -> None:
    assert found(place_hits([0.0, 8.0], Course(FOUR, 16, 0.5, None))) == (0, 16)
    assert found(place_hits([0.0], Course(FOUR, 16, 0.5, None))) == (0,)


def test_hits_beyond_the_end_have_no_place() -> None:
    assert place_hits([40.0], Course(FOUR, 16, 0.5, None)) is None
    assert place_hits([31.9999], Course(FOUR, 16, 0.5, 32.0)) is None


def found(places: Places | None) -> tuple[Fraction, ...]:
    assert places is not None
    return places.onsets


@given(st.lists(st.floats(1, 14), min_size=2, max_size=2, unique=True))
@settings(max_examples=15, deadline=None)
def test_no_bars_and_beats_are_cheaper(times: list[float]) -> None:
    hits = sorted(round(time, 2) for time in times)
    if hits[1] - hits[0] < 3:
        return
    course = Course(FOUR, 8, 0.5, 16.0)
    places = place_hits(hits, course)
    cheapest = min(
        sum((1.0, 3.0, 2.0, 3.0)[beat % 4] for beat in beats)
        + sum(
            ((b - a) / (n - m) / 0.5 / 0.03 - 1 / 0.03) ** 2
            if abs((b - a) / (n - m) / 0.5 - 1) <= 0.075
            else 1e9
            for (a, m), (b, n) in pairwise([(0.0, 0), *zip(hits, beats, strict=True), (16.0, 32)])
        )
        for beats in product(range(1, 32), repeat=2)
        if beats[0] < beats[1]
    )
    assert (places.cost if places else 1e9) <= cheapest + 1e-6


@pytest.mark.parametrize("style", ["pop", "chorale", "string-quartet", "ambient", "jazz-swing"])
def test_something_happens_at_every_hit(style: str) -> None:
    brief = Brief(style=style, duration=40.0, hits=(9.3, 17.0, 17.6, 30.0), seed=5)
    plan = make_plan(resolve(brief, rules()), rules())
    for cue in plan.cues:
        bar, place = divmod(cue.onset_quarters, plan.meter.bar_quarters)
        about = plan.bars[int(bar)]
        accompany = {p.name for p in plan.parts if p.role not in ("melody", "counter")}
        if cue.kind == "accent":
            assert place in about.hits
            assert about.stop is None or about.stop > place
            assert accompany <= about.active
        else:
            assert accompany & about.active


def test_sections_begin_at_hits_where_they_can() -> None:
    brief = Brief(style="pop", hits=(16.0, 48.0), bars=32, tempo=120, time_signature="4/4")
    kinds = [
        cue.kind
        for seed in range(12)
        for cue in make_plan(
            resolve(Brief(**{**fields(brief), "seed": seed}), rules()), rules()
        ).cues
    ]
    assert kinds.count("section") >= 22, kinds


def fields(brief: Brief) -> dict[str, object]:
    return {name: getattr(brief, name) for name in Brief.__slots__}


def test_the_users_own_form_stays() -> None:
    brief = Brief(
        style="pop", form="intro:4 verse:8 chorus:8", hits=(8.0, 13.0), tempo=120, duration=40
    )
    plan = make_plan(resolve(brief, rules()), rules())
    assert [s.bars for s in plan.sections] == [4, 8, 8]
    assert [cue.kind for cue in plan.cues] == ["section", "accent"]


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        ((5.0, 5.0), "must ascend, and 5 s comes after 5 s"),
        ((12.0, 5.0), "must ascend, and 5 s comes after 12 s"),
        ((-1.0,), "from 0 to 1800 seconds, not -1"),
        ((float("nan"),), "must be a time in seconds"),
        ((5.0, 5.1), "leave 0.15 s at least"),
        ((0.1,), "0.1 s comes 0.1 s after 0 s"),
        ((30.0,), "30 s is not before the end at 30 s"),
        (tuple(float(n) for n in range(1, 300)), "are at most 200, not 299"),
        ("12", "must be a tuple of seconds"),
    ],
)
def test_hits_that_cannot_be_are_refused_in_a_line(hits: tuple[float, ...], said: str) -> None:
    with pytest.raises(BriefError, match=r"^hits: ") as caught:
        resolve(Brief(hits=hits, duration=30), rules())
    assert said in str(caught.value)


def test_hits_after_the_end_of_given_bars_are_refused() -> None:
    choices = resolve(Brief(bars=8, tempo=120, time_signature="4/4", hits=(20.0,)), rules())
    with pytest.raises(BriefError, match=r"20 s lies after the end: 8 bars .* last 16.0 s"):
        make_plan(choices, rules())


def test_without_bars_there_are_enough_for_the_last_hit() -> None:
    choices = resolve(Brief(style="pop", hits=(12.0, 150.0)), rules())
    plan = make_plan(choices, rules())
    assert plan.cues[-1].onset_quarters <= plan.length_quarters - 2 * plan.meter.bar_quarters

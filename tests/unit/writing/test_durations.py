"""Bars and tempo for a length: what is free fits, what is given stays, what clashes is told."""

from __future__ import annotations

import pytest

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.music.tune import Tune, parse_tune_note
from composer.theory.meter import METERS
from composer.writing.choices import Choices, resolve
from tests.strategies import rules


def chosen(**fields: object) -> Choices:
    return resolve(Brief(**{"style": "pop", **fields}), rules())  # type: ignore[arg-type]


@pytest.mark.parametrize("style", rules().style_names)
def test_bars_and_tempo_last_as_long_as_asked(style: str) -> None:
    for duration in (7.0, 33.3, 90.0, 179.999):
        choices = chosen(style=style, duration=duration)
        quarters = choices.bars * choices.meter.bar_quarters
        assert 60 * quarters / choices.quarters_per_minute == pytest.approx(duration, rel=1e-4)


@pytest.mark.parametrize("meter", METERS)
def test_from_half_a_minute_on_the_style_keeps_its_tempo(meter: str) -> None:
    for style in ("pop", "house", "ambient", "string-quartet"):
        low, high = rules().style(style).tempo
        for duration in (45.0, 90.0, 300.0):
            choices = chosen(style=style, duration=duration, time_signature=meter)
            factor = 1.2 if set(choices.meter.beats) == {3} else 1.0
            assert low * factor <= choices.quarters_per_minute <= high * factor


def test_fours_and_eights_are_preferred() -> None:
    counts = [chosen(duration=20.0 + 3.7 * n, time_signature="4/4").bars for n in range(40)]
    assert sum(bars % 4 == 0 for bars in counts) >= 32


def test_a_given_tempo_is_kept_as_nearly_as_bars_allow() -> None:
    exact = chosen(duration=90, tempo=120, time_signature="4/4")
    assert (exact.bars, exact.quarters_per_minute) == (45, 120)
    near = chosen(duration=91.2, tempo=120, time_signature="4/4")
    assert (near.bars, near.quarters_per_minute) == (46, pytest.approx(121.053))
    assert "the tempo of 120 gives way" in near.notes[-1]


def test_given_bars_stay() -> None:
    choices = chosen(duration=60, bars=31, time_signature="4/4")
    assert (choices.bars, choices.quarters_per_minute) == (31, 124)


def test_given_chords_go_round_a_whole_number_of_times() -> None:
    for duration in (20, 45, 90):
        choices = chosen(duration=duration, chords="Am | F | C | G | Em", time_signature="4/4")
        assert choices.bars % 5 == 0


def test_letters_share_the_bars_that_the_length_has() -> None:
    choices = chosen(duration=60, form="AABA", time_signature="4/4")
    assert choices.form is not None
    assert sum(bars for _, bars in choices.form) == choices.bars
    assert choices.bars == chosen(duration=60, time_signature="4/4").bars


def test_bars_and_tempo_bend_by_eight_hundredths_and_no_further() -> None:
    bent = chosen(duration=60, bars=32, tempo=120, time_signature="4/4")
    assert bent.quarters_per_minute == 128
    with pytest.raises(BriefError) as caught:
        chosen(duration=60, bars=33, tempo=120, time_signature="4/4")
    message = str(caught.value)
    assert message.startswith("duration: 33 bars of 4/4 at 120 quarters a minute do not last 60 s")
    assert "30 bars would" in message


def test_bars_that_no_tempo_makes_so_long_are_refused() -> None:
    with pytest.raises(BriefError, match=r"600 bars cannot last 10 s .*; 1 to 16 bars can"):
        chosen(duration=10, bars=600, time_signature="4/4")
    with pytest.raises(BriefError, match=r"1 bar cannot last 1000 s"):
        chosen(duration=1000, bars=1, time_signature="4/4")


@pytest.mark.parametrize("duration", [0.99, 0, -5, 1800.5, float("inf"), float("nan"), True, "9"])
def test_lengths_out_of_range_are_refused(duration: object) -> None:
    with pytest.raises(BriefError, match=r"^duration: must be "):
        chosen(duration=duration)


@pytest.mark.parametrize("duration", [1, 1800])
def test_the_shortest_and_the_longest_are_chosen(duration: int) -> None:
    choices = chosen(duration=duration)
    assert 1 <= choices.bars <= 1024
    assert 20 <= choices.quarters_per_minute <= 400


def test_a_loop_is_yes_or_no() -> None:
    with pytest.raises(BriefError, match=r"^loop: must be true or false"):
        chosen(loop="yes")


@pytest.mark.parametrize("style", rules().style_names)
def test_a_loop_has_no_frame(style: str) -> None:
    for bars in (1, 4, 8, 13, 32):
        choices = chosen(style=style, loop=True, bars=bars)
        assert choices.form is not None
        kinds = {kind for kind, _ in choices.form}
        assert sum(length for _, length in choices.form) == bars
        assert not kinds & {"intro", "outro", "tag", "coda"}


@pytest.mark.parametrize("seconds", [15, 40, 60, 75, 120, 300])
@pytest.mark.parametrize("pickup", ["", "-1 1 G4 -"])
def test_a_tune_is_repeated_rather_than_slowed(seconds: float, pickup: str) -> None:
    words = [pickup] * bool(pickup) + [f"{4 * bar} 3 C5 -" for bar in range(8)]
    tune = Tune(tuple(parse_tune_note(word) for word in words), 8)
    for loop in (False, True):
        choices = chosen(melody=tune, duration=seconds, tempo=100, time_signature="4/4", loop=loop)
        quarters = choices.bars * choices.meter.bar_quarters
        assert 60 * quarters / choices.quarters_per_minute == pytest.approx(seconds, rel=1e-4)
        assert choices.tune is not None
        if seconds >= 40:
            assert 70 <= choices.quarters_per_minute <= 130
        # Nothing but the tune goes round; elsewhere it may have a frame.
        copies = len(choices.tune.place.starts)
        assert choices.bars <= 8 * copies + choices.tune.place.lead + (0 if loop else 8)

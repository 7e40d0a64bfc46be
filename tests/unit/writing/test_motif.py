"""What is done to a motif, bar by bar."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.theory.meter import METERS, Meter, parse_meter
from composer.writing.motif import (
    OPERATIONS,
    Motif,
    Tone,
    augmented,
    diminished,
    fragmented,
    inverted,
    ornamented,
    sequenced,
)

FOUR = parse_meter("4/4")


def motif(*tones: tuple[float, float, int]) -> Motif:
    return tuple(Tone(Fraction(o), Fraction(length), step) for o, length, step in tones)


TUNE = motif((0, 1, 7), (1, 0.5, 8), (1.5, 0.5, 9), (2, 2, 7))


def test_a_sequence_moves_every_tone() -> None:
    assert [t.step for t in sequenced(TUNE, -2)] == [5, 6, 7, 5]
    assert [t.onset for t in sequenced(TUNE, -2)] == [t.onset for t in TUNE]


def test_an_inversion_falls_where_the_motif_rose_and_back_again() -> None:
    assert [t.step for t in inverted(TUNE, FOUR)] == [7, 6, 5, 7]
    assert inverted(inverted(TUNE, FOUR), FOUR) == TUNE


def test_augmentation_takes_twice_the_time_and_diminution_half() -> None:
    assert augmented(TUNE, FOUR) == motif((0, 2, 7), (2, 1, 8), (3, 1, 9))
    assert diminished(TUNE, FOUR) == motif((0, 0.5, 7), (0.5, 0.25, 8), (0.75, 0.25, 9), (1, 1, 7))


def test_a_fragment_is_the_head_twice_the_second_time_a_step_lower() -> None:
    assert fragmented(TUNE, FOUR) == motif(
        (0, 1, 7), (1, 0.5, 8), (1.5, 0.5, 9), (2, 1, 6), (3, 0.5, 7), (3.5, 0.5, 8)
    )


def test_an_ornament_breaks_long_tones_towards_what_follows() -> None:
    assert ornamented(TUNE, FOUR)[:2] == motif((0, 0.5, 7), (0.5, 0.5, 8))
    assert len(ornamented(TUNE, FOUR)) == len(TUNE) + 2


@st.composite
def motifs(draw: st.DrawFn) -> tuple[Motif, Meter]:
    meter = parse_meter(draw(st.sampled_from(METERS)))
    places = int(meter.bar_quarters * 4)
    onsets = sorted(draw(st.sets(st.integers(0, places - 1), min_size=1, max_size=8)))
    ends = [*onsets[1:], places]
    tones = tuple(
        Tone(Fraction(a, 4), Fraction(b - a, 4), draw(st.integers(20, 40)))
        for a, b in zip(onsets, ends, strict=True)
    )
    return tones, meter


@given(motifs(), st.sampled_from(sorted(OPERATIONS)))
def test_every_operation_stays_in_its_bar_and_in_order(
    made: tuple[Motif, Meter], sign: str
) -> None:
    tones, meter = made
    result = OPERATIONS[sign](tones, meter)
    ends = [tone.onset for tone in result[1:]] + [meter.bar_quarters] if result else []
    for tone, end in zip(result, ends, strict=True):
        assert tone.length > 0
        assert tone.onset + tone.length <= end


@given(motifs(), st.integers(-5, 5))
def test_operations_do_the_same_to_a_moved_motif(made: tuple[Motif, Meter], by: int) -> None:
    tones, meter = made
    for sign, operation in OPERATIONS.items():
        assert operation(sequenced(tones, by), meter) == sequenced(operation(tones, meter), by), (
            sign
        )


@pytest.mark.parametrize("meter", ["6/8", "7/8", "9/8"])
def test_compound_bars_are_cut_instead_of_diminished(meter: str) -> None:
    bar = parse_meter(meter)
    assert diminished(TUNE[:2], bar) == fragmented(TUNE[:2], bar)

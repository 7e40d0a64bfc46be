"""Each function of a note on a textbook case that passes and one that fails. In C major."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.checking.tones import CHROMATIC_FUNCTIONS, classify, is_allowed, resolves
from composer.music.score import FUNCTIONS

KEY = frozenset({0, 2, 4, 5, 7, 9, 11})
C, D_MINOR, F, G7 = {0, 4, 7}, {2, 5, 9}, {5, 9, 0}, {7, 11, 2, 5}


@pytest.mark.parametrize(
    ("function", "previous", "pitch", "following", "chord", "goal", "holds"),
    [
        ("chord", None, 64, None, C, C, True),
        ("chord", None, 65, None, C, C, False),
        ("scale", None, 65, None, C, C, True),
        ("scale", None, 66, None, C, C, False),
        # Kostka and Payne, chapter 11: the passing tone fills the gap between two chord tones.
        ("passing", 60, 61, 62, C, D_MINOR, True),
        ("passing", 69, 68, 67, F, C, True),
        ("passing", 60, 61, 60, C, C, False),  # turns back
        ("passing", 60, 61, 64, C, C, False),  # leaps off
        ("passing", None, 61, 62, C, D_MINOR, False),
        ("passing", 60, 61, None, C, C, False),
        # The neighbour leaves and returns.
        ("neighbour", 67, 66, 67, C, C, True),
        ("neighbour", 64, 63, 65, C, F, True),  # by step the other way
        ("neighbour", 67, 66, 64, C, C, False),  # goes on
        ("neighbour", 62, 66, 67, C, C, False),  # leapt to
        # Appoggiatura and approach note: leapt to, left by step into a chord tone.
        ("approach", 60, 66, 67, C, C, True),
        ("approach", None, 61, 62, C, D_MINOR, True),
        ("approach", 60, 66, 65, C, C, False),  # a step, but into no chord tone
        ("approach", 60, 66, 72, C, C, False),
        ("approach", 60, 66, None, C, C, False),
        # The 4–3 suspension: prepared, held, down by step.
        ("suspension", 65, 65, 64, C, C, True),
        ("suspension", 67, 65, 64, C, C, False),  # unprepared
        ("suspension", 71, 71, 72, C, C, False),  # upwards: a retardation
        ("suspension", 65, 65, None, C, C, False),
        # Levine, chapter 10: steps of the blues scale.
        ("blue", 67, 63, 60, C, C, True),  # b3 to 1
        ("blue", 67, 66, 65, C, F, True),  # b5 to 4
        ("blue", 60, 70, 67, C, C, True),  # b7 to 5
        ("blue", 60, 63, None, C, C, True),  # ends on the tonic's colour
        ("blue", 60, 63, None, F - {0}, F, False),  # without the tonic it is none
        ("blue", 60, 66, None, C, C, False),  # b5 must go on
        ("blue", 60, 63, 70, C, C, False),  # leaps off
        ("blue", 60, 61, 60, C, C, False),  # no blue degree
        ("drum", None, 38, None, set(), set(), True),
    ],
)
def test_functions(
    function: str,
    previous: int | None,
    pitch: int,
    following: int | None,
    chord: set[int],
    goal: set[int],
    holds: bool,
) -> None:
    assert resolves(function, previous, pitch, following, chord, KEY, 0, goal) is holds


def test_every_function_of_the_score_is_known() -> None:
    for function in FUNCTIONS:
        resolves(function, None, 60, None, C, KEY, 0, C)
    with pytest.raises(ValueError, match="escape"):
        resolves("escape", None, 60, None, C, KEY, 0, C)


def test_what_may_stand() -> None:
    assert is_allowed("scale", None, 61, None, {9, 1, 4}, KEY, 0, C)  # in the chord, A major
    assert is_allowed("chord", None, 65, None, C, KEY, 0, C)  # in the key
    assert is_allowed("approach", None, 66, 67, C, KEY, 0, C)
    assert not is_allowed("approach", None, 66, 65, C, KEY, 0, C)
    assert not is_allowed("scale", 67, 66, 67, C, KEY, 0, C)  # resolves, but is misnamed


@pytest.mark.parametrize(
    ("previous", "pitch", "following", "name"),
    [
        (None, 60, None, "chord"),
        (None, 62, None, "scale"),
        (66, 66, 65, "suspension"),
        (62, 63, 64, "passing"),
        (64, 63, 64, "neighbour"),
        (72, 68, 67, "approach"),
        (67, 63, 60, "blue"),
        (60, 68, 60, None),
    ],
)
def test_classify(
    previous: int | None, pitch: int, following: int | None, name: str | None
) -> None:
    assert classify(previous, pitch, following, C, KEY, 0, C) == name


neighbours = st.none() | st.integers(48, 84)


@given(neighbours, st.integers(48, 84), neighbours)
def test_a_classified_note_may_stand_and_no_other(
    previous: int | None, pitch: int, following: int | None
) -> None:
    name = classify(previous, pitch, following, G7, KEY, 0, C)
    context = (previous, pitch, following, G7, KEY, 0, C)
    if name is None:
        assert not any(is_allowed(f, *context) for f in CHROMATIC_FUNCTIONS)
    else:
        assert is_allowed(name, *context)
        assert resolves(name, *context)

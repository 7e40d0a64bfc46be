from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.theory.interval import degree_name, parse_degree, semitones


@pytest.mark.parametrize(
    ("degree", "size"),
    [
        *[("1", 0), ("b2", 1), ("2", 2), ("#2", 3), ("b3", 3), ("3", 4), ("4", 5), ("#4", 6)],
        *[("b5", 6), ("5", 7), ("#5", 8), ("b6", 8), ("6", 9), ("bb7", 9), ("b7", 10), ("7", 11)],
        *[("8", 0), ("b9", 1), ("9", 2), ("#9", 3), ("11", 5), ("#11", 6), ("b13", 8), ("##1", 2)],
    ],
)
def test_degrees_have_their_semitones(degree: str, size: int) -> None:
    assert semitones(parse_degree(degree)) == size


@pytest.mark.parametrize("text", ["", "0", "15", "III", "b", "bbb3", "3b", "-3", "3.5", "x7"])
def test_what_is_no_degree_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a scale degree"):
        parse_degree(text)


@given(st.integers(-15, 19))
def test_a_degree_reads_back(fifths: int) -> None:
    assert parse_degree(degree_name(fifths)) == fifths


def test_enharmonic_degrees_differ() -> None:
    assert parse_degree("#4") != parse_degree("b5")
    assert degree_name(parse_degree("#11")) == "#4"
    assert degree_name(parse_degree("bb7")) == "bb7"

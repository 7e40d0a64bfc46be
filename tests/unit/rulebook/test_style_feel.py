"""The table [feel] of a style."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.reader import Table
from composer.rulebook.style_feel import ARTICULATION, FeelStyle, read_feel


def read(**keys: Any) -> FeelStyle:
    return read_feel(Table(keys, "styles/mine.toml", "feel"))


def test_nothing_said_is_the_usual() -> None:
    feel = read()
    assert feel.articulation == ARTICULATION
    assert feel.delays == {"bass": 0.0, "melody": 0.0}
    assert (feel.ritardando, feel.roll, feel.swing, feel.pedal) == (0, 0, 0.5, True)


def test_delays_by_role_and_by_drum() -> None:
    feel = read(delays={"bass": 0.01, "ride": -0.01}, melody_delay=0.03)
    assert feel.delays == {"bass": 0.01, "melody": 0.03, "ride": -0.01}


def test_articulation_of_some_roles() -> None:
    assert read(articulation={"comping": 0.4}).articulation == {**ARTICULATION, "comping": 0.4}


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"delays": {"bas": 0.01}}, "feel.delays.bas"),
        ({"delays": {"bass": 0.2}}, "feel.delays.bass"),
        ({"delays": {"bass": 0.01}, "bass_delay": 0.01}, "feel.bass_delay"),
        ({"articulation": {"drums": 0.5}}, "feel.articulation.drums"),
        ({"articulation": {"melody": 1.5}}, "feel.articulation.melody"),
        ({"ritardando": 2}, "feel.ritardando"),
        ({"strum": -1}, "feel.strum"),
        ({"swing_unit": 12}, "feel.swing_unit"),
        ({"wobble": 1}, "feel.wobble"),
    ],
)
def test_what_is_wrong_is_named(keys: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(**keys)
    assert named in str(caught.value) and "mine.toml" in str(caught.value)

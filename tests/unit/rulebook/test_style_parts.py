"""The tables [[parts]] and [[figures]]: what they may hold, and what is said where they do not."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.reader import Table
from composer.rulebook.style_parts import VOICINGS, read_figure, read_part

PART = {"name": "Keys", "role": "comping", "instruments": {"piano": 1}}
FIGURE = {"role": "comping", "pattern": "X---|----"}


def part(**keys: Any) -> Table:
    return Table({**PART, **keys}, "style.toml", "parts[0]")


def figure(**keys: Any) -> Table:
    return Table({**FIGURE, **keys}, "style.toml", "figures[0]")


def test_a_part_says_how_it_lays_chords_out() -> None:
    read = read_part(part(voicing={"drop-2": 2, "close": 1}, octaves=True))
    assert read.voicing == {"drop-2": 2.0, "close": 1.0}
    assert read.octaves
    plain = read_part(part())
    assert not plain.voicing and not plain.octaves
    assert set(read.voicing) <= set(VOICINGS)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"voicing": {"cluster": 1}}, "voicing.cluster"),
        ({"role": "melody", "voicing": {"close": 1}}, "means nothing"),
        ({"role": "drums", "octaves": True}, "means nothing"),
        ({"role": "bass", "voicing": {"close": 1}}, "means nothing"),
        ({"octave": True}, "octaves"),
    ],
)
def test_what_a_part_cannot_have_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_part(part(**keys))


def test_a_figure_says_what_it_is_for() -> None:
    read = read_figure(
        figure(
            meters=["3/4"],
            sections=["solo"],
            parts=["Keys"],
            families=["keys", "guitar"],
            energy=[0.2, 0.6],
        )
    )
    assert (read.meters, read.sections, read.parts) == (("3/4",), ("solo",), ("Keys",))
    assert read.families == ("keys", "guitar")
    assert (read.low, read.high, read.lock) == (0.2, 0.6, False)
    assert read_figure(figure(role="bass", pattern="R---", lock=True)).lock


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"meters": ["4/3"]}, "4/3"),
        ({"families": ["kazoos"]}, "kazoos"),
        ({"lock": True}, "bass"),
        ({"pattern": "R---"}, '"R" is no sign for comping'),
        ({"role": "bass", "pattern": "X---"}, '"X" is no sign for bass'),
        ({"pattern": "X--"}, "four signs"),
        ({"role": "melody"}, "role"),
    ],
)
def test_what_a_figure_cannot_have_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_figure(figure(**keys))


def test_all_signs_are_read() -> None:
    for role, signs in (("bass", "Rr2345678oacdwngpt-."), ("figure", "Xxub123456BhioDdUmsrn><-.")):
        for sign in signs:
            assert read_figure(figure(role=role, pattern=f"{signs[0]}{sign}.-")).bars

from __future__ import annotations

import re
from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.reader import Table
from composer.rulebook.style_arrangement import ENDINGS, INTROS, read_arrangement


def test_all_of_it_may_be_left_out() -> None:
    arrangement = read_arrangement(Table({}, "a.toml"))
    assert set(arrangement.intro) <= set(INTROS)
    assert set(arrangement.ending) <= set(ENDINGS)
    assert arrangement.stop_time == arrangement.trades == 0
    assert arrangement.pace == {}


def test_what_is_said_is_kept() -> None:
    table = {"intro": {"riff": 1}, "opens": ["drums", "bass"], "pace": {"bridge": "half"}}
    arrangement = read_arrangement(Table(table, "a.toml"))
    assert arrangement.intro == {"riff": 1.0}
    assert arrangement.opens == ("drums", "bass")
    assert arrangement.pace == {"bridge": "half"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"intro": {"bang": 1}}, "intro.bang: must be one of full"),
        ({"ending": {"fade": 1}}, "ending.fade: must be one of ring"),
        ({"opens": ["piano"]}, '"piano" is no role; must be one of melody'),
        ({"stops": 2}, "stops: must be from 0 to 1, not 2"),
        ({"pace": {"verse": "slow"}}, '"slow" is unknown'),
        ({"stopps": 0.1}, 'is not a known key; did you mean "stops"?'),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=re.escape(message)):
        read_arrangement(Table(table, "a.toml"))

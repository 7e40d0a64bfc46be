"""The table ``[melody]`` of styles: what is known, and what is refused."""

from __future__ import annotations

import pytest

from composer.errors import RuleError
from composer.rulebook.reader import Table
from composer.rulebook.style_melody import read_melody_style

LEAST: dict[str, object] = {
    "table": "pop",
    "density": 5,
    "syncopation": 0.5,
    "leap": 0.4,
    "rest": 0.2,
}


def test_what_is_left_out_has_a_default() -> None:
    style = read_melody_style(Table(LEAST, "styles/x.toml", "melody"))
    assert style.rhythm == style.table == "pop"
    assert (style.idiom, style.tune) == ("plain", "scale")
    assert style.centre is None
    assert style.register == {}
    assert style.call == style.approach == style.triplets == 0


def test_what_is_given_is_read() -> None:
    own = {"phrase": {"riff": 2}, "register": {"verse": -2}, "centre": 0.4, "idiom": "blues"}
    style = read_melody_style(Table({**LEAST, **own}, "styles/x.toml", "melody"))
    assert style.phrase == {"riff": 2.0}
    assert style.register == {"verse": -2.0}
    assert (style.centre, style.idiom) == (0.4, "blues")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("phrase", {"rondo": 1}, "melody.phrase.rondo"),
        ("contour", {"arch": -1}, "melody.contour.arch"),
        ("idiom", "jaz", 'did you mean "jazz"'),
        ("tune", "hexatonic", "melody.tune"),
        ("behind", {"guide": 0}, "needs at least one weight"),
        ("repeated", 0.9, "melody.repeated"),
        ("register", {"verse": 40}, "melody.register.verse"),
        ("triplet", 1, "is not a known key"),
    ],
)
def test_what_is_wrong_is_refused(key: str, value: object, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_melody_style(Table({**LEAST, key: value}, "styles/x.toml", "melody"))

"""Errors of the reader name the file, the table, the key and what would be right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.reader import Table, read_toml


def table(**data: Any) -> Table:
    return Table(data, "styles/mine.toml", "parts[2]")


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "missing": (lambda: table().text("name"), "name: is missing"),
    "no text": (lambda: table(k=3).text("k"), "k: must be a text in quotes, not 3"),
    "choice": (
        lambda: table(k="bas").choice("k", ["bass", "pad"]),
        'k: "bas" is unknown; did you mean "bass"? (known: bass, pad)',
    ),
    "no number": (
        lambda: table(k="1").number("k", 0, 1),
        "k: must be a number from 0 to 1, not '1'",
    ),
    "true is no number": (
        lambda: table(k=True).number("k", 0, 1),
        "k: must be a number from 0 to 1",
    ),
    "too high": (lambda: table(k=1.5).number("k", 0, 1), "k: must be from 0 to 1, not 1.5"),
    "too low": (lambda: table(k=-31).number("k", -30, 12), "k: must be from -30 to 12, not -31"),
    "not finite": (
        lambda: table(k=float("nan")).number("k", 0, 1),
        "k: must be from 0 to 1, not nan",
    ),
    "not whole": (lambda: table(k=2.5).integer("k", 1, 9), "k: must be a whole number, not 2.5"),
    "no flag": (lambda: table(k=1).flag("k"), "k: must be true or false, not 1"),
    "no list": (lambda: table(k="a").texts("k"), "k: must be a list of texts, not 'a'"),
    "mixed list": (lambda: table(k=["a", 1]).texts("k"), "k: must be a list of texts"),
    "no numbers": (lambda: table(k=["a"]).numbers("k"), "k: must be a list of numbers"),
    "how many": (
        lambda: table(k=[1, 2]).numbers("k", 3),
        "k: must be a list of 3 numbers, not [1, 2]",
    ),
    "falling span": (
        lambda: table(k=[5, 2]).span("k", 0, 9),
        "k: must be two rising numbers from 0 to 9, not [5, 2]",
    ),
    "wide span": (lambda: table(k=[0, 200]).span("k", 0, 127), "k: must be two rising numbers"),
    "no weights": (lambda: table(k=2).weights("k"), "k: must be a table of weights such as"),
    "empty weights": (lambda: table(k={}).weights("k"), "k: must be a table of weights such as"),
    "negative": (
        lambda: table(k={"C": 1, "D": -2}).weights("k"),
        "k.D: must be a weight of 0 or more, not -2",
    ),
    "all zero": (lambda: table(k={"C": 0}).weights("k"), "k: needs at least one weight above 0"),
    "no table": (lambda: table(k=1).table("k"), "k: must be a table, not 1"),
    "no tables": (lambda: table(k={}).tables("k"), "k: must be a list of tables, [[k]]"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    read, message = WRONG[name]
    with pytest.raises(RuleError) as caught:
        read()
    assert str(caught.value).startswith(f"styles/mine.toml, parts[2].{message}")
    assert caught.value.file == "styles/mine.toml"
    assert caught.value.where.startswith("parts[2].")


def test_keys_that_nobody_read_are_refused() -> None:
    own = table(name="a", wieght=1)
    assert own.text("name") == "a"
    assert own.number("weight", 0, 1, 0.5) == 0.5
    with pytest.raises(RuleError, match=r'wieght: is not a known key; did you mean "weight"\?'):
        own.done()


def test_tables_know_their_path() -> None:
    own = Table({"a": {"b": [{"c": 1}, {"c": "x"}]}}, "f.toml")
    first, second = own.table("a").tables("b")
    assert first.integer("c", 0, 5) == 1
    with pytest.raises(RuleError, match=r"^f\.toml, a\.b\[1\]\.c: must be a number"):
        second.number("c", 0, 5)


def test_defaults_stand_for_what_is_missing() -> None:
    own = table()
    assert own.text("a", "x") == "x"
    assert own.flag("b", True) is True
    assert own.texts("c", ()) == ()
    assert own.span("d", 0, 9, (1, 2)) == (1, 2)
    assert own.tables("e", ()) == []
    assert list(own.table("f", {}).items()) == []
    assert not own.has("a")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("a = = 1")
    with pytest.raises(RuleError, match=r"^x\.toml: is not valid TOML: .*line 1"):
        read_toml(path, "x.toml")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'a = "\xe9"')
    with pytest.raises(RuleError, match=r"^x\.toml: is not valid TOML"):
        read_toml(path, "x.toml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"^x\.toml: cannot be read: No such file"):
        read_toml(tmp_path / "x.toml", "x.toml")

"""The tables `[harmony]` and `[[loops]]` of a style say what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.devices import read_devices
from composer.rulebook.reader import Table
from composer.rulebook.style_harmony import HarmonyStyle, read_harmony, read_loop
from tests.strategies import rules


def harmony(**data: Any) -> HarmonyStyle:
    table = Table({"table": "pop", "cadences": "pop", **data}, "test.toml", "harmony")
    return read_harmony(table, (read_loop(Table({"chords": "I | V"}, "test.toml")),))


def test_what_is_left_out_changes_nothing() -> None:
    style = harmony()
    assert style.modulation == {"none": 1.0}
    assert style.devices == {}
    assert style.loop_chance == style.colour == style.dominant == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"devices": {"tritonus": 0.5}}, 'is no device; did you mean "tritone"'),
        ({"devices": {"tritone": 1.5}}, "must be from 0 to 1"),
        ({"modulation": {"up": 1}}, "must be one of none, step-up"),
        ({"rhythm": {"3": 1}}, "must be one of 0.25"),
        ({"colours": {"b9": 1}}, "must be one of 7, 9"),
        ({"loop_chance": 2}, "must be from 0 to 1"),
        ({"looop": 2}, "is not a known key"),
    ],
)
def test_mistakes_are_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        harmony(**data)


def test_a_chance_of_loops_needs_loops() -> None:
    table = Table({"table": "pop", "cadences": "pop", "loop_chance": 0.5}, "test.toml", "harmony")
    with pytest.raises(RuleError, match=r"needs \[\[loops\]\]"):
        read_harmony(table)


def test_loops_are_read_bar_by_bar() -> None:
    loop = read_loop(Table({"chords": "| i7 IV7 | % | bVII |", "weight": 2}, "test.toml"))
    assert loop.bars == (("i7", "IV7"), ("i7", "IV7"), ("bVII",))
    assert (loop.mode, loop.weight, loop.sections) == ("minor", 2.0, ())
    assert read_loop(Table({"chords": "bVI | bVII | i"}, "test.toml")).mode == "major"


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        ("", "bar 1 holds no chord"),
        ("% | I", "bar 1 holds no chord"),
        ("I || V", "bar 2 holds no chord"),
        (" | ".join(["I"] * 17), "at most 16 bars"),
    ],
)
def test_broken_loops_are_refused(chords: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_loop(Table({"chords": chords}, "test.toml"))


DEVICES: dict[str, Any] = {
    "source": "own",
    "borrowed": {},
    "mediant": {},
    "cliches": {},
    "turnarounds": [],
}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"cliches": {"major": ["I I+ I6"]}}, "four chords each"),
        ({"turnarounds": [{"mode": "major", "chords": "I | V | I"}]}, "one bar of chords, or two"),
        ({"borrowed": {"major": [{"chord": "IV"}]}}, "becomes"),
        ({"mediant": {"dorian": []}}, "is not a known key"),
        ({"cliches": {"minor": ["i i7 i6 H"]}}, "is not a chord"),
    ],
)
def test_mistakes_in_devices_are_named(data: dict[str, Any], message: str) -> None:
    assert read_devices(Table(DEVICES, "devices.toml"), rules().chords).turnarounds == ()
    with pytest.raises(RuleError, match=message):
        read_devices(Table({**DEVICES, **data}, "devices.toml"), rules().chords)

"""Readers of grooves, pulses, hand percussion and a style's drums: what they take and refuse."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import RuleError
from composer.rulebook.grooves import KEYS, Feel, limb_of, read_beat, read_groove
from composer.rulebook.percussion import INSTRUMENTS, PERCUSSION, read_percussion
from composer.rulebook.reader import Table
from composer.rulebook.style_drums import read_drums
from tests.strategies import rules

ROW = "X...|....|x...|...."


def groove(**feel: Any) -> dict[str, Any]:
    beat = {"name": "b", "energy": 0.5, "kick": ROW}
    return {"family": "f", "source": "own", "feel": feel, "beats": [beat]}


def test_a_beat_is_read_with_its_meter() -> None:
    row = {"name": "five", "energy": 0.4, "meter": "5/4", "kick": "X...|....|....|x...|t..."}
    beat = read_beat(Table(row, "f"))
    assert (beat.meter, beat.count, len(beat.rows["kick"])) == ("5/4", 1, 5)
    assert read_beat(Table({"name": "b", "energy": 1, "kick": ROW}, "f")).meter == ""
    assert read_beat(Table({"name": "b", "energy": 1, "kick": ROW}, "f"), "4/4").meter == "4/4"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"kick": ROW, "meter": "3/4"}, "a bar of 3/4 has cells of 4 and 4 and 4 signs"),
        ({"kick": "X...|x.....", "meter": "7/8"}, "a bar of 7/8"),
        ({"kick": ROW, "meter": "11/8"}, "is unknown"),
        ({"kick": ROW, "snare": "X..."}, "rows of equal length"),
        ({"kick": "R...|....|x...|...."}, "must be one bar of the signs"),
        ({"kick": ROW + "||" + ROW}, "must be one bar"),
        ({}, "needs rows of equal length"),
        ({"kick": ROW, "pulse": "waltzing"}, "is unknown"),
        ({"kick": ROW, "snarl": ROW}, "is not a known key"),
    ],
)
def test_wrong_beats_are_refused(row: dict[str, str], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_beat(Table({"name": "b", "energy": 0.5, **row}, "f"))


def test_a_piece_draws_one_of_the_drummers() -> None:
    late = {"drummer": "late", "bars": 30, "offset": {"snare": [20] * 16}}
    early = {"drummer": "early", "bars": 10, "offset": {"snare": [-20] * 16}}
    family = {"offset": {"snare": [0.0] * 16, "kick": [0.01] * 16}}
    read = read_groove(Table({**groove(**family), "feels": [late, early]}, "f"))
    assert [feel.weight for feel in read.feels] == [30, 10]
    assert read.drawn(0.0).offset["snare"][0] == read.drawn(0.74).offset["snare"][0] == 0.02
    assert read.drawn(0.76).offset["snare"][0] == read.drawn(0.999).offset["snare"][0] == -0.02
    assert read.drawn(0.5).offset["kick"] == read.offset["kick"]
    assert read_groove(Table(groove(), "f")).drawn(0.5).offset == {}


def test_learned_families_have_several_feels() -> None:
    for name in ("rock", "funk", "jazz", "soul", "latin", "pop"):
        feels = rules().groove(name).feels
        assert 2 <= len(feels) <= 4
        assert all(isinstance(feel, Feel) and feel.weight >= 48 for feel in feels)
        assert len({feel.offset.get("snare") for feel in feels}) == len(feels)


def test_every_key_has_a_limb() -> None:
    assert {limb_of(key) for key in PERCUSSION.values()} == {"percussion"}
    kit = {name: limb_of(key) for name, key in KEYS.items()}
    for name in ("kick", "snare", "rim", "hat", "open_hat", "pedal_hat", "ride", "tom_low"):
        assert kit[name] == name
    assert (kit["bell"], kit["china"], kit["tom_floor"]) == ("ride", "crash", "tom_low")


def test_a_styles_drums_keep_their_defaults() -> None:
    drums = read_drums(Table({"groove": "rock"}, "s"))
    assert (drums.pulse, drums.period, drums.own, drums.percussion) == ("free", 4, (), {})
    assert drums.ghosts == drums.flams == drums.rolls == drums.open_hats == drums.rim_below == 0
    assert (drums.ride_from, drums.bell_from) == (0.72, 1.0)


def test_a_style_has_beats_and_percussion_of_its_own() -> None:
    own = [{"name": "mine", "energy": 0.5, "kick": ROW}]
    table = {"groove": "rock", "own": own, "percussion": {"shaker": 0.5}, "pulse": "one-drop"}
    drums = read_drums(Table(table, "s"))
    assert (drums.own[0].name, drums.own[0].meter) == ("mine", "4/4")
    assert drums.percussion == {"shaker": 0.5}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"period": 3}, "must be 1, 2, 4 or 8"),
        ({"percussion": {"kazoo": 1}}, "is no percussion"),
        ({"percussion": {"shaker": 2}}, "must be from 0 to 1"),
        ({"pulse": "sideways"}, "is unknown"),
        ({"ghost": 1}, "is not a known key"),
    ],
)
def test_wrong_drums_are_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        read_drums(Table(table, "s"))


def test_hand_percussion_is_all_there() -> None:
    known = rules().percussion
    assert set(known) == set(INSTRUMENTS)
    assert all({bar.compound for bar in one.bars} == {False, True} for one in known.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"instruments": {"shaker": {"hands": 3, "level": 1}}}, "must be from 1 to 2"),
        ({"instruments": {"kazoo": {"hands": 1, "level": 1}}}, "must be one of"),
        ({"instruments": {"cowbell": {"hands": 1, "level": 1}}}, "needs simple and compound"),
        ({"patterns": [{"instrument": "shaker", "energy": 1, "maracas": "R..."}]}, "the signs"),
        ({"patterns": [{"instrument": "shaker", "energy": 1}]}, "rows of equal length"),
    ],
)
def test_wrong_percussion_is_refused(changes: dict[str, Any], message: str) -> None:
    patterns = [
        {"instrument": "shaker", "energy": 0.5, "maracas": row} for row in ("x.x.", "x.x.x.")
    ]
    table = {"source": "own", "patterns": patterns, "instruments": {}}
    with pytest.raises(RuleError, match=message):
        read_percussion(Table({**table, **changes}, "p"))

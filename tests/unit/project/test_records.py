"""Values as TOML: what is written reads to an equal value, and what is wrong is named."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import tomli_w

from composer.music.plan import LyricLine, Plan, TempoPoint
from composer.music.score import Note
from composer.music.tune import TuneNote
from composer.project.records import (
    RecordError,
    from_data,
    note_line,
    parse_note,
    to_data,
)
from composer.theory.pitch import parse_pitch
from composer.writers import Authorship
from tests.unit.project.songs import song, workshop

STYLES = [("pop", {}), ("jazz-swing", {"key": "Eb"}), ("chorale", {"key": "F# minor"}),
          ("samba", {"key": "D dorian", "chords": "Am7 | D7/F# G | C6/9 Bb | %", "form": None,
                     "bars": 8})]  # fmt: skip


def through_toml(value: object) -> Any:
    return tomllib.loads(tomli_w.dumps({"value": to_data(value)}))["value"]


@pytest.mark.parametrize(("style", "fields"), STYLES, ids=[style for style, _ in STYLES])
def test_a_plan_comes_back_equal(style: str, fields: dict[str, Any]) -> None:
    plan = song(style, **fields).plan
    assert from_data(Plan, through_toml(plan), workshop().book) == plan


def test_a_plan_with_everything_comes_back_equal() -> None:
    plan = replace(
        song().plan,
        tune=(TuneNote(Fraction(1, 3), Fraction(2, 3), parse_pitch("Bb4"), None, "hel-"),),
        lyrics=(LyricLine(2, 2, ("hel-", "lo"), (0.25, 1.0), "a"),),
        tempos=(TempoPoint(Fraction(0), 119.5), TempoPoint(Fraction(7, 2), 121.25)),
        loop=True,
        length_seconds=90.0,
    )
    assert from_data(Plan, through_toml(plan), workshop().book) == plan


def test_authorship_comes_back_equal() -> None:
    about = Authorship("hybrid", {"name": "x"}, {"Voice": (1, 2)}, {"Voice": (3, 4)}, 0.25, 9)
    assert from_data(Authorship, through_toml(about), workshop().book) == about


def test_notes_are_lines() -> None:
    note = Note(Fraction(29, 2), Fraction(1, 2), parse_pitch("G#4"), 76, "scale", 1, "up", "ô la")
    assert note_line(note) == "29/2 1/2 G#4 76 scale 1 up ô la"
    assert parse_note(note_line(note)) == note
    for part in song().score.parts:
        assert tuple(parse_note(note_line(n)) for n in part.notes) == part.notes


@pytest.mark.parametrize("name", ["C-1", "Cb4", "F##3", "G9", "B###2"])
def test_pitches_come_back(name: str) -> None:
    assert parse_pitch(name).name == name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "H major"}, 'key: .*"H"'),
        ({"key": 3}, "key: 3 cannot be read"),
        ({"key": "C nonsense"}, "key: .* 'nonsense' is not in the rule book"),
        ({"seed": "x"}, "seed: must be of kind int"),
        ({"swing": True}, "swing: must be of kind float"),
        ({"colour": 1}, 'colour: "colour" is unknown here'),
        ({"parts": 5}, "parts: must be of kind list"),
        ({"bars": [{"section": 0}]}, r"bars\[1\]\.energy: is missing"),
        ({"chords": [["C", "maj"]]}, r"chords\[1\]: must be of kind dict"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], message: str) -> None:
    data = {**through_toml(song().plan), **change}
    with pytest.raises(RecordError, match=message):
        from_data(Plan, data, workshop().book)

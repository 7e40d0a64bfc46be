"""Moods: every mapping has a source, and moves its feature one way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RuleError
from composer.music.mood import NEUTRAL
from composer.rulebook import load_rulebook
from composer.rulebook.moods import FEATURES
from composer.rulebook.reader import read_toml

POINTS = st.floats(-1, 1, allow_nan=False)


def test_a_mood_of_nothing_leaves_the_style_as_it_is() -> None:
    assert load_rulebook().moods.mood(0.0, 0.0) == NEUTRAL


def test_every_feature_is_moved_and_says_whence() -> None:
    book = load_rulebook()
    assert set(book.moods.mappings) == set(FEATURES)
    table = read_toml(book.folders[0] / "moods.toml", "moods.toml").data["mappings"]
    for name, entry in table.items():
        assert "(" in entry["source"], f"{name} names no year"
        assert any(entry.get(axis) for axis in ("valence", "energy")), f"{name} is moved by nothing"


@given(POINTS, POINTS, POINTS)
def test_each_feature_moves_one_way(fixed: float, low: float, high: float) -> None:
    moods = load_rulebook().moods
    low, high = sorted((low, high))
    for name, (by_valence, by_arousal) in moods.mappings.items():
        for slope, points in (
            (by_valence, (moods.mood(low, fixed), moods.mood(high, fixed))),
            (by_arousal, (moods.mood(fixed, low), moods.mood(fixed, high))),
        ):
            change = getattr(points[1], name) - getattr(points[0], name)
            assert change * slope >= -1e-9, f"{name} turns back"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mappings.tempo]\nenergy = 0.4\n", "mappings.tempo.source"),
        ('[mappings.speed]\nenergy = 0.4\nsource = "x (1)"\n', "is nothing that a mood moves"),
        ("[moods]\nodd = [2, 0]\n", "must be two numbers from -1 to 1"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "moods.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"moods\.toml") as caught:
        _ = load_rulebook(tmp_path).moods
    assert message in str(caught.value)

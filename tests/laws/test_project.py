"""Whatever is done to a project: locked parts stay the same to the byte, the rules hold."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import ProjectError
from composer.music.brief import Brief
from composer.pipeline import compose
from composer.project.operations import applied, replay
from composer.project.state import State, Workshop, state_of
from composer.project.stored_midi import midi_files, part_names
from composer.rulebook import load_rulebook

STYLES = ("pop", "jazz-swing", "folk")
BRIEF = Brief(bars=8, seed=8, writer="rules")
CHANGES = st.one_of(
    st.fixed_dictionaries(
        {"name": st.just("regenerate")},
        optional={"parts": st.sampled_from([["melody"], ["bass"], ["comping", "drums"], ["pad"]])},
    ),
    st.fixed_dictionaries(
        {"name": st.just("vary"), "amount": st.sampled_from([0.15, 0.3])},
    ),
    st.fixed_dictionaries(
        {"name": st.just("infill"), "bars": st.sampled_from(["2..3", "5", "7..8"])},
        optional={"parts": st.sampled_from([["melody"], ["bass", "drums"]])},
    ),
    st.fixed_dictionaries(
        {
            "name": st.just("set-chords"),
            "bars": st.sampled_from(["3..4", "6"]),
            "chords": st.sampled_from(["F", "Am7", "ii7", "bVII"]),
        }
    ),
    st.fixed_dictionaries({"name": st.just("transpose"), "semitones": st.sampled_from([-2, 3, 5])}),
    st.fixed_dictionaries(
        {
            "name": st.just("change-style"),
            "part": st.sampled_from(["bass", "drums"]),
            "style": st.sampled_from(["reggae", "funk"]),
        }
    ),
)


@lru_cache(maxsize=1)
def workshop() -> Workshop:
    return Workshop(load_rulebook())


@lru_cache(maxsize=3)
def song(style: str) -> State:
    from dataclasses import replace

    return state_of(compose(replace(BRIEF, style=style)))


def part_files(state: State) -> dict[str, bytes]:
    files = midi_files(state)
    names = zip(state.plan.parts, part_names(state), strict=True)
    return {part.name: files[f"parts/{name}.mid"] for part, name in names}


def done(state: State, operations: list[Mapping[str, Any]]) -> State:
    for take, operation in enumerate(operations, start=1):
        with contextlib.suppress(ProjectError):
            state = applied(state, {**operation, "take": take}, workshop())
    return state


@pytest.mark.parametrize("style", STYLES)
@given(operations=st.lists(CHANGES, min_size=1, max_size=3), data=st.data())
@settings(max_examples=5)
def test_locked_parts_stay_the_same_to_the_byte_and_every_rule_holds(
    style: str, operations: list[dict[str, Any]], data: st.DataObject
) -> None:
    parts = [part.name for part in song(style).plan.parts]
    locked = data.draw(st.lists(st.sampled_from(parts), max_size=3, unique=True))
    before = song(style)
    if locked:
        before = applied(before, {"name": "lock", "take": 0, "parts": locked}, workshop())
    after = done(before, operations)
    files = part_files(before), part_files(after)
    assert all(files[0][name] == files[1][name] for name in locked)
    assert [p for p in before.score.parts if p.plan.name in locked] == [
        p for p in after.score.parts if p.plan.name in locked
    ]
    assert after.report.ok
    assert after.performance.tempos == before.performance.tempos


@pytest.mark.parametrize("style", STYLES)
@given(data=st.data())
@settings(max_examples=4)
def test_what_is_written_anew_is_new_and_all_else_the_same(style: str, data: st.DataObject) -> None:
    before = song(style)
    bars = data.draw(st.sampled_from(["1..2", "3..6", "8"]))
    role = data.draw(st.sampled_from(["melody", "drums", "bass"]))
    operation = {"name": "infill", "take": 1, "bars": bars, "parts": [role]}
    after = None
    with contextlib.suppress(ProjectError):  # who rests there, or has one way only
        after = applied(before, operation, workshop())
    if after is None:
        return
    for old, new in zip(before.performance.tracks, after.performance.tracks, strict=True):
        if old.role == role:
            assert set(old.notes) - set(new.notes) or set(new.notes) - set(old.notes)
        else:
            assert old == new


def test_a_log_is_replayed_to_the_byte() -> None:
    operations = [
        {"name": "lock", "take": 1, "parts": ["drums"]},
        {"name": "vary", "take": 2, "amount": 0.4},
        {"name": "set-chords", "take": 3, "bars": "3..4", "chords": "ii7 | V7"},
        {"name": "transpose", "take": 7, "semitones": -2},
    ]
    state = done(state_of(compose(BRIEF)), operations[:3])
    state = applied(state, operations[3], workshop())
    assert midi_files(replay(BRIEF, state.operations)) == midi_files(state)

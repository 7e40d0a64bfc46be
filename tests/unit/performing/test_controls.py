"""Controllers: swells of held sounds, the pedal; and the maps of keys and texts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from composer.music.performance import Track
from composer.music.score import Note
from composer.performing.controls import EXPRESSION, PEDAL, may_swell
from composer.performing.maps import key_changes, meter_changes, texts
from tests.strategies import rules
from tests.unit.performing.lines import (
    chord,
    feel,
    line,
    make_plan,
    note,
    part_plan,
    play,
    score_of,
)

STRINGS = part_plan("string-ensemble", "pad")
PIANO = part_plan("piano", "comping")
SAX = part_plan("tenor-sax")


def changes(track: Track, controller: int) -> list[tuple[int, int]]:
    return [(c.ticks, c.value) for c in track.controls if c.controller == controller]


def held(bars: int = 4) -> list[Note]:
    """A chord a bar."""
    return [n for bar in range(bars) for n in chord(4 * bar, 4, 60, 64, 67)]


def test_held_sounds_swell_within_the_note() -> None:
    track = play(make_plan(STRINGS), [*chord(8, 4, 60, 64, 67)], feel(swells=1))
    found = changes(track, EXPRESSION)
    top = max(found, key=lambda change: change[1])
    assert 8 * 480 < top[0] < 12 * 480
    assert top[1] - found[0][1] > 10


def test_a_value_an_eighth_at_most_and_all_in_range() -> None:
    notes = line(*[60, 62] * 64, length=0.25)
    track = play(make_plan(SAX, bars=8), notes, feel(swells=1, crescendo=1))
    found = changes(track, EXPRESSION)
    ticks = [at for at, _ in found]
    assert all(b - a >= 240 for a, b in pairwise(ticks))
    assert all(40 <= value <= 127 for _, value in found)


def test_a_pad_that_enters_fades_in() -> None:
    late = chord(16, 8, 60, 64, 67)
    found = changes(play(make_plan(STRINGS, bars=8), late, feel(swells=1)), EXPRESSION)
    rising = [value for _, value in found[:4]]
    assert rising == sorted(set(rising)) and rising[3] - rising[0] > 15


def test_deeper_swells_and_crescendi_are_wider() -> None:
    def width(**keys: float) -> int:
        plan = make_plan(STRINGS, energies=(0.3, 0.9))
        found = [v for _, v in changes(play(plan, held(8), feel(**keys)), EXPRESSION)]
        return max(found) - min(found)

    assert width(swells=0.2) < width(swells=0.6) < width(swells=1)
    assert width(swells=0.2) < width(swells=0.2, crescendo=1)


@pytest.mark.parametrize("name", ["piano", "distortion-guitar", "finger-bass", "vibraphone"])
def test_what_is_struck_or_plucked_does_not_swell(name: str) -> None:
    part = part_plan(name, "comping")
    assert not may_swell(part)
    assert not changes(play(make_plan(part), held(), feel(swells=1)), EXPRESSION)


def test_the_pedal_changes_with_chord_and_bar() -> None:
    track = play(make_plan(PIANO, chords="C"), held(), feel(pedal=True))
    moves = changes(track, PEDAL)
    assert [value for _, value in moves] == [127, 0] * 4
    assert all(0 < at % 1920 < 60 for at, value in moves if value)


def test_a_busy_part_changes_the_pedal_within_the_bar() -> None:
    notes = line(*[60, 64, 67, 72] * 16, length=0.25)
    track = play(make_plan(PIANO), notes, feel(pedal=True))
    assert len(changes(track, PEDAL)) == 2 * 2 * 4


@pytest.mark.parametrize(
    "notes",
    [
        line(60, 62, 64, 65, 67, 69, 71, 72),
        chord(0, 1, 60, 64, 67, mark="staccato"),
    ],
    ids=["a run", "staccato"],
)
def test_no_pedal_where_it_would_blur(notes: list[Note]) -> None:
    track = play(make_plan(PIANO, bars=1), notes, feel(pedal=True))
    assert not changes(track, PEDAL)


def test_no_pedal_in_a_style_that_plays_short_or_without() -> None:
    for style in (feel(pedal=False), feel(pedal=True, articulation={"comping": 0.5})):
        assert not changes(play(make_plan(PIANO), held(), style), PEDAL)


def test_humanize_nought_sends_level_and_place_alone() -> None:
    for part in (STRINGS, PIANO, SAX):
        style = feel(swells=1, pedal=True, vibrato=1, bends=1)
        track = play(make_plan(part, humanize=0), [note(0, 4, 60)], style)
        assert {c.controller for c in track.controls} == {7, 10}


def test_every_change_of_key_is_told() -> None:
    plan = make_plan(PIANO)
    higher, minor = rules().key("D major"), rules().key("B minor")
    keys = (plan.key, higher, higher, minor)
    chords = tuple(replace(s, key=k) for s, k in zip(plan.chords, keys, strict=True))
    score = replace(score_of(plan, held()), chords=chords)
    found = [(k.ticks, k.sharps, k.minor) for k in key_changes(score)]
    assert found == [(0, 0, False), (1920, 2, False), (5760, 2, True)]
    said = [(t.ticks, t.text) for t in texts(plan, score) if t.text.startswith("Key:")]
    assert said == [(0, "Key: C major"), (1920, "Key: D major"), (5760, "Key: B minor")]
    assert [(m.numerator, m.denominator) for m in meter_changes(score)] == [(4, 4)]

"""Walking lines: where they go, and that they arrive."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.brief import Brief
from composer.music.seeding import generator
from composer.writing.bass import BassWriter
from composer.writing.bass_roots import bass_roots
from composer.writing.walking import Place, walk
from tests.laws.pieces import compose
from tests.unit.writing.figures import playing

C = frozenset({0, 4, 7})
WHITE = frozenset({0, 2, 4, 5, 7, 9, 11})
ARRIVALS = {1, 2, 5, 7}


def places(count: int) -> list[Place]:
    return [Place(C, WHITE, strong=number % 2 == 1) for number in range(count)]


@settings(max_examples=200)
@given(
    start=st.integers(30, 50),
    goal=st.integers(30, 50),
    count=st.integers(1, 15),
    seed=st.integers(0, 2**32),
    chromatic=st.booleans(),
)
def test_a_line_lands_by_step_or_fifth(
    start: int, goal: int, count: int, seed: int, chromatic: bool
) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    line = walk(start, places(count), goal, (28, 52), rng, chromatic=chromatic)
    assert len(line) == count
    assert all(28 <= pitch <= 52 for pitch in line)
    assert abs(line[-1] - goal) in ARRIVALS or count == 1
    for pitch in line[:-1]:
        assert pitch % 12 in WHITE
    if line[-1] % 12 not in WHITE:
        assert chromatic and abs(line[-1] - goal) == 1


def test_barred_pitches_are_kept_clear_of() -> None:
    for seed in range(40):
        line = walk(36, places(3), 43, (28, 52), generator(seed), barred=frozenset({41, 45}))
        assert line[-1] not in (41, 45)


def test_a_line_stays_below_the_voices() -> None:
    low = [Place(C, WHITE, strong=True, ceiling=40) for _ in range(6)]
    for seed in range(20):
        assert max(walk(36, low, 36, (28, 52), generator(seed))) < 40


def test_strong_beats_have_chord_tones_and_lines_keep_their_way() -> None:
    strong = chordal = moves = turns = leaps = 0
    for seed in range(200):
        line = walk(36, places(7), 41, (28, 52), generator(seed))
        strong += 4
        chordal += sum(pitch % 12 in C for pitch in line[1::2])
        steps = [b - a for a, b in pairwise((36, *line))]
        turns += sum(a * b < 0 for a, b in pairwise(steps))
        moves += len(steps) - 1
        leaps += sum(abs(step) > 7 for step in steps)
    assert chordal >= 0.6 * strong
    assert turns <= 0.55 * moves
    assert leaps <= 0.05 * moves


def test_one_seed_one_line() -> None:
    first, second = (walk(36, places(8), 41, (28, 52), generator(3)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("seed", range(8))
def test_on_every_seed_the_bass_walks_into_the_next_root(seed: int) -> None:
    brief = Brief(style="jazz-swing", time_signature="4/4", bars=24, seed=seed)
    piece = compose(replace(brief, parts=("flute", "comping=piano", "acoustic-bass")))
    (bass,) = piece.role("bass")
    context = playing(piece, bass.plan, "R---|w---|w---|w---")
    writer = BassWriter(context, bass.plan, bass_roots(context, bass.plan))
    notes = writer.write()
    walked = 0
    for (beat, note), (after, root) in pairwise(zip(writer.beats, notes, strict=True)):
        if beat.sign == "w" and not beat.first and after.first and after.onset == beat.end:
            walked += 1
            assert abs(root.pitch.midi - note.pitch.midi) in ARRIVALS, (beat, note, root)
    assert walked >= 12

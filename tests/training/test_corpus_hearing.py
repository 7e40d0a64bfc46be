"""The fast encoder of whole songs writes what `encode_cell` writes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer.evaluating.material import Line
from composer.midi.songs import song_from_bytes
from composer.music.song import part_of
from composer.training.corpus.cleaning import clean
from composer.training.corpus.hearing import Heard, encode_lines, listen
from composer.transformer.cells import CellNote, decode_cell, encode_cell
from composer.transformer.conditions import QUALITIES, ROLES
from tests.training.corpus_files import song

BARS, BAR_SLOTS = 3, 36

notes = st.lists(
    st.tuples(st.integers(0, BARS * BAR_SLOTS - 1), st.integers(1, 300), st.integers(27, 87)),
    min_size=1,
    max_size=30,
)


def line(found: list[tuple[int, int, int]], drums: bool) -> Line:
    onset, duration, pitch = (
        np.array(column, dtype=np.int64) for column in zip(*found, strict=True)
    )
    played = part_of("", 0, drums, onset / 12, duration / 12, pitch, pitch)
    return Line("drums" if drums else "harmony", played, onset, duration, pitch)


@given(st.lists(st.tuples(notes, st.booleans()), min_size=1, max_size=3), st.integers(-5, 6))
def test_the_fast_encoder_is_encode_cell(
    parts: list[tuple[list[tuple[int, int, int]], bool]], shift: int
) -> None:
    lines = [line(found, drums) for found, drums in parts]
    tokens, bounds, counts = encode_lines(lines, BARS, BAR_SLOTS, shift)
    assert len(bounds) == BARS * len(lines) + 1
    cell = 0
    for bar in range(BARS):
        for found, drums in parts:
            inside = {
                CellNote(o % BAR_SLOTS, 0 if drums else d, p if drums else p + shift)
                for o, d, p in found
                if o // BAR_SLOTS == bar
            }
            wanted = encode_cell(inside, drums=drums)
            assert tokens[bounds[cell] : bounds[cell + 1]].tolist() == wanted
            assert counts[cell] == len(decode_cell(wanted))
            cell += 1


def test_what_leaves_the_range_moves_back_an_octave() -> None:
    tokens, _, _ = encode_lines([line([(0, 12, 127), (12, 12, 3)], False)], 1, 48, 6)
    assert [note.pitch for note in decode_cell(tokens.tolist())] == [121, 9]
    tokens, _, _ = encode_lines([line([(0, 12, 3)], False)], 1, 48, -5)
    assert [note.pitch for note in decode_cell(tokens.tolist())] == [10]


def heard(up: int) -> Heard:
    return listen(clean(song_from_bytes(song(3, bars=16, up=up).dumps_midi())).window)


def test_a_transposed_song_is_heard_the_same() -> None:
    here, there = heard(0), heard(2)
    assert here.shift - there.shift in (2, 2 - 12)
    assert np.array_equal(here.bar_table[:, :4], there.bar_table[:, :4])
    # Of two chords that fit as well, another may be named in another key.
    assert (here.bar_table[:, 4:] == there.bar_table[:, 4:]).mean() > 0.8
    assert [ROLES[role] for role in here.part_table[:, 0]][:2] == ["drums", "bass"]
    assert len(here.bounds) == 16 * 3 + 1 and here.bounds[-1] == len(here.tokens)
    assert here.bar_table[:, 4:].max() <= 12 * len(QUALITIES)

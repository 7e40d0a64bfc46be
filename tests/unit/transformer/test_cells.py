from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from composer.transformer.cells import (
    CellNote,
    decode_cell,
    encode_cell,
    nearest_duration,
    token_ids,
)
from composer.transformer.vocabulary import vocabulary

WORDS = vocabulary()
PITCHED = st.builds(
    CellNote, st.integers(0, 95), st.sampled_from(WORDS.durations), st.integers(0, 127)
)
DRUMS = st.builds(CellNote, st.integers(0, 95), st.just(0), st.integers(27, 87))


def names(tokens: list[int]) -> list[str]:
    return [WORDS.notes[token] for token in tokens]


@given(st.sets(PITCHED, max_size=24))
def test_pitched_cells_come_back(notes: set[CellNote]) -> None:
    assert set(decode_cell(encode_cell(notes, drums=False))) == notes


@given(st.sets(DRUMS, max_size=24))
def test_drum_cells_come_back(notes: set[CellNote]) -> None:
    assert set(decode_cell(encode_cell(notes, drums=True))) == notes


def test_a_duration_is_said_where_it_changes() -> None:
    notes = [CellNote(0, 6, 60), CellNote(6, 6, 62), CellNote(12, 12, 64)]
    assert names(encode_cell(notes, drums=False)) == [
        "Position_0", "Duration_6", "Pitch_60", "Position_6", "Pitch_62",
        "Position_12", "Duration_12", "Pitch_64",
    ]  # fmt: skip


def test_of_notes_that_begin_together_the_shorter_come_first() -> None:
    notes = [CellNote(0, 12, 48), CellNote(0, 6, 72)]
    assert names(encode_cell(notes, drums=False)) == [
        "Position_0", "Duration_6", "Pitch_72", "Duration_12", "Pitch_48",
    ]  # fmt: skip


def test_drums_have_no_durations() -> None:
    notes = [CellNote(0, 0, 42), CellNote(0, 0, 36), CellNote(6, 0, 42)]
    assert names(encode_cell(notes, drums=True)) == [
        "Position_0", "Drum_36", "Drum_42", "Position_6", "Drum_42",
    ]  # fmt: skip


def test_lengths_are_taken_by_ratio() -> None:
    assert [nearest_duration(n) for n in (0, 1, 5, 7, 11, 13, 500)] == [1, 1, 6, 8, 12, 12, 192]


def test_tokens_without_a_place_are_left_out() -> None:
    ids = token_ids()
    assert decode_cell([ids.pitch + 60, ids.position, ids.pitch + 60]) == ()


def test_the_kinds_of_tokens_do_not_overlap() -> None:
    ids = token_ids()
    assert ids.pad < ids.cell < ids.position < ids.duration < ids.pitch < ids.drum < ids.end
    assert ids.end == len(WORDS.notes)
    assert WORDS.notes[ids.drum] == f"Drum_{ids.lowest_drum}"

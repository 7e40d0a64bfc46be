from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.checking.drums import limbs_ok
from composer.transformer.cells import CellNote, decode_cell, token_ids
from composer.transformer.masks import CellRules, CellState, SpanRules, allows
from composer.transformer.vocabulary import vocabulary

IDS = token_ids()
WORDS = vocabulary()


def flags(*pitches: int) -> np.ndarray:
    table = np.zeros(128, dtype=np.bool_)
    table[list(pitches)] = True
    return table


SCALE = flags(*(p for p in range(48, 85) if p % 12 in {0, 2, 4, 5, 7, 9, 11}))
CHORD = flags(*(p for p in range(48, 85) if p % 12 in {0, 4, 7}))
FOREIGN = flags(*(p for p in range(48, 85) if p % 12 in {1, 3, 6, 8, 10}))


def onsets(*slots: int) -> np.ndarray:
    table = np.zeros(WORDS.positions, dtype=np.bool_)
    table[list(slots)] = True
    return table


def rules(**changes: object) -> CellRules:
    fields: dict[str, object] = {
        "drums": False,
        "onsets": onsets(0, 6, 12, 18, 24, 30, 36, 42),
        "span_at": (0,) * 48,
        "spans": (SpanRules(SCALE, SCALE, CHORD, FOREIGN),),
        "keys": np.zeros(0, dtype=np.bool_),
        "most": 8,
        "voices": 1,
        "last_foreign": -1,
    }
    return CellRules(**{**fields, **changes})  # type: ignore[arg-type]


def drum_rules(most: int = 16) -> CellRules:
    keys = np.ones(IDS.end - IDS.drum, dtype=np.bool_)
    return rules(drums=True, spans=(), span_at=(), keys=keys, most=most, voices=4)


def drawn(cell: CellRules, seed: int) -> list[int]:
    """A cell of tokens drawn evenly from what is allowed."""
    random = np.random.default_rng(seed)
    state, tokens = CellState(cell), []
    for _ in range(400):
        token = int(random.choice(np.flatnonzero(state.allowed())))
        if token == IDS.cell:
            return tokens
        tokens.append(token)
        state.take(token)
    raise AssertionError("the cell does not end")


def allowed(cell: CellRules, *names: str) -> set[str]:
    """Names of what may follow some tokens."""
    state = CellState(cell)
    for name in names:
        assert state.allowed()[WORDS.notes.index(name)], name
        state.take(WORDS.notes.index(name))
    return {WORDS.notes[i] for i in np.flatnonzero(state.allowed())}


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_cells_hold_notes_at_allowed_onsets_in_the_scale(seed: int) -> None:
    notes = decode_cell(drawn(rules(), seed))
    assert 1 <= len(notes) <= 8
    assert all(note.position % 6 == 0 and SCALE[note.pitch] for note in notes)


@given(SEEDS)
def test_a_line_has_one_note_at_a_time(seed: int) -> None:
    onsets_ = [note.position for note in decode_cell(drawn(rules(), seed))]
    assert onsets_ == sorted(set(onsets_))


@given(SEEDS)
def test_what_is_drawn_is_in_the_order_of_the_corpus(seed: int) -> None:
    from composer.transformer.cells import encode_cell

    for cell, drums in ((rules(voices=4), False), (drum_rules(), True)):
        tokens = drawn(cell, seed)
        notes = decode_cell(tokens)
        assert len({(n.position, n.pitch) for n in notes}) == len(notes)
        again = encode_cell(notes, drums=drums)
        # A duration that no note used is said in vain; all else is as the corpus has it.
        assert [t for t in tokens if t >= IDS.pitch] == [t for t in again if t >= IDS.pitch]


@given(SEEDS)
def test_drums_need_two_hands_and_two_feet(seed: int) -> None:
    notes = decode_cell(drawn(drum_rules(40), seed))
    for onset in {note.position for note in notes}:
        assert limbs_ok([note.pitch for note in notes if note.position == onset])


@given(SEEDS)
def test_foreign_tones_resolve_by_step_into_the_chord(seed: int) -> None:
    notes = decode_cell(drawn(rules(last_foreign=40), seed))
    for note, after in zip(notes, (*notes[1:], None), strict=True):
        if FOREIGN[note.pitch]:
            assert after is not None
            assert 1 <= abs(after.pitch - note.pitch) <= 2
            assert CHORD[after.pitch]


@given(SEEDS)
def test_what_a_chord_needs_is_struck_at_its_first_onset(seed: int) -> None:
    voicing = flags(52, 55, 60, 64)
    span = SpanRules(voicing, voicing, voicing, flags(), (52, 55))
    notes = decode_cell(drawn(rules(spans=(span,), voices=4, spaced=True), seed))
    first = [note.pitch for note in notes if note.position == notes[0].position]
    assert {52, 55} <= set(first)
    assert len(first) == len(set(first))


@given(SEEDS)
def test_what_begins_together_lies_within_an_octave_of_its_neighbours(seed: int) -> None:
    wide = flags(43, 57, 60, 64, 79)
    span = SpanRules(wide, wide, wide, flags())
    notes = decode_cell(drawn(rules(spans=(span,), voices=4, spaced=True), seed))
    for onset in {note.position for note in notes}:
        pitches = sorted(note.pitch for note in notes if note.position == onset)
        assert all(above - below <= 12 for below, above in pairwise(pitches))


def test_the_bass_begins_a_chord_with_its_root() -> None:
    root = flags(48, 60)
    cell = rules(spans=(SpanRules(SCALE, root, CHORD, FOREIGN),))
    after = allowed(cell, "Position_6", "Duration_6")
    assert after == {"Pitch_48", "Pitch_60"}
    later = allowed(cell, "Position_6", "Duration_6", "Pitch_48", "Position_12")
    assert "Pitch_62" in later


@pytest.mark.parametrize(("previous", "next_"), [(59, {60}), (65, {64, 63}), (62, None)])
def test_tendency_tones_of_a_dominant_resolve(previous: int, next_: set[int] | None) -> None:
    scale = SCALE | flags(63)
    foreign = FOREIGN & ~scale
    span = SpanRules(scale, scale, CHORD, foreign, (), {11: (1,), 5: (-1, -2)})
    state = CellState(rules(spans=(span,)), previous)
    for name in ("Position_6", "Duration_6"):
        state.take(WORDS.notes.index(name))
    found = set(np.flatnonzero(state.allowed()[IDS.pitch : IDS.drum]).tolist())
    assert found == (next_ or set(np.flatnonzero(scale).tolist()))
    state.take(IDS.pitch + min(found))
    state.take(WORDS.notes.index("Position_12"))
    assert state.allowed()[IDS.pitch + 62]


def test_a_cell_begins_with_an_onset_and_may_end_after_a_note() -> None:
    assert all(name.startswith("Position") for name in allowed(rules()))
    assert "Cell_None" not in allowed(rules(), "Position_0")
    assert "Cell_None" in allowed(rules(), "Position_0", "Duration_6", "Pitch_60")


def test_a_full_cell_ends() -> None:
    full = allowed(rules(most=1), "Position_0", "Duration_6", "Pitch_60")
    assert full == {"Cell_None"}


def test_a_duration_is_not_said_twice() -> None:
    after = allowed(rules(), "Position_0", "Duration_6", "Pitch_60", "Position_6")
    assert "Duration_6" not in after
    assert {"Duration_12", "Pitch_62"} <= after


@pytest.mark.parametrize("voices", [1, 2])
def test_as_many_notes_begin_together_as_may(voices: int) -> None:
    after = allowed(rules(voices=voices), "Position_0", "Duration_6", "Pitch_60")
    assert ("Pitch_64" in after) == (voices == 2)


def test_state_tells_where_it_is() -> None:
    state = CellState(rules())
    assert (state.position, state.count) == (-1, 0)
    for name in ("Position_12", "Duration_6", "Pitch_60"):
        state.take(WORDS.notes.index(name))
    assert (state.position, state.count) == (12, 1)
    assert decode_cell(
        [WORDS.notes.index(n) for n in ("Position_12", "Duration_6", "Pitch_60")]
    ) == (CellNote(12, 6, 60),)


def test_a_percussionist_has_hands_beside_the_drummers() -> None:
    named = [f"Drum_{key}" for key in (36, 38, 49, 54, 70)]
    assert "Drum_75" not in allowed(drum_rules(), "Position_0", *named)
    assert "Drum_75" in allowed(drum_rules(), "Position_0", *named[:-1])
    assert "Drum_51" not in allowed(drum_rules(), "Position_0", *named[:3])


@given(SEEDS)
def test_what_is_drawn_is_allowed(seed: int) -> None:
    for cell in (rules(last_foreign=40), drum_rules(20)):
        assert allows(cell, drawn(cell, seed))


def test_what_the_rules_forbid_is_not_allowed() -> None:
    tokens = [WORDS.notes.index(name) for name in ("Position_12", "Duration_6", "Pitch_60")]
    assert allows(rules(), tokens)
    assert not allows(rules(onsets=onsets(0)), tokens)
    assert not allows(
        rules(spans=(SpanRules(CHORD, CHORD, CHORD, FOREIGN),)), [*tokens[:2], IDS.pitch + 62]
    )
    assert not allows(rules(), tokens[:2])
    assert not allows(rules(), [])

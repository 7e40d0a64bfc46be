"""MidiTok's class defines the vocabulary, and writes the tokens that `encode_cell` writes."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("miditok")

from symusic import Note, Score, Track

from composer import Brief, compose
from composer.midi.encode import encode
from composer.training.tokenizer import (
    DRUM_KEYS,
    DURATIONS,
    CellTokenizer,
    _nearest,
    main,
)
from composer.transformer.cells import CellNote, decode_cell, encode_cell, nearest_duration
from composer.transformer.vocabulary import vocabulary

BAR = 48
CELL = vocabulary().notes.index("Cell_None")


@pytest.fixture(scope="module")
def tokenizer() -> CellTokenizer:
    return CellTokenizer()


def test_it_writes_the_vocabulary_that_ships(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "v.json")]) == 0
    shipped = resources.files("composer.transformer").joinpath("data/vocabulary.json")
    assert (tmp_path / "v.json").read_bytes() == shipped.read_bytes()
    assert main(["--out", "/dev/null/v.json"]) == 2


def test_ids_are_those_of_the_vocabulary(tokenizer: CellTokenizer) -> None:
    words = vocabulary()
    assert [tokenizer[number] for number in range(len(words.notes))] == list(words.notes)
    for stream in words.streams:
        for number, name in enumerate(stream.tokens):
            assert tokenizer[name] == len(words.notes) + stream.offset + number
    assert all(_nearest(slots) == nearest_duration(slots) for slots in range(400))


def by_cells(track: Track, drums: bool, bars: int) -> list[int]:
    """The tokens of a part on the grid, by `encode_cell`."""
    tokens: list[int] = []
    for bar in range(bars):
        notes = [
            CellNote(note.time % BAR, 0 if drums else note.duration, note.pitch)
            for note in track.notes
            if note.time // BAR == bar
        ]
        tokens += [CELL, *encode_cell(notes, drums=drums)]
    return tokens


pitched = st.builds(
    CellNote, st.integers(0, 3 * BAR - 1), st.sampled_from(DURATIONS), st.integers(0, 127)
)
strokes = st.builds(
    CellNote, st.integers(0, 3 * BAR - 1), st.just(1), st.sampled_from(list(DRUM_KEYS))
)


@settings(max_examples=40)
@given(
    st.booleans().flatmap(
        lambda drums: st.tuples(
            st.just(drums), st.sets(strokes if drums else pitched, min_size=1, max_size=30)
        )
    )
)
def test_any_part_comes_back(case: tuple[bool, set[CellNote]]) -> None:
    drums, notes = case
    score = Score(12)
    track = Track("", 0, drums)
    for note in sorted(notes):
        track.notes.append(Note(note.position, note.duration, note.pitch, 80))
    score.tracks.append(track)
    tokenizer = _shared()
    (sequence,) = tokenizer.encode(score)
    bars = max(note.position for note in notes) // BAR + 1
    assert sequence.ids == by_cells(track, drums, bars)
    for back in (tokenizer.decode([sequence]), tokenizer.decode([sequence.ids])):
        found = {CellNote(n.time, n.duration, n.pitch) for n in back.tracks[0].notes}
        assert found == notes and back.tracks[0].is_drum == drums
        assert tokenizer.encode(back)[0].ids == sequence.ids


_made: list[CellTokenizer] = []


def _shared() -> CellTokenizer:
    """One tokenizer for all examples: it takes some time to make."""
    if not _made:
        _made.append(CellTokenizer())
    return _made[0]


@pytest.mark.parametrize("style", ["pop", "jazz-swing"])
def test_a_composed_piece(tokenizer: CellTokenizer, style: str) -> None:
    piece = compose(Brief(writer="rules", key="D", bars=4, style=style, time_signature="4/4"))
    score = tokenizer.preprocess_score(Score.from_midi(encode(piece.performance)))
    sequences = tokenizer.encode(score, no_preprocess_score=True)
    assert len(sequences) == len(score.tracks) > 2
    for track, sequence in zip(score.tracks, sequences, strict=True):
        bars = max((note.time for note in track.notes), default=0) // BAR + 1
        assert sequence.ids == by_cells(track, track.is_drum, bars)
    back = tokenizer.decode(sequences)
    assert [sequence.ids for sequence in tokenizer.encode(back)] == [s.ids for s in sequences]


def test_other_meters() -> None:
    waltz = CellTokenizer("3/4")
    score = Score(24)
    track = Track("", 0, False)
    track.notes.append(Note(72, 24, 60, 80))
    score.tracks.append(track)
    (sequence,) = waltz.encode(score)
    assert sequence.tokens == ["Cell_None", "Cell_None", "Position_0", "Duration_12", "Pitch_60"]
    assert decode_cell(sequence.ids[2:]) == (CellNote(0, 12, 60),)
    assert waltz.decode([sequence]).time_signatures[0].numerator == 3

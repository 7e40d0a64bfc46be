from __future__ import annotations

import io

import mido
import pytest

from composer.exporting.midi_parts import midi_parts
from composer.midi.decode import decode
from composer.midi.encode import encode
from tests.unit.exporting.pieces import Made, made


@pytest.fixture(scope="module")
def piece() -> Made:
    return made("pop")


def test_a_file_a_part_in_order_with_its_name(piece: Made) -> None:
    files = midi_parts(piece.performance)
    assert len(files) == len(piece.performance.tracks)
    assert list(files) == sorted(files)
    for track, data in zip(piece.performance.tracks, files.values(), strict=True):
        read = mido.MidiFile(file=io.BytesIO(data))
        assert read.type == 1 and len(read.tracks) == 2
        assert read.tracks[1].name == track.name


def test_the_files_laid_over_each_other_are_the_piece(piece: Made) -> None:
    whole = decode(encode(piece.performance))
    tracks = []
    for data in midi_parts(piece.performance).values():
        read = decode(data)
        # The conductor's map is whole in each file: tempo, meter, keys, markers, chord symbols.
        assert (read.tempos, read.meters, read.keys) == (whole.tempos, whole.meters, whole.keys)
        assert (read.texts, read.end_ticks) == (whole.texts, whole.end_ticks)
        tracks += read.tracks
    assert tuple(tracks) == whole.tracks

"""Key, chords and meter as they are heard in small windows whose harmony is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from composer import Brief, compose
from composer.evaluating.chroma import chroma_of, outer_pitches, spans_a_bar, spans_of
from composer.evaluating.detector_data import accuracy
from composer.evaluating.detectors import DetectedChord, chords_of, key_of, kind_of, meter_of
from composer.evaluating.windows import opening
from composer.midi.songs import song_of
from composer.music.song import part_of
from tests.unit.evaluating.chord_windows import AM, C, F, G, block_chords, window_of


def shifted(chords: Sequence[Sequence[int]], semitones: int) -> list[list[int]]:
    return [[pitch + semitones for pitch in chord] for chord in chords]


@pytest.mark.parametrize("semitones", range(-5, 7))
def test_key_moves_with_the_music(semitones: int) -> None:
    heard = key_of(window_of(block_chords(shifted([C, F, G, C], semitones))))

    assert heard is not None
    assert (heard.tonic, heard.mode) == (semitones % 12, "major")


def test_minor_key_with_its_leading_tone() -> None:
    dm, e7 = (50, 62, 65, 69), (52, 62, 64, 68, 71)

    heard = key_of(window_of(block_chords([AM, dm, e7, AM])))

    assert heard is not None
    assert (heard.tonic, heard.minor) == (9, True)
    assert 8 in heard.wide_scale and 8 not in heard.scale


def test_no_key_without_pitches() -> None:
    drums = part_of("kit", 0, True, [0, 1, 2, 3], [1] * 4, [36, 38, 36, 38], [90] * 4)

    assert key_of(window_of(drums)) is None
    assert chords_of(window_of(drums)) == (None,) * 8


def test_chords_by_half_bars() -> None:
    heard = chords_of(window_of(block_chords([C, AM, F, G])))

    assert [str(chord) for chord in heard] == [
        *["C:maj"] * 2, *["A:min"] * 2, *["F:maj"] * 2, *["G:maj"] * 2,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pitches", "name"),
    [
        ((43, 59, 62, 65), "G:7"),
        ((50, 60, 65, 69), "D:min7"),
        ((48, 59, 64, 67), "C:maj7"),
        ((47, 62, 65, 69), "B:m7b5"),
        ((47, 62, 65, 68), "B:dim7"),
        ((43, 60, 62, 67), "G:sus4"),
        ((45, 52, 57), "A:5"),
        ((48, 64, 68), "C:aug"),
        ((52, 60, 67, 72), "C:maj/E"),
    ],
)
def test_kinds_of_chords(pitches: tuple[int, ...], name: str) -> None:
    heard = chords_of(window_of(block_chords([pitches] * 4)))

    assert {str(chord) for chord in heard} == {name}


def test_a_passing_note_changes_no_chord() -> None:
    chords = block_chords([C, C, F, F])
    line = part_of("flute", 73, False, [0, 1, 1.5, 2], [1, 0.5, 0.5, 2], [67, 65, 64, 72], [80] * 4)

    assert chords_of(window_of(chords, line)) == chords_of(window_of(chords))


@pytest.mark.parametrize(
    ("meter", "starts"),
    [
        ("4/4", [0, 2, 4, 6, 8]),
        ("3/4", [0, 3, 6]),
        ("2/4", [0, 2, 4]),
        ("6/8", [0, 1.5, 3, 4.5, 6]),
        ("9/8", [0, 4.5, 9]),
        ("12/8", [0, 3, 6, 9, 12]),
        ("5/4", [0, 3, 5, 8, 10]),
        ("7/8", [0, 2, 3.5, 5.5, 7]),
    ],
)
def test_spans_follow_the_meter(meter: str, starts: list[float]) -> None:
    window = window_of(block_chords([C]), bars=2, meter=meter)

    assert spans_of(window).tolist() == starts
    assert spans_a_bar(window) * 2 == len(starts) - 1


def test_chroma_counts_quarters() -> None:
    chroma = chroma_of(window_of(block_chords([C, G, C, G])))

    assert chroma.all[0].sum() == pytest.approx(8.0)  # four notes for two quarters
    assert chroma.bass[2].argmax() == 7 and chroma.top[2].argmax() == 7
    assert chroma.attacks[1].sum() == 0


def test_outer_pitches_of_overlapping_notes() -> None:
    low = part_of("low", 32, False, [0], [2], [40], [80])
    high = part_of("high", 73, False, [0, 1], [4, 1], [70, 76], [80] * 2)

    lowest, highest = outer_pitches(window_of(low, high))

    assert lowest[0] == 40 and lowest[30] == 70 and lowest[60] == 128
    assert highest[0] == 70 and highest[12] == 76 and highest[60] == -1


@pytest.mark.parametrize(
    ("style", "meter"),
    [("pop", "4/4"), ("classical", "3/4"), ("classical", "6/8"), ("rock", "4/4")],
)
def test_meter_of_our_own_pieces(style: str, meter: str) -> None:
    piece = compose(Brief(writer="rules", style=style, time_signature=meter, bars=32, seed=3))
    upper, lower = (int(number) for number in meter.split("/"))

    assert meter_of(opening(song_of(piece.performance))) == kind_of(upper, lower)


@pytest.mark.parametrize("key", ["C", "F# minor", "Bb"])
def test_key_of_our_own_pieces(key: str) -> None:
    piece = compose(Brief(writer="rules", style="pop", key=key, bars=16, seed=1))
    heard = key_of(opening(song_of(piece.performance)))

    assert heard is not None
    assert (heard.tonic, heard.minor) == (piece.score.key.tonic.number, "minor" in key)


@pytest.mark.parametrize("name", ["key", "chords", "meter", "melody", "bass"])
def test_accuracy_is_shipped(name: str) -> None:
    measured = accuracy(name)

    assert 0.8 < measured.right < 1.0
    assert any(letter.isdigit() for letter in measured.source)


def test_unknown_accuracy_is_nan() -> None:
    assert np.isnan(accuracy("nothing").right)


def test_a_chord_knows_its_tones() -> None:
    chord = DetectedChord(7, "7", 11)

    assert chord.pitch_classes == {7, 11, 2, 5}
    assert chord.third == "major" and chord.has_seventh and chord.is_dominant
    assert str(chord) == "G:7/B"

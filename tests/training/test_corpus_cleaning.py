from __future__ import annotations

import numpy as np
import pytest

from composer.music.song import MeterSpan, Song, SongPart, TempoSpan, part_of
from composer.training.corpus.cleaning import DroppedError, clean, on_the_beat


def part(
    name: str = "a", *, drums: bool = False, program: int = 0, notes: int = 48, pitch: int = 60
) -> SongPart:
    onsets = [float(number) for number in range(notes)]
    pitches = [pitch + number % 5 for number in range(notes)]
    return part_of(name, program, drums, onsets, [1.0] * notes, pitches, [80] * notes)


def song(*parts: SongPart, meters: tuple[MeterSpan, ...] = (MeterSpan(0.0, 4, 4),)) -> Song:
    return Song("test", parts, (TempoSpan(0.0, 100.0), TempoSpan(8.0, 131.0)), meters)


def dropped(found: Song) -> str:
    with pytest.raises(DroppedError) as error:
        clean(found)
    return str(error.value)


def test_a_good_song_keeps_its_bars_and_its_longest_tempo() -> None:
    cleaned = clean(song(part(), part("b", pitch=40)))
    assert (cleaned.window.bars, cleaned.window.numerator) == (12, 4)
    assert cleaned.window.quarters_per_minute == 131.0
    assert not +cleaned.mended


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (song(part(), part("b", pitch=40), meters=(MeterSpan(0.0, 11, 8),)), "no known meter"),
        (song(part(notes=28), part("b", notes=28, pitch=40)), "under 8 bars"),
        (song(part()), "one part only"),
        (song(part(), part("twin")), "one part only"),
        (song(part(), part("b", notes=3)), "one part only"),
    ],
)
def test_reasons_to_drop(found: Song, reason: str) -> None:
    assert dropped(found) == reason


def test_the_longest_stretch_of_one_meter_is_kept() -> None:
    meters = (MeterSpan(0.0, 3, 4), MeterSpan(6.0, 2, 2), MeterSpan(10.0, 4, 4))
    cleaned = clean(song(part(), part("b", pitch=40), meters=meters))
    # 2/2 is heard as 4/4, and goes on as such.
    assert (cleaned.window.numerator, cleaned.window.denominator) == (4, 4)
    assert cleaned.window.bars == 11
    assert cleaned.mended["files whose other meters were cut off"] == 1


def test_empty_bars_at_the_start_are_cut_off() -> None:
    late = [
        part_of(p.name, 0, False, p.onset_quarters + 8.0, p.duration_quarters, p.pitch, p.velocity)
        for p in (part(), part("b", pitch=40))
    ]
    cleaned = clean(song(*late))
    assert cleaned.window.bars == 12
    assert cleaned.mended["files whose empty bars at the start were cut off"] == 1


def test_a_note_struck_twice_is_there_once_and_the_longest() -> None:
    base = part()
    twice = part_of(
        "a",
        0,
        False,
        [*base.onset_quarters, 0.0, 1.01],
        [*base.duration_quarters, 3.0, 0.25],
        [*base.pitch, 60, 61],
        [*base.velocity, 80, 80],
    )
    cleaned = clean(song(twice, part("b", pitch=40)))
    first = cleaned.window.parts[0]
    assert len(first) == 48
    assert first.duration_quarters[0] == 3.0
    assert first.duration_quarters[1] == 1.0
    assert cleaned.mended["notes struck twice at once left out"] == 2


def test_drums_off_their_channel_are_marked_and_joined() -> None:
    cleaned = clean(
        song(part(pitch=60), part("Drum kit", pitch=36), part("d", drums=True, pitch=42))
    )
    assert [p.is_drums for p in cleaned.window.parts] == [True, False]
    assert len(cleaned.window.parts[0]) == 96
    assert cleaned.mended["parts off channel 10 taken for drums"] == 1
    assert cleaned.mended["files whose drum tracks were joined"] == 1


def test_keys_that_are_no_percussion_are_left_out() -> None:
    drums = part("d", drums=True, pitch=24)  # 24 to 28: three of five are too low
    cleaned = clean(song(part(), drums, part("b", pitch=40)))
    assert cleaned.window.parts[1].pitch.min() >= 27
    assert cleaned.mended["drum strokes outside of General MIDI left out"] > 0


def test_sixteen_parts_at_most() -> None:
    parts = [part(str(number), pitch=30 + number) for number in range(18)]
    cleaned = clean(song(*parts))
    assert len(cleaned.window.parts) == 16
    assert cleaned.mended["parts beyond 16 left out"] == 2


def test_the_beat() -> None:
    assert on_the_beat([part()])
    rng = np.random.default_rng(1)
    onsets = np.sort(rng.random(200) * 40)
    free = part_of("a", 0, False, onsets, np.ones(200), np.full(200, 60), np.full(200, 80))
    assert not on_the_beat([free])

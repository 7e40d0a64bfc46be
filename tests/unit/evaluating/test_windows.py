from __future__ import annotations

import numpy as np
import pytest

from composer.errors import EvaluationError
from composer.evaluating.windows import middle, opening
from composer.music.song import MeterSpan, Song, TempoSpan
from tests.unit.evaluating.songs import part, scale_song, song


def _quarters(count: int, start: float = 0.0) -> list[tuple[float, float, int]]:
    return [(start + beat, 1.0, 60 + beat % 5) for beat in range(count)]


def test_the_opening_has_32_bars_at_most_and_starts_with_the_first_note() -> None:
    window = opening(song(part(_quarters(4 * 40, start=9.0))))
    assert (window.bars, window.first_bar, window.place) == (32, 1, "opening")
    # The silent bars before the first note are left out; the bar of the first note is whole.
    assert window.parts[0].onset_quarters[0] == 1.0


def test_a_short_song_is_one_short_window() -> None:
    assert opening(scale_song(8)).bars == 8
    assert middle(scale_song(8)) is None


def test_the_middle_is_cut_from_the_middle() -> None:
    window = middle(song(part(_quarters(4 * 64))))
    assert window is not None
    assert (window.first_bar, window.bars, window.song_bars) == (17, 32, 64)


def test_a_window_keeps_to_one_meter() -> None:
    notes = part(_quarters(4 * 10 + 3 * 50))
    meters = (MeterSpan(0.0, 4, 4), MeterSpan(40.0, 3, 4))
    mixed = Song("mixed", (notes,), (TempoSpan(0.0, 100.0),), meters)
    assert (opening(mixed).numerator, opening(mixed).bars) == (4, 10)
    central = middle(mixed)
    assert central is not None and central.numerator == 3


def test_the_same_time_signature_said_again_does_not_cut() -> None:
    notes = part(_quarters(4 * 40))
    meters = tuple(MeterSpan(16.0 * i, 4, 4) for i in range(10))
    assert opening(Song("again", (notes,), (TempoSpan(0.0, 100.0),), meters)).bars == 32


def test_a_note_a_hair_before_the_bar_line_belongs_to_the_bar_after_it() -> None:
    early = [(beat - 0.02, 1.0, 60) for beat in range(4, 4 * 41)]
    window = opening(song(part(early)))
    assert (window.bars, len(window.parts[0])) == (32, 128)
    assert window.onset_slots(window.parts[0])[:2].tolist() == [0, 12]
    assert window.parts[0].onset_quarters.min() == 0.0


def test_notes_are_cut_at_the_end_of_the_window() -> None:
    held = part([*_quarters(4 * 40), (127.0, 50.0, 40)])
    window = opening(song(held))
    ends = window.parts[0].onset_quarters + window.parts[0].duration_quarters
    assert ends.max() == 128.0


def test_the_tempo_is_the_mean_over_time_in_quarters() -> None:
    notes = part(_quarters(32))
    tempos = (TempoSpan(0.0, 60.0), TempoSpan(16.0, 120.0))
    window = opening(Song("two", (notes,), tempos, (MeterSpan(0.0, 4, 4),)))
    assert window.quarters_per_minute == pytest.approx(80.0)


@pytest.mark.parametrize(("meter", "beat"), [((4, 4), 1.0), ((6, 8), 1.5), ((3, 8), 0.5)])
def test_compound_meters_have_dotted_beats(meter: tuple[int, int], beat: float) -> None:
    assert opening(song(part(_quarters(64)), meter=meter)).beat_quarters == beat


def test_onsets_go_to_the_nearest_slot() -> None:
    window = opening(song(part([(0.04, 1.0, 60), (0.05, 1.0, 62), *_quarters(32, 1.0)])))
    assert window.onset_slots(window.parts[0])[:3].tolist() == [0, 1, 12]


@pytest.mark.parametrize("notes", [_quarters(7), [(0.0, 1.0, 60)] * 20])
def test_what_is_too_short_is_refused_with_its_name(notes: list[tuple[float, float, int]]) -> None:
    with pytest.raises(EvaluationError, match="song: has no 4 bars of one meter"):
        opening(song(part(notes)))


def test_windows_do_not_change_the_song() -> None:
    whole = scale_song()
    before = whole.parts[0].onset_quarters.copy()
    opening(whole)
    assert np.array_equal(whole.parts[0].onset_quarters, before)
    with pytest.raises(ValueError, match="read-only"):
        whole.parts[0].onset_quarters[0] = 5.0

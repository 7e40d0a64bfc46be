import math

import numpy as np
import pytest

from composer import Brief, compose
from composer.evaluating.diversity import bars_of, diversity, standardised
from composer.evaluating.results import Metric, MetricTable
from composer.evaluating.windows import Window, opening
from composer.midi.songs import song_of
from composer.music.song import MeterSpan, Song, SongPart, TempoSpan, part_of

METRICS = tuple(
    Metric(name, name, "performance" if name == "velocity" else "pitch", "", "own")
    for name in ("a", "b", "velocity")
)


def window(
    pitches: list[int], onsets: list[float] | None = None, *parts: SongPart, name: str = "song"
) -> Window:
    times = onsets or [float(number) for number in range(len(pitches))]
    ones = [1] * len(pitches)
    part = part_of("piano", 0, False, times, ones, pitches, [80] * len(pitches))
    return opening(Song(name, (part, *parts), (TempoSpan(0, 120),), (MeterSpan(0, 4, 4),)))


def table(values: list[list[float]]) -> MetricTable:
    names = tuple(f"song {number}" for number in range(len(values)))
    return MetricTable(("a", "b", "velocity"), np.array(values, dtype=float), names)


SCALE = [60, 62, 64, 65] * 4


def test_a_bar_is_the_same_when_moved_as_a_whole() -> None:
    here, there = window(SCALE), window([pitch + 5 for pitch in SCALE])
    assert bars_of(here) == bars_of(there)
    assert len(set(bars_of(here))) == 1 and len(bars_of(here)) == 4


def test_a_bar_is_another_with_another_note_or_time() -> None:
    base = bars_of(window(SCALE))[0]
    assert bars_of(window([60, 62, 64, 67] * 4))[0] != base
    late = [float(number) + (0.5 if number % 4 == 3 else 0) for number in range(16)]
    assert bars_of(window(SCALE, late))[0] != base


def test_small_delays_doublings_and_drums_make_no_other_bar() -> None:
    played = [number + 0.04 * (-1) ** number for number in range(1, 17)]
    base = [float(number) for number in range(1, 17)]
    assert bars_of(window(SCALE, played)) == bars_of(window(SCALE, base))
    double = part_of("flute", 73, False, range(16), [1] * 16, SCALE, [70] * 16)
    drums = part_of("kit", 0, True, range(16), [1] * 16, [36] * 16, [70] * 16)
    assert bars_of(window(SCALE, None, double, drums)) == bars_of(window(SCALE))


def test_empty_bars_are_left_out() -> None:
    with_gap = [float(number) for number in range(8)] + [float(number) for number in range(12, 20)]
    assert len(bars_of(window(SCALE, with_gap))) == 4


def test_one_piece_has_no_diversity() -> None:
    assert diversity([window(SCALE)], table([[0, 0, 0]]), None, [None], METRICS) is None


def test_distances_are_in_deviations_of_the_reference_on_notes_only() -> None:
    real = table([[-1, -2, 0], [1, 2, 0], [-1, 2, 0], [1, -2, 0]])
    ours = table([[0, 0, 5], [1, 2, 900]])
    pieces = [window(SCALE), window([70, 60] * 8)]
    found = diversity(pieces, ours, real, [None, None], METRICS)
    assert found is not None
    assert found.spread == pytest.approx(1.0)
    assert found.nearest == pytest.approx(1.0)
    assert found.real_spread == pytest.approx((4 * math.sqrt(2) + 2 * 2) / 6)
    assert found.shared_bars == 0
    assert found.between_seeds is None and found.seed_groups == 0


def test_copies_have_no_distance_and_share_all_bars() -> None:
    pieces = [window(SCALE), window(SCALE), window([60, 72] * 8)]
    ours = table([[1, 1, 0], [1, 1, 0], [3, 2, 0]])
    found = diversity(pieces, ours, None, ["pop", "pop", "rock"], METRICS)
    assert found is not None
    assert found.between_seeds == 0 and found.seed_groups == 1
    assert found.shared_between_seeds == 1.0
    assert found.shared_bars == pytest.approx(2 / 3)
    assert math.isnan(found.real_spread) and math.isnan(found.real_nearest)
    assert found.spread > 0


def test_metrics_that_are_missing_or_constant_are_passed_over() -> None:
    ours = table([[np.nan, 4, 0], [np.inf, 4, 0]])
    found = diversity([window(SCALE)] * 2, ours, ours, [None, None], METRICS)
    assert found is not None
    assert math.isnan(found.spread) and math.isnan(found.nearest)


def test_outliers_count_as_five_deviations() -> None:
    assert standardised(np.array([[1e12]]), np.array([[0.0], [2.0]]))[0, 0] == 5.0


def test_pieces_of_ours_differ_by_their_seeds() -> None:
    pieces = [
        opening(
            song_of(
                compose(Brief(writer="rules", key="C", bars=8, style="pop", seed=seed)).performance
            )
        )
        for seed in (1, 2)
    ]
    ours = table([[0, 1, 0], [1, 0, 0]])
    found = diversity(pieces, ours, None, ["pop in C", "pop in C"], METRICS)
    assert found is not None
    assert found.between_seeds is not None and found.between_seeds > 0
    assert found.shared_bars < 0.5

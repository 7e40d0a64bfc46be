from __future__ import annotations

import math

import numpy as np
import pytest

from composer.evaluating.lines import LINE_METRICS, line_metrics, slot_strengths
from composer.evaluating.material import prepare
from composer.evaluating.windows import opening
from composer.music.song import Song
from tests.unit.evaluating.songs import Note, part, scale_song, song


def _measured(piece: Song) -> dict[str, float]:
    return line_metrics(prepare(opening(piece)))


def _tune(notes: list[Note]) -> dict[str, float]:
    """The metrics of a melody over a bass."""
    bass = part([(4.0 * bar, 4.0, 36) for bar in range(8)], program=33)
    found = _measured(song(part(notes, program=73), bass))
    return {name.removeprefix("melody."): value for name, value in found.items()}


def test_every_metric_of_the_catalogue_is_measured_and_absent_roles_are_nan() -> None:
    found = _measured(scale_song())
    assert set(found) == {metric.name for metric in LINE_METRICS}
    assert all(math.isnan(v) for name, v in found.items() if name.startswith("harmony."))
    assert found["bass.notes_per_bar"] == 1.0
    assert found["bass.mean_pitch"] == 36.0


def test_intervals_are_sorted_by_size_and_direction() -> None:
    # C D F F C' C again and again: +2, +3, 0, +7, -12 and the way on to the next, 0.
    pitches = [60, 62, 65, 65, 72, 60, 60, 62] * 4
    found = _tune([(float(i), 1.0, pitch) for i, pitch in enumerate(pitches)])
    count = len(pitches) - 1
    moves = np.diff(pitches)
    assert found["repeats"] == pytest.approx((moves == 0).sum() / count)
    assert found["octaves"] == pytest.approx((np.abs(moves) >= 12).sum() / count)
    assert found["leaps"] == pytest.approx((np.abs(moves) == 7).sum() / count)
    assert sum(found[name] for name in ("repeats", "steps", "thirds", "leaps", "octaves")) == (
        pytest.approx(1.0)
    )


def test_rhythm_is_measured_in_quarters_whatever_the_tempo() -> None:
    eighths = [(i / 2, 0.25, 60 + i % 7) for i in range(64)]
    found = _tune(eighths)
    assert found["ioi_eighth"] == 1.0
    assert found["ioi_entropy"] == 0.0
    assert found["mean_duration"] == 0.25
    assert found["legato"] == 0.5
    assert found["rests"] == 0.5
    assert found["off_beats"] == 0.5
    assert found["rhythm_again"] == 1.0


def test_triplets_are_told_from_sixteenths() -> None:
    triplets = [(i / 3, 0.3, 60 + i % 7) for i in range(96)]
    assert _tune(triplets)["triplets"] == pytest.approx(2 / 3)
    sixteenths = [(i / 4, 0.2, 60 + i % 7) for i in range(128)]
    assert _tune(sixteenths)["triplets"] == 0.0


def test_syncopation_is_an_onset_held_over_a_stronger_place() -> None:
    held = [
        (bar * 4.0 + place, 0.5, 60 + bar) for bar in range(8) for place in (0.0, 1.5, 2.5, 3.5)
    ]
    on_the_beat = [
        (bar * 4.0 + place, 0.5, 60 + bar) for bar in range(8) for place in (0.0, 1.0, 2.0, 3.0)
    ]
    # Of the four onsets of a bar two are held over a beat; the last one meets the next downbeat.
    assert _tune(held)["syncopation"] == pytest.approx(16 / 31)
    assert _tune(on_the_beat)["syncopation"] == 0.0


def test_strengths_of_common_meters() -> None:
    assert slot_strengths(36, 1.0)[[0, 12, 24, 6]].tolist() == [5, 3, 3, 2]
    six_eight = slot_strengths(36, 1.5)
    assert six_eight[[0, 18]].tolist() == [5, 4]
    assert slot_strengths(42, 0.5)[0] == 5


def test_a_role_of_several_parts_is_their_mean_weighted_by_notes() -> None:
    tune = part([(float(i), 1.0, 72 + i % 7) for i in range(32)], program=73)
    bass = part([(4.0 * bar, 4.0, 36) for bar in range(8)], program=33)
    chords = [(4.0 * bar, 4.0, p) for bar in range(8) for p in (60, 64, 67)]
    pair = [(2.0 * half, 2.0, 55) for half in range(16) for _ in (0,)]
    pair += [(2.0 * half, 2.0, 59) for half in range(16)]
    found = _measured(song(tune, bass, part(chords), part(pair)))
    assert found["harmony.chord_size"] == pytest.approx((3 * 24 + 2 * 32) / 56)

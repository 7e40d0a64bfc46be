"""Harmony metrics move when the harmony does."""

from __future__ import annotations

import math

import pytest

from composer.evaluating.harmony import HARMONY_METRICS, harmony_metrics
from composer.evaluating.roles import Role
from composer.music.song import part_of
from tests.unit.evaluating.chord_windows import AM, C, F, G, block_chords, window_of

HARMONY: tuple[Role, ...] = ("harmony",)
DM, EM, E7 = (50, 62, 65, 69), (52, 59, 64, 67), (52, 62, 64, 68, 71)
LOOP = [C, G, AM, F]


def measured(*chords: tuple[int, ...], ends: tuple[int, ...] = ()) -> dict[str, float]:
    return harmony_metrics(window_of(block_chords(chords), bars=len(chords)), HARMONY, ends)


def test_names_are_those_of_the_catalogue() -> None:
    names = [metric.name for metric in HARMONY_METRICS]

    assert list(measured(C, F, G, C)) == names
    assert len(set(names)) == len(names)
    assert {metric.group for metric in HARMONY_METRICS} == {"harmony"}


def test_without_pitches_all_is_nan_but_the_silence() -> None:
    drums = part_of("kit", 0, True, [0, 1], [1, 1], [36, 38], [90, 90])
    values = harmony_metrics(window_of(drums), ("drums",), (4,))

    assert values.pop("no_chord_share") == 1.0
    assert all(math.isnan(value) for value in values.values())


def test_a_loop_is_more_regular_than_a_through_composed_progression() -> None:
    loop = measured(*LOOP * 4)
    wandering = measured(C, F, DM, G, EM, AM, E7, AM, F, C, DM, E7, F, G, EM, C)

    name = "chord_progression_irregularity"
    assert loop[name] == pytest.approx(4 / 14)
    assert wandering[name] > 0.9
    assert loop["four_bar_loop_share"] == 1.0 > wandering["four_bar_loop_share"]
    assert loop["chord_entropy"] == pytest.approx(2.0)
    assert loop["distinct_chords"] == 4


def test_chords_a_bar() -> None:
    fast = harmony_metrics(window_of(block_chords([C, F] * 4, 2.0)), HARMONY, ())

    assert fast["chords_per_bar"] == pytest.approx(2.0)
    assert fast["bar_line_change_share"] == pytest.approx(3 / 7)
    assert measured(C, F, C, F)["chords_per_bar"] == pytest.approx(1.0)


def test_root_motion() -> None:
    fifths = measured(EM, AM, DM, G, C)

    assert fifths["fifths_down_share"] == 1.0
    assert fifths["root_motion_entropy"] == 0.0
    assert measured(C, DM, EM, F)["step_motion_share"] == 1.0
    assert measured(C, G, DM, AM)["fifths_up_share"] == 1.0
    assert measured(C, AM, F, DM)["thirds_motion_share"] == 1.0


def test_cadences_at_section_ends() -> None:
    authentic = measured(C, F, G, C, C, F, G, C, ends=(4, 8))
    open_ended = measured(C, F, C, G, F, C, F, C, ends=(4, 8))

    assert authentic["authentic_cadence_share"] == 1.0
    assert authentic["section_tonic_share"] == 1.0
    assert open_ended["authentic_cadence_share"] == 0.0
    assert open_ended["half_cadence_share"] == 0.5
    assert open_ended["plagal_cadence_share"] == 0.5


def test_a_cadence_may_arrive_on_the_downbeat_after() -> None:
    assert measured(C, F, F, G, C, F, C, C, ends=(4,))["authentic_cadence_share"] == 1.0


def test_no_sections_no_cadences() -> None:
    values = measured(C, F, G, C)

    assert math.isnan(values["authentic_cadence_share"])
    assert math.isnan(values["section_tonic_share"])


def test_foreign_chords_are_not_diatonic() -> None:
    assert measured(C, F, G, C)["diatonic_chord_share"] == 1.0
    assert measured(C, F, (49, 61, 65, 68), G, C)["diatonic_chord_share"] == pytest.approx(0.8)


def test_sevenths_and_suspensions() -> None:
    values = measured(C, (43, 59, 62, 65), (43, 60, 62, 67), C)

    assert values["seventh_chord_share"] == pytest.approx(0.25)
    assert values["suspended_chord_share"] == pytest.approx(0.25)


def test_inversions_leave_the_root() -> None:
    values = measured(C, (52, 60, 67, 72), C, C)

    assert values["bass_on_root_share"] == pytest.approx(0.75)
    assert values["bass_on_chord_tone_share"] == pytest.approx(0.25)


def test_foreign_notes_lower_the_share_of_chord_tones() -> None:
    chords = block_chords([C] * 4)
    inside = part_of("flute", 73, False, range(16), [1.0] * 16, [72, 76] * 8, [80] * 16)
    outside = part_of("flute", 73, False, range(16), [1.0] * 16, [72, 74] * 8, [80] * 16)
    roles: tuple[Role, ...] = ("harmony", "melody")

    low = harmony_metrics(window_of(chords, outside), roles, ())
    high = harmony_metrics(window_of(chords, inside), roles, ())

    assert high["melody_chord_tone_share"] == 1.0
    assert low["melody_chord_tone_share"] == pytest.approx(0.5)
    assert high["chord_tone_share"] == 1.0 > low["chord_tone_share"]
    assert high["in_key_share"] == 1.0


def test_clear_and_unclear_keys() -> None:
    chromatic = block_chords([(60 + n,) for n in range(12)], 1.0)
    unclear = harmony_metrics(window_of(chromatic, bars=3), HARMONY, ())

    assert measured(C, F, G, C)["key_correlation"] > 0.8
    assert not unclear["key_correlation"] > 0.5


def test_distant_chords_are_further_apart() -> None:
    near, far = measured(C, G, C, G), measured(C, (54, 61, 66, 70), C, (54, 61, 66, 70))

    assert far["chord_tonal_distance"] > near["chord_tonal_distance"]


def test_harmony_is_transposed_with_the_music() -> None:
    chords = [C, AM, DM, G, C, F, G, C]
    up = [tuple(pitch + 3 for pitch in chord) for chord in chords]

    assert measured(*chords, ends=(4, 8)) == pytest.approx(measured(*up, ends=(4, 8)), nan_ok=True)

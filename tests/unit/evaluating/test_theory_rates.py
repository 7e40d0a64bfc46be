"""Each rate of broken rules moves when that rule is broken, and music21 agrees on parallels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from composer.evaluating.roles import Role
from composer.evaluating.theory_rates import THEORY_METRICS, theory_metrics
from composer.evaluating.voices import (
    Parallels,
    compare_voices,
    count_moves,
    voice_of,
    voices_of,
    within_part,
)
from composer.evaluating.windows import Window
from composer.music.song import SongPart, part_of
from tests.unit.evaluating.chord_windows import C, F, G, block_chords, window_of

BARS = 4
DUET: tuple[Role, ...] = ("melody", "bass")


def line(pitches: Sequence[int], length: float = 1.0, program: int = 73) -> SongPart:
    """Notes that follow each other."""
    onsets = [number * length for number in range(len(pitches))]
    count = len(pitches)
    return part_of("line", program, False, onsets, [length] * count, pitches, [80] * count)


def duet(melody: Sequence[int], bass: Sequence[int]) -> dict[str, float]:
    return theory_metrics(window_of(line(melody), line(bass, program=32), bars=BARS), DUET)


# Contrary and oblique motion, thirds and sixths, no leap over a third.
GOOD_BASS = [48, 50, 52, 53, 52, 50, 48, 50, 52, 53, 52, 50, 48, 50, 52, 48]
GOOD_MELODY = [76, 74, 72, 69, 72, 74, 76, 74, 72, 69, 72, 74, 76, 74, 72, 76]


def test_names_are_those_of_the_catalogue() -> None:
    names = [metric.name for metric in THEORY_METRICS]

    assert list(duet(GOOD_MELODY, GOOD_BASS)) == names
    assert {m.name for m in THEORY_METRICS if not m.notes_only} == {"out_of_range"}


def test_good_counterpoint_breaks_nothing() -> None:
    values = duet(GOOD_MELODY, GOOD_BASS)

    for name in (
        "parallel_fifths_outer",
        "parallel_octaves_outer",
        "hidden_perfects_outer",
        "parallel_fifths_lines",
        "melody_below_bass",
        "awkward_leaps",
        "unrecovered_leaps",
        "foreign_strong_notes",
        "clashes",
        "out_of_range",
    ):
        assert values[name] == 0.0, name


@pytest.mark.parametrize(
    ("interval", "name", "other"),
    [
        (19, "parallel_fifths_outer", "parallel_octaves_outer"),
        (24, "parallel_octaves_outer", "parallel_fifths_outer"),
    ],
)
def test_planted_parallels_raise_that_rate_alone(interval: int, name: str, other: str) -> None:
    melody = list(GOOD_MELODY)
    melody[4], melody[5] = GOOD_BASS[4] + interval, GOOD_BASS[5] + interval
    values = duet(melody, GOOD_BASS)

    assert values[name] == pytest.approx(1 / BARS)
    assert values[name.replace("outer", "lines")] == pytest.approx(1 / BARS)
    assert values[other] == 0.0


def test_hidden_fifth_by_leap() -> None:
    outer = count_moves(np.array([48]), np.array([64]), np.array([53]), np.array([72]))
    stepwise = count_moves(np.array([48]), np.array([64]), np.array([50]), np.array([69]))

    assert outer.hidden == 1 and outer.fifths == 0
    assert stepwise == Parallels(moves=1, hidden=1)
    assert count_moves(np.array([50]), np.array([67]), np.array([48]), np.array([69])).hidden == 0


def test_parallels_within_the_chords_of_a_part() -> None:
    roots = (48, 50, 52, 53)
    power = block_chords([(root, root + 7, root + 12) for root in roots])
    window = window_of(power)

    assert within_part(window, power) == Parallels(moves=9, fifths=3, octaves=3)
    values = theory_metrics(window, ("harmony",))
    assert values["parallel_fifths_within"] == pytest.approx(3 / BARS)
    assert values["parallel_octaves_share"] == pytest.approx(1 / 3)


def test_chords_of_unequal_size_are_not_compared() -> None:
    part = block_chords([(48, 55), (50, 57, 62), (52, 59)])

    assert within_part(window_of(part), part) == Parallels()


def test_a_doubling_is_no_voice_of_its_own() -> None:
    first, second = line(GOOD_MELODY), line([pitch - 12 for pitch in GOOD_MELODY])
    window = window_of(first, second, bars=BARS)
    voices = voices_of(window, ("melody", "harmony"))

    assert compare_voices(*voices, window.bar_slots) is None
    values = theory_metrics(window, ("melody", "harmony"))
    assert values["parallel_octaves_lines"] == 0.0


def test_a_pause_of_more_than_a_bar_breaks_the_voices() -> None:
    def gapped(pitches: Sequence[int]) -> SongPart:
        return part_of("gap", 0, False, [0, 9], [1, 1], pitches, [80, 80])

    window = window_of(gapped((48, 50)), gapped((55, 57)))
    one, other = (voice_of(window, part, "harmony") for part in window.parts)

    found = compare_voices(one, other, window.bar_slots)
    assert found is not None and found.fifths == 0


def test_melody_below_the_bass() -> None:
    assert duet([40] * 16, GOOD_BASS)["melody_below_bass"] == pytest.approx(16 / BARS)


def test_leaps_and_their_recovery() -> None:
    turned = duet([72, 84, 82, 81, 79, 77, 76, 74, *[72] * 8], GOOD_BASS)
    ninth = duet([60, 74, 76, 77, 79, 77, 76, 74, *[74] * 8], GOOD_BASS)
    tritone = duet([65, 71, 72, 74, 76, 77, 76, 74, *[72] * 8], GOOD_BASS)

    assert (turned["awkward_leaps"], turned["unrecovered_leaps"]) == (0.0, 0.0)
    assert (ninth["awkward_leaps"], ninth["unrecovered_leaps"]) == (1 / BARS, 1 / BARS)
    assert tritone["awkward_leaps"] == pytest.approx(1 / BARS)


def cadence(melody: Sequence[int]) -> dict[str, float]:
    """I–IV–V7–I with a melody in whole notes."""
    chords = block_chords([C, F, (43, 59, 62, 65), C])
    window = window_of(chords, line(melody, 4.0), bars=4)
    return theory_metrics(window, ("harmony", "melody"))


def test_leading_tone_and_seventh() -> None:
    assert cadence([72, 72, 71, 72])["unresolved_leading_tones"] == 0.0
    assert cadence([72, 72, 71, 67])["unresolved_leading_tones"] == 1.0
    assert cadence([72, 72, 77, 76])["unresolved_sevenths"] == 0.0
    assert cadence([72, 72, 77, 79])["unresolved_sevenths"] == 1.0
    assert math.isnan(cadence([72, 72, 74, 72])["unresolved_sevenths"])


def accompanied(melody: Sequence[int]) -> dict[str, float]:
    window = window_of(block_chords([C, F, G, C]), line(melody), bars=4)
    return theory_metrics(window, ("harmony", "melody"))


def test_foreign_notes_on_strong_beats() -> None:
    inside = [72, 74, 76, 74, 77, 76, 77, 74, 74, 76, 74, 71, 72, 71, 72, 72]
    weak, strong = list(inside), list(inside)
    weak[1], strong[4] = 73, 78

    assert accompanied(inside)["foreign_strong_notes"] == 0.0
    assert accompanied(weak)["foreign_strong_notes"] == 0.0
    assert accompanied(strong)["foreign_strong_notes"] == pytest.approx(1 / 4)
    assert accompanied(strong)["unexplained_strong_notes"] == pytest.approx(1 / 4)


def test_clashes_last_a_beat() -> None:
    clean = [72, 76, 79, 76, 77, 72, 69, 72, 74, 71, 67, 71, 72, 76, 79, 76]
    clash = list(clean)
    clash[2] = 77  # F against the E of C major

    assert accompanied(clean)["clashes"] == 0.0
    assert accompanied(clash)["clashes"] == pytest.approx(1 / 4)


def test_short_clashes_are_passing() -> None:
    chords = block_chords([C, F, G, C])
    line_ = part_of("line", 73, False, [0, 0.5, 1], [0.5, 0.5, 3], [76, 77, 79], [80] * 3)

    assert theory_metrics(window_of(chords, line_), ("harmony", "melody"))["clashes"] == 0.0


def test_notes_out_of_range() -> None:
    flute = line([20, 72, 74, 76, 77, 79, 81, 83])  # no flute has a G#0

    assert theory_metrics(window_of(flute), ("melody",))["out_of_range"] == pytest.approx(1 / 4)


def drums(keys: Sequence[int], apart: float = 0.0) -> float:
    onsets = [4.0 * bar + number * apart for bar in range(4) for number in range(len(keys))]
    part = part_of("kit", 0, True, onsets, [0.1] * len(onsets), list(keys) * 4, [90] * len(onsets))
    return theory_metrics(window_of(part), ("drums",))["too_many_hands"]


def test_three_hands() -> None:
    assert drums([36, 38, 49]) == 0.0
    assert drums([36, 38, 42, 49]) == 1.0
    assert drums([38, 42, 49], apart=0.01) == 1.0  # five milliseconds at 120
    assert drums([38, 42, 49], apart=0.1) == 0.0
    assert drums([38, 38, 49]) == 0.0  # one key that two parts double


def test_without_pitches_and_without_drums() -> None:
    values = duet(GOOD_MELODY, GOOD_BASS)
    assert math.isnan(values["too_many_hands"])

    kit = part_of("kit", 0, True, [0], [1], [36], [90])
    empty = theory_metrics(window_of(kit), ("drums",))
    assert {name for name, value in empty.items() if not math.isnan(value)} == {"too_many_hands"}


def test_music21_agrees_on_parallels() -> None:
    music21 = pytest.importorskip("music21")
    quartet, note = music21.voiceLeading.VoiceLeadingQuartet, music21.note.Note
    white = [pitch for pitch in range(48, 84) if pitch % 12 in (0, 2, 4, 5, 7, 9, 11)]
    rng = np.random.default_rng(1)
    seen = 0
    for low, high, low_after, high_after in rng.choice(white, (400, 4)).tolist():
        if high <= low or high_after <= low_after or (low_after > low) != (high_after > high):
            continue
        moves = count_moves(*(np.array([p]) for p in (low, high, low_after, high_after)))
        theirs = quartet(note(high), note(high_after), note(low), note(low_after))
        assert bool(moves.fifths) == theirs.parallelFifth()
        assert bool(moves.octaves) == (theirs.parallelOctave() or theirs.parallelUnison())
        seen += moves.fifths + moves.octaves
    assert seen


def test_window_type_is_enough() -> None:
    """Nothing but the window's notes is needed: no song, no name."""
    window = Window("", "middle", 9, 4, 4, 4, (line(GOOD_MELODY),), 90.0, 64)

    assert theory_metrics(window, ("melody",))["awkward_leaps"] == 0.0

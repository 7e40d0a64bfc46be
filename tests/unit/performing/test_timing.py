"""When notes are played: delays by role, the drummers' timing, drift."""

from __future__ import annotations

from itertools import pairwise

import pytest

from composer.music.performance import Track
from composer.rulebook.grooves import Groove
from tests.strategies import rules
from tests.unit.performing.lines import feel, line, make_plan, note, part_plan, play

DRUMS = part_plan("drums", "drums")
BASS = part_plan("finger-bass", "bass")


def lateness(track: Track, step: int = 240) -> list[int]:
    """Ticks behind the nearest place of a grid, of the notes after the first beat."""
    late = [(n.onset_ticks + step // 2) % step - step // 2 for n in track.notes]
    return [ticks for n, ticks in zip(track.notes, late, strict=True) if n.onset_ticks > 100]


@pytest.mark.parametrize("role", ["melody", "bass", "comping", "counter"])
def test_a_role_plays_behind_or_ahead(role: str) -> None:
    part = part_plan("piano", role)
    for delay in (0.03, -0.02):
        track = play(make_plan(part), line(*[60] * 16), feel(delays={role: delay}))
        assert set(lateness(track)) == {round(delay * 480)}


def test_delays_are_in_beats_of_the_meter() -> None:
    part = part_plan("piano", "melody")
    track = play(make_plan(part, meter="6/8"), line(*[60] * 16), feel(melody_delay=0.02))
    assert set(lateness(track)) == {round(0.02 * 1.5 * 480)}


def test_drums_are_delayed_by_limb() -> None:
    style = feel(delays={"drums": 0.01, "ride": -0.02, "snare": 0.02})
    track = play(make_plan(DRUMS), [note(1, 0.1, key) for key in (36, 38, 51)], style)
    assert {n.pitch: n.onset_ticks - 480 for n in track.notes} == {36: 5, 38: 14, 51: -5}


def test_humanize_nought_delays_nothing() -> None:
    style = feel(delays={"drums": 0.05, "bass": 0.05}, looseness=3)
    for part in (DRUMS, BASS):
        track = play(make_plan(part, humanize=0), line(*[36] * 16), style)
        assert not any(lateness(track))


def groove() -> Groove:
    return rules().groove("jazz", "a test")


def test_the_drummers_timing_and_accents_are_taken_over() -> None:
    notes = line(*[36] * 32)
    plain = play(make_plan(DRUMS), notes, feel())
    played = play(make_plan(DRUMS), notes, feel(), groove())
    assert [n.onset_ticks for n in plain.notes] != [n.onset_ticks for n in played.notes]
    assert [n.velocity for n in plain.notes] != [n.velocity for n in played.notes]


def test_the_bass_locks_in_with_the_kick() -> None:
    offsets = groove().offset["kick"]
    track = play(make_plan(BASS), line(*[36] * 16), feel(), groove())
    for played, late in zip(track.notes[1:8], lateness(track), strict=False):
        step = (played.onset_ticks + 60) // 240 * 2 % 16
        assert late == pytest.approx(480 * 0.5 * max(-0.02, min(0.02, offsets[step])), abs=1)


def test_drift_is_correlated_and_bounded() -> None:
    piano = part_plan("piano", "melody")
    late = lateness(play(make_plan(piano, bars=64), line(*[60] * 500), feel(looseness=1)))
    mean = sum(late) / len(late)
    variance = sum((x - mean) ** 2 for x in late)
    pairs = pairwise(late)
    assert sum((a - mean) * (b - mean) for a, b in pairs) / variance > 0.5
    assert max(map(abs, late)) <= 25

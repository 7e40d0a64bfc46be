"""Strums and rolls."""

from __future__ import annotations

from composer.music.performance import Track
from tests.unit.performing.lines import chord, feel, make_plan, part_plan, play

GUITAR = part_plan("steel-guitar", "comping")
PIANO = part_plan("piano", "comping")
NOTES = (52, 56, 59, 64)


def order(track: Track, tick: int, within: int = 60) -> list[int]:
    """Pitches struck near a tick, in the order in which they sound."""
    return [n.pitch for n in track.notes if abs(n.onset_ticks - tick) <= within]


def spread(track: Track) -> int:
    onsets = [n.onset_ticks for n in track.notes]
    return max(onsets) - min(onsets)


def test_strokes_go_down_on_the_beat_and_up_off_it() -> None:
    notes = chord(1, 0.5, *NOTES) + chord(1.5, 0.5, *NOTES)
    track = play(make_plan(GUITAR), notes, feel(strum=0.03))
    assert order(track, 480) == list(NOTES)
    assert order(track, 720) == list(reversed(NOTES))


def test_the_hand_swings_in_sixteenths_where_there_are_any() -> None:
    notes = chord(1, 0.5, *NOTES) + chord(1.5, 0.25, *NOTES) + chord(1.75, 0.25, *NOTES)
    track = play(make_plan(GUITAR), notes, feel(strum=0.03))
    assert order(track, 720, 50) == list(NOTES)
    assert order(track, 840, 50) == list(reversed(NOTES))


def test_marks_say_the_direction() -> None:
    notes = chord(1, 0.5, *NOTES, mark="up")
    track = play(make_plan(GUITAR), notes, feel(strum=0.03))
    assert order(track, 480) == list(reversed(NOTES))


def test_upstrokes_are_lighter() -> None:
    down, up = (
        play(make_plan(GUITAR), chord(1, 0.5, *NOTES, mark=mark), feel(strum=0.03)).notes
        for mark in ("down", "up")
    )
    assert sum(n.velocity for n in up) < sum(n.velocity for n in down)


def test_a_strum_takes_the_same_time_at_every_tempo() -> None:
    seconds = []
    for tempo in (60, 120, 180):
        plan = make_plan(GUITAR, tempo=tempo)
        track = play(plan, chord(1, 2, *NOTES), feel(strum=0.02))
        seconds.append(spread(track) / 480 * 60 / tempo)
    assert max(seconds) - min(seconds) < 0.004
    assert 0.02 < seconds[0] <= 0.05


def test_pianos_do_not_strum_and_roll_only_if_told() -> None:
    assert spread(play(make_plan(PIANO), chord(1, 2, *NOTES), feel(strum=0.03))) == 0
    rolled = play(make_plan(PIANO), chord(1, 2, *NOTES), feel(roll=1))
    assert order(rolled, 480, 200) == list(NOTES)
    assert 40 < spread(rolled) < 160
    marked = play(make_plan(PIANO), chord(1, 2, *NOTES, mark="rolled"), feel())
    assert spread(marked) == spread(rolled)


def test_short_chords_and_organs_are_not_rolled() -> None:
    assert spread(play(make_plan(PIANO), chord(1, 0.5, *NOTES), feel(roll=1))) == 0
    organ = part_plan("drawbar-organ", "comping")
    assert spread(play(make_plan(organ), chord(1, 2, *NOTES), feel(roll=1))) == 0


def test_humanize_nought_strikes_all_at_once() -> None:
    notes = chord(1, 2, *NOTES, mark="rolled")
    for part in (GUITAR, PIANO):
        assert spread(play(make_plan(part, humanize=0), notes, feel(strum=0.03, roll=1))) == 0


def test_a_strum_is_short_against_its_chord() -> None:
    track = play(make_plan(GUITAR, tempo=240), chord(1, 0.25, *NOTES), feel(strum=0.15))
    assert spread(track) <= 0.25 * 0.25 * 480 + 1

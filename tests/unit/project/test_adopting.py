"""A part that was changed in another program: its notes as they are, written as well as can be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.errors import ProjectError
from composer.music.performance import PlayedNote, Track
from composer.project.adopting import adoption, brought
from composer.project.state import State
from tests.unit.project.songs import after, named, notes_of, song


def taken_over(state: State, part: str, track: Track) -> State:
    operation = dict(adoption(part, track))
    operation.pop("name")
    return after(state, "adopt", **operation)


def track_of(state: State, part: str) -> Track:
    return next(track for track in state.performance.tracks if track.name == part)


def test_notes_that_are_played_as_before_are_written_as_before() -> None:
    state = song()
    bass = named(state, "bass")
    old = track_of(state, bass)
    moved = replace(old.notes[-1], pitch=old.notes[-1].pitch + 1)
    now = taken_over(state, bass, replace(old, notes=(*old.notes[:-1], moved)))
    assert track_of(now, bass).notes == (*old.notes[:-1], moved)
    assert notes_of(now, bass)[:-1] == notes_of(state, bass)[:-1]
    assert notes_of(now, bass)[-1].pitch.midi == moved.pitch
    last = state.plan.sections[-1].name
    assert now.locked == now.adopted == frozenset({(bass, last)})


def test_the_users_notes_break_no_rule_and_are_kept() -> None:
    state = song()
    bass = named(state, "bass")
    wild = [PlayedNote(480 * n + 3, 25 + 7 * (n % 9), 470, 90) for n in range(64)]
    now = taken_over(state, bass, replace(track_of(state, bass), notes=tuple(wild)))
    assert now.report.ok and "own notes" in now.report["tones"].note
    assert [n.onset_quarters for n in notes_of(now, bass)] == [Fraction(n) for n in range(64)]
    with pytest.raises(ProjectError, match=f"{bass}: is locked there"):
        after(now, "regenerate", parts=["bass"])
    others = after(now, "regenerate", parts=["melody", "drums"])
    assert track_of(others, bass) == track_of(now, bass) and others.report.ok
    freed = after(after(now, "unlock", 2), "regenerate", 3, parts=["bass"])
    assert not freed.adopted and freed.report.ok


def test_places_are_the_nearest_of_the_grid() -> None:
    state = song()
    melody = named(state, "melody")
    places = [0, 119, 245, 480 + 158, 480 + 322, 960 + 60]
    notes = tuple(PlayedNote(tick, 72, 50, 80) for tick in places)
    now = taken_over(state, melody, replace(track_of(state, melody), notes=notes))
    onsets = [note.onset_quarters for note in notes_of(now, melody)]
    quarters = ["0", "1/4", "1/2", "4/3", "5/3", "17/8"]
    assert onsets == [Fraction(text) for text in quarters]


def test_drums_that_no_drummer_could_play_are_taken() -> None:
    state = song()
    drums = named(state, "drums")
    strikes = tuple(PlayedNote(0, key, 60, 100) for key in (36, 38, 42, 49, 51))
    now = taken_over(state, drums, replace(track_of(state, drums), notes=strikes))
    assert now.report.ok and len(notes_of(now, drums)) == 5


def test_another_clock_is_read_on_ours() -> None:
    old = track_of(song(), named(song(), "bass"))
    slow = replace(old, notes=(PlayedNote(96, 40, 48, 80), PlayedNote(120, 40, 9999, 80)))
    found = brought(slow, 96, 7680)
    assert found.notes == (PlayedNote(480, 40, 120, 80), PlayedNote(600, 40, 7080, 80))
    assert all(0 <= c.ticks <= 7680 for c in found.controls)


def test_an_operation_with_broken_notes_is_refused() -> None:
    bass = named(song(), "bass")
    for notes in (["1 2"], ["x 36 1 80"], [5]):
        with pytest.raises(ProjectError, match="adopt: a note is"):
            after(song(), "adopt", part=bass, notes=notes, controls=[], bends=[])
    with pytest.raises(ProjectError, match='adopt: "Tuba" is no part of the piece'):
        after(song(), "adopt", part="Tuba", notes=[], controls=[], bends=[])

"""New notes between old ones, written and played."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.checking.bends import hanging_bends, reckless_bends
from composer.midi.units import ticks_from_quarters
from composer.music.performance import ControlChange, PitchBend, PlayedNote, Track
from composer.music.plan import PartPlan
from composer.music.score import Note, Part
from composer.performing.timing import Swing
from composer.project.played import Seams, fitted, spliced_track
from composer.project.seams import inverted, runs, spliced
from composer.theory.meter import parse_meter
from composer.theory.pitch import nearest_spelling, spell
from tests.unit.project.songs import workshop

BAR = Fraction(4)


def note(onset: Fraction | int, length: Fraction | int, pitch: int, voice: int = 0) -> Note:
    name = spell(pitch, nearest_spelling(pitch, 0))
    return Note(Fraction(onset), Fraction(length), name, 80, "chord", voice)


def part(*notes: Note, role: str = "bass", instrument: str = "finger-bass") -> Part:
    who = workshop().book.instruments[instrument]
    return Part(PartPlan("Bass", role, who, False, 0.0, 0.0), notes)


def test_stretches_of_bars() -> None:
    assert runs(frozenset()) == []
    assert runs(frozenset({5, 4, 9})) == [(4, 6), (9, 10)]


def test_notes_outside_the_bars_stay_and_new_ones_end_with_them() -> None:
    old = part(note(0, 4, 36), note(4, 4, 38), note(8, 4, 40))
    fresh = [note(0, 4, 45), note(4, 2, 43), note(6, 6, 41), note(8, 4, 47)]
    made = spliced(old, fresh, frozenset({1}), BAR)
    assert made.notes == (old.notes[0], note(4, 2, 43), note(6, 2, 41), old.notes[2])


def test_a_line_waits_for_a_note_that_is_held_into_the_bars() -> None:
    held = note(Fraction(7, 2), Fraction(3, 2), 36)
    made = spliced(part(held), [note(4, 1, 43), note(4, 2, 45)], frozenset({1}), BAR)
    assert made.notes == (held, note(5, 1, 45))


def test_chords_wait_only_where_the_same_pitch_is_held() -> None:
    old = part(note(3, 2, 60), role="comping", instrument="piano")
    fresh = [note(4, 2, 60), note(4, 2, 64, 1)]
    made = spliced(old, fresh, frozenset({1}), BAR)
    assert made.notes == (old.notes[0], note(4, 2, 64, 1), note(5, 1, 60))


def test_an_inversion_has_the_same_tones_and_voices_in_order() -> None:
    chord = (note(0, 4, 60, 0), note(0, 4, 64, 1), note(0, 4, 67, 2))
    up, down = inverted(chord, 1), inverted(chord, -1)
    assert sorted((n.pitch.midi, n.voice) for n in up) == [(64, 0), (67, 1), (72, 2)]
    assert sorted((n.pitch.midi, n.voice) for n in down) == [(55, 0), (60, 1), (64, 2)]
    twice = inverted(chord, 2)
    assert sorted((n.pitch.midi, n.voice) for n in twice) == [(67, 0), (72, 1), (76, 2)]
    assert inverted(chord, 0) == inverted(chord, 3) == chord


def seams(*bars: int) -> Seams:
    return Seams(frozenset(bars), BAR, Swing(parse_meter("4/4"), 0.5, 8))


def track(*notes: PlayedNote, controls: tuple[ControlChange, ...] = ()) -> Track:
    return Track("Bass", "bass", 0, 33, 0, notes, controls)


def play(*notes: Note, late: int = 0) -> tuple[PlayedNote, ...]:
    ticks = ticks_from_quarters
    return tuple(
        PlayedNote(
            max(0, ticks(n.onset_quarters) + late), n.pitch.midi, ticks(n.duration_quarters), 80
        )
        for n in notes
    )


def test_a_note_that_is_played_early_belongs_to_the_bar_that_it_is_written_in() -> None:
    written = part(note(0, 4, 36), note(4, 4, 36), note(8, 4, 36))
    played = track(*play(*written.notes, late=-9))
    outside, inside = seams(1).split(written, played)
    assert inside == [played.notes[1]]
    assert outside == [played.notes[0], played.notes[2]]


def test_played_notes_do_not_run_into_those_that_stay() -> None:
    kept = [PlayedNote(0, 36, 1000, 80), PlayedNote(1900, 36, 100, 80)]
    new = [PlayedNote(990, 36, 300, 70), PlayedNote(1500, 36, 600, 70), PlayedNote(10, 36, 9, 70)]
    assert fitted(new, kept) == [PlayedNote(1000, 36, 290, 70), PlayedNote(1500, 36, 400, 70)]


def test_controllers_outside_stay_and_meet_the_new_ones() -> None:
    written = part(note(0, 4, 36), note(4, 4, 38), note(8, 4, 40))
    old = track(
        *play(*written.notes),
        controls=(
            ControlChange(0, 7, 99),
            ControlChange(1900, 64, 127),
            ControlChange(2500, 64, 0),
            ControlChange(3800, 64, 127),
            ControlChange(5000, 64, 0),
        ),
    )
    fresh = replace(old, controls=(ControlChange(0, 7, 1), ControlChange(2000, 11, 80)))
    made = spliced_track(old, fresh, (written, written), seams(1), 5760)
    outside = [c for c in old.controls if not 1920 <= c.ticks < 3840]
    assert [c for c in made.controls if not 1920 <= c.ticks < 3840] == outside
    # The pedal lifts where the new playing begins, and is down again before the old goes on.
    assert ControlChange(1920, 64, 0) in made.controls
    assert ControlChange(3839, 64, 127) in made.controls
    assert ControlChange(3839, 11, 127) in made.controls


def test_the_wheel_is_at_rest_where_old_and_new_meet() -> None:
    written = part(note(0, 4, 60), note(4, 4, 62), note(8, 4, 64))
    bends = (PitchBend(1800, 900), PitchBend(2000, 0), PitchBend(3700, -500), PitchBend(3900, 0))
    old = replace(track(*play(*written.notes)), bends=bends)
    fresh = replace(old, bends=(PitchBend(3600, 700), PitchBend(4000, 0)))
    made = spliced_track(old, fresh, (written, written), seams(1), 5760)
    assert PitchBend(1920, 0) in made.bends and PitchBend(3839, 0) in made.bends
    assert not list(hanging_bends(made))
    assert not list(reckless_bends(replace(made, notes=made.notes[:1])))

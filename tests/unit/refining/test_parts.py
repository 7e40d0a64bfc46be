from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from composer.errors import RefinerError
from composer.music.performance import (
    ControlChange,
    Performance,
    PlayedNote,
    TempoChange,
    Track,
)
from composer.refining.parts import DRUMS, ROLL, Part, SoundingNote, program_id, roll
from composer.refining.spectra import HOP, SAMPLE_RATE

FRAME = HOP / SAMPLE_RATE


def part_of(*notes: PlayedNote, pedal: tuple[tuple[int, int], ...] = (), channel: int = 0) -> Part:
    controls = tuple(ControlChange(ticks, 64, value) for ticks, value in pedal)
    track = Track("piano", "comping", channel, 4, 0, tuple(sorted(notes)), controls)
    tempos = (TempoChange(0, 500_000),)
    return Part.of(Performance("", 9600, tempos, (), (), (), (track,)), track)


def ends(part: Part) -> list[float]:
    assert part.notes is not None
    return [note.end_seconds for note in part.notes]


def test_a_part_has_its_tracks_program_and_notes() -> None:
    part = part_of(PlayedNote(480, 60, 240, 99))
    assert part == Part(4, False, (SoundingNote(0.5, 0.75, 60, 99),), "piano")
    assert program_id(part) == 4
    assert program_id(part_of(channel=9)) == DRUMS


def test_the_pedal_holds_notes() -> None:
    note = PlayedNote(0, 60, 480, 80)
    assert ends(part_of(note)) == [0.5]
    assert ends(part_of(note, pedal=((240, 127), (960, 0)))) == [1.0]
    assert ends(part_of(note, pedal=((240, 63), (960, 0)))) == [0.5], "not far enough down"
    assert ends(part_of(note, pedal=((600, 127), (960, 0)))) == [0.5], "too late"
    assert ends(part_of(note, pedal=((480, 127), (960, 0)))) == [0.5], "keys go up first"
    assert ends(part_of(note, pedal=((240, 127), (480, 0)))) == [0.5]
    assert ends(part_of(note, pedal=((240, 127),))) == [10.0], "never let go: to the end"


def test_a_held_note_ends_where_its_key_is_struck_again() -> None:
    notes = (PlayedNote(0, 60, 120, 80), PlayedNote(480, 60, 120, 80), PlayedNote(0, 64, 120, 80))
    assert ends(part_of(*notes, pedal=((0, 127), (960, 0)))) == [0.5, 1.0, 1.0]


def test_the_roll() -> None:
    notes = (SoundingNote(10 * FRAME, 12 * FRAME, 60, 127), SoundingNote(10 * FRAME, 0.2, 60, 64))
    rows = roll(Part(0, False, notes), 30)
    assert rows.shape == (30, ROLL) and rows.dtype == np.float32
    assert np.argwhere(rows[:, :128]).tolist() == [[10, 60]] and rows[10, 60] == 1
    sounding = rows[:, 128 + 60]
    assert np.flatnonzero(sounding).tolist() == list(range(10, 18))
    assert sounding[12] == 1 and sounding[13] == pytest.approx(64 / 127)
    assert (rows[:, -1] == 1).all()


def test_nothing_is_known_without_notes() -> None:
    assert not roll(Part(0, False, None), 9).any()
    assert roll(Part(0, False, ()), 9).sum() == 9


def test_stretches_of_the_roll_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    onsets = rng.random(50) * 3
    notes = tuple(
        SoundingNote(float(at), float(at + rng.random()), int(rng.integers(128)), 90)
        for at in onsets
    )
    part = Part(0, False, notes)
    whole = roll(part, 400)
    for first, count in ((0, 100), (77, 123), (300, 100)):
        assert np.array_equal(roll(part, count, first), whole[first : first + count])
    assert np.array_equal(roll(part, 50, -20)[20:], whole[:30])
    assert not roll(part, 20, -20)[:, :-1].any()


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (lambda: Part(128, False, None), "program is 0 to 127"),
        (lambda: Part(0, False, (SoundingNote(0, 1, 200, 90),)), "pitch is 0 to 127"),
        (lambda: Part(0, False, (SoundingNote(0, 1, 60, 0),)), "velocity 1 to 127"),
        (lambda: Part(0, False, (SoundingNote(float("nan"), 1, 60, 90),)), "numbers of seconds"),
    ],
)
def test_what_midi_cannot_say_is_refused(part: Callable[[], Part], problem: str) -> None:
    with pytest.raises(RefinerError, match=problem):
        part()

"""The room for stems that were rendered without effects, held against FluidSynth's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from composer.midi.units import tempo_map
from composer.music.performance import ControlChange, Performance, PlayedNote, Track
from composer.rendering.effects import eagerness, without_effects
from composer.rendering.room import TAIL_SECONDS, add_effects
from composer.rendering.synth import choose_synth, fluid_available

needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")
Piece = Callable[..., Performance]
RATE = 44_100
FULL = (ControlChange(0, 91, 127), ControlChange(0, 93, 0))


def energy_db(samples: np.ndarray) -> float:
    return 10 * float(np.log10(np.square(samples.astype(float)).sum() + 1e-20))


def part(program: int = 0, channel: int = 0, controls: tuple[ControlChange, ...] = ()) -> Track:
    pitches = (48, 55, 59, 64, 69, 62, 50, 57, 66, 72, 76, 53)
    notes = tuple(PlayedNote(i * 240, pitch, 230, 100) for i, pitch in enumerate(pitches))
    if channel == 9:
        notes = tuple(replace(note, pitch=(36, 38, 42, 49)[i % 4]) for i, note in enumerate(notes))
    return Track("part", "", channel, program, 0, notes, controls)


def clicks(seconds: float, *places: float) -> np.ndarray:
    samples = np.zeros((2, int(seconds * RATE)), np.float32)
    for place in places:
        samples[:, int(place * RATE)] = 1.0
    return samples


def in_the_room(dry: np.ndarray, performance: Performance, frames: int) -> np.ndarray:
    (track,) = performance.tracks
    samples = np.zeros((2, frames), np.float32)
    samples[:, : dry.shape[1]] = dry[:, :frames]
    more = eagerness("TimGM6mb", track)
    add_effects(samples, track, tempo_map(performance), RATE, eagerness=more)
    return samples


@needs_fluidsynth
@pytest.mark.parametrize(
    ("program", "channel"), [(0, 0), (24, 0), (33, 0), (40, 0), (65, 0), (68, 0), (80, 0), (0, 9)]
)
def test_the_room_is_as_loud_and_as_long_as_that_of_fluidsynth(
    piece: Piece, monkeypatch: pytest.MonkeyPatch, program: int, channel: int
) -> None:
    monkeypatch.setenv("COMPOSER_SYNTH", "fluidsynth")
    synth = choose_synth("TimGM6mb").synth
    performance = piece(part(program, channel))
    (whole,) = synth.render_stems(performance).values()
    (dry,) = synth.render_stems(without_effects(performance)).values()
    ours = in_the_room(dry.samples, performance, whole.frames)
    plain = np.zeros_like(ours)
    plain[:, : dry.frames] = dry.samples[:, : whole.frames]
    added, theirs = ours - plain, whole.samples - plain
    assert energy_db(added) == pytest.approx(energy_db(theirs), abs=2.0)
    if program != 65:
        # The tail. The saxophone's preset has a reverb of its own, which the room prolongs.
        late = np.s_[:, int(4.4 * RATE) : int(5.2 * RATE)]
        assert energy_db(added[late]) == pytest.approx(energy_db(theirs[late]), abs=4.0)
    assert energy_db(ours) == pytest.approx(energy_db(whole.samples), abs=1.5)


def test_nothing_sounds_before_the_room_answers_and_its_tail_ends(piece: Piece) -> None:
    samples = clicks(4.0, 0.5)
    add_effects(samples, part(controls=FULL), tempo_map(piece(part())), RATE)
    wet = samples - clicks(4.0, 0.5)
    heard = np.flatnonzero(np.abs(wet).max(axis=0) > 1e-4) / RATE
    assert 0.54 < heard[0] < 0.57
    assert np.abs(wet[:, : int(0.54 * RATE)]).max() < 1e-6
    assert np.abs(wet[:, int((0.5 + TAIL_SECONDS) * RATE) + 2 :]).max() < 1e-6


def test_the_tail_falls_by_sixty_decibels_in_two_seconds(piece: Piece) -> None:
    samples = clicks(4.0, 0.0)
    add_effects(samples, part(controls=FULL), tempo_map(piece(part())), RATE)
    early, late = (energy_db(samples[:, int(a * RATE) : int((a + 0.2) * RATE)]) for a in (0.2, 1.2))
    assert early - late == pytest.approx(30, abs=6)


def test_long_sound_is_worked_on_in_stretches(piece: Piece) -> None:
    # Clicks before, at and after the seams: each answers as the first one does.
    places = (0.0, 2.9, 3.4, 6.6, 9.1)
    samples = clicks(12.5, *places)
    clock = tempo_map(piece(part()))
    add_effects(samples, part(controls=FULL), clock, RATE)
    alone = clicks(12.5, 0.0)
    add_effects(alone, part(controls=FULL), clock, RATE)
    expected = np.zeros_like(samples)
    for place in places:
        at = int(place * RATE)
        expected[:, at:] += alone[:, : samples.shape[1] - at]
    assert np.abs(samples - expected).max() < 1e-4


def test_the_send_follows_its_controller(piece: Piece) -> None:
    changes = (ControlChange(0, 91, 127), ControlChange(960, 91, 0), ControlChange(0, 93, 0))
    samples = clicks(4.0, 1.5)
    add_effects(samples, part(controls=changes), tempo_map(piece(part())), RATE)
    assert np.array_equal(samples, clicks(4.0, 1.5))
    samples = clicks(4.0, 0.5)
    add_effects(samples, part(controls=changes), tempo_map(piece(part())), RATE)
    assert energy_db(samples - clicks(4.0, 0.5)) == pytest.approx(-6.8, abs=1.0)


def test_chorus_is_heard_at_the_sides_alone(piece: Piece) -> None:
    random = np.random.default_rng(1)
    mono = random.standard_normal(2 * RATE).astype(np.float32) * np.float32(0.1)
    dry = np.stack([mono, mono])
    samples = dry.copy()
    changes = (ControlChange(0, 91, 0), ControlChange(0, 93, 127))
    add_effects(samples, part(controls=changes), tempo_map(piece(part())), RATE)
    assert np.abs(samples.sum(axis=0) - dry.sum(axis=0)).max() < 1e-5
    assert energy_db(samples - dry) - energy_db(dry) == pytest.approx(1.5, abs=1.2)


def test_a_part_that_sends_nothing_is_left_alone(piece: Piece) -> None:
    samples = clicks(2.0, 0.5)
    nothing = (ControlChange(0, 91, 0), ControlChange(0, 93, 0))
    add_effects(samples, part(controls=nothing), tempo_map(piece(part())), RATE)
    assert np.array_equal(samples, clicks(2.0, 0.5))


def test_without_effects_only_the_sends_are_gone(piece: Piece) -> None:
    kept = (ControlChange(0, 7, 90), ControlChange(5, 64, 127))
    performance = piece(part(controls=(kept[0], ControlChange(3, 91, 99), kept[1])))
    (track,) = without_effects(performance).tracks
    assert track.controls == (ControlChange(0, 91, 0), ControlChange(0, 93, 0), *kept)
    assert replace(track, controls=performance.tracks[0].controls) == performance.tracks[0]

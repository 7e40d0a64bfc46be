"""Bend wheel, vibrato and tempo map are heard, with every synthesiser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.music.audio import Audio
from composer.music.performance import ControlChange, PitchBend, PlayedNote, TempoChange, Track
from composer.rendering import events
from composer.rendering.events import timed_events
from composer.rendering.stems import end_frame
from composer.rendering.synth import Synth
from tests.unit.rendering.test_synth import Piece, one_note, only, pitch_hz

FLUTE = Track("part", "melody", 0, 73, 0, (PlayedNote(0, 69, 1920, 90),), ())
A = 440.0


def cents(audio: Audio, start: float, end: float) -> float:
    """Deviation from A."""
    return 1200 * float(np.log2(pitch_hz(audio, start, end) / A))


@pytest.mark.parametrize("value", [-8192, -4096, 4096, 8191])
def test_the_wheel_bends_by_two_semitones_at_most(synth: Synth, piece: Piece, value: int) -> None:
    bent = replace(FLUTE, bends=(PitchBend(480, value), PitchBend(1440, 0)))
    audio = only(synth, piece(bent, quarters=4))
    assert cents(audio, 0.2, 0.48) == pytest.approx(0, abs=15)
    assert cents(audio, 0.7, 1.4) == pytest.approx(200 * value / 8192, abs=15)
    assert cents(audio, 1.6, 1.95) == pytest.approx(0, abs=15)


def test_modulation_is_a_vibrato(synth: Synth, piece: Piece) -> None:
    def steadiness(value: int) -> float:
        """Share of the sound around A that lies within two hertz of it."""
        turned = replace(FLUTE, program=80, controls=(ControlChange(0, 1, value),))
        audio = only(synth, piece(turned, quarters=4))
        rate = audio.sample_rate
        part = audio.samples[:, int(0.8 * rate) : int(1.8 * rate)].sum(0)
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 4 * rate)) ** 2
        heard = spectrum[4 * 390 : 4 * 490]
        peak = int(np.argmax(heard))
        return float(heard[max(0, peak - 8) : peak + 8].sum() / heard.sum())

    assert steadiness(127) < 0.6 * steadiness(0)
    assert steadiness(0) > 0.8


def test_a_note_at_rest_is_the_same_with_and_without_a_wheel(synth: Synth, piece: Piece) -> None:
    plain = only(synth, one_note(piece))
    moved = only(synth, one_note(piece, bends=(PitchBend(0, 0),)))
    assert np.array_equal(plain.samples, moved.samples)


def test_a_slower_end_is_later(synth: Synth, piece: Piece) -> None:
    notes = (PlayedNote(0, 69, 200, 100), PlayedNote(2880, 69, 200, 100))
    steady = piece(replace(FLUTE, notes=notes))
    slowing = replace(steady, tempos=(TempoChange(0, 500_000), TempoChange(1920, 1_000_000)))

    def last_onset(audio: Audio) -> float:
        loud = np.abs(audio.samples).max(axis=0)
        late = loud[audio.sample_rate :]
        return 1 + int(np.argmax(late > 0.2 * loud.max())) / audio.sample_rate

    assert last_onset(only(synth, steady)) == pytest.approx(3.0, abs=0.1)
    assert last_onset(only(synth, slowing)) == pytest.approx(4.0, abs=0.1)
    assert end_frame(slowing, 1000) - end_frame(steady, 1000) == 2000


def test_at_one_tick_the_wheel_moves_after_controllers_and_before_notes() -> None:
    track = replace(
        FLUTE,
        notes=(PlayedNote(0, 60, 480, 80), PlayedNote(480, 62, 480, 80)),
        controls=(ControlChange(480, 1, 10),),
        bends=(PitchBend(480, -8192),),
    )
    kinds = [(kind, first) for ticks, kind, first, _ in timed_events(track) if ticks == 480]
    assert kinds == [(events.OFF, 60), (events.CONTROL, 1), (events.BEND, 0), (events.ON, 62)]

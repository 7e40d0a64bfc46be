"""The room and the chorus for stems that were rendered without effects.

A stem that is refined is rendered dry; what FluidSynth would have added is added afterwards. The
room is noise, shaped after what was measured of FluidSynth's with our settings (`fluid.py`) by
playing one click: its first answer after 59 ms, its decay in octaves, its level, the likeness of
its two sides. It is smoother than FluidSynth's eight delay lines, and sounds like the same place.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples
from composer.midi.units import TempoMap
from composer.music.performance import Track
from composer.rendering import events
from composer.rendering.effects import sends

TAIL_SECONDS = 2.6
"""How much longer a stem may sound in the room."""

_Mono = NDArray[np.float32]

# Decay by 60 dB, in seconds, at frequencies in hertz; between them by the octave.
_DECAYS = ((1000.0, 2.1), (2000.0, 2.0), (4000.0, 1.72), (8000.0, 1.27), (16_000.0, 0.9))
_FIRST_SECONDS = 0.052
_RISE_SECONDS = 0.02
_FALL_SECONDS = 0.2
_LIKENESS = 0.24
_LEVEL = 0.3225
"""Amplitude of the room in each channel, against the mean of a stem's channels, at full send."""
_EVEN = 108
"""A seed whose noise has lows that are even in level, and as alike at both sides as the rest."""
_SIZE = 1 << 18

_CHORUS_LEVEL = 0.95
_CHORUS_HERTZ = 0.3
_CHORUS_SECONDS = 0.0045
_CHORUS_DEPTH_SECONDS = 0.0035
_CHORUS_APART = 2 * np.pi / 3


def add_effects(
    samples: Samples, track: Track, clock: TempoMap, sample_rate: int, *, eagerness: float = 1.0
) -> None:
    """Add to a dry stem what its track sends to the reverb and to the chorus, in place.

    Args:
        samples: float32 ``[2, frames]``; what rings on after their end is cut.
        track: The track, for its sends: controllers 91 and 93, or those of its program.
        clock: The piece's tempo map.
        sample_rate: Frames a second.
        eagerness: How many times as much of the reverb's send there is to be.
    """
    reverb, chorus = (
        _Send(track, controller, default, clock, sample_rate)
        for controller, default in zip(
            (events.REVERB_SEND, events.CHORUS_SEND), sends(track), strict=True
        )
    )
    make_up = np.float32(_pan_make_up(track))
    fresh = _SIZE - int(TAIL_SECONDS * sample_rate) - 1
    ringing = np.zeros((2, _SIZE), np.float32)
    before = np.zeros(_longest_chorus(sample_rate), np.float32)
    for start in range(0, samples.shape[1], fresh):
        block = samples[:, start : start + fresh]
        mono = block.mean(axis=0) * make_up
        swaying = np.concatenate([before, mono * chorus.shares(start, len(mono))])
        echoes = mono * reverb.shares(start, len(mono))
        answer = np.zeros_like(ringing)
        if echoes.any():
            heard = np.fft.rfft(echoes * np.float32(_LEVEL * eagerness), _SIZE)
            answer += np.fft.irfft(heard * _room_spectrum(sample_rate), _SIZE, axis=1)
        answer[:, :-fresh] += ringing[:, fresh:]
        block += answer[:, : len(mono)]
        if swaying.any():
            side = _chorus(swaying, start, sample_rate)
            block[0] += side
            block[1] -= side
        ringing, before = answer, swaying[-len(before) :]


class _Send:
    """What a track sends to an effect: controllers, or one number where it has none.

    Args:
        track: The track.
        controller: Number of the controller.
        default: Its value where the track does not say.
        clock: The piece's tempo map.
        sample_rate: Frames a second.
    """

    def __init__(
        self, track: Track, controller: int, default: int, clock: TempoMap, sample_rate: int
    ) -> None:
        changes = [change for change in track.controls if change.controller == controller]
        places = [clock.frame(change.ticks, sample_rate) for change in changes]
        self._places = np.array(places, np.int64)
        values = [change.value for change in changes]
        self._shares = np.array([0 if changes else default, *values], np.float32) / np.float32(127)

    def shares(self, start: int, frames: int) -> _Mono:
        """The share of each frame from a place on, 0 to 1."""
        if not len(self._places):
            return self._shares
        places = np.arange(start, start + frames)
        found: _Mono = self._shares[np.searchsorted(self._places, places, side="right")]
        return found


def _pan_make_up(track: Track) -> float:
    """What the mean of two channels loses by the pan: FluidSynth sends what is not panned yet."""
    pans = [change.value for change in track.controls if change.controller == events.PAN]
    angle = (pans[0] if pans else 64) / 128 * np.pi / 2
    return float(np.sqrt(2) / (np.cos(angle) + np.sin(angle)))


def _longest_chorus(sample_rate: int) -> int:
    """Frames that the chorus looks back."""
    return int((_CHORUS_SECONDS + _CHORUS_DEPTH_SECONDS) * sample_rate) + 2


def _chorus(source: _Mono, start: int, sample_rate: int) -> _Mono:
    """Two swaying copies, one upside down; for the left, and upside down for the right.

    So nothing is added to the sum of the channels: mono stays clean.

    Args:
        source: `_longest_chorus` frames before a place, and those after it.
        start: The place.
        sample_rate: Frames a second.
    """
    before = _longest_chorus(sample_rate)
    frames = np.arange(len(source) - before)
    phase = (frames + start) * (2 * np.pi * _CHORUS_HERTZ / sample_rate)
    side = np.zeros(len(frames), np.float32)
    for shift, sign in ((0.0, 1.0), (_CHORUS_APART, -1.0)):
        delay = (_CHORUS_SECONDS + _CHORUS_DEPTH_SECONDS * np.sin(phase + shift)) * sample_rate
        place = frames + before - delay
        whole = place.astype(np.int64)
        share = (place - whole).astype(np.float32)
        copy = source[whole] * (1 - share) + source[whole + 1] * share
        side += np.float32(sign * _CHORUS_LEVEL) * copy
    return side


@cache
def _room_spectrum(sample_rate: int) -> NDArray[np.complex64]:
    """Spectrum ``[2, _SIZE / 2 + 1]`` of the room's response, of energy 1 in each channel."""
    random = np.random.default_rng(_EVEN)
    frames = int((TAIL_SECONDS - _FIRST_SECONDS) * sample_rate)
    time = np.arange(frames) / sample_rate
    noise = random.standard_normal((2, frames))
    noise[1] = _LIKENESS * noise[0] + np.sqrt(1 - _LIKENESS**2) * noise[1]
    spectrum = np.fft.rfft(noise, _SIZE, axis=1)
    hertz = np.fft.rfftfreq(_SIZE, 1 / sample_rate)
    octaves = np.log2(np.maximum(hertz, 1))
    centres = np.log2([centre for centre, _ in _DECAYS])
    response = np.zeros((2, frames))
    for number, (_, seconds) in enumerate(_DECAYS):
        # Neighbouring bands cross over by the octave; their sum is flat.
        weight = np.interp(octaves, centres, np.eye(len(centres))[number])
        band = np.fft.irfft(spectrum * weight, _SIZE, axis=1)[:, :frames]
        # The shorter a band sounds, the louder it begins: all have the same energy.
        response += band * np.exp(-6.9 * time / seconds) / np.sqrt(seconds)
    response *= np.sin(np.minimum(time / _RISE_SECONDS, 1) * np.pi / 2)
    response *= np.minimum((time[-1] - time) / _FALL_SECONDS, 1)
    response /= np.sqrt(np.square(response).sum(axis=1, keepdims=True))
    delay = int(_FIRST_SECONDS * sample_rate)
    return np.asarray(np.fft.rfft(np.pad(response, ((0, 0), (delay, 0))), _SIZE), np.complex64)

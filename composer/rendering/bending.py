"""Pitch bend and vibrato for the built-in synthesiser: a tone is read faster or slower."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples
from composer.midi.units import TempoMap
from composer.music.performance import Track
from composer.rendering import events

_CENTS = 200 / 8192
_DEEPEST = 50.0  # cents of vibrato where the modulation wheel is full up, as in FluidSynth
_VIBRATO_HZ = 5.5
_EDGE = 64


class Wheels:
    """Where the bend and modulation wheels of a track stand.

    Args:
        track: The track.
        clock: Ticks to frames.
        sample_rate: Frames a second.
    """

    def __init__(self, track: Track, clock: TempoMap, sample_rate: int) -> None:
        def places(ticks: Sequence[int]) -> NDArray[np.int64]:
            return np.array([clock.frame(t, sample_rate) for t in ticks], np.int64)

        turns = [c for c in track.controls if c.controller == events.MODULATION]
        self.rate = sample_rate
        self.bend_at = places([bend.ticks for bend in track.bends])
        self.bends = np.array([0, *(bend.value for bend in track.bends)]) * _CENTS
        self.turn_at = places([turn.ticks for turn in turns])
        self.turns = np.array([0, *(turn.value for turn in turns)]) * (_DEEPEST / 127)

    def bent(self, sound: Samples, at: int) -> Samples:
        """A tone as the wheels bend it.

        Args:
            sound: The tone, ``[2, frames]``.
            at: Frame at which it begins.
        """
        frames = sound.shape[1]
        bends = _over(self.bend_at, self.bends, at, frames)
        turns = _over(self.turn_at, self.turns, at, frames)
        if frames == 0 or not (bends.any() or turns.any()):
            return sound
        time = np.arange(at, at + frames)
        cents = _filled(self.bend_at, self.bends, time)
        depth = _filled(self.turn_at, self.turns, time)
        cents = cents + depth * np.sin(2 * np.pi * _VIBRATO_HZ / self.rate * time)
        heard = np.cumsum(2 ** (cents / 1200))
        heard -= heard[0]
        grid = np.arange(frames)
        result = np.stack([np.interp(heard, grid, side, right=0.0) for side in sound])
        edge = min(_EDGE, frames)
        result[:, frames - edge :] *= np.linspace(1, 0, edge)
        return np.asarray(result, np.float32)


def _over(
    places: NDArray[np.int64], values: NDArray[np.float64], at: int, frames: int
) -> NDArray[np.float64]:
    """The values that hold at some time within a stretch of frames."""
    first = int(np.searchsorted(places, at, side="right"))
    last = int(np.searchsorted(places, at + frames, side="left"))
    return values[first : last + 1]


def _filled(
    places: NDArray[np.int64], values: NDArray[np.float64], time: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The value at each frame."""
    return np.asarray(values[np.searchsorted(places, time, side="right")], np.float64)

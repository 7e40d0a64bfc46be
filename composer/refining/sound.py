"""The dry sound as refining reads it: in stretches, and measured once before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import RefinerError
from composer.music.audio import Audio
from composer.refining.spectra import (
    HOP,
    SAMPLE_RATE,
    Floats,
    frame_count,
    hop_powers,
    level_of_powers,
    stretch_of,
)

MOST_CHANNELS = 2
_MOST_PEAK = 64.0  # 36 dB above full scale: no sound, but numbers of another scale
_AT_ONCE = HOP << 9


@dataclass(frozen=True, slots=True, eq=False)
class DrySound:
    """A stem to refine.

    Args:
        samples: float32 ``[channels, N]``.
        level: Level of its mono sum; see `composer.refining.spectra.level_of`.
        loudest: Root mean square of the loudest hop of its mono sum.
    """

    samples: Floats
    level: float
    loudest: float

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """N, its length in samples."""
        return int(self.samples.shape[1])

    @property
    def spectra(self) -> int:
        """How many spectra it has."""
        return frame_count(self.frames)

    def stretch(self, first: int, count: int) -> Floats:
        """Some samples of all channels, silence beyond the ends: ``[channels, count]``."""
        return stretch_of(self.samples, first, count)


def mono_of(samples: Floats) -> Floats:
    """The mean of the channels, ``[N]`` from ``[channels, N]``."""
    if len(samples) == 1:
        return np.asarray(samples[0])
    mean: Floats = (samples[0] + samples[1]) * np.float32(0.5)
    return mean


def measure(audio: Audio) -> DrySound:
    """See that a sound can be refined, and measure its level.

    Raises:
        RefinerError: If its sample rate, its channels or its samples are not what can be refined.
    """
    if audio.sample_rate != SAMPLE_RATE:
        raise RefinerError(
            f"the sound has {audio.sample_rate:,} samples a second, and only {SAMPLE_RATE:,} can "
            "be refined: convert it, or render at that rate"
        )
    channels = audio.samples.shape[0]
    if not 1 <= channels <= MOST_CHANNELS:
        raise RefinerError(f"the sound has {channels} channels; 1 or 2 can be refined")
    powers: list[NDArray[np.float32]] = []
    for first in range(0, audio.frames, _AT_ONCE):
        part = audio.samples[:, first : first + _AT_ONCE]
        _expect_sound(part, first)
        powers.append(hop_powers(mono_of(part)))
    measured = np.concatenate(powers) if powers else np.zeros(0, np.float32)
    loudest = float(np.sqrt(measured.max(initial=0.0)))
    return DrySound(audio.samples, level_of_powers(measured), loudest)


def _expect_sound(part: Floats, first: int) -> None:
    peak = max(float(part.max()), -float(part.min()))
    if peak <= _MOST_PEAK:
        return
    at = (first + int(np.flatnonzero(~(np.abs(part) <= _MOST_PEAK).all(axis=0))[0])) / SAMPLE_RATE
    if np.isfinite(part).all():
        raise RefinerError(
            f"the sound reaches {peak:,.0f} at {at:.2f} s: full scale is 1; divide it first"
        )
    raise RefinerError(f"the sound has a sample at {at:.2f} s that is no number (NaN or infinite)")

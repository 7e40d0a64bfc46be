"""What every synthesiser shares: names, and how stems end together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from composer.acoustics.buffers import Samples
from composer.midi.units import tempo_map
from composer.music.audio import Audio
from composer.music.performance import Performance

MAX_TAIL_SECONDS = 6.0
QUIET = 1e-4
"""A stem has rung out where it stays this far (-80 dB) below its own peak."""
_FADE_SECONDS = 0.05
_CUT_FADE_SECONDS = 1.5


def stem_names(performance: Performance) -> tuple[str, ...]:
    """The tracks' names, numbered where they are not unique or empty."""
    names: list[str] = []
    for number, track in enumerate(performance.tracks, start=1):
        base = track.name.strip() or f"track {number}"
        name, copy = base, 2
        while name in names:
            name, copy = f"{base} {copy}", copy + 1
        names.append(name)
    return tuple(names)


def end_frame(performance: Performance, sample_rate: int) -> int:
    """The frame at which the last bar ends and the tail begins."""
    return tempo_map(performance).frame(performance.end_ticks, sample_rate)


def finish_stems(
    names: Sequence[str], buffers: Sequence[Samples], rung_out: Sequence[int], sample_rate: int
) -> Mapping[str, Audio]:
    """Cut all stems where the last of them has rung out, and fade what is left to zero.

    Args:
        names: One name a stem.
        buffers: ``[2, frames]`` each, of equal length; written to.
        rung_out: The frame from which each stem is quiet.
        sample_rate: Frames a second.
    """
    frames = max(rung_out, default=0)
    limit = min((buffer.shape[1] for buffer in buffers), default=0)
    fade_seconds = _FADE_SECONDS if frames < limit else _CUT_FADE_SECONDS
    fade = min(int(fade_seconds * sample_rate), frames)
    curve = np.square(np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)))
    stems = {}
    for name, buffer in zip(names, buffers, strict=True):
        samples = buffer[:, :frames]
        if fade:
            samples[:, frames - fade :] *= curve
            samples[:, -1] = 0
        stems[name] = Audio(samples, sample_rate)
    return stems


def rung_out_at(samples: Samples, end: int, sample_rate: int) -> int:
    """The frame, not before `end`, from which a finished buffer stays quiet."""
    peak = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    loud = np.abs(samples[:, end:]).max(axis=0, initial=0.0) > peak * QUIET
    places = np.flatnonzero(loud)
    last = int(places[-1]) + 1 if places.size else 0
    return min(end + last + int(_FADE_SECONDS * sample_rate), int(samples.shape[1]))

"""What every synthesiser shares: names, buffers, and how stems end together."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from composer.midi.units import tempo_map
from composer.music.audio import Audio
from composer.music.performance import Performance

Samples = NDArray[np.float32]

MAX_TAIL_SECONDS = 6.0
QUIET = 1e-4
"""A stem has rung out where it stays this far (-80 dB) below its own peak."""
_FADE_SECONDS = 0.05
_CUT_FADE_SECONDS = 1.5
_IN_MEMORY_BYTES = 2 * 1024**3


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


def new_buffers(count: int, frames: int) -> list[Samples]:
    """Silent stereo buffers ``[2, frames]``; on disk where memory would be too small for all."""
    if count * frames * 8 <= _IN_MEMORY_BYTES:
        return [np.zeros((2, frames), np.float32) for _ in range(count)]
    return [_mapped_buffer(frames) for _ in range(count)]


def _mapped_buffer(frames: int) -> Samples:
    """A buffer in an unnamed temporary file, with its place reserved on the disk."""
    try:
        with tempfile.TemporaryFile(prefix="composer-") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, frames * 8)
            return np.memmap(file, np.float32, "w+", shape=(2, frames))
    except OSError:
        return np.zeros((2, frames), np.float32)


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
    peak = float(np.abs(samples).max(initial=0.0))
    loud = np.abs(samples[:, end:]).max(axis=0, initial=0.0) > peak * QUIET
    places = np.flatnonzero(loud)
    last = int(places[-1]) + 1 if places.size else 0
    return min(end + last + int(_FADE_SECONDS * sample_rate), int(samples.shape[1]))

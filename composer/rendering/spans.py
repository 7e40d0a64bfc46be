"""Stems of an exact length: faded out within it, or wrapped so that their end is their beginning.

Synthesisers play until all has rung out. A piece whose length is asked for ends there all the
same: its last notes are released early enough (`composer.performing.release`), and a fade takes
what is left to zero. In a loop nothing is cut: what rings on after the end sounds at the beginning,
as it would if the loop had been played before.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer.acoustics.buffers import Samples, new_buffers
from composer.music.audio import Audio
from composer.music.performance import Performance
from composer.rendering.stems import end_frame

FADE_SECONDS = 0.9
"""How long the fade at the end of an exact length takes; at most a quarter of the whole."""


def span_frames(
    performance: Performance, sample_rate: int, length_seconds: float | None, *, loop: bool
) -> int | None:
    """How many frames the sound is to have; None where it lasts until all has rung out.

    Args:
        performance: What is played.
        sample_rate: Frames a second.
        length_seconds: The length that is asked for; None for none.
        loop: Whether the end leads into the beginning: a loop is as long as its bars.
    """
    if length_seconds is not None:
        return round(length_seconds * sample_rate)
    return end_frame(performance, sample_rate) if loop else None


def spanned(stems: Mapping[str, Audio], frames: int | None, *, loop: bool) -> Mapping[str, Audio]:
    """Stems of exactly so many frames.

    Args:
        stems: Stems as a synthesiser gives them, with all that rings on.
        frames: The length; None leaves them as they are.
        loop: Whether to wrap what rings on, or to fade it out.
    """
    if frames is None:
        return stems
    buffers = new_buffers(len(stems), frames)
    shaped = {}
    for (name, audio), buffer in zip(stems.items(), buffers, strict=True):
        if loop:
            _wrap(audio.samples, buffer)
        else:
            _fit(audio.samples, buffer, audio.sample_rate)
        shaped[name] = Audio(buffer, audio.sample_rate)
    return shaped


def _wrap(samples: Samples, buffer: Samples) -> None:
    """Add every lap of a sound to a silent buffer as long as one lap."""
    frames = buffer.shape[1]
    for start in range(0, samples.shape[1], frames):
        lap = samples[:, start : start + frames]
        buffer[:, : lap.shape[1]] += lap


def _fit(samples: Samples, buffer: Samples, sample_rate: int) -> None:
    """Copy the beginning of a sound to a silent buffer, and let it fade to zero at the end."""
    kept = min(samples.shape[1], buffer.shape[1])
    buffer[:, :kept] = samples[:, :kept]
    fade = min(int(FADE_SECONDS * sample_rate), buffer.shape[1] // 4)
    if fade:
        curve = np.square(np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)))
        buffer[:, -fade:] *= curve
        buffer[:, -1] = 0

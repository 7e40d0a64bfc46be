"""Stems to refine, and the notes in them."""

from __future__ import annotations

import numpy as np

from composer.music.audio import Audio
from composer.refining.parts import Part, SoundingNote
from composer.refining.spectra import SAMPLE_RATE

NOTE_SECONDS = 0.5


def stem(seconds: float, *, channels: int = 2, program: int = 0) -> tuple[Audio, Part]:
    """Plucked tones, one every half second, louder at the left."""
    frames = round(seconds * SAMPLE_RATE)
    time = np.arange(frames) / SAMPLE_RATE
    since = time % NOTE_SECONDS
    pitches = 57 + 5 * (time // NOTE_SECONDS % 3)
    wave = np.zeros(frames)
    for harmonic in range(1, 12):
        frequency = 440 * 2 ** ((pitches - 69) / 12) * harmonic
        wave += np.sin(2 * np.pi * frequency * since) / harmonic
    wave *= 0.1 * np.exp(-8 * since) * np.minimum(1, since / 0.002)
    # The last 50 ms fall to nothing, as a stem's do.
    wave[-2205:] *= np.linspace(1, 0, 2205)[-frames:]
    samples = np.stack([wave, 0.6 * wave][:channels]).astype(np.float32)
    count = int(seconds / NOTE_SECONDS)
    notes = tuple(
        SoundingNote(i * NOTE_SECONDS, (i + 0.9) * NOTE_SECONDS, 57 + 5 * (i % 3), 90)
        for i in range(count)
    )
    return Audio(samples, SAMPLE_RATE), Part(program, False, notes, "piano")

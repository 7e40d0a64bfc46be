"""Small songs for the tests of measuring."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from composer import Brief, compose
from composer.midi.songs import song_of
from composer.music.song import MeterSpan, Song, SongPart, TempoSpan, part_of

Note = tuple[float, float, int]
"""Onset and duration in quarters, and pitch."""


def part(
    notes: Sequence[Note], *, program: int = 0, drums: bool = False, velocity: int = 80
) -> SongPart:
    """A part from its notes."""
    return part_of(
        "",
        program,
        drums,
        [note[0] for note in notes],
        [note[1] for note in notes],
        [note[2] for note in notes],
        [velocity] * len(notes),
    )


def song(*parts: SongPart, meter: tuple[int, int] = (4, 4), tempo: float = 120.0) -> Song:
    """A song in one meter."""
    return Song("song", parts, (TempoSpan(0.0, tempo),), (MeterSpan(0.0, *meter),))


def scale_song(bars: int = 8) -> Song:
    """A tune in C major on quarters over a bass on the ones, with kick and snare."""
    scale = (60, 62, 64, 65, 67, 69, 71, 72)
    tune = [(float(beat), 1.0, scale[beat % 8]) for beat in range(4 * bars)]
    bass = [(4.0 * bar, 4.0, 36) for bar in range(bars)]
    drums = [(float(beat), 0.25, 36 if beat % 2 == 0 else 38) for beat in range(4 * bars)]
    return song(part(tune, program=73), part(bass, program=33), part(drums, drums=True))


@cache
def composed(style: str, seed: int, bars: int = 32) -> Song:
    """A piece of ours, composed once."""
    return song_of(compose(Brief(writer="rules", style=style, seed=seed, bars=bars)).performance)

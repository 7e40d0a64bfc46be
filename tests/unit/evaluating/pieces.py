"""Pieces that the tests of the index compose, and what is planted in them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from composer import Brief, compose
from composer.midi.songs import song_of
from composer.music.song import Song, SongPart, part_of

STYLES = ("pop", "rock", "classical", "jazz-swing")


@cache
def piece(style: str, seed: int, bars: int = 24) -> Song:
    """A composed piece."""
    brief = Brief(key="C", bars=bars, style=style, seed=seed, writer="rules")
    return song_of(compose(brief).performance)


@cache
def midi(style: str, seed: int) -> bytes:
    """The same as a MIDI file."""
    return compose(Brief(writer="rules", key="C", bars=24, style=style, seed=seed)).midi


def changed(part: SongPart, semitones: int, stretch: float, at: float, edits: float) -> SongPart:
    """A part in another key, at another speed, later, and with some pitches changed."""
    dice = np.random.default_rng(7)
    pitch = part.pitch + semitones
    pitch[dice.random(len(part)) < edits] += 1
    return part_of(
        part.name,
        part.program,
        part.is_drums,
        at + part.onset_quarters * stretch,
        part.duration_quarters * stretch,
        np.clip(pitch, 0, 127),
        part.velocity,
    )


def planted(
    host: Song,
    donor: Song,
    *,
    semitones: int = 0,
    stretch: float = 1.0,
    edits: float = 0.0,
    melody: bool = False,
    first_bar: int = 4,
) -> Song:
    """Eight bars of one piece in place of bars of another; both are in 4/4."""
    start, length = first_bar * 4.0, 32.0
    parts = [part.between(16.0, 48.0) for part in donor.parts if not part.is_drums]
    parts = [part for part in parts if len(part)]
    if melody:
        parts = [max(parts, key=lambda part: part.pitch.mean())]
    kept = []
    for part in host.parts:
        away = (part.onset_quarters < start) | (part.onset_quarters >= start + length * stretch)
        columns = (part.onset_quarters, part.duration_quarters, part.pitch, part.velocity)
        kept.append(part_of(part.name, part.program, part.is_drums, *(c[away] for c in columns)))
    new = [changed(part, semitones, stretch, start, edits) for part in parts]
    return replace(host, parts=tuple(part for part in (*kept, *new) if len(part)))

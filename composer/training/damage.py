"""Ways to spoil a song, each of which a metric must catch: the measuring stick's own test.

Used by the tests and by `composer.training.validate_metrics`, which spoils real music.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from composer.music.song import Song, SongPart, part_of

_EARLY = 1 / 24  # quarters: half a slot of the grid

Damage = Callable[[Song, np.random.Generator], Song]


def bars_shuffled(song: Song, generator: np.random.Generator) -> Song:
    """The same bars of all parts in another order: harmony, phrases and form are gone."""
    bars, length = _bars(song)
    order = generator.permutation(bars)
    return _mapped(song, lambda part: _moved(part, order, length))


def one_bar_repeated(song: Song, generator: np.random.Generator) -> Song:
    """The fullest bar of the song over and over."""
    bars, length = _bars(song)
    counts = np.zeros(bars)
    for part in song.parts:
        counts += np.bincount(_bar_of(part, length), minlength=bars)
    source = np.full(bars, int(counts.argmax()))
    return _mapped(song, lambda part: _copied(part, source, length))


def notes_random(song: Song, generator: np.random.Generator) -> Song:
    """As many notes, as long and as loud, at random sixteenths with random pitches of the range."""

    def scattered(part: SongPart) -> SongPart:
        slots = max(int(part.end_quarters * 4), 1)
        pitches = generator.integers(part.pitch.min(), part.pitch.max() + 1, len(part))
        return part_of(
            part.name,
            part.program,
            part.is_drums,
            generator.integers(0, slots, len(part)) / 4,
            part.duration_quarters,
            pitches,
            part.velocity,
        )

    return _mapped(song, scattered)


def parts_out_of_key(song: Song, generator: np.random.Generator) -> Song:
    """Each pitched part transposed by a distance of its own."""

    def shifted(part: SongPart) -> SongPart:
        if part.is_drums:
            return part
        return part_of(
            part.name,
            part.program,
            False,
            part.onset_quarters,
            part.duration_quarters,
            np.clip(part.pitch + generator.integers(-6, 7), 0, 127),
            part.velocity,
        )

    return _mapped(song, shifted)


def on_the_grid(song: Song, generator: np.random.Generator) -> Song:
    """Onsets on the grid of 12 and one velocity a part: only the performance is gone."""

    def straight(part: SongPart) -> SongPart:
        return part_of(
            part.name,
            part.program,
            part.is_drums,
            np.floor(part.onset_quarters * 12 + 0.5) / 12,
            part.duration_quarters,
            part.pitch,
            np.full(len(part), 90),
        )

    return _mapped(song, straight)


DAMAGES: dict[str, Damage] = {
    "bars shuffled": bars_shuffled,
    "notes random": notes_random,
    "one bar repeated": one_bar_repeated,
    "parts out of key": parts_out_of_key,
    "on the grid": on_the_grid,
}
"""All of them, by name."""


def _bars(song: Song) -> tuple[int, float]:
    """Number and length of the bars, all of the first time signature."""
    length = song.meters[0].bar_quarters
    last = max(float(part.onset_quarters[-1]) for part in song.parts)
    return int((last + _EARLY) / length) + 1, length


def _bar_of(part: SongPart, length: float) -> np.ndarray:
    """The bar of each note; one played a hair before a bar line belongs to the bar after it."""
    return ((part.onset_quarters + _EARLY) / length).astype(np.int64)


def _mapped(song: Song, change: Callable[[SongPart], SongPart]) -> Song:
    parts = tuple(change(part) for part in song.parts)
    full = tuple(part for part in parts if len(part))
    return Song(song.name, full, song.tempos, song.meters[:1], song.keys)


def _moved(part: SongPart, order: np.ndarray, length: float) -> SongPart:
    bar = _bar_of(part, length)
    onset = np.maximum(part.onset_quarters + (order[bar] - bar) * length, 0.0)
    return part_of(
        part.name,
        part.program,
        part.is_drums,
        onset,
        part.duration_quarters,
        part.pitch,
        part.velocity,
    )


def _copied(part: SongPart, source: np.ndarray, length: float) -> SongPart:
    """For each bar the notes of its source bar."""
    bars = _bar_of(part, length)
    chosen = [np.flatnonzero(bars == one) for one in source]
    index = np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
    target = np.repeat(np.arange(len(source)), [len(one) for one in chosen])
    return part_of(
        part.name,
        part.program,
        part.is_drums,
        np.maximum(part.onset_quarters[index] + (target - bars[index]) * length, 0.0),
        part.duration_quarters[index],
        part.pitch[index],
        part.velocity[index],
    )

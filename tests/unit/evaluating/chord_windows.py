"""Small windows of block chords for the tests of what is heard."""

from __future__ import annotations

from collections.abc import Sequence

from composer.evaluating.windows import Window
from composer.music.song import SongPart, part_of


def window_of(*parts: SongPart, bars: int = 4, meter: str = "4/4") -> Window:
    """A window of some parts."""
    upper, lower = (int(number) for number in meter.split("/"))
    return Window("test", "opening", 1, bars, upper, lower, parts, 120.0, bars)


def block_chords(
    chords: Sequence[Sequence[int]], length: float = 4.0, program: int = 0
) -> SongPart:
    """Chords that follow each other, each for so many quarters."""
    notes = [(n * length, pitch) for n, chord in enumerate(chords) for pitch in chord]
    return part_of(
        "chords",
        program,
        False,
        [onset for onset, _ in notes],
        [length] * len(notes),
        [pitch for _, pitch in notes],
        [80] * len(notes),
    )


C, F, G, AM = (48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 62, 67), (45, 60, 64, 69)

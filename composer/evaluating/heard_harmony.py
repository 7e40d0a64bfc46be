"""Key and chords of a window, heard once for all that is measured on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer.evaluating.chords_heard import DetectedChord, chords_in
from composer.evaluating.chroma import Chroma, chroma_of, spans_a_bar, spans_of
from composer.evaluating.detectors import DetectedKey, key_in
from composer.evaluating.windows import GRID, Window
from composer.music.song import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Harmony:
    """What is heard in a window.

    Args:
        key: The key, None without pitched notes.
        chords: One a span.
        chroma: How pitch classes sound.
        bounds: The spans' bounds in quarters, ``[spans + 1]``.
        spans_per_bar: One or two.
    """

    key: DetectedKey | None
    chords: tuple[DetectedChord | None, ...]
    chroma: Chroma
    bounds: Floats
    spans_per_bar: int

    def tone_table(self) -> Floats:
        """Which pitch classes the chord of each span holds, ``[spans, 12]`` of zeros and ones."""
        table = np.zeros((len(self.chords), 12))
        for span, chord in enumerate(self.chords):
            if chord is not None:
                table[span, list(chord.pitch_classes)] = 1.0
        return table

    def at_slots(self, table: Floats) -> Floats:
        """A table of spans spread over the slots of the grid, ``[slots, …]``."""
        spread: Floats = np.repeat(table, np.diff(np.round(self.bounds * GRID).astype(int)), axis=0)
        return spread


def hear(window: Window) -> Harmony:
    """Key and chords of a window, with what they were heard from."""
    chroma, bounds, per_bar = chroma_of(window), spans_of(window), spans_a_bar(window)
    lengths = np.diff(bounds)
    return Harmony(
        key_in(chroma, lengths), chords_in(chroma, lengths, per_bar), chroma, bounds, per_bar
    )


def is_tonic(chord: DetectedChord, key: DetectedKey) -> bool:
    """Whether a chord stands on the tonic with the mode's third, or without a third."""
    return chord.root == key.tonic and chord.third in (key.mode, "none")


def is_dominant(chord: DetectedChord, key: DetectedKey) -> bool:
    """Whether a chord is V or V7 with its major third, or the bare fifth on that degree."""
    return chord.root == (key.tonic + 7) % 12 and chord.is_dominant

"""Which part of a window is drums, bass, melody or harmony, heard from the notes alone.

Names and our own role marks are not looked at: real music has none that can be relied on, and what
is compared must be found in the same way on both sides.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer.evaluating.windows import Window
from composer.music.song import SongPart

Role = Literal["drums", "bass", "melody", "harmony"]
ROLES: tuple[Role, ...] = ("drums", "bass", "melody", "harmony")

_BASS_PROGRAMS = range(32, 40)
_LOW_BASS = 50.0
_SINGLE_LINE = 0.8
_LEAST_MELODIC = 0.5
_MIDDLE_C = 60.0
_OCTAVE = 12.0


def roles(window: Window) -> tuple[Role, ...]:
    """The role of each part of a window, in the order of its parts.

    Bass is what plays a bass program, or else the lowest single line if it lies below D3 on
    average. Melody is at most one part: the one that is most a single line, active, high and
    varied in pitch. All other parts are harmony.
    """
    found: list[Role] = ["drums" if part.is_drums else "harmony" for part in window.parts]
    pitched = [index for index, role in enumerate(found) if role == "harmony"]
    basses = [index for index in pitched if window.parts[index].program in _BASS_PROGRAMS]
    if not basses and len(pitched) > 1:
        lowest = min(pitched, key=lambda index: float(window.parts[index].pitch.mean()))
        part = window.parts[lowest]
        if part.pitch.mean() < _LOW_BASS and single_line_share(part) >= _SINGLE_LINE:
            basses = [lowest]
    for index in basses:
        found[index] = "bass"
    rest = [index for index in pitched if index not in basses]
    if rest:
        best = max(rest, key=lambda index: _melodic(window, window.parts[index]))
        if single_line_share(window.parts[best]) >= _LEAST_MELODIC:
            found[best] = "melody"
    return tuple(found)


def single_line_share(part: SongPart) -> float:
    """Share of onsets at which one note begins, 0 to 1; onsets on one slot are one."""
    _, counts = np.unique(np.round(part.onset_quarters * 12), return_counts=True)
    return float((counts == 1).mean())


def _melodic(window: Window, part: SongPart) -> float:
    """How much a part looks like the melody; only the order of the values means anything."""
    active = len(np.unique(part.onset_quarters // window.bar_quarters)) / window.bars
    counts = np.bincount(part.pitch, minlength=128)
    shares = counts[counts > 0] / counts.sum()
    variety = float(-(shares * np.log2(shares)).sum())
    height = float(np.clip((part.pitch.mean() - _MIDDLE_C) / _OCTAVE, -1.0, 1.5))
    return 1.5 * single_line_share(part) + active + 0.35 * height + 0.25 * min(variety, 3.0)

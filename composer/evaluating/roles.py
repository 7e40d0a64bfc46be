"""Which part of a window is drums, bass, melody or harmony, heard from the notes alone.

Names and our own role marks are not looked at: real music has none that can be relied on, and what
is compared must be found in the same way on both sides.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from composer.evaluating.melody_heard import melody_scores
from composer.evaluating.windows import Window
from composer.music.song import SongPart

Role = Literal["drums", "bass", "melody", "harmony"]
ROLES: tuple[Role, ...] = ("drums", "bass", "melody", "harmony")

_BASS_PROGRAMS = range(32, 40)
_LOW_BASS = 50.0
_SINGLE_LINE = 0.8
_LEAST_MELODIC = 0.5


def roles(window: Window) -> tuple[Role, ...]:
    """The role of each part of a window, in the order of its parts.

    Bass is what plays a bass program, or else the lowest single line if it lies below D3 on
    average. Melody is at most one part: of those left the one that looks most like one, see
    `melody_scores`, if it plays single notes at half of its onsets. All other parts are harmony.
    How often that is right: ``data/detectors.json``.
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
        scores = melody_scores(window, [window.parts[index] for index in rest])
        best = rest[int(scores.argmax())]
        if single_line_share(window.parts[best]) >= _LEAST_MELODIC:
            found[best] = "melody"
    return tuple(found)


def single_line_share(part: SongPart) -> float:
    """Share of onsets at which one note begins, 0 to 1; onsets on one slot are one."""
    _, counts = np.unique(np.round(part.onset_quarters * 12), return_counts=True)
    return float((counts == 1).mean())

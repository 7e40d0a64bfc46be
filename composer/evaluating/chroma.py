"""When each pitch class sounds in a window, and what lies lowest: what the detectors listen to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from composer.evaluating.windows import GRID, Window
from composer.music.song import Floats, Integers, SongPart
from composer.theory.meter import METERS, parse_meter

NO_PITCH = 128
"""What stands for silence where the lowest pitch is asked for."""

_PITCH_CLASSES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Chroma:
    """How long each pitch class sounds in each span of a window, in quarters.

    Args:
        all: Of all pitched notes, ``[spans, 12]``.
        bass: Of the lowest sounding note alone, ``[spans, 12]``.
        top: Of the highest sounding note alone, ``[spans, 12]``.
        attacks: How many pitched notes begin in the span, ``[spans, 12]``.
    """

    all: Floats
    bass: Floats
    top: Floats
    attacks: Floats


def spans_of(window: Window) -> Floats:
    """Where the spans begin that one chord is heard in, ``[spans + 1]`` in quarters.

    Half a bar where the bar has an even number of beats and lasts three quarters or more (4/4,
    6/8, 12/8, 2/2); the whole bar in 2/4 and in triple meters (3/4, 3/8, 9/8); 5/4 and 7/8 are
    cut where their beats are grouped, 3 + 2 and 4 + 3. The last bound is the window's end.

    >>> from composer.evaluating.windows import Window
    >>> spans_of(Window("a", "opening", 1, 2, 4, 4, (), 120.0, 2)).tolist()
    [0.0, 2.0, 4.0, 6.0, 8.0]
    """
    length = window.bar_quarters
    middle = _middle_quarters(window)
    starts = np.arange(window.bars) * length
    if middle:
        starts = np.stack([starts, starts + middle], axis=1).ravel()
    return np.append(starts, window.bars * length)


def spans_a_bar(window: Window) -> int:
    """How many spans of `spans_of` a bar has: one or two."""
    return 2 if _middle_quarters(window) else 1


def _middle_quarters(window: Window) -> float:
    """Where a bar is cut, from its start; 0 where it is not."""
    name = f"{window.numerator}/{window.denominator}"
    if name in ("5/4", "7/8") and name in METERS:
        return float(parse_meter(name).middle)
    beats = window.bar_quarters / window.beat_quarters
    even = abs(beats / 2 - round(beats / 2)) < 0.01
    return window.bar_quarters / 2 if even and window.bar_quarters >= 3.0 else 0.0


def chroma_of(window: Window) -> Chroma:
    """How the pitch classes sound in each of the spans of `spans_of`."""
    bounds = np.round(spans_of(window) * GRID).astype(np.int64)
    slots = int(bounds[-1])
    presence = pitch_class_presence(window)
    lowest, highest = outer_pitches(window)
    first = bounds[:-1]
    attacks = np.zeros((slots, _PITCH_CLASSES))
    for part in window.pitched:
        np.add.at(attacks, (np.minimum(window.onset_slots(part), slots - 1), part.pitch % 12), 1.0)
    return Chroma(
        np.add.reduceat(presence, first) / GRID,
        np.add.reduceat(_one_hot(lowest), first) / GRID,
        np.add.reduceat(_one_hot(highest), first) / GRID,
        np.add.reduceat(attacks, first),
    )


def pitch_class_presence(window: Window) -> Floats:
    """How many notes of each pitch class sound in each slot of the grid, ``[slots, 12]``.

    Two notes of one pitch in one part count twice; drums are left out.
    """
    slots = window.bars * window.bar_slots
    changes = np.zeros((slots + 1, _PITCH_CLASSES))
    for part in window.pitched:
        start, end = slots_of(window, part)
        np.add.at(changes, (start, part.pitch % 12), 1.0)
        np.add.at(changes, (end, part.pitch % 12), -1.0)
    return np.cumsum(changes[:-1], axis=0)


def outer_pitches(window: Window) -> tuple[Integers, Integers]:
    """The lowest and the highest pitch in each slot, ``[slots]``; `NO_PITCH` and -1 in silence."""
    slots = window.bars * window.bar_slots
    lowest = np.full(slots, NO_PITCH, dtype=np.int64)
    highest = np.full(slots, -1, dtype=np.int64)
    for part in window.pitched:
        low, high = part_outer_pitches(window, part)
        np.minimum(lowest, low, out=lowest)
        np.maximum(highest, high, out=highest)
    return lowest, highest


def part_outer_pitches(window: Window, part: SongPart) -> tuple[Integers, Integers]:
    """The lowest and the highest pitch of one part in each slot, as `outer_pitches`."""
    slots = window.bars * window.bar_slots
    start, end = slots_of(window, part)
    lengths = end - start
    which = np.repeat(np.arange(len(part)), lengths)
    offsets = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    where = start[which] + offsets
    pitches = part.pitch[which]
    order = np.argsort(pitches, kind="stable")
    highest = np.full(slots, -1, dtype=np.int64)
    highest[where[order]] = pitches[order]
    lowest = np.full(slots, NO_PITCH, dtype=np.int64)
    lowest[where[order[::-1]]] = pitches[order[::-1]]
    return lowest, highest


def slots_of(window: Window, part: SongPart) -> tuple[Integers, Integers]:
    """First slot of each note and the slot after its last, ``[notes]`` each; one slot at least."""
    slots = window.bars * window.bar_slots
    start = np.minimum(window.onset_slots(part), slots - 1)
    ends = np.floor((part.onset_quarters + part.duration_quarters) * GRID + 0.5).astype(np.int64)
    return start, np.clip(np.maximum(ends, start + 1), 1, slots)


def _one_hot(pitches: Integers) -> Floats:
    """Pitch classes as rows of zeros and a one, ``[slots, 12]``; zeros in silence."""
    table = np.zeros((len(pitches), _PITCH_CLASSES))
    sounding = (pitches >= 0) & (pitches < NO_PITCH)
    table[np.nonzero(sounding)[0], pitches[sounding] % 12] = 1.0
    return table

"""The song: notes of any MIDI file as arrays, on musical time. Clock: quarters as floats.

A `Performance` is exact and ours; a `Song` is what is left of anyone's file when only the notes,
the bars and the tempo are asked for. It is what corpora are measured with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SongPart:
    """One track of one program.

    Args:
        name: Track name as the file has it; may be empty.
        program: General MIDI program, 0–127.
        is_drums: Whether it plays on the drum channel.
        onset_quarters: ``[notes]``, ascending, at least 0.
        duration_quarters: ``[notes]``, above 0.
        pitch: ``[notes]``, MIDI numbers 0–127; ascending within one onset.
        velocity: ``[notes]``, 1–127.

    All arrays are read-only.
    """

    name: str
    program: int
    is_drums: bool
    onset_quarters: Floats
    duration_quarters: Floats
    pitch: Integers
    velocity: Integers

    def __len__(self) -> int:
        """Number of notes."""
        return len(self.pitch)

    @property
    def end_quarters(self) -> float:
        """When the last note has ended; 0 without notes."""
        return float((self.onset_quarters + self.duration_quarters).max(initial=0.0))

    def between(self, start_quarters: float, end_quarters: float, early: float = 0.0) -> SongPart:
        """The notes that begin in a span, counted from its start and cut at its end.

        Args:
            start_quarters: Start of the span.
            end_quarters: Its end.
            early: Notes that begin at most so long before a boundary count as beginning on it.
        """
        bounds = (start_quarters - early, end_quarters - early)
        first, last = np.searchsorted(self.onset_quarters, bounds)
        onsets = np.maximum(self.onset_quarters[first:last], start_quarters)
        lengths = np.minimum(self.duration_quarters[first:last], end_quarters - onsets)
        return part_of(
            self.name,
            self.program,
            self.is_drums,
            onsets - start_quarters,
            lengths,
            self.pitch[first:last],
            self.velocity[first:last],
        )


@dataclass(frozen=True, slots=True)
class MeterSpan:
    """A time signature from an onset on.

    Args:
        onset_quarters: When it begins.
        numerator: Upper number, at least 1.
        denominator: Lower number, a power of two.
    """

    onset_quarters: float
    numerator: int
    denominator: int

    @property
    def bar_quarters(self) -> float:
        """Length of a bar."""
        return 4.0 * self.numerator / self.denominator

    @property
    def name(self) -> str:
        """As written, such as ``6/8``."""
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class TempoSpan:
    """A tempo from an onset on, in quarters a minute."""

    onset_quarters: float
    quarters_per_minute: float


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A key signature from an onset on.

    Args:
        onset_quarters: When it begins.
        sharps: -7 (flats) to 7 (sharps).
        minor: The mode flag of the MIDI event.
    """

    onset_quarters: float
    sharps: int
    minor: bool


@dataclass(frozen=True, slots=True, eq=False)
class Song:
    """The notes of a file.

    Args:
        name: What it is called in reports: its path or its title.
        parts: One a track and program, without those that have no notes.
        tempos: Ordered, the first at 0.
        meters: Ordered, the first at 0.
        keys: Ordered; empty where the file does not say.
    """

    name: str
    parts: tuple[SongPart, ...]
    tempos: tuple[TempoSpan, ...]
    meters: tuple[MeterSpan, ...]
    keys: tuple[KeySpan, ...] = ()

    @property
    def end_quarters(self) -> float:
        """When the last note has ended."""
        return max((part.end_quarters for part in self.parts), default=0.0)

    @property
    def notes(self) -> int:
        """Number of notes in all parts."""
        return sum(len(part) for part in self.parts)


def part_of(
    name: str,
    program: int,
    is_drums: bool,
    onset_quarters: Sequence[float] | Floats,
    duration_quarters: Sequence[float] | Floats,
    pitch: Sequence[int] | Integers,
    velocity: Sequence[int] | Integers,
) -> SongPart:
    """A part from notes in any order.

    >>> part_of("flute", 73, False, [1, 0], [1, 1], [62, 60], [80, 90]).pitch.tolist()
    [60, 62]
    """
    onsets = np.asarray(onset_quarters, dtype=np.float64)
    pitches = np.asarray(pitch, dtype=np.int64)
    order = np.lexsort((pitches, onsets))
    part = SongPart(
        name,
        program,
        is_drums,
        onsets[order],
        np.asarray(duration_quarters, dtype=np.float64)[order],
        pitches[order],
        np.asarray(velocity, dtype=np.int64)[order],
    )
    for array in (part.onset_quarters, part.duration_quarters, part.pitch, part.velocity):
        array.flags.writeable = False
    return part

"""What the timbre stage is told of a stem: who plays, and which notes sound when.

Clock: seconds. `roll` puts the notes on the frames of `composer.refining.spectra`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.errors import RefinerError
from composer.midi.units import tempo_map
from composer.music.performance import Performance, PlayedNote, Track
from composer.refining.spectra import HOP, SAMPLE_RATE

PROGRAMS = 129
"""Programs that the network tells apart: General MIDI's, and one for all drum kits."""
DRUMS = 128
ROLL = 257
"""Width of a frame of the roll: onsets, what sounds, and whether the notes are known."""
_PITCHES, _MOST_VELOCITY = 128, 127
_DRUM_CHANNEL = 9
_PEDAL, _PEDAL_DOWN = 64, 64

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundingNote:
    """A note as it sounds.

    Args:
        onset_seconds: Onset.
        end_seconds: When its key and the pedal have both been let go.
        pitch: MIDI number, 0–127; a drum's key.
        velocity: 1–127.
    """

    onset_seconds: float
    end_seconds: float
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Part:
    """Who plays a stem, and what.

    Args:
        program: General MIDI program, 0–127; of no meaning for drums.
        drums: Whether it is a drum kit.
        notes: Its notes; `None` where nobody knows them.
        name: What reports call it; randomness depends on it.

    Raises:
        RefinerError: If the program, a pitch, a velocity or a time is out of range.
    """

    program: int
    drums: bool
    notes: tuple[SoundingNote, ...] | None
    name: str = ""

    def __post_init__(self) -> None:
        """See that program and notes are what MIDI can say."""
        if type(self.program) is not int or not 0 <= self.program < DRUMS:
            raise RefinerError(f"a part's program is 0 to 127, not {self.program!r}")
        for note in self.notes or ():
            times = note.onset_seconds, note.end_seconds
            if not (0 <= note.pitch < _PITCHES and 1 <= note.velocity <= _MOST_VELOCITY):
                raise RefinerError(f"{note}: a note's pitch is 0 to 127, and its velocity 1 to 127")
            if not all(map(math.isfinite, times)):
                raise RefinerError(f"{note}: a note's onset and end are numbers of seconds")

    @classmethod
    def of(cls, performance: Performance, track: Track) -> Part:
        """The part of a track; its pedal (controller 64) holds notes until it is let go."""
        drums = track.channel == _DRUM_CHANNEL
        clock = tempo_map(performance)
        notes = tuple(
            SoundingNote(
                clock.seconds(note.onset_ticks), clock.seconds(end), note.pitch, note.velocity
            )
            for note, end in _held(track, performance.end_ticks)
        )
        return cls(track.program, drums, notes, track.name)


def program_id(part: Part) -> int:
    """Which of `PROGRAMS` a part is: 0–127, and 128 for drums of every kit.

    >>> program_id(Part(40, False, None)), program_id(Part(8, True, None))
    (40, 128)
    """
    return DRUMS if part.drums else part.program


class Roll:
    """A part's notes on frames, any stretch of which can be asked for.

    Args:
        part: The part.
    """

    def __init__(self, part: Part) -> None:
        notes = sorted(part.notes or (), key=lambda note: note.onset_seconds)
        rate = SAMPLE_RATE / HOP
        self._known = part.notes is not None
        self._onsets = np.rint([note.onset_seconds * rate for note in notes]).astype(np.int64)
        self._ends = np.rint([note.end_seconds * rate for note in notes]).astype(np.int64)
        self._pitches = np.array([note.pitch for note in notes], np.int64)
        self._levels = np.array([note.velocity / 127 for note in notes], np.float32)

    def frames(self, first: int, count: int) -> Floats:
        """The frames ``first … first + count - 1``; see `roll`."""
        rows = np.zeros((count, ROLL), np.float32)
        if not self._known:
            return rows
        rows[:, -1] = 1.0
        last = first + count - 1
        for note in np.flatnonzero((self._onsets <= last) & (self._ends >= first)):
            onset, end = int(self._onsets[note]) - first, int(self._ends[note]) - first
            pitch, level = int(self._pitches[note]), self._levels[note]
            if onset >= 0:
                rows[onset, pitch] = max(rows[onset, pitch], level)
            sounding = rows[max(onset, 0) : end + 1, _PITCHES + pitch]
            np.maximum(sounding, level, out=sounding)
        return rows


def roll(part: Part, frame_count: int, first: int = 0) -> Floats:
    """A part's notes on frames.

    Args:
        part: The part.
        frame_count: T.
        first: The first frame; may be negative.

    Returns:
        ``[T, ROLL]``: velocity / 127 of each pitch at the frame of its onset, then of each pitch
        from the frame of its onset to that of its end, then 1 where the notes are known. All zero
        where they are not.
    """
    return Roll(part).frames(first, frame_count)


def _held(track: Track, end_ticks: int) -> Iterator[tuple[PlayedNote, int]]:
    """Notes and the ticks at which they end, the pedal taken into account.

    A note that the pedal holds also ends where its key is struck again. At one tick keys are let go
    before the pedal moves, as the synthesisers have it.
    """
    pedal = [(c.ticks, c.value >= _PEDAL_DOWN) for c in track.controls if c.controller == _PEDAL]
    ticks = np.array([at for at, _ in pedal], np.int64)
    ups = np.array([at for at, down in pedal if not down], np.int64)
    struck_again: dict[int, int] = {}
    found: list[tuple[PlayedNote, int]] = []
    for note in reversed(track.notes):
        end = note.end_ticks
        before = int(np.searchsorted(ticks, end)) - 1
        if before >= 0 and pedal[before][1]:
            up = int(np.searchsorted(ups, end))
            let_go = int(ups[up]) if up < len(ups) else max(end_ticks, end)
            end = max(end, min(let_go, struck_again.get(note.pitch, let_go)))
        struck_again[note.pitch] = note.onset_ticks
        found.append((note, end))
    return reversed(found)

"""Whether each note that is known still begins where it did: the proof that none was lost.

A note is judged by what rises at its onset: the power of its partials (of bands, for drums) shortly
after, less that shortly before. Partials that another note brings at the same time are left out,
so that no note stands in for another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.refining.gate_frames import Stretch
from composer.refining.onsets import band_matrix
from composer.refining.parts import Part
from composer.refining.spectra import BINS, HOP, N_FFT, SAMPLE_RATE, Floats

LOST_DB = -20.0
_PARTIALS, _RIVAL_PARTIALS = 8, 12
_HIGHEST_BIN = 465  # 10 kHz
_RIVAL_BINS = 1.75
_NEAR_BEFORE, _NEAR_AFTER = 5, 12
_AHEAD = 11  # less than the rows that a stretch holds after its fresh ones
_RISE = 4.0
_WEAK = 1e-2
_LEAST_POWER = 1e-2

Frames = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NoteFigures:
    """What became of the notes.

    Args:
        judged: Notes that could be told from all others in the dry sound.
        lost: Those of them whose onset fell by more than 20 dB.
        first_lost_seconds: Onset of the first one lost, 0 where none was.
    """

    judged: int
    lost: int
    first_lost_seconds: float


class NoteEar:
    """Listens to the notes of a part, stretch after stretch.

    Args:
        part: The part; its notes are known.
        pitched: Whether notes have partials; bands are listened to otherwise.
    """

    def __init__(self, part: Part, *, pitched: bool) -> None:
        notes = sorted(part.notes or (), key=lambda note: (note.onset_seconds, note.pitch))
        rate = SAMPLE_RATE / HOP
        self._frames = np.rint([note.onset_seconds * rate for note in notes]).astype(np.int64)
        self._pitches = np.array([note.pitch for note in notes], np.int64)
        if not pitched:
            self._frames = np.unique(self._frames)
            self._pitches = np.zeros(len(self._frames), np.int64)
        self._pitched = pitched
        self._judged = self._lost = 0
        self._first_lost = 0.0

    @property
    def figures(self) -> NoteFigures:
        """What was found so far."""
        return NoteFigures(self._judged, self._lost, self._first_lost)

    def hear(self, stretch: Stretch) -> None:
        """Judge the notes that begin in the fresh frames of a stretch."""
        start, stop = stretch.first + stretch.fresh.start, stretch.end
        low, high = (int(at) for at in np.searchsorted(self._frames, (start, stop)))
        if low == high:
            return
        frames = self._frames[low:high]
        if self._pitched:
            bins = _bins(self._pitches[low:high])
            own = self._own(low, high) & (bins < _HIGHEST_BIN)
            rises = [_partial_rises(p, frames - stretch.first, bins) for p in stretch.powers]
        else:
            rises = [_band_rises(p, frames - stretch.first) for p in stretch.powers]
            own = np.ones(rises[0][0].shape, np.bool_)
        fell = _change_db(rises[0], rises[1], own)
        lost = fell < LOST_DB
        self._judged += int(np.count_nonzero(~np.isnan(fell)))
        if lost.any() and not self._lost:
            self._first_lost = float(frames[int(lost.argmax())]) * HOP / SAMPLE_RATE
        self._lost += int(np.count_nonzero(lost))

    def _own(self, low: int, high: int) -> Mask:
        """``[notes, partials]``: which partials no other note brings at about the same time."""
        frames = self._frames[low:high]
        near_low = int(np.searchsorted(self._frames, frames[0] - _NEAR_BEFORE))
        near_high = int(np.searchsorted(self._frames, frames[-1] + _NEAR_AFTER, "right"))
        apart = self._frames[None, near_low:near_high] - frames[:, None]
        rival = (apart >= -_NEAR_BEFORE) & (apart <= _NEAR_AFTER)
        rival &= np.arange(near_low, near_high)[None] != np.arange(low, high)[:, None]
        own = np.ones((high - low, _PARTIALS), np.bool_)
        note, other = np.nonzero(rival)
        mine = _places(self._pitches[low + note], _PARTIALS)
        theirs = _places(self._pitches[near_low + other], _RIVAL_PARTIALS)
        meets = (np.abs(mine[:, :, None] - theirs[:, None, :]) < _RIVAL_BINS).any(axis=2)
        np.logical_and.at(own, note, ~meets)
        return own


def _places(pitches: Frames, partials: int) -> NDArray[np.float64]:
    """Where the partials lie, in bins: ``[notes, partials]``."""
    lowest = 440 * 2.0 ** ((pitches - 69) / 12) * (N_FFT / SAMPLE_RATE)
    return np.asarray(lowest[:, None] * np.arange(1, partials + 1))


def _bins(pitches: Frames) -> Frames:
    return np.minimum(np.rint(_places(pitches, _PARTIALS)), BINS - 2).astype(np.int64)


def _partial_rises(powers: Floats, rows: Frames, bins: Frames) -> tuple[Floats, Floats]:
    """Power before and after the onsets, ``[notes, partials]`` each."""
    spread = bins[:, None, :, None] + np.arange(-1, 2)
    earlier = (rows[:, None] + np.arange(-3, -1))[:, :, None, None]
    later = (rows[:, None] + np.arange(1, _AHEAD))[:, :, None, None]
    before = powers[earlier, spread].max(axis=3).mean(axis=1)
    return before, powers[later, spread].max(axis=3).max(axis=1)


def _band_rises(powers: Floats, rows: Frames) -> tuple[Floats, Floats]:
    """The same for bands, ``[hits, bands]`` each."""
    bands = powers @ band_matrix()
    before = bands[rows[:, None] + np.arange(-3, -1)].mean(axis=1)
    return before, bands[rows[:, None] + np.arange(1, _AHEAD)].max(axis=1)


def _change_db(
    dry: tuple[Floats, Floats], wet: tuple[Floats, Floats], own: Mask
) -> NDArray[np.float64]:
    """By how much more each note's partials rise in `wet`, in decibels; NaN where none tells."""
    excess = dry[1] - dry[0]
    tells = own & (dry[1] > _RISE * dry[0]) & (excess > _LEAST_POWER)
    tells &= excess > _WEAK * dry[1].max(axis=1, keepdims=True)
    heard = np.where(tells, np.maximum(wet[1] - wet[0], 0), 0).sum(axis=1)
    ratio = heard / np.maximum(np.where(tells, excess, 0).sum(axis=1), 1e-12)
    return np.where(tells.any(axis=1), 10 * np.log10(np.maximum(ratio, 1e-12)), np.nan)

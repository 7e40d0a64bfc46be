"""Notes ↔ tokens of a cell: one part in one bar.

The tokens of a cell are, in order of time, a ``Position`` for each onset, then its notes: a
``Duration`` where it differs from the one before (as MIDI's running status leaves out what has not
changed), and a ``Pitch`` for each note of that length. Of notes with one onset the shorter come
first, then the lower. Drums have no durations: a ``Position``, then ``Drum`` tokens, ascending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.transformer.vocabulary import Vocabulary, vocabulary

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class CellNote:
    """A note in its bar.

    Args:
        position: Onset in slots from the start of the bar.
        duration: Length in slots, one of the vocabulary's; 0 for drums.
        pitch: MIDI number, or General MIDI percussion key.
    """

    position: int
    duration: int
    pitch: int


@dataclass(frozen=True, slots=True)
class TokenIds:
    """Where each kind of note token begins, and how many there are of it."""

    pad: int
    cell: int
    position: int
    duration: int
    pitch: int
    drum: int
    end: int
    lowest_drum: int


@lru_cache(maxsize=1)
def token_ids() -> TokenIds:
    """The ids of the shipped vocabulary."""
    return ids_of(vocabulary())


def ids_of(words: Vocabulary) -> TokenIds:
    """The ids of a vocabulary."""
    drum = words.first("Drum")
    return TokenIds(
        words.first("PAD"),
        words.first("Cell"),
        words.first("Position"),
        words.first("Duration"),
        words.first("Pitch"),
        drum,
        len(words.notes),
        int(words.notes[drum].split("_")[1]),
    )


@lru_cache(maxsize=1)
def duration_table() -> Integers:
    """Index of the nearest duration by ratio, for each length in slots, ``[longest + 1]``."""
    known = np.array(vocabulary().durations, dtype=np.float64)
    lengths = np.maximum(np.arange(int(known[-1]) + 1), 1)
    distance = np.abs(np.log(lengths[:, None] / known[None, :]))
    nearest: Integers = distance.argmin(axis=1).astype(np.int64)
    return nearest


def nearest_duration(slots: int) -> int:
    """The length in slots that stands for a length.

    >>> nearest_duration(11), nearest_duration(1000)
    (12, 192)
    """
    table = duration_table()
    return vocabulary().durations[int(table[min(max(slots, 1), len(table) - 1)])]


def encode_cell(notes: Iterable[CellNote], *, drums: bool) -> list[int]:
    """The tokens of one cell, without what begins and ends it.

    Args:
        notes: In any order; a duration that the vocabulary lacks is taken as the nearest.
        drums: Whether they are percussion keys.

    >>> words = vocabulary().notes
    >>> tokens = encode_cell([CellNote(0, 12, 60), CellNote(0, 12, 64)], drums=False)
    >>> [words[token] for token in tokens]
    ['Position_0', 'Duration_12', 'Pitch_60', 'Pitch_64']
    """
    ids = token_ids()
    lengths = duration_table()
    longest = len(lengths) - 1
    tokens: list[int] = []
    position = duration = -1
    first = ids.drum - ids.lowest_drum if drums else ids.pitch
    coded = sorted(
        {
            (n.position, -1 if drums else int(lengths[min(max(n.duration, 1), longest)]), n.pitch)
            for n in notes
        }
    )
    for onset, length, pitch in coded:
        if onset != position:
            position = onset
            tokens.append(ids.position + onset)
        if length != duration:
            duration = length
            tokens.append(ids.duration + length)
        tokens.append(first + pitch)
    return tokens


def decode_cell(tokens: Sequence[int]) -> tuple[CellNote, ...]:
    """The notes of a cell's tokens; inverse of `encode_cell`.

    Notes before any position, and pitches before any duration, are left out: nothing that
    `encode_cell` writes has them.
    """
    ids = token_ids()
    durations = vocabulary().durations
    notes: list[CellNote] = []
    position, duration = -1, 0
    for token in tokens:
        if ids.position <= token < ids.duration:
            position = token - ids.position
        elif ids.duration <= token < ids.pitch:
            duration = durations[token - ids.duration]
        elif ids.pitch <= token < ids.drum:
            if position >= 0 and duration > 0:
                notes.append(CellNote(position, duration, token - ids.pitch))
        elif ids.drum <= token < ids.end and position >= 0:
            notes.append(CellNote(position, 0, token - ids.drum + ids.lowest_drum))
    return tuple(notes)

"""Which figures of a work an index keeps.

Each figure is kept where it is new: its first three occurrences in new surroundings. Figures that
may be of a tune all stay; of every few successive others of a line the one with the least hash.
Figures that are common in real music are left out: they say nothing about where they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import EvaluationError
from composer.evaluating.fingerprints import GRID, Fingerprints, Hashes, fingerprints, mixed
from composer.music.song import Integers, Song

COMMON = Path(__file__).parent / "data" / "originality" / "common.npy"
"""Hashes of figures that are in more than 0.5% of the works of the training corpus."""

_OCCURRENCES = 3
_SURROUNDINGS = 2
_SURROUNDINGS_SEED = 7
_ONE_OF_TUNES, _ONE_OF_PARTS, _ONE_OF_ALL, _ONE_OF_BARS = 1, 2, 4, 1
SAMPLING = (_OCCURRENCES, _SURROUNDINGS, _ONE_OF_TUNES, _ONE_OF_PARTS, _ONE_OF_ALL, _ONE_OF_BARS)
"""All that decides what is kept, beside the list of common figures."""

_EARLIER = np.uint64(0xBF58476D1CE4E5B9)
_LATER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """What an index keeps of some works.

    Args:
        names: Identifiers of the works.
        unreadable: Name and reason of the files that could not be read.
        arrays: ``hash``, ``onset`` and ``pitch_class`` of every posting, work by work; and of each
            work its number of ``postings``, its ``length`` and ``bar_units`` in twelfths of a
            quarter.
    """

    names: list[str]
    unreadable: list[tuple[str, str]]
    arrays: dict[str, NDArray[Any]]


@cache
def common_figures() -> Hashes:
    """Hashes of common figures, ascending.

    Raises:
        EvaluationError: If the file that comes with composer is missing or broken.
    """
    try:
        return np.asarray(np.load(COMMON, allow_pickle=False), dtype=np.uint32)
    except (OSError, ValueError) as error:
        raise EvaluationError(
            f"{COMMON}: cannot be read: {error}; install composer again"
        ) from None


def shard_of(read: Sequence[tuple[str, Song | str]], common: Hashes) -> Shard:
    """What is kept of some files.

    Args:
        read: Name of each file, with its song, or with the reason why there is none.
        common: Hashes to leave out, ascending.
    """
    songs = [(name, song) for name, song in read if isinstance(song, Song)]
    kept = [sampled(fingerprints(song), common) for _, song in songs]
    none = np.zeros(0, dtype=np.int64)
    lengths = [int(np.ceil(song.end_quarters * GRID)) for _, song in songs]
    bars = [song.meters[0].bar_quarters * GRID for _, song in songs]
    arrays: dict[str, NDArray[Any]] = {
        "hash": np.concatenate([*(found.hashes for found in kept), none]).astype(np.uint32),
        "onset": np.concatenate([*(found.onset for found in kept), none]).astype(np.int32),
        "pitch_class": np.concatenate([*(found.pitch_class for found in kept), none]).astype(
            np.uint8
        ),
        "postings": np.array([len(found) for found in kept], dtype=np.int64),
        "length": np.array(lengths, dtype=np.int64),
        "bar_units": np.array(bars, dtype=np.float32),
    }
    unreadable = [(name, reason) for name, reason in read if isinstance(reason, str)]
    return Shard([name for name, _ in songs], unreadable, arrays)


def sampled(found: Fingerprints, common: Hashes) -> Fingerprints:
    """The figures of a work that an index keeps."""
    rare = ~np.isin(found.hashes, common, assume_unique=False)
    found = found.kept(rare)
    found = found.kept(novel(found))
    return found.kept(_thinned(found))


def novel(found: Fingerprints) -> Integers:
    """Figures at their first occurrences in new surroundings, at most three a hash; ascending."""
    if not len(found):
        return np.zeros(0, dtype=np.int64)
    around = found.hashes.astype(np.uint64)
    near, line = _SURROUNDINGS, found.line >= 0
    if len(found) > near:
        same = (found.line[near:] == found.line[:-near]) & line[near:]
        hashes = found.hashes.astype(np.uint64)
        around[:-near] += np.where(same, hashes[near:], 0) * _LATER
        around[near:] += np.where(same, hashes[:-near], 0) * _EARLIER
    around = mixed(around, _SURROUNDINGS_SEED)
    order = np.lexsort((found.onset, around))
    new = order[np.diff(around[order], prepend=~around[order[:1]]) != 0]
    # the top of a part is often the top of all: it is kept as the part's, which is thinned less
    order = new[np.lexsort((found.line[new], found.onset[new], found.hashes[new]))]
    hashes, onsets = found.hashes[order].astype(np.int64), found.onset[order]
    new = (np.diff(hashes, prepend=-1) != 0) | (np.diff(onsets, prepend=-1) != 0)
    order, hashes = order[new], hashes[new]
    starts = np.flatnonzero(np.diff(hashes, prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.sort(order[rank < _OCCURRENCES])


def _thinned(found: Fingerprints) -> Integers:
    """Of every few successive figures of a line the one with the least hash; ascending."""
    one_of = np.full(len(found), _ONE_OF_BARS)
    line = found.line >= 0
    part, tune = found.part[found.line[line]], found.tune[line]
    one_of[line] = np.where(part < 0, _ONE_OF_ALL, np.where(tune, _ONE_OF_TUNES, _ONE_OF_PARTS))
    starts = np.flatnonzero(np.diff(found.line, prepend=-2))
    place = np.arange(len(found)) - np.repeat(starts, np.diff(np.append(starts, len(found))))
    block = found.line * (len(found) + 1) + place // one_of
    order = np.lexsort((found.hashes, block))
    return np.sort(order[np.diff(block[order], prepend=-(10**15)) != 0])

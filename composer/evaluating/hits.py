"""Hits: the figures of a piece that an index holds, and where."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.fingerprints import Fingerprints
from composer.evaluating.index_file import Index
from composer.music.song import Floats, Integers

COMMON_SHARE = 0.005
"""A figure that more of the works hold says nothing about where it comes from."""

_LEAST_COMMON = 8
_LEAST_CATALOGUE = 8192  # rarity in a small catalogue is judged as in one of this size


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Figures that are in the index.

    Args:
        group: ``[hits]``, twelve times the number of the work, plus the transposition from it.
        hash: ``[hits]``, a number for each distinct hash.
        line: ``[hits]``, the line of the piece.
        here: ``[hits]``, onset in the piece, in twelfths of a quarter.
        end: ``[hits]``, end of the figure in the piece.
        there: ``[hits]``, onset in the work.
        bits: ``[hits]``, how rare the figure is.
    """

    group: Integers
    hash: Integers
    line: Integers
    here: Integers
    end: Integers
    there: Integers
    bits: Floats

    def __len__(self) -> int:
        """Number of hits."""
        return len(self.group)

    def kept(self, which: Integers | NDArray[np.bool_]) -> Hits:
        """Some of the hits."""
        return Hits(*(getattr(self, field.name)[which] for field in fields(self)))


def common_limit(pieces: int) -> int:
    """In how many works of a catalogue a figure may be before it is common.

    >>> common_limit(100), common_limit(8009)
    (8, 40)
    """
    return max(_LEAST_COMMON, int(pieces * COMMON_SHARE))


def hits_of(found: Fingerprints, index: Index, without: int) -> Hits:
    """All figures with all postings of their hashes, less the common ones.

    Args:
        found: Figures of the piece.
        index: The catalogue.
        without: Number of a work to leave out; -1 for none.

    Returns:
        Ordered by group and onset.
    """
    hashes, which = np.unique(found.hashes, return_inverse=True)
    query, places, pitch_classes = index.look_up(hashes)
    pieces = index.piece_of(places)
    if without >= 0:
        other = pieces != without
        query, places, pitch_classes = query[other], places[other], pitch_classes[other]
        pieces = pieces[other]
    count = np.bincount(query, minlength=len(hashes))
    first = np.cumsum(count) - count
    new = np.ones(len(query), dtype=bool)
    new[1:] = (query[1:] != query[:-1]) | (pieces[1:] != pieces[:-1])
    works = np.bincount(query, new, len(hashes))
    times = np.where(works <= common_limit(index.pieces), count, 0)[which]
    figure, step = spread(times)
    posting = first[which][figure] + step
    turned = (found.pitch_class[figure] - pitch_classes[posting]) % 12
    bits = np.log2(max(index.pieces, _LEAST_CATALOGUE) / np.maximum(works, 1))
    hits = Hits(
        pieces[posting] * 12 + turned,
        which[figure],
        found.line[figure],
        found.onset[figure],
        found.end[figure],
        places[posting] - index.arrays["starts"][pieces[posting]],
        bits[which][figure],
    )
    # The top of a part is often the top of all: one figure at one time counts once.
    order = np.lexsort((-hits.line, hits.there, hits.here, hits.group))
    hits = hits.kept(order)
    fresh = np.ones(len(hits), dtype=bool)
    fresh[1:] = np.diff(hits.group) != 0
    fresh[1:] |= (np.diff(hits.here) != 0) | (np.diff(hits.there) != 0)
    return hits.kept(fresh)


def spread(counts: Integers) -> tuple[Integers, Integers]:
    """Each index as often as its count, and the place of each within its repetition."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)

"""Passages that a piece shares with the works of an index.

All figures of the piece are looked up. Hits in one work that are transposed alike and lie on one
line in time are one passage; time may run faster or slower by a constant factor. Each hit counts
as many bits as it is rare in the index, less where it overlaps the hit before it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from composer.evaluating.fingerprints import BAR_LINE, Fingerprints
from composer.evaluating.index_file import Index
from composer.music.song import Floats, Integers

COMMON_SHARE = 0.02
_QUARTER = 12
_STEADY = 4
_LONGEST_GAP = 8 * _QUARTER
_LEAST_HITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Figures found in the index; all arrays ``[hits]``."""

    figure: Integers
    piece: Integers
    here: Integers
    there: Integers
    transposed: Integers
    bits: Floats

    def __len__(self) -> int:
        return len(self.figure)

    def kept(self, which) -> Hits:
        return Hits(*(getattr(self, f.name)[which] for f in fields(self)))


def hits_of(found: Fingerprints, index: Index) -> Hits:
    hashes, where = np.unique(found.hashes, return_inverse=True)
    query, places, pitch_classes = index.look_up(hashes)
    pieces = index.piece_of(places)
    count = np.bincount(query, minlength=len(hashes))
    limit = 4*max(8, int(index.pieces * COMMON_SHARE))
    first = np.cumsum(count) - count
    usable = np.where(count <= limit, count, 0)
    # every figure with every posting of its hash
    times = usable[where]
    figure = np.repeat(np.arange(len(found)), times)
    offset = np.cumsum(times) - times
    posting = np.arange(len(figure)) - np.repeat(offset, times) + np.repeat(first[where], times)
    piece = pieces[posting]
    there = places[posting] - index.arrays["starts"][piece]
    new = np.ones(len(query), bool); new[1:] = (query[1:] != query[:-1]) | (pieces[1:] != pieces[:-1])
    df = np.bincount(query, new, len(hashes))
    bits = np.log2(index.pieces / np.maximum(df, 1))[where[figure]]
    return Hits(figure, piece, found.onset[figure], there,
        (found.pitch_class[figure] - pitch_classes[posting]) % 12, bits)


def clusters(hits: Hits, diag: Integers, extra: Integers, tolerance: int):
    """cluster id per hit (in sorted order) with order."""
    key = (hits.piece * 12 + hits.transposed) * 4096 + extra
    order = np.lexsort((diag, key))
    k, d = key[order], diag[order]
    new = (np.diff(k, prepend=-1) != 0) | (np.diff(d, prepend=d[0] if len(d) else 0) > tolerance)
    group = np.cumsum(new)
    o2 = np.lexsort((hits.here[order], group))
    order = order[o2]; group = group[o2]
    new = (np.diff(group, prepend=0) != 0) | (np.diff(hits.here[order], prepend=0) > _LONGEST_GAP)
    return order, np.cumsum(new) - 1


def score(hits: Hits, found: Fingerprints, order, run):
    """bits per run, discount overlap."""
    f = hits.figure[order]
    line = found.line[f]
    o = np.lexsort((found.onset[f], line, run))
    ff, rr, ll = f[o], run[o], line[o]
    on, en = found.onset[ff], found.end[ff]
    same = np.append(False, (rr[1:] == rr[:-1]) & (ll[1:] == ll[:-1]))
    step = np.append(0, np.diff(on))
    fresh = np.where(same, np.minimum(1.0, step / np.maximum(en - on, 1)), 1.0)
    w = hits.bits[order][o] * fresh
    n = int(run.max()) + 1 if len(run) else 0
    return np.bincount(rr, w, n), np.bincount(rr, minlength=n)

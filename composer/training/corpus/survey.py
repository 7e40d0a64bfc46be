"""A first look at every file of a folder that says nothing of itself: which are alike?

Two files with the same notes on the grid, whatever their key, have one fingerprint. Files that
share most of their melodic figures fall into one *band* or more: MinHash with locality-sensitive
hashing (Broder, "On the resemblance and containment of documents", 1997; Indyk and Motwani,
"Approximate nearest neighbors", 1998). With 8 bands of 4 hashes, files that share a share s of
their figures meet with a chance of 1 - (1 - s⁴)⁸: a half at s = 0.53, 0.99 at 0.81.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.fingerprints import mixed
from composer.evaluating.windows import GRID
from composer.music.song import Integers, Song
from composer.training.corpus.reading import Dropped, Source, ended, read

VERSION = 1
BANDS, _ROWS = 8, 4
_FIGURE = 5  # intervals
_FEWEST_FIGURES = 24
_WIDEST = 12  # semitones that are told apart


@dataclass(frozen=True, slots=True)
class Portrait:
    """What tells whether two files are alike.

    Args:
        source: The file, with the md5 of its bytes.
        fingerprint: Of all its notes on the grid, the same in every key.
        bands: Keys that near-duplicates share; empty where it has few figures.
    """

    source: Source
    fingerprint: str
    bands: tuple[int, ...]


def survey(sources: Sequence[Source]) -> list[Portrait | Dropped]:
    """Look at some files."""
    found: list[Portrait | Dropped] = []
    for source in sources:
        result = read(source)
        if isinstance(result, Dropped):
            found.append(result)
        else:
            seen, song = result
            found.append(Portrait(seen, fingerprint(song), bands(song)))
    return found


def lost(source: Source) -> Portrait | Dropped:
    """The result of a file that ended the process that read it."""
    return ended(source)


def dump(found: Sequence[Portrait | Dropped]) -> str:
    """A page of results as JSON."""
    rows = [
        [one.name, one.md5, one.reason, one.detail]
        if isinstance(one, Dropped)
        else [one.source.name, one.source.md5, one.fingerprint, *one.bands]
        for one in found
    ]
    dropped = [number for number, one in enumerate(found) if isinstance(one, Dropped)]
    return json.dumps({"version": VERSION, "rows": rows, "dropped": dropped})


def load(page: Path, sources: Sequence[Source]) -> list[Portrait | Dropped] | None:
    """A page that `dump` made of some files; None where it is not there or of other files."""
    try:
        data = json.loads(page.read_text("utf-8"))
        rows, dropped = data["rows"], set(data["dropped"])
        names = [row[0] for row in rows]
        if data["version"] != VERSION or names != [source.name for source in sources]:
            return None
        return [
            Dropped(*row)
            if number in dropped
            else Portrait(replace(source, md5=row[1]), row[2], tuple(row[3:]))
            for number, (source, row) in enumerate(zip(sources, rows, strict=True))
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def fingerprint(song: Song) -> str:
    """A hash of the notes on the grid, from the first on and from the lowest up."""
    onsets = np.concatenate([part.onset_quarters for part in song.parts])
    pitch = np.concatenate([part.pitch for part in song.parts])
    drums = np.concatenate([np.full(len(part), part.is_drums) for part in song.parts])
    slots = _slots(onsets)
    slots -= slots.min()
    if not drums.all():
        pitch = np.where(drums, pitch, pitch - pitch[~drums].min())
    notes = np.unique((slots * 2 + drums) * 128 + pitch).astype("<i8")
    return hashlib.sha256(notes.tobytes()).hexdigest()[:16]


def bands(song: Song) -> tuple[int, ...]:
    """Keys of the song's melodic figures that are likely the same in a near-duplicate."""
    figures = [
        _figures(_slots(part.onset_quarters), part.pitch)
        for part in song.parts
        if not part.is_drums
    ]
    codes = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *figures]))
    if len(codes) < _FEWEST_FIGURES:
        return ()
    least = [int(mixed(codes, seed + 1).min()) for seed in range(BANDS * _ROWS)]
    keys: list[int] = []
    for band in range(BANDS):
        rows = np.array([band, *least[band * _ROWS : (band + 1) * _ROWS]], dtype="<u8")
        digest = hashlib.sha256(rows.tobytes()).digest()
        keys.append(int.from_bytes(digest[:6], "big"))
    return tuple(keys)


def _slots(onset_quarters: NDArray[np.float64]) -> Integers:
    return np.floor(onset_quarters * GRID + 0.5).astype(np.int64)


def _figures(slots: Integers, pitch: Integers) -> NDArray[np.uint64]:
    """Each five successive intervals of the top line as one number."""
    order = np.lexsort((pitch, slots))
    slots, pitch = slots[order], pitch[order]
    top = pitch[np.flatnonzero(np.diff(slots, append=-1))]
    steps = np.clip(np.diff(top), -_WIDEST, _WIDEST) + _WIDEST
    if len(steps) < _FIGURE:
        return np.zeros(0, dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(steps, _FIGURE)
    weights = (2 * _WIDEST + 1) ** np.arange(_FIGURE)
    codes: NDArray[np.int64] = (windows * weights).sum(axis=1)
    return codes.astype(np.uint64)

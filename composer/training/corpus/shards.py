"""Shards: many songs in a few plain arrays that are mapped into memory.

    shard/
      songs.npy    int64  [songs, 12]   see `SONG_COLUMNS`
      bars.npy     uint8  [all bars, 6]  section, phrase, left, energy, chord, chord of the 2nd half
      parts.npy    uint8  [all parts, 3] role, program, register
      tokens.npy   uint16 [all tokens]
      bounds.npy   uint32 [all cells + songs]  where each cell begins, from its song's first token
      counts.npy   uint8  [all cells]    notes of each cell
      shard.json   version, split, title, licence; md5, path and style of every song, in their
                   order; which files were left out and why; how often each thing was mended

Cells lie bar by bar, and in a bar part by part.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import CorpusError
from composer.exporting.files import output_errors
from composer.training.corpus.hearing import Heard

VERSION = 1
SONG_COLUMNS = (
    "meter",
    "tempo",
    "minor",
    "shift",
    "style",
    "bars",
    "parts",
    "first_token",
    "first_bound",
    "first_cell",
    "first_bar",
    "first_part",
)
_ARRAYS = ("songs", "bars", "parts", "tokens", "bounds", "counts")


@dataclass(frozen=True, slots=True, eq=False)
class SongCells:
    """One song of a shard, as views.

    Args:
        meter: Index in `composer.transformer.conditions.METERS`.
        tempo: Bin.
        minor: 0 or 1.
        style: 0 where unknown, else 1 + index in `STYLES`.
        bars: ``[bars, 6]``.
        parts: ``[parts, 3]``.
        tokens: ``[tokens]``.
        bounds: ``[bars, parts, 2]``: where each cell begins and ends in ``tokens``.
        counts: ``[bars, parts]``.
    """

    meter: int
    tempo: int
    minor: int
    style: int
    bars: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    tokens: NDArray[np.uint16]
    bounds: NDArray[np.int64]
    counts: NDArray[np.uint8]


def write_shard(folder: Path, songs: Sequence[tuple[Heard, int]], about: Mapping[str, Any]) -> None:
    """Write a shard: to a folder of a temporary name, which is then renamed.

    Args:
        folder: The shard's folder.
        songs: What was heard, with the style.
        about: What ``shard.json`` says besides the version.

    Raises:
        OutputError: If it cannot be written.
    """
    heard = [one for one, _ in songs]
    arrays = {
        "songs": _song_rows(songs),
        "bars": _joined([one.bar_table for one in heard], (0, 6), np.uint8),
        "parts": _joined([one.part_table for one in heard], (0, 3), np.uint8),
        "tokens": _joined([one.tokens for one in heard], (0,), np.uint16),
        "bounds": _joined([one.bounds for one in heard], (0,), np.uint32),
        "counts": _joined([one.counts for one in heard], (0,), np.uint8),
    }
    temporary = folder.with_name(f".{folder.name}.part")
    with output_errors(folder):
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, array in arrays.items():
            np.save(temporary / f"{name}.npy", array, allow_pickle=False)
        text = json.dumps({"version": VERSION, **about}, indent=1, sort_keys=True)
        (temporary / "shard.json").write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)


def _song_rows(songs: Sequence[tuple[Heard, int]]) -> NDArray[np.int64]:
    """The columns of `SONG_COLUMNS`: what holds of a song, and where each of its arrays begins."""
    rows: list[list[int]] = []
    token = bound = cell = bar = part = 0
    for heard, style in songs:
        bars, parts = len(heard.bar_table), len(heard.part_table)
        about = [heard.meter, heard.tempo, int(heard.minor), heard.shift, style, bars, parts]
        rows.append([*about, token, bound, cell, bar, part])
        token += len(heard.tokens)
        bound += len(heard.bounds)
        cell += len(heard.counts)
        bar += bars
        part += parts
    return np.array(rows, dtype=np.int64).reshape(-1, len(SONG_COLUMNS))


class Shard:
    """A shard, mapped into memory.

    Args:
        folder: Its folder.

    Raises:
        CorpusError: If it is not there, of another version, or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.about: dict[str, Any] = json.loads((folder / "shard.json").read_text("utf-8"))
            arrays = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
        except (OSError, EOFError, ValueError) as error:
            raise CorpusError(f"{folder}: is no shard of a corpus: {error}") from None
        if self.about.get("version") != VERSION:
            raise CorpusError(
                f"{folder}: is of version {self.about.get('version')}, not {VERSION}: "
                "prepare the corpus again"
            )
        self._arrays = arrays
        self.songs: NDArray[np.int64] = np.asarray(arrays["songs"])

    def __len__(self) -> int:
        """Number of songs."""
        return len(self.songs)

    def tokens_of(self) -> NDArray[np.int64]:
        """Number of tokens of each song."""
        starts = np.append(self.songs[:, 7], len(self._arrays["tokens"]))
        return np.diff(starts)

    def song(self, index: int) -> SongCells:
        """One song."""
        meter, tempo, minor, _, style, bars, parts, token, bound, cell, bar, part = self.songs[
            index
        ].tolist()
        cells = bars * parts
        starts = np.asarray(self._arrays["bounds"][bound : bound + cells + 1], dtype=np.int64)
        return SongCells(
            meter,
            tempo,
            minor,
            style,
            np.asarray(self._arrays["bars"][bar : bar + bars]),
            np.asarray(self._arrays["parts"][part : part + parts]),
            np.asarray(self._arrays["tokens"][token : token + int(starts[-1])]),
            np.stack([starts[:-1], starts[1:]], axis=1).reshape(bars, parts, 2),
            np.asarray(self._arrays["counts"][cell : cell + cells]).reshape(bars, parts),
        )


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _joined(arrays: Sequence[NDArray[Any]], empty: tuple[int, ...], kind: Any) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(empty, dtype=kind)

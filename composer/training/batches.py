"""The prepared corpus as batches: those of training, by the number of the step, and the held-out.

Only arrays: what trains puts them on a device.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from composer.errors import CorpusError
from composer.training.corpus.shards import Shard, SongCells
from composer.training.windows import WindowOptions, draw_cells, draw_window, transposed
from composer.transformer.cells import token_ids
from composer.transformer.conditions import METERS, ROLES, stream_columns
from composer.transformer.sequence import Cell, TokenRow

ROWS_TOGETHER = 16
"""Rows of a batch of the held-out split."""

_VALIDATION_SEED = (20_261_121, 4)
_MOST_DRAWS = 2000
_POOL = 8

_Row = TypeVar("_Row")


class Corpus:
    """All shards of one split.

    Args:
        folder: Folder of a prepared corpus.
        split: ``train`` or ``valid``.
        normalised: Whether songs stand in C major or A minor, as shards hold them; else each is
            moved back to the key of its file.

    Raises:
        CorpusError: If there is no shard of that split, or none with a note.
    """

    def __init__(self, folder: Path, split: str, normalised: bool = True) -> None:
        self.shards = [Shard(path) for path in sorted(folder.glob(f"{split}-*")) if path.is_dir()]
        self._normalised = normalised
        self._where = [(s, i) for s, shard in enumerate(self.shards) for i in range(len(shard))]
        if not self._where:
            raise CorpusError(
                f"{folder}: holds no shard of the {split} split; make it with "
                "`compose corpus prepare`"
            )
        tokens = np.concatenate([shard.tokens_of() for shard in self.shards]).astype(np.float64)
        self.tokens = int(tokens.sum())
        if self.tokens == 0:
            raise CorpusError(f"{folder}: the {split} split holds no notes")
        self._chances = tokens / tokens.sum()

    def __len__(self) -> int:
        """Number of songs."""
        return len(self._where)

    def song(self, index: int) -> SongCells:
        """One song."""
        number, inner = self._where[index]
        shard = self.shards[number]
        song = shard.song(inner)
        return song if self._normalised else transposed(song, -int(shard.songs[inner, 3]))

    def songs(self) -> Iterator[SongCells]:
        """All songs, in order."""
        return (self.song(index) for index in range(len(self)))

    def draw(self, random: np.random.Generator) -> SongCells:
        """A song, likelier the longer it is."""
        return self.song(int(random.choice(len(self._where), p=self._chances)))


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows of one length, padded.

    Args:
        tokens: ``[rows, length]``.
        plan: ``[rows, length, streams]``.
        targets: ``[rows, length]``; -1 where there is nothing to predict.
        wanted: ``[rows, length]``: whether it counts as written by the model.
    """

    tokens: NDArray[np.int64]
    plan: NDArray[np.int64]
    targets: NDArray[np.int64]
    wanted: NDArray[np.bool_]


def padded(rows: Sequence[TokenRow], multiple: int = 64) -> Batch:
    """Rows as one batch; its length is a multiple of some number of tokens."""
    length = max(len(row.tokens) for row in rows)
    length = -(-length // multiple) * multiple
    tokens = np.full((len(rows), length), token_ids().pad, dtype=np.int64)
    plan = np.tile(stream_columns().offsets, (len(rows), length, 1))
    targets = np.full((len(rows), length), -1, dtype=np.int64)
    wanted = np.zeros((len(rows), length), dtype=np.bool_)
    for number, row in enumerate(rows):
        size = len(row.tokens)
        tokens[number, :size] = row.tokens
        plan[number, :size] = row.plan
        targets[number, :size] = row.targets
        wanted[number, :size] = row.wanted
    return Batch(tokens, plan, targets, wanted)


class Batches:
    """The batches of a training run, by the number of the step.

    Rows are drawn in pools of several batches and put together by length, so that little is
    padded; the batches of a pool come in an order that is drawn too.

    Args:
        corpus: Where songs are drawn from.
        rows: Rows of a batch, over all processes.
        seed: Seed of the run.
        options: How windows are drawn.
    """

    def __init__(self, corpus: Corpus, rows: int, seed: int, options: WindowOptions) -> None:
        self._corpus, self._rows, self._seed, self._options = corpus, rows, seed, options
        self._pool: list[list[TokenRow]] = []
        self._number = -1

    def rows_at(self, step: int) -> list[TokenRow]:
        """All rows of a step.

        Raises:
            CorpusError: If no song has a window of so few tokens.
        """
        number, inner = divmod(step, _POOL)
        if number != self._number:
            random = np.random.default_rng([self._seed, number])
            rows: list[TokenRow] = []
            draws = _Patience(self._options.longest)
            while len(rows) < self._rows * _POOL:
                song = self._corpus.draw(random)
                draws.note(draw_window(song, random, self._options), rows)
            rows.sort(key=lambda row: len(row.tokens))
            size = self._rows
            groups = [rows[i * size : (i + 1) * size] for i in range(_POOL)]
            self._pool = [groups[i] for i in random.permutation(_POOL)]
            self._number = number
        return self._pool[inner]


def validation_batches(corpus: Corpus, options: WindowOptions, rows: int) -> list[Batch]:
    """Windows of the held-out split as batches, the shortest first.

    Args:
        corpus: The held-out split.
        options: How windows are drawn, such as `held_out` makes them.
        rows: How many.

    Raises:
        CorpusError: If there are none.
    """
    found: list[TokenRow] = []
    draws = _Patience(options.longest)
    for song, random in _held_out_songs(corpus):
        draws.note(draw_window(song, random, options), found)
        if len(found) == rows:
            break
    found.sort(key=lambda row: len(row.tokens))
    return [padded(found[i : i + ROWS_TOGETHER]) for i in range(0, rows, ROWS_TOGETHER)]


def validation_cells(
    corpus: Corpus, options: WindowOptions, rows: int
) -> list[tuple[SongCells, list[Cell]]]:
    """The cells of the windows of `validation_batches`, each with its song, in the order drawn."""
    found: list[tuple[SongCells, list[Cell]]] = []
    draws = _Patience(options.longest)
    for song, random in _held_out_songs(corpus):
        drawn = draw_cells(song, random, options)
        draws.note(None if drawn is None else (song, drawn[0]), found)
        if len(found) == rows:
            break
    return found


def held_out(longest: int, plan: bool = True, mask: str = "all") -> WindowOptions:
    """How windows to validate on are drawn: all parts, everything told, everything written."""
    return WindowOptions(longest, plan, mask, whole=True)


def _held_out_songs(corpus: Corpus) -> Iterator[tuple[SongCells, np.random.Generator]]:
    """Songs in 4/4 with drums, without end, and the generator that draws from them."""
    random = np.random.default_rng(_VALIDATION_SEED)
    missed = 0
    while missed < _MOST_DRAWS:
        song = corpus.draw(random)
        if song.meter == METERS.index("4/4") and (song.parts[:, 0] == ROLES.index("drums")).any():
            missed = 0
            yield song, random
        else:
            missed += 1
    raise CorpusError("the held-out split has no song in 4/4 with drums to validate on")


class _Patience:
    """Ends a search in which nothing is found any more.

    Args:
        longest: Tokens of a row, for the message.
    """

    def __init__(self, longest: int) -> None:
        self._longest, self._missed = longest, 0

    def note(self, found: _Row | None, rows: list[_Row]) -> None:
        """One draw: keep what was found.

        Raises:
            CorpusError: If nothing was found for long.
        """
        if found is not None:
            self._missed = 0
            rows.append(found)
            return
        self._missed += 1
        if self._missed > _MOST_DRAWS:
            raise CorpusError(
                f"no window of {self._longest} tokens is found in the corpus; give a larger "
                "--longest"
            )

"""The engine: runs the decoder on the CPU with ONNX Runtime, a cache of keys and values beside it.

It knows tokens only as numbers; what may follow what, and how to draw, is for those who call it.

The cache is a buffer of keys and one of values for each layer, ``[rows, heads, CAPACITY, head
width]``, that the graph reads and writes in place (GroupQueryAttention with shared past and
present). Each row has a length of its own; what lies behind it is never read. Pages that no token
has touched take no memory.

Given tokens (`start`) are fed row by row, next tokens (`extend`) for all rows at once. No
operator of the graph adds in another order when there are more rows or threads, so that a row's
logits are the same bits whatever rows are beside it.

Shapes: B rows, T tokens, S streams, V note tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.errors import TransformerError
from composer.transformer.session import BoundRun, Integers, Logits, Session
from composer.transformer.weights import CAPACITY, Weights, cache_names, load_weights

_CHUNK = 512  # given tokens of one run: the embeddings of their plan tokens take 10 MB
_MOST_ROWS = 4  # rows that the buffers have room for at first


class Network(Protocol):
    """What drawing needs of a network."""

    def start(self, tokens: ArrayLike, plan: ArrayLike, lengths: ArrayLike) -> Logits:
        """Forget all rows and read new ones.

        Args:
            tokens: ``[B, T]`` note tokens; what stands behind a row's length is not read.
            plan: ``[B, T, S]`` plan tokens, each as an id among all plan tokens.
            lengths: ``[B]`` tokens of each row, 1 to T.

        Returns:
            ``[B, V]`` logits of what follows each row's last token.
        """
        ...

    def extend(self, tokens: ArrayLike, plan: ArrayLike) -> Logits:
        """Read one token of each row.

        Args:
            tokens: ``[B]``.
            plan: ``[B, S]``.

        Returns:
            ``[B, V]`` logits of what follows.
        """
        ...

    def select(self, rows: ArrayLike) -> None:
        """Go on with these rows, ``[B2]`` indices: rows are dropped, moved or doubled by it."""
        ...


class OnnxNetwork:
    """The decoder in ONNX Runtime; a `Network`.

    Args:
        weights: The decoder.
        threads: Threads of one operator; the results do not depend on it.

    Raises:
        TransformerError: If ONNX Runtime does not take the graph or its weights.
    """

    def __init__(self, weights: Weights, *, threads: int = 2) -> None:
        self.shape = weights.shape
        self._session = Session(weights, threads)
        self._cache: list[NDArray[np.float32]] = []
        self._lengths: Integers = np.zeros(0, dtype=np.int64)
        self._step: BoundRun | None = None
        self._reserve(_MOST_ROWS)

    @property
    def lengths(self) -> Integers:
        """Tokens that each row has, ``[B]``."""
        return self._lengths.copy()

    def start(self, tokens: ArrayLike, plan: ArrayLike, lengths: ArrayLike) -> Logits:
        """Forget all rows and read new ones; see `Network.start`."""
        tokens, plan, lengths = _given(tokens, plan, lengths)
        _room(lengths)
        self._reserve(len(tokens))
        self._lengths = np.zeros(len(tokens), dtype=np.int64)
        self._step = None
        logits = np.empty((len(tokens), self.shape.notes), dtype=np.float32)
        known: dict[bytes, int] = {}
        for row, length in enumerate(lengths):
            text = tokens[row, :length].tobytes() + plan[row, :length].tobytes()
            twin = known.setdefault(text, row)
            if twin == row:
                logits[row] = self._read(row, tokens[row, :length], plan[row, :length])
            else:
                self._copy(twin, row)
                logits[row] = logits[twin]
        return logits

    def extend(self, tokens: ArrayLike, plan: ArrayLike) -> Logits:
        """Read one token of each row; see `Network.extend`."""
        tokens = np.asarray(tokens, dtype=np.int64)
        self._expect(len(tokens))
        _room(self._lengths + 1)
        if self._step is None:
            self._step = self._bind(0, len(tokens), 1)
        logits = self._step(tokens[:, None], np.asarray(plan)[:, None], self._lengths)
        self._lengths += 1
        return logits

    def select(self, rows: ArrayLike) -> None:
        """Go on with these rows; see `Network.select`."""
        chosen = np.asarray(rows, dtype=np.int64)
        if np.array_equal(chosen, np.arange(len(self._lengths))):
            return
        longest = int(self._lengths[chosen].max(initial=0))
        old = self._cache
        self._reserve(len(chosen))
        # Where rows only move up, in order, none is written over before it is read.
        moving_up = bool((chosen >= np.arange(len(chosen))).all())
        for before, now in zip(old, self._cache, strict=True):
            if moving_up:
                for row, source in enumerate(chosen):
                    if row != source or before is not now:
                        now[row, :, :longest] = before[source, :, :longest]
            else:
                now[: len(chosen), :, :longest] = before[chosen, :, :longest]
        self._lengths = self._lengths[chosen]
        self._step = None

    def _read(self, row: int, tokens: Integers, plan: Integers) -> Logits:
        """Feed given tokens of one row in chunks; returns the logits ``[V]`` after the last."""
        logits: Logits = np.empty((1, self.shape.notes), dtype=np.float32)
        for first in range(0, len(tokens), _CHUNK):
            part = slice(first, min(first + _CHUNK, len(tokens)))
            run = self._bind(row, 1, part.stop - first)
            logits = run(tokens[None, part], plan[None, part], self._lengths[row : row + 1])
            self._lengths[row] += part.stop - first
        last: Logits = logits[0]
        return last

    def _copy(self, source: int, target: int) -> None:
        length = int(self._lengths[source])
        for buffer in self._cache:
            buffer[target, :, :length] = buffer[source, :, :length]
        self._lengths[target] = length

    def _bind(self, first: int, rows: int, length: int) -> BoundRun:
        return self._session.bind([b[first : first + rows] for b in self._cache], length)

    def _reserve(self, rows: int) -> None:
        """Have buffers for so many rows; what they hold is lost where they grow."""
        if self._cache and len(self._cache[0]) >= rows:
            return
        size = (rows, self.shape.heads, CAPACITY, self.shape.head_width)
        self._cache = [np.zeros(size, dtype=np.float32) for _ in cache_names(self.shape)]
        self._step = None

    def _expect(self, rows: int) -> None:
        if rows != len(self._lengths):
            raise ValueError(f"{rows} rows are given, and there are {len(self._lengths)}")


def open_network(folder: Path | str | None = None, *, threads: int = 2) -> OnnxNetwork:
    """The decoder of a folder, or the one that comes with composer, ready to run.

    Raises:
        TransformerError: If there is none, or it is damaged or of another version.
    """
    return OnnxNetwork(load_weights(folder), threads=threads)


def _given(
    tokens: ArrayLike, plan: ArrayLike, lengths: ArrayLike
) -> tuple[Integers, Integers, Sequence[int]]:
    tokens, plan = np.asarray(tokens, dtype=np.int64), np.asarray(plan, dtype=np.int64)
    sizes = [int(length) for length in np.asarray(lengths)]
    if len(sizes) != len(tokens) or plan.shape[:2] != tokens.shape:
        raise ValueError(f"tokens {tokens.shape}, plan {plan.shape} and {len(sizes)} lengths")
    if any(not 1 <= size <= tokens.shape[1] for size in sizes):
        raise ValueError(f"lengths {sizes} are not within 1 and {tokens.shape[1]}")
    return tokens, plan, sizes


def _room(lengths: Integers | Sequence[int]) -> None:
    longest = int(np.max(lengths, initial=0))
    if longest > CAPACITY:
        raise TransformerError(
            f"a row of {longest:,} tokens: the transformer reads {CAPACITY:,} at most; "
            "give it fewer bars or parts at once"
        )

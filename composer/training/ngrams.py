"""The baseline: a Markov chain with back-off over the same tokens and the same validation windows.

    python -m composer.training.ngrams --corpus DIR

Orders 1 to 6, smoothed as Witten and Bell (1991, method C) do: what was counted after a context
stands beside the next shorter context, which weighs as much as there were different tokens after
it. The shortest is the uniform distribution. Four ways to see what precedes are measured:

    row          the tokens before, as the decoder reads a row: over a cell's start go those of the
                 part written before it
    row, role    the same, and the role of the part
    part         the tokens before in the same part, over a cell's start those of its last bar
    part, role   the same, and the role of the part

No table of contexts is kept: each event of the training split is one number (a hash of its context
and its token), and sorted, they answer by bisection how often a context of the held-out split was
seen, with what, and with how many different tokens.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.errors import ComposerError
from composer.training.batches import Corpus, held_out, validation_cells
from composer.training.corpus.shards import SongCells
from composer.training.runs import RunConfig
from composer.transformer.cells import token_ids
from composer.transformer.conditions import ROLES
from composer.transformer.sequence import Cell

ORDERS = 6
VARIANTS = ("row", "row, role", "part", "part, role")

_TOKEN_BITS = 9
_TOKEN_MASK = np.uint64((1 << _TOKEN_BITS) - 1)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_NO_ROLE = 255

_Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Sequences of tokens, one after the other, each after a gap as long as a context.

    Args:
        tokens: ``[events]``.
        roles: ``[events]``: the role of the part whose cell the token continues or ends; 255 where
            nothing is predicted: in gaps and at the start of a sequence.
    """

    tokens: NDArray[np.uint16]
    roles: NDArray[np.uint8]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Where tokens are predicted."""
        return np.flatnonzero(self.roles != _NO_ROLE)


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits of one variant and order: what `composer.training.validation.validate` counts.

    Args:
        per_note: Bits a note.
        per_token: Bits a token.
        per_bar: Bits a bar.
        per_pitched: Bits a note of parts that are not drums, of their tokens alone.
        per_drum: Bits a drum note, of the drums' tokens alone.
    """

    per_note: float
    per_token: float
    per_bar: float
    per_pitched: float
    per_drum: float


def events_of(sequences: Iterable[tuple[NDArray[np.uint16], NDArray[np.uint8]]]) -> Events:
    """Put sequences one after the other."""
    gap = np.full(ORDERS - 1, token_ids().end, dtype=np.uint16)
    silent = np.full(ORDERS - 1, _NO_ROLE, dtype=np.uint8)
    tokens: list[NDArray[np.uint16]] = []
    roles: list[NDArray[np.uint8]] = []
    for some, parts in sequences:
        tokens += [gap, some]
        roles += [silent, parts]
    return Events(np.concatenate(tokens), np.concatenate(roles))


def sequence(
    tokens: NDArray[np.uint16],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    roles: NDArray[np.uint8],
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Cells as one sequence: a start before each, an end after the last; its tokens and roles.

    Args:
        tokens: ``[tokens]``: where the cells are found.
        starts: ``[cells]``: where in ``tokens`` each begins.
        lengths: ``[cells]``, none of them 0.
        roles: ``[cells]``.
    """
    sizes = lengths + 1
    total = int(sizes.sum())
    inner = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    source = (np.repeat(starts, sizes) + inner - 1)[inner > 0]
    found = np.full(total + 1, token_ids().cell, dtype=np.uint16)
    found[:total][inner > 0] = tokens[source]
    return found, np.append(np.uint8(_NO_ROLE), np.repeat(roles, sizes))


def song_sequences(
    song: SongCells, by_part: bool
) -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint8]]]:
    """A song as one sequence, bar by bar, or as one for each part."""
    roles = np.broadcast_to(song.parts[:, 0], song.bounds.shape[:2])
    columns = range(len(song.parts))
    for chosen in [slice(n, n + 1) for n in columns] if by_part else [slice(None)]:
        bounds = song.bounds[:, chosen].reshape(-1, 2)
        lengths = bounds[:, 1] - bounds[:, 0]
        sounding = lengths > 0
        if sounding.any():
            cells = bounds[sounding, 0], lengths[sounding], roles[:, chosen].reshape(-1)[sounding]
            yield sequence(song.tokens, *cells)


def window_sequences(
    song: SongCells, cells: Sequence[Cell], by_part: bool
) -> Iterator[tuple[NDArray[np.uint16], NDArray[np.uint8]]]:
    """The cells of a window as one sequence, as in its row, or as one for each part."""
    parts = sorted({cell.part for cell in cells}) if by_part else [-1]
    for part in parts:
        chosen = [cell for cell in cells if part in (-1, cell.part)]
        lengths = np.array([len(cell.tokens) for cell in chosen], dtype=np.int64)
        tokens = np.concatenate([np.asarray(cell.tokens, dtype=np.uint16) for cell in chosen])
        roles = song.parts[[cell.part for cell in chosen], 0]
        yield sequence(tokens, np.cumsum(lengths) - lengths, lengths, roles)


def probabilities(train: Events, valid: Events, told_role: bool) -> Iterator[NDArray[np.float64]]:
    """The probability of each predicted token of ``valid``, order by order.

    Args:
        train: What is counted.
        valid: What is predicted.
        told_role: Whether the role counts as the nearest part of every context.
    """
    ids = token_ids()
    known = np.full(len(valid.predicted), 1.0 / (ids.end - ids.cell))  # all tokens but padding
    contexts = _Contexts(train), _Contexts(valid)
    if told_role:
        known = _smoothed(*contexts, known)
        for context in contexts:
            context.add_role()
    for order in range(1, ORDERS + 1):
        known = _smoothed(*contexts, known)
        yield known
        for context in contexts:
            context.add_token(order)


class _Contexts:
    """The context of each predicted token as a hash, which grows towards the past."""

    def __init__(self, events: Events) -> None:
        self._events, self._at = events, events.predicted
        self.tokens = events.tokens[self._at].astype(np.uint64)
        self.hashes: _Keys = np.zeros(len(self._at), dtype=np.uint64)

    def add_role(self) -> None:
        """The role of the part."""
        self._add(self._events.roles[self._at])

    def add_token(self, back: int) -> None:
        """The token that stands so far back."""
        self._add(self._events.tokens[self._at - back])

    def _add(self, values: NDArray[np.uint16] | NDArray[np.uint8]) -> None:
        self.hashes ^= values.astype(np.uint64) + np.uint64(1)
        self.hashes *= _MULTIPLIER
        self.hashes ^= self.hashes >> np.uint64(29)


def _smoothed(
    train: _Contexts, valid: _Contexts, shorter: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities in one more order: counts, and what the shorter contexts say."""
    keys = train.hashes << np.uint64(_TOKEN_BITS)
    keys |= train.tokens
    keys.sort()
    different = np.zeros(len(keys) + 1, dtype=np.int32)
    different[1] = 1
    np.cumsum(keys[1:] != keys[:-1], out=different[2:], dtype=np.int32)
    different[2:] += 1
    context = valid.hashes << np.uint64(_TOKEN_BITS)
    first = np.searchsorted(keys, context, "left")
    last = np.searchsorted(keys, context | _TOKEN_MASK, "right")
    key = context | valid.tokens
    count = np.searchsorted(keys, key, "right") - np.searchsorted(keys, key, "left")
    kinds = different[last] - different[first]
    total = np.maximum(last - first + kinds, 1)
    return np.where(last > first, (count + kinds * shorter) / total, shorter)


def measure(
    corpus: Path, config: RunConfig, done: Callable[[str, int, Bits], None]
) -> dict[str, list[Bits]]:
    """Bits of every variant, by order.

    Args:
        corpus: Folder of a prepared corpus.
        config: Says which windows are validated on.
        done: Is told of each variant, order and bits when it is measured.
    """
    training = Corpus(corpus, "train", config.normalised)
    valid = Corpus(corpus, "valid", config.normalised)
    windows = validation_cells(valid, held_out(config.longest), config.validation_rows)
    bars = sum(len({cell.slot for cell in cells}) for _, cells in windows)
    found: dict[str, list[Bits]] = {name: [] for name in VARIANTS}
    for by_part in (False, True):
        train = events_of(s for song in training.songs() for s in song_sequences(song, by_part))
        asked = events_of(
            s for song, cells in windows for s in window_sequences(song, cells, by_part)
        )
        for told_role in (False, True):
            name = VARIANTS[2 * by_part + told_role]
            for order, known in enumerate(probabilities(train, asked, told_role), 1):
                found[name].append(_bits(asked, known, bars))
                done(name, order, found[name][-1])
    return found


def _bits(events: Events, known: NDArray[np.float64], bars: int) -> Bits:
    """What the probabilities of all predicted tokens come to."""
    bits = -np.log2(known)
    at = events.predicted
    notes = events.tokens[at] >= token_ids().pitch
    drums = events.roles[at] == ROLES.index("drums")
    return Bits(
        float(bits.sum() / notes.sum()),
        float(bits.mean()),
        float(bits.sum() / bars),
        float(bits[~drums].sum() / max(notes[~drums].sum(), 1)),
        float(bits[drums].sum() / max(notes[drums].sum(), 1)),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.ngrams")
    parser.add_argument("--corpus", type=Path, required=True, help="a prepared corpus")
    defaults = RunConfig()
    parser.add_argument("--longest", type=int, default=defaults.longest, help="tokens of a row")
    parser.add_argument(
        "--validation-rows", type=int, default=defaults.validation_rows, help="rows measured"
    )
    flags = parser.parse_args(argv)
    config = RunConfig(longest=flags.longest, validation_rows=flags.validation_rows)
    print(f"{'context':<12}{'order':>6}{'bits a note':>13}{'a token':>9}{'a bar':>8}", end="")
    print(f"{'a pitched note':>16}{'a drum note':>13}")
    try:
        found = measure(flags.corpus, config, _show)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    best, name, order = min(
        (bits.per_note, name, order)
        for name, rows in found.items()
        for order, bits in enumerate(rows, 1)
    )
    print(f"best: {name}, order {order}: {best:.3f} bits a note")
    return 0


def _show(name: str, order: int, bits: Bits) -> None:
    line = f"{name:<12}{order:>6}{bits.per_note:>13.3f}{bits.per_token:>9.3f}{bits.per_bar:>8.1f}"
    print(f"{line}{bits.per_pitched:>16.3f}{bits.per_drum:>13.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

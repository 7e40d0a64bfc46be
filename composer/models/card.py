"""A folder with a trained network: its card, and whether its files are what the card says.

    card.json             what it is: format, version, sizes, training, validation, checksums
    …                     the files that the card lists with their lengths and checksums

Nothing in it is code or a pickle: a stranger's folder can be opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import ComposerError

CARD = "card.json"

Arrays = dict[str, NDArray[Any]]
Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelKind:
    """What a folder should hold, and how its errors read.

    Args:
        name: What messages call it, such as ``transformer``.
        format: ``format`` of its cards.
        version: ``version`` of the cards that this composer reads.
        export: The module of composer that writes such a folder.
        error: What is raised.
    """

    name: str
    format: str
    version: int
    export: str
    error: type[ComposerError]


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that should hold a network; all errors are those of its kind.

    Args:
        path: Where it is.
        kind: What it should hold.
        shipped: Whether it is the one that comes with composer.
    """

    path: Path
    kind: ModelKind
    shipped: bool

    def card(self) -> Card:
        """The card, of the right format and version.

        Raises:
            ComposerError: If there is none, or it is another one's.
        """
        path, kind = self.path / CARD, self.kind
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise kind.error(
                f"{self.path}: holds no {kind.name} ({CARD} is missing); {self._remedy()}"
            ) from None
        except (OSError, ValueError) as error:
            raise self.broken(f"{CARD} cannot be read: {error}") from None
        if not isinstance(card, dict) or card.get("format") != kind.format:
            raise kind.error(f"{path}: is not the card of a {kind.name}; give another folder")
        if card.get("version") != kind.version:
            raise self.broken(
                f"is of format {card.get('version')}, and this composer reads {kind.version}"
            )
        return card

    def file(self, name: str, card: Card) -> bytes:
        """The bytes of a file that are what the card says.

        Raises:
            ComposerError: If it is missing, truncated or another one.
        """
        try:
            entry = card["files"][name]
            size, checksum = int(entry["bytes"]), str(entry["sha256"])
        except (KeyError, TypeError, ValueError):
            raise self.broken(f"{CARD} does not describe {name}") from None
        try:
            data = (self.path / name).read_bytes()
        except FileNotFoundError:
            raise self.broken(f"{name} is missing") from None
        except OSError as error:
            raise self.broken(f"{name} cannot be read: {error.strerror}") from None
        if len(data) != size:
            raise self.broken(f"{name} is {len(data):,} bytes long, not {size:,}")
        if hashlib.sha256(data).hexdigest() != checksum:
            raise self.broken(f"{name} has another checksum than {CARD} says")
        return data

    def arrays(self, name: str, card: Card) -> Arrays:
        """The tensors of a safetensors file; halves are widened to what a graph takes.

        Raises:
            ComposerError: If the file is not what the card says, or no safetensors file.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        data = self.file(name, card)
        try:
            arrays: Arrays = load(data)
        except SafetensorError as error:
            raise self.broken(f"{name} is no safetensors file: {error}") from None
        half = np.dtype(np.float16)
        return {n: a.astype(np.float32) if a.dtype == half else a for n, a in arrays.items()}

    def expect_sizes(self, sizes: Mapping[str, object], most: Mapping[str, int]) -> None:
        """See that sizes are whole numbers from 1 to the most that each may be.

        Raises:
            ComposerError: If one is not.
        """
        for name, largest in most.items():
            value = sizes[name]
            if type(value) is not int or not 1 <= value <= largest:
                raise self.broken(f"{CARD} has {value!r} for {name}, which is 1 to {largest:,}")

    def broken(self, what: str) -> ComposerError:
        """The error that says what is wrong, and how to mend it."""
        return self.kind.error(f"{self.path}: {what}; {self._remedy()}")

    def _remedy(self) -> str:
        export = f"`python -m {self.kind.export}`"
        if self.shipped:
            return f"install composer again, or write one there with {export}"
        return f"give a folder that {export} wrote"


def table(value: object) -> Card:
    """A table of a card; an empty one where the card has something else."""
    return value if isinstance(value, dict) else {}


def about(card: Card, weights: str) -> dict[str, str]:
    """Which network it is: its size and training in words, and the checksum of its weights.

    Args:
        card: Its card.
        weights: Name of the file of its weights.
    """
    training = table(card.get("training"))
    size = table(training.get("config")).get("size", "unknown size")
    checksum = table(table(card.get("files")).get(weights)).get("sha256", "")
    return {"name": f"{size}, {training.get('steps', 0)} steps", "sha256": str(checksum)}

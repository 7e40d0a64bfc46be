"""The trained decoder on disk: where it lies, and whether it is whole and of this version.

    card.json             what it is: version, size, vocabulary, training, validation, checksums
    decoder.onnx          the graph, without weights
    weights.safetensors   its weights

`composer.training.export_transformer` writes such a folder; the one that comes with composer is
``data/model``. Nothing in it is code or a pickle: a stranger's folder can be opened.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import TransformerError

FORMAT, VERSION = "composer transformer", 1
CARD, GRAPH, WEIGHTS = "card.json", "decoder.onnx", "weights.safetensors"
SHIPPED = Path(__file__).parent / "data" / "model"
CAPACITY = 2048
"""Tokens that a row may have."""

_MOST = {
    "notes": 4096,
    "plan_tokens": 65_536,
    "streams": 256,
    "width": 8192,
    "layers": 128,
    "heads": 256,
    "inner": 65_536,
}
"""The largest sizes that a card may give."""

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """Size of a decoder.

    Args:
        notes: Note tokens.
        plan_tokens: Plan tokens of all streams together.
        streams: Streams of plan tokens.
        width: Width of what goes from layer to layer.
        layers: Blocks.
        heads: Heads of attention; each has width / heads.
        inner: Width of the feed-forward layers.
        rotary_base: Base of the rotary frequencies.
    """

    notes: int
    plan_tokens: int
    streams: int
    width: int
    layers: int
    heads: int
    inner: int
    rotary_base: float = 10_000.0

    @property
    def head_width(self) -> int:
        """Width of a head."""
        return self.width // self.heads


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A decoder in memory, ready for `composer.transformer.engine.OnnxNetwork`.

    Args:
        shape: Its size.
        graph: The serialised ONNX graph.
        arrays: Its initialisers by name.
        card: All that its card says; empty for one that was never on disk.
    """

    shape: DecoderShape
    graph: bytes
    arrays: Arrays
    card: dict[str, Any]

    @property
    def about(self) -> dict[str, str]:
        """Which decoder it is: its size and training in words, and the checksum of its weights."""
        training = _table(self.card.get("training"))
        size = _table(training.get("config")).get("size", "unknown size")
        checksum = _table(_table(self.card.get("files")).get(WEIGHTS)).get("sha256", "")
        return {"name": f"{size}, {training.get('steps', 0)} steps", "sha256": str(checksum)}


def _table(value: object) -> dict[str, Any]:
    """A table of the card; an empty one where the card has something else."""
    return value if isinstance(value, dict) else {}


def load_weights(folder: Path | str | None = None) -> Weights:
    """Read a decoder, and see that it is whole and of this version.

    Args:
        folder: Where it lies; `None` for the one that comes with composer.

    Raises:
        TransformerError: If a file is missing, truncated or another than the card says, or if the
            decoder is of another version or vocabulary.
    """
    place = SHIPPED if folder is None else Path(folder)
    card = _card(place)
    graph, weights = (_checked(place / name, card) for name in (GRAPH, WEIGHTS))
    return Weights(_shape(place, card), graph, _arrays(place / WEIGHTS, weights), card)


@lru_cache(maxsize=1)
def vocabulary_sha256() -> str:
    """Checksum of the vocabulary that comes with composer: what a decoder's tokens mean."""
    file = resources.files("composer.transformer").joinpath("data/vocabulary.json")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def cache_names(shape: DecoderShape) -> list[str]:
    """Names of the buffers of keys and values; the graph's inputs and outputs are called so."""
    return [f"{layer}.{kind}" for layer in range(shape.layers) for kind in ("key", "value")]


def rotary_tables(shape: DecoderShape) -> Arrays:
    """Cosines and sines of the rotary positions, ``[CAPACITY, head width / 2]`` each.

    Angles are rounded as in training, their cosines taken in double precision: the tables are the
    same on every machine.
    """
    half = shape.head_width // 2
    frequencies = (shape.rotary_base ** (-np.arange(half) / half)).astype(np.float32)
    angles = np.arange(CAPACITY, dtype=np.float32)[:, None] * frequencies
    exact = angles.astype(np.float64)
    return {
        "rotary.cosine": np.cos(exact).astype(np.float32),
        "rotary.sine": np.sin(exact).astype(np.float32),
    }


def _card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise TransformerError(
            f"{folder}: holds no transformer ({CARD} is missing); {_remedy(folder)}"
        ) from None
    except (OSError, ValueError) as error:
        raise _broken(folder, f"{CARD} cannot be read: {error}") from None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise TransformerError(f"{path}: is not the card of a transformer; give another folder")
    if card.get("version") != VERSION:
        raise _broken(
            folder, f"is of format {card.get('version')}, and this composer reads {VERSION}"
        )
    if card.get("vocabulary_sha256") != vocabulary_sha256():
        raise _broken(folder, "was trained with another vocabulary than this composer has")
    return card


def _checked(path: Path, card: dict[str, Any]) -> bytes:
    """The bytes of a file that are what the card says."""
    try:
        entry = card["files"][path.name]
        size, checksum = int(entry["bytes"]), str(entry["sha256"])
    except (KeyError, TypeError, ValueError):
        raise _broken(path.parent, f"{CARD} does not describe {path.name}") from None
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _broken(path.parent, f"{path.name} is missing") from None
    except OSError as error:
        raise _broken(path.parent, f"{path.name} cannot be read: {error.strerror}") from None
    if len(data) != size:
        raise _broken(path.parent, f"{path.name} is {len(data):,} bytes long, not {size:,}")
    if hashlib.sha256(data).hexdigest() != checksum:
        raise _broken(path.parent, f"{path.name} has another checksum than {CARD} says")
    return data


def _shape(folder: Path, card: dict[str, Any]) -> DecoderShape:
    try:
        shape = DecoderShape(**{f.name: card["shape"][f.name] for f in fields(DecoderShape)})
    except (KeyError, TypeError):
        raise _broken(folder, f"{CARD} does not give the size of the network") from None
    for name, most in _MOST.items():
        value = getattr(shape, name)
        if type(value) is not int or not 1 <= value <= most:
            raise _broken(folder, f"{CARD} has {value!r} for {name}, which is 1 to {most:,}")
    if shape.width % (2 * shape.heads):
        raise _broken(folder, f"{CARD} has a width that its heads do not divide evenly")
    base: object = shape.rotary_base
    if not isinstance(base, int | float) or base <= 1:
        raise _broken(folder, f"{CARD} has {base!r} for rotary_base")
    return shape


def _arrays(path: Path, data: bytes) -> Arrays:
    """The tensors of a safetensors file; halves are widened to what the graph takes."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays: Arrays = load(data)
    except SafetensorError as error:
        raise _broken(path.parent, f"{path.name} is no safetensors file: {error}") from None
    half = np.dtype(np.float16)
    return {n: a.astype(np.float32) if a.dtype == half else a for n, a in arrays.items()}


def _remedy(folder: Path) -> str:
    export = "`python -m composer.training.export_transformer`"
    if folder == SHIPPED:
        return f"install composer again, or write one there with {export}"
    return f"give a folder that {export} wrote"


def _broken(folder: Path, what: str) -> TransformerError:
    return TransformerError(f"{folder}: {what}; {_remedy(folder)}")

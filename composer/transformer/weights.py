"""The trained decoder on disk: where it lies, and whether it is whole and of this version.

    card.json             what it is: version, size, vocabulary, training, validation, checksums
    decoder.onnx          the graph, without weights
    weights.safetensors   its weights

`composer.training.export_transformer` writes such a folder; the one that comes with composer is
``data/model``. Nothing in it is code or a pickle: a stranger's folder can be opened.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np

from composer.errors import TransformerError
from composer.models.card import CARD, Arrays, Card, ModelFolder, ModelKind, about

FORMAT, VERSION = "composer transformer", 1
KIND = ModelKind(
    "transformer", FORMAT, VERSION, "composer.training.export_transformer", TransformerError
)
GRAPH, WEIGHTS = "decoder.onnx", "weights.safetensors"
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
    card: Card

    @property
    def about(self) -> dict[str, str]:
        """Which decoder it is: its size and training in words, and the checksum of its weights."""
        return about(self.card, WEIGHTS)


def load_weights(folder: Path | str | None = None) -> Weights:
    """Read a decoder, and see that it is whole and of this version.

    Args:
        folder: Where it lies; `None` for the one that comes with composer.

    Raises:
        TransformerError: If a file is missing, truncated or another than the card says, or if the
            decoder is of another version or vocabulary.
    """
    path = SHIPPED if folder is None else Path(folder)
    place = ModelFolder(path, KIND, shipped=path == SHIPPED)
    card = _card(place)
    graph, arrays = place.file(GRAPH, card), place.arrays(WEIGHTS, card)
    return Weights(_shape(place, card), graph, arrays, card)


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


def _card(folder: ModelFolder) -> Card:
    card = folder.card()
    if card.get("vocabulary_sha256") != vocabulary_sha256():
        raise folder.broken("was trained with another vocabulary than this composer has")
    return card


def _shape(folder: ModelFolder, card: Card) -> DecoderShape:
    try:
        shape = DecoderShape(**{f.name: card["shape"][f.name] for f in fields(DecoderShape)})
    except (KeyError, TypeError):
        raise folder.broken(f"{CARD} does not give the size of the network") from None
    folder.expect_sizes({name: getattr(shape, name) for name in _MOST}, _MOST)
    if shape.width % (2 * shape.heads):
        raise folder.broken(f"{CARD} has a width that its heads do not divide evenly")
    base: object = shape.rotary_base
    if not isinstance(base, int | float) or base <= 1:
        raise folder.broken(f"{CARD} has {base!r} for rotary_base")
    return shape

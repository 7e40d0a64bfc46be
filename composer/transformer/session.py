"""ONNX Runtime with the decoder in it: one run at a time, on arrays that are bound to it.

onnxruntime is imported only when a session is made.

Shapes: B rows, T new tokens, S streams, V note tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from composer.errors import TransformerError
from composer.models.session import OpenSession
from composer.transformer.weights import (
    KIND,
    DecoderShape,
    Weights,
    cache_names,
    rotary_tables,
)

Integers = NDArray[np.int64]
Logits = NDArray[np.float32]

_INPUTS = {"tokens", "plan", "lengths", "longest", "last"}


class Session:
    """The decoder in ONNX Runtime.

    Args:
        weights: The decoder.
        threads: Threads of one operator. They wait a few milliseconds for more to do, then sleep.

    Raises:
        TransformerError: If ONNX Runtime does not take the graph or its weights.
    """

    def __init__(self, weights: Weights, threads: int) -> None:
        self._shape = weights.shape
        arrays = {**weights.arrays, **rotary_tables(weights.shape)}
        self._open = OpenSession(weights.graph, arrays, threads, KIND)
        self._session = self._open.session
        self._expect_shape()

    def bind(self, cache: Sequence[NDArray[np.float32]], length: int) -> BoundRun:
        """Prepare runs of so many new tokens on the rows of these buffers.

        Args:
            cache: ``[B, heads, capacity, head width]`` for each of `cache_names`, contiguous; keys
                and values of the new tokens are written into them.
            length: T.
        """
        return BoundRun(self._session, self._shape, cache, length)

    def _expect_shape(self) -> None:
        """See that the graph is of the size that the card gives."""
        shape = self._shape
        inputs = {value.name: value.shape for value in self._session.get_inputs()}
        caches = [inputs.pop(f"past.{name}", [])[1::2] for name in cache_names(shape)]
        right = caches == [[shape.heads, shape.head_width]] * len(caches)
        right = right and set(inputs) == _INPUTS and inputs["plan"][-1] == shape.streams
        if not right or self._session.get_outputs()[0].shape[1:] != [shape.notes]:
            raise TransformerError("the transformer's graph is not of the size that its card gives")


class BoundRun:
    """Runs of one size, whose inputs and outputs are arrays that are written in place."""

    def __init__(
        self, session: Any, shape: DecoderShape, cache: Sequence[NDArray[np.float32]], length: int
    ) -> None:
        from onnxruntime import OrtValue

        rows = len(cache[0])
        self._session, self._binding = session, session.io_binding()
        self._inputs: dict[str, NDArray[Any]] = {
            "tokens": np.zeros((rows, length), dtype=np.int64),
            "plan": np.zeros((rows, length, shape.streams), dtype=np.int64),
            "lengths": np.zeros(rows, dtype=np.int32),
            "longest": np.zeros(1, dtype=np.int32),
            "last": np.full((rows, 1), length - 1, dtype=np.int64),
        }
        self._logits: Logits = np.zeros((rows, shape.notes), dtype=np.float32)
        # An OrtValue made of an array shares its memory: both live as long as the binding.
        buffers = dict(zip(cache_names(shape), cache, strict=True))
        arrays = {**self._inputs, **buffers, "logits": self._logits}
        values = {name: OrtValue.ortvalue_from_numpy(array) for name, array in arrays.items()}
        self._kept = (arrays, values)
        for name in self._inputs:
            self._binding.bind_ortvalue_input(name, values[name])
        for name in buffers:
            self._binding.bind_ortvalue_input(f"past.{name}", values[name])
            self._binding.bind_ortvalue_output(f"present.{name}", values[name])
        self._binding.bind_ortvalue_output("logits", values["logits"])

    def __call__(self, tokens: ArrayLike, plan: ArrayLike, before: Integers) -> Logits:
        """Read new tokens.

        Args:
            tokens: ``[B, T]``.
            plan: ``[B, T, S]``.
            before: ``[B]`` tokens that each row has already.

        Returns:
            ``[B, V]`` logits after the last of them.
        """
        inputs = self._inputs
        inputs["tokens"][:], inputs["plan"][:] = tokens, plan
        # The operator wants each row's whole length less one.
        inputs["lengths"][:] = before + inputs["tokens"].shape[1] - 1
        inputs["longest"][:] = inputs["lengths"].max() + 1
        self._session.run_with_iobinding(self._binding)
        return self._logits.copy()

"""The decoder as an ONNX graph, node by node, and its weights as plain arrays.

The graph takes any number of rows and of new tokens, reads the keys and values of earlier tokens
from buffers that it also writes into, and returns the logits after one token of each row. It holds
no weights: they are its external initialisers, handed over when a session is made.

Shapes: B rows, T new tokens, S streams, D width, H heads, L capacity, V note tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from composer.models.card import Arrays
from composer.transformer.weights import WEIGHTS, DecoderShape, cache_names, rotary_tables

OPSET, CONTRIB_OPSET, IR_VERSION = 17, 1, 9
CONTRIB = "com.microsoft"
EPSILON = float(np.finfo(np.float32).eps)
"""What torch's RMSNorm adds to the mean square."""

BLOCK = 32
"""Inputs that share a scale."""

ZERO, LARGEST = 128, 127
"""An integer weight of ZERO means 0; weights lie within LARGEST of it."""


@dataclass(frozen=True, slots=True)
class ExportedDecoder:
    """A decoder that ONNX Runtime can run.

    Args:
        graph: The serialised graph, without weights.
        weights: Its initialisers by name.
    """

    graph: bytes
    weights: Arrays


def export_decoder(
    state: Mapping[str, NDArray[Any]],
    shape: DecoderShape,
    *,
    integer: bool = True,
    every: bool = False,
) -> ExportedDecoder:
    """Build the graph and its weights.

    Args:
        state: The parameters by the names that `composer.training.networks.Decoder` has.
        shape: Size of the decoder.
        integer: Whether matrices are kept as 8-bit integers.
        every: Whether the logits after every token come out, ``[B, T, V]``: to measure by. The
            graph that composes gives those after one token of each row, ``[B, V]``.
    """
    return _Graph(state, shape, integer, every).build()


def quantise(
    matrix: NDArray[Any], block: int = BLOCK
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Round a matrix ``[N, K]`` to integers with a scale for each ``block`` inputs of an output.

    Returns:
        Integers ``[N, K / block, block]`` around `ZERO` and scales ``[N, K / block]``.
    """
    blocks = np.asarray(matrix, dtype=np.float32).reshape(len(matrix), -1, block)
    scales = np.abs(blocks).max(axis=2) / LARGEST
    scales = np.where(scales > 0, scales, 1.0).astype(np.float32)
    rounded = np.rint(blocks / scales[:, :, None]) + ZERO
    return rounded.astype(np.uint8), scales


class _Graph:
    """The graph as it grows."""

    def __init__(
        self, state: Mapping[str, NDArray[Any]], shape: DecoderShape, integer: bool, every: bool
    ) -> None:
        self.state, self.shape, self.integer, self.every = state, shape, integer, every
        self.nodes: list[onnx.NodeProto] = []
        self.weights: Arrays = {}

    def build(self) -> ExportedDecoder:
        """All nodes, from tokens to logits."""
        residual, delta = self._embedding()
        for layer in range(self.shape.layers):
            residual, delta = self._block(layer, residual, delta)
        normed, _ = self._norm("norm", residual, delta)
        self._matrix("head", normed, "logits")
        return ExportedDecoder(self._model().SerializeToString(deterministic=True), self.weights)

    def _embedding(self) -> tuple[str, str]:
        """The note token's embedding, and the sum of the plan tokens'."""
        for name in ("note_embedding", "plan_embedding"):
            self.weights[name] = self.state[f"{name}.weight"].astype(np.float32)
        note = self._node("Gather", ["note_embedding", "tokens"], "note")
        beside = self._node("Gather", ["plan_embedding", "plan"], "beside")
        # Not ReduceSum, which adds in another order when there is but one row.
        ones = numpy_helper.from_array(np.ones((1, self.shape.streams), dtype=np.float32))
        ones_name = self._node("Constant", [], "ones", value=ones)
        summed = self._node("MatMul", [ones_name, beside], "plan_row")
        axis = self._node("Constant", [], "streams_axis", value_ints=[2])
        return note, self._node("Squeeze", [summed, axis], "plan_sum")

    def _block(self, layer: int, residual: str, delta: str) -> tuple[str, str]:
        """Attention and the gated feed-forward; returns what is yet to be added up."""
        at = f"blocks.{layer}"
        normed, residual = self._norm(f"{at}.attention_norm", residual, delta)
        mixed = self._matrix(f"{at}.attention_in", normed)
        heard = self._attention(layer, mixed)
        if layer == self.shape.layers - 1 and not self.every:
            # Only one token of each row goes on to the logits.
            heard = self._node("GatherND", [heard, "last"], f"{at}.heard.last", batch_dims=1)
            residual = self._node("GatherND", [residual, "last"], f"{at}.last", batch_dims=1)
        delta = self._matrix(f"{at}.attention_out", heard)
        normed, residual = self._norm(f"{at}.inner_norm", residual, delta)
        both = self._matrix(f"{at}.inner_in", normed)
        gate, lift = f"{at}.gate", f"{at}.lift"
        self.nodes.append(helper.make_node("Split", [both], [gate, lift], f"{at}.split", axis=-1))
        opened = self._node("QuickGelu", [gate], f"{at}.silu", domain=CONTRIB, alpha=1.0)
        gated = self._node("Mul", [opened, lift], f"{at}.gated")
        return residual, self._matrix(f"{at}.inner_out", gated)

    def _attention(self, layer: int, mixed: str) -> str:
        heard = f"blocks.{layer}.heard"
        names = cache_names(self.shape)[2 * layer : 2 * layer + 2]
        past, present = ([f"{when}.{name}" for name in names] for when in ("past", "present"))
        inputs = [mixed, "", "", *past, "lengths", "longest", "rotary.cosine", "rotary.sine"]
        heads = self.shape.heads
        node = helper.make_node(
            "GroupQueryAttention",
            inputs,
            [heard, *present],
            f"{heard}.node",
            domain=CONTRIB,
            num_heads=heads,
            kv_num_heads=heads,
            do_rotary=1,
        )
        self.nodes.append(node)
        return heard

    def _norm(self, name: str, residual: str, delta: str) -> tuple[str, str]:
        """Add, then norm; returns the normed and the sum."""
        self.weights[name] = self.state[f"{name}.weight"].astype(np.float32)
        normed, total = f"{name}.normed", f"{name}.sum"
        node = helper.make_node(
            "SkipSimplifiedLayerNormalization",
            [residual, delta, name],
            [normed, "", "", total],
            f"{name}.node",
            domain=CONTRIB,
            epsilon=EPSILON,
        )
        self.nodes.append(node)
        return normed, total

    def _matrix(self, name: str, source: str, out: str | None = None) -> str:
        """A product with a matrix ``[N, K]``."""
        matrix = self.state[f"{name}.weight"]
        out = out or f"{name}.out"
        if not self.integer:
            self.weights[name] = np.ascontiguousarray(matrix.T, dtype=np.float32)
            return self._node("MatMul", [source, name], out)
        self.weights[name], scales = quantise(matrix)
        self.weights[f"{name}.scales"] = scales.reshape(-1)
        return self._node(
            "MatMulNBits",
            [source, name, f"{name}.scales"],
            out,
            domain=CONTRIB,
            N=matrix.shape[0],
            K=matrix.shape[1],
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )

    def _node(self, kind: str, inputs: list[str], out: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [out], f"{out}.node", **attributes))
        return out

    def _model(self) -> onnx.ModelProto:
        shape = self.shape
        cache: list[str | int | None] = ["B", shape.heads, "L", shape.head_width]
        names = cache_names(shape)
        value = helper.make_tensor_value_info
        inputs = [
            value("tokens", TensorProto.INT64, ["B", "T"]),
            value("plan", TensorProto.INT64, ["B", "T", shape.streams]),
            value("lengths", TensorProto.INT32, ["B"]),
            value("longest", TensorProto.INT32, [1]),
            value("last", TensorProto.INT64, ["B", 1]),
            *(value(f"past.{name}", TensorProto.FLOAT, cache) for name in names),
        ]
        logits: list[str | int | None] = ["B", "T"] if self.every else ["B"]
        outputs = [
            value("logits", TensorProto.FLOAT, [*logits, shape.notes]),
            *(value(f"present.{name}", TensorProto.FLOAT, cache) for name in names),
        ]
        needed = {**self.weights, **rotary_tables(shape)}
        external = [_external(name, array) for name, array in needed.items()]
        graph = helper.make_graph(self.nodes, "decoder", inputs, outputs, external)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, CONTRIB_OPSET)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="composer"
        )


def _external(name: str, array: NDArray[Any]) -> onnx.TensorProto:
    """A placeholder: name, type and shape of a tensor that lies elsewhere."""
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(array.dtype))
    tensor.dims.extend(array.shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=WEIGHTS)
    return tensor

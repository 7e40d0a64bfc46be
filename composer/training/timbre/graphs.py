"""The timbre networks as ONNX graphs, node by node; their weights are external initialisers.

Every function writes what its counterpart in `composer.training.timbre.networks` computes.

Shapes: T frames (a multiple of 4), C width, K codes; the batch is one clip.
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
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.weights import WEIGHTS
from composer.training.timbre.networks import (
    COARSE_FRAMES,
    GAIN_LIMIT_DB,
    NOISE_RANGE_DB,
    PROGRAM_IDS,
    ROLL,
    Block,
    TimbreConfig,
)

OPSET, IR_VERSION = 20, 9
_EPSILON = 1e-5
"""What torch's LayerNorm adds to the variance."""

State = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class ExportedNetworks:
    """What ONNX Runtime is given.

    Args:
        graphs: The serialised graphs by name: trunk, coarse, fine, decoder.
        weights: All initialisers by name.
    """

    graphs: Mapping[str, bytes]
    weights: Arrays


def export_networks(codec: State, prior: State, config: TimbreConfig) -> ExportedNetworks:
    """Build the four graphs.

    Args:
        codec: Parameters by the names of `Codec`.
        prior: Parameters by the names of `Prior`.
        config: Their size.
    """
    made = (_trunk(codec, config), _decoder(codec, config), *_priors(prior, config))
    weights: Arrays = {}
    for graph in made:
        weights |= graph.weights
    return ExportedNetworks({graph.name: graph.serialised() for graph in made}, weights)


class _Graph:
    """A graph that grows node by node; methods return the name of what they compute."""

    def __init__(self, name: str, state: State, prefix: str) -> None:
        self.name = name
        self.weights: Arrays = {}
        self._state, self._prefix = state, prefix
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: list[str | int], *, integers: bool = False) -> str:
        kind = TensorProto.INT64 if integers else TensorProto.FLOAT
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, name: str, value: str, shape: list[str | int]) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: object, kind: type = np.float32) -> str:
        array: NDArray[Any] = np.asarray(value, kind)
        name = f"constant_{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(array, name)
        return name

    def weight(self, name: str, *, transposed: bool = False) -> str:
        array = self._state[f"{self._prefix}{name}"]
        full = f"{self.name}.{name}"
        self.weights[full] = np.ascontiguousarray(array.T if transposed else array)
        return full

    def table(self, name: str, array: NDArray[np.float32]) -> str:
        full = f"{self.name}.{name}"
        self.weights[full] = np.ascontiguousarray(array, np.float32)
        return full

    def linear(self, x: str, name: str, *, bias: bool = True) -> str:
        product = self.add("MatMul", x, self.weight(f"{name}.weight", transposed=True))
        return self.add("Add", product, self.weight(f"{name}.bias")) if bias else product

    def norm(self, x: str, name: str) -> str:
        weights = (self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))
        return self.add("LayerNormalization", x, *weights, axis=-1, epsilon=_EPSILON)

    def stack(self, x: str, name: str, dilations: tuple[int, ...]) -> str:
        for number, dilation in enumerate(dilations):
            x = self.block(x, f"{name}.blocks.{number}", dilation)
        return self.norm(x, f"{name}.norm")

    def block(self, x: str, name: str, dilation: int) -> str:
        width = len(self._state[f"{self._prefix}{name}.scale"])
        padding = Block.KERNEL // 2 * dilation
        turned = self.add("Transpose", x, perm=[0, 2, 1])
        mixed = self.add(
            "Conv",
            turned,
            self.weight(f"{name}.mix.weight"),
            self.weight(f"{name}.mix.bias"),
            dilations=[dilation],
            group=width,
            kernel_shape=[Block.KERNEL],
            pads=[padding, padding],
        )
        back = self.add("Transpose", mixed, perm=[0, 2, 1])
        wide = self.linear(self.norm(back, f"{name}.norm"), f"{name}.widen")
        narrow = self.linear(self.add("Gelu", wide, approximate="tanh"), f"{name}.narrow")
        return self.add("Add", x, self.add("Mul", narrow, self.weight(f"{name}.scale")))

    def pooled(self, x: str, width: int) -> str:
        rows = self.constant([1, -1, COARSE_FRAMES, width], np.int64)
        grouped = self.add("Reshape", x, rows)
        return self.add("ReduceMean", grouped, self.constant([2], np.int64), keepdims=0)

    def repeated(self, x: str, width: int) -> str:
        apart = self.add("Unsqueeze", x, self.constant([2], np.int64))
        tiled = self.add("Tile", apart, self.constant([1, 1, COARSE_FRAMES, 1], np.int64))
        return self.add("Reshape", tiled, self.constant([1, -1, width], np.int64))

    def serialised(self) -> bytes:
        outside = [_external(name, array) for name, array in self.weights.items()]
        held = [*self._constants.values(), *outside]
        graph = helper.make_graph(self._nodes, self.name, self._inputs, self._outputs, held)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="composer",
        )
        return bytes(model.SerializeToString(deterministic=True))


def _external(name: str, array: NDArray[np.float32]) -> onnx.TensorProto:
    """An initialiser whose numbers are handed over when a session is made."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT)
    tensor.dims.extend(array.shape)
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=WEIGHTS)
    return tensor


def _trunk(codec: State, config: TimbreConfig) -> _Graph:
    graph, width = _Graph("trunk", codec, "trunk."), config.width
    mel = graph.input("log_mel", [1, "T", BANDS])
    roll = graph.input("roll", [1, "T", ROLL])
    program = graph.input("program", [1], integers=True)
    centred = graph.add("Add", mel, graph.constant(4.0))
    scaled = graph.add("Mul", centred, graph.constant(0.5))
    sound = graph.linear(scaled, "sound")
    notes = graph.linear(roll, "notes", bias=False)
    table = graph.weight("program.weight")
    assert len(codec["trunk.program.weight"]) == PROGRAM_IDS  # noqa: S101
    chosen = graph.add("Unsqueeze", graph.add("Gather", table, program), _one(graph))
    known = graph.add("Add", graph.add("Add", sound, notes), chosen)
    graph.output("context", graph.stack(known, "stack", config.trunk), [1, "T", width])
    return graph


def _decoder(codec: State, config: TimbreConfig) -> _Graph:
    graph, width = _Graph("decoder", codec, "decoder."), config.width
    context = graph.input("context", [1, "T", width])
    coarse = graph.input("coarse", [1, "Q"], integers=True)
    fine = graph.input("fine", [1, "T"], integers=True)
    table = graph.table("codes", code_table(config))
    slow = graph.linear(graph.add("Gather", table, coarse), "coarse")
    fast = graph.linear(graph.add("Gather", table, fine), "fine")
    told = graph.add("Add", graph.repeated(slow, width), fast)
    state = graph.stack(graph.add("Add", context, told), "stack", config.decoder)
    bounded = graph.add("Tanh", graph.linear(state, "gain"))
    gain = graph.add("Mul", bounded, graph.constant(GAIN_LIMIT_DB))
    graph.output("gain_db", gain, [1, "T", BANDS])
    low, high = NOISE_RANGE_DB
    steep = graph.add("Mul", graph.linear(state, "noise"), graph.constant(4.0))
    share = graph.add("Mul", graph.add("Sigmoid", steep), graph.constant(high - low))
    noise = graph.add("Add", share, graph.constant(low))
    graph.output("noise_db", noise, [1, "T", NOISE_BANDS])
    return graph


def _priors(prior: State, config: TimbreConfig) -> tuple[_Graph, _Graph]:
    width, codes = config.width, config.codes
    graph = _Graph("coarse", prior, "coarse.")
    context = graph.input("context", [1, "T", width])
    known = graph.input("codes", [1, "Q"], integers=True)
    seen = graph.linear(graph.pooled(context, width), "context")
    told = graph.add("Gather", graph.weight("codes.weight"), known)
    state = graph.stack(graph.add("Add", seen, told), "stack", config.coarse)
    graph.output("logits", graph.linear(state, "head"), [1, "Q", codes])
    coarse_prior = graph

    graph = _Graph("fine", prior, "fine.")
    context = graph.input("context", [1, "T", width])
    coarse = graph.input("coarse", [1, "Q"], integers=True)
    known = graph.input("codes", [1, "T"], integers=True)
    slow = graph.repeated(graph.add("Gather", graph.weight("coarse.weight"), coarse), width)
    fast = graph.add("Gather", graph.weight("codes.weight"), known)
    seen = graph.add("Add", graph.linear(context, "context"), graph.add("Add", slow, fast))
    state = graph.stack(seen, "stack", config.fine)
    graph.output("logits", graph.linear(state, "head"), [1, "T", codes])
    return coarse_prior, graph


def code_table(config: TimbreConfig) -> NDArray[np.float32]:
    """The numbers of each code, and zeros for none: ``[K + 1, D]``; see `Codebook`."""
    levels = np.array(config.levels)
    basis = np.cumprod([1, *config.levels[:-1]])
    indices = np.arange(config.codes)[:, None] // basis % levels
    table = indices / (levels - 1) * 2 - 1
    return np.concatenate([table, np.zeros((1, len(levels)))]).astype(np.float32)


def _one(graph: _Graph) -> str:
    return graph.constant([1], np.int64)

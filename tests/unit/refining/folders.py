"""A folder of tiny random networks, as the export of training writes them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper
from safetensors.numpy import save

from composer.models.card import CARD
from composer.refining.parts import PROGRAMS, ROLL
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.weights import FORMAT, VERSION, WEIGHTS

WIDTH, CODES = 6, 5
FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64
Array = NDArray[Any]


def random_arrays(seed: int = 0) -> dict[str, Array]:
    """Weights of the four networks, halves."""
    shapes = {
        "trunk.sound": (BANDS, WIDTH),
        "trunk.notes": (ROLL, WIDTH),
        "trunk.program": (PROGRAMS, WIDTH),
        "coarse.context": (4 * WIDTH, CODES),
        "coarse.codes": (CODES + 1, CODES),
        "fine.context": (WIDTH, CODES),
        "fine.coarse": (CODES + 1, CODES),
        "fine.codes": (CODES + 1, CODES),
        "decoder.gain": (WIDTH, BANDS),
        "decoder.noise": (WIDTH, NOISE_BANDS),
        "decoder.fine": (CODES + 1, BANDS),
        "decoder.coarse": (CODES + 1, NOISE_BANDS),
    }
    rng = np.random.default_rng(seed)
    return {n: (rng.standard_normal(s) * 0.2).astype(np.float16) for n, s in shapes.items()}


def _node(kind: str, inputs: str, output: str, **attributes: Any) -> Any:
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def _slow(name: str, output: str) -> list[Any]:
    """Rows of a table for the coarse codes, four frames each."""
    return [
        _node("Gather", f"{name} coarse", f"{output}.rows"),
        _node("Unsqueeze", f"{output}.rows two", f"{output}.apart"),
        _node("Tile", f"{output}.apart fours", f"{output}.times"),
        _node("Flatten", f"{output}.times", f"{output}.flat", axis=3),
        _node("Unsqueeze", f"{output}.flat zero", output),
    ]


def graphs(arrays: dict[str, Array]) -> dict[str, bytes]:
    """The serialised graphs."""
    context, coarse, fine = ("context", FLOAT, WIDTH), ("coarse", INT, None), ("fine", INT, None)
    codes = ("codes", INT, None)
    return {
        "trunk": _graph(
            "trunk",
            [
                _node("MatMul", "log_mel trunk.sound", "a"),
                _node("MatMul", "roll trunk.notes", "b"),
                _node("Gather", "trunk.program program", "p"),
                _node("Unsqueeze", "p one", "q"),
                _node("Sum", "a b q", "context"),
            ],
            [("log_mel", FLOAT, BANDS), ("roll", FLOAT, ROLL), ("program", INT, 0)],
            [context],
            arrays,
        ),
        "coarse": _graph(
            "coarse",
            [
                _node("Reshape", "context fold", "a"),
                _node("MatMul", "a coarse.context", "b"),
                _node("Gather", "coarse.codes codes", "c"),
                _node("Add", "b c", "logits"),
            ],
            [context, codes],
            [("logits", FLOAT, CODES)],
            arrays,
        ),
        "fine": _graph(
            "fine",
            [
                _node("MatMul", "context fine.context", "a"),
                _node("Gather", "fine.codes codes", "b"),
                *_slow("fine.coarse", "c"),
                _node("Sum", "a b c", "logits"),
            ],
            [context, coarse, codes],
            [("logits", FLOAT, CODES)],
            arrays,
        ),
        "decoder": _graph(
            "decoder",
            [
                _node("MatMul", "context decoder.gain", "a"),
                _node("Gather", "decoder.fine fine", "b"),
                _node("Add", "a b", "gain_db"),
                _node("MatMul", "context decoder.noise", "c"),
                *_slow("decoder.coarse", "d"),
                _node("Add", "c d", "e"),
                _node("Sub", "e thirty", "noise_db"),
            ],
            [context, coarse, fine],
            [("gain_db", FLOAT, BANDS), ("noise_db", FLOAT, NOISE_BANDS)],
            arrays,
        ),
    }


def _graph(name: str, nodes: list[Any], ins: Any, outs: Any, arrays: dict[str, Array]) -> bytes:
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "two": np.array([2]),
        "fours": np.array([1, 1, 4, 1]),
        "fold": np.array([1, -1, 4 * WIDTH]),
        "thirty": np.array([30], np.float32),
    }
    used = {value for node in nodes for value in node.input}
    made = [
        helper.make_tensor(n, INT if v.dtype == np.int64 else FLOAT, v.shape, v.tolist())
        for n, v in constants.items()
        if n in used
    ]
    for weight, array in arrays.items():
        if weight.startswith(f"{name}."):
            tensor = TensorProto(name=weight, data_type=FLOAT)
            tensor.dims.extend(array.shape)
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value=WEIGHTS)
            made.append(tensor)
    sides = [
        [helper.make_tensor_value_info(n, t, _dims(n, w)) for n, t, w in s] for s in (ins, outs)
    ]
    graph = helper.make_graph(nodes, name, *sides, made)
    opsets = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    return bytes(model.SerializeToString())


def _dims(name: str, width: int | None) -> list[Any]:
    if width == 0:
        return [1]
    return [1, None] if width is None else [1, None, width]


def write_folder(folder: Path, seed: int = 0) -> None:
    """Write a refiner that knows the programs 0 and 128."""
    arrays = random_arrays(seed)
    files = {f"{name}.onnx": graph for name, graph in graphs(arrays).items()}
    files[WEIGHTS] = save(arrays)
    card = {
        "format": FORMAT,
        "version": VERSION,
        "shape": {"width": WIDTH, "codes": CODES, "reach": 12, "bands": 128, "noise_bands": 32},
        "sampling": {"mode": "sample", "temperature": 1.0},
        "programs": {"0": {"strength": 0.75}, "128": {"strength": 1}},
        "training": {"steps": 7, "config": {"size": "tiny"}},
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**files, CARD: json.dumps(card).encode()}.items():
        (folder / name).write_bytes(data)

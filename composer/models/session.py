"""ONNX Runtime with a graph in it whose weights are arrays of ours.

onnxruntime is imported here alone (and where the transformer binds its buffers), and only when a
session is made.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from composer.models.card import Arrays, ModelKind

_SILENT = 3  # errors only


class OpenSession:
    """A session on the CPU, and the arrays that it reads.

    Args:
        graph: The serialised ONNX graph.
        arrays: All its initialisers by name; a copy is made only of what is not contiguous.
        threads: Threads of one operator. They wait a few milliseconds for more to do, then sleep.
        kind: What it is, for errors.

    Raises:
        ComposerError: If ONNX Runtime does not take the graph or its weights.
    """

    def __init__(self, graph: bytes, arrays: Arrays, threads: int, kind: ModelKind) -> None:
        import onnxruntime

        # The session reads the arrays where they lie: they are kept for as long as it lives.
        self._arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        self._values = [onnxruntime.OrtValue.ortvalue_from_numpy(a) for a in self._arrays.values()]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _SILENT
        try:
            options.add_external_initializers(list(self._arrays), self._values)
            self.session: Any = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's own have no common base but this
            raise kind.error(
                f"ONNX Runtime {onnxruntime.__version__} does not take the {kind.name}: "
                f"{last_line(error)}"
            ) from None


def last_line(error: Exception) -> str:
    """What an error of ONNX Runtime comes down to."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]

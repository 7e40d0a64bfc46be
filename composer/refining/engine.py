"""The engine: runs the four timbre networks on the CPU with ONNX Runtime.

It knows codes only as numbers; what is asked of it when is for those who call it.

Shapes: T frames (a multiple of 4), C width, K codes. A code of K says that none is known.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from composer.errors import RefinerError
from composer.models.session import OpenSession, last_line
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.weights import KIND, NETWORKS, Shape, Weights

Floats = NDArray[np.float32]
Codes = NDArray[np.int64]

COARSE_FRAMES = 4
"""Frames of a coarse code."""

_INPUTS = {
    "trunk": ("log_mel", "roll", "program"),
    "coarse": ("context", "codes"),
    "fine": ("context", "coarse", "codes"),
    "decoder": ("context", "coarse", "fine"),
}
_OUTPUTS = {
    "trunk": ("context",),
    "coarse": ("logits",),
    "fine": ("logits",),
    "decoder": ("gain_db", "noise_db"),
}


class Networks(Protocol):
    """What refining needs of the networks."""

    @property
    def shape(self) -> Shape:
        """Their size."""
        ...

    def trunk(self, log_mel: Floats, roll: Floats, program: int) -> Floats:
        """Hear the dry sound.

        Args:
            log_mel: ``[T, 128]``; see `composer.refining.spectra.log_mel`.
            roll: ``[T, 257]``; see `composer.refining.parts.roll`.
            program: 0–128.

        Returns:
            The context ``[T, C]``.
        """
        ...

    def coarse(self, context: Floats, codes: Codes) -> Floats:
        """Logits ``[T / 4, K]`` of coarse codes, of which some are known: ``[T / 4]``."""
        ...

    def fine(self, context: Floats, coarse: Codes, codes: Codes) -> Floats:
        """Logits ``[T, K]`` of fine codes, of which some are known, given ``[T / 4]`` coarse."""
        ...

    def decoder(self, context: Floats, coarse: Codes, fine: Codes) -> tuple[Floats, Floats]:
        """Gains ``[T, 128]`` in dB, and levels of noise ``[T, 32]`` in dB.

        Args:
            context: ``[T, C]``.
            coarse: ``[T / 4]``.
            fine: ``[T]``.
        """
        ...


class OnnxNetworks:
    """The networks in ONNX Runtime; `Networks`.

    Args:
        weights: The networks.
        threads: Threads of one operator; the results do not depend on it.

    Raises:
        RefinerError: If ONNX Runtime does not take the graphs or their weights.
    """

    def __init__(self, weights: Weights, *, threads: int = 2) -> None:
        self._shape = weights.shape
        self._sessions: dict[str, OpenSession] = {}
        for name in NETWORKS:
            own = {n: a for n, a in weights.arrays.items() if n.startswith(f"{name}.")}
            self._sessions[name] = OpenSession(weights.graphs[name], own, threads, KIND)
            self._expect_names(name)

    @property
    def shape(self) -> Shape:
        """Their size."""
        return self._shape

    def trunk(self, log_mel: Floats, roll: Floats, program: int) -> Floats:
        """Hear the dry sound; see `Networks.trunk`."""
        programs = np.array([program], np.int64)
        (context,) = self._run("trunk", [self._shape.width], log_mel[None], roll[None], programs)
        return context

    def coarse(self, context: Floats, codes: Codes) -> Floats:
        """Logits of coarse codes; see `Networks.coarse`."""
        (logits,) = self._run("coarse", [self._shape.codes], context[None], codes[None])
        return logits

    def fine(self, context: Floats, coarse: Codes, codes: Codes) -> Floats:
        """Logits of fine codes; see `Networks.fine`."""
        inputs = (context[None], coarse[None], codes[None])
        (logits,) = self._run("fine", [self._shape.codes], *inputs)
        return logits

    def decoder(self, context: Floats, coarse: Codes, fine: Codes) -> tuple[Floats, Floats]:
        """Gains and levels of noise; see `Networks.decoder`."""
        inputs = (context[None], coarse[None], fine[None])
        gain_db, noise_db = self._run("decoder", [BANDS, NOISE_BANDS], *inputs)
        return gain_db, noise_db

    def _run(self, name: str, widths: list[int], *inputs: NDArray[Any]) -> list[Floats]:
        """Run a network on one clip; its outputs without the batch."""
        session = self._sessions[name].session
        try:
            given = dict(zip(_INPUTS[name], inputs, strict=True))
            outputs = session.run(list(_OUTPUTS[name]), given)
        except Exception as error:  # ONNX Runtime's own have no common base but this
            raise RefinerError(f"the refiner's {name}.onnx fails: {last_line(error)}") from None
        if [output.shape[-1] for output in outputs] != widths:
            raise RefinerError(_other_size(name))
        return [np.asarray(output[0], np.float32) for output in outputs]

    def _expect_names(self, name: str) -> None:
        session = self._sessions[name].session
        inputs = {value.name for value in session.get_inputs()}
        outputs = {value.name for value in session.get_outputs()}
        if inputs != set(_INPUTS[name]) or not outputs >= set(_OUTPUTS[name]):
            raise RefinerError(_other_size(name))


def _other_size(name: str) -> str:
    return f"the refiner's {name}.onnx is not of the kind and size that its card gives"

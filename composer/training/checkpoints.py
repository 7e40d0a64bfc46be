"""Checkpoints as safetensors: weights, the optimisers' state, and the number of the step.

Tensors are called ``model.NAME``, ``optimizer.NUMBER.PARAMETER.NAME`` and, for what else a run
keeps, ``run.NAME``; the step stands in the file's metadata. The same state gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from composer.errors import CorpusError, OutputError


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A checkpoint as read.

    Args:
        path: Where it was read from.
        step: Number of steps done.
        tensors: All tensors, by name.
    """

    path: Path
    step: int
    tensors: Mapping[str, Tensor]

    def of(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose name begins so, by the rest of their name."""
        return {n.removeprefix(prefix): t for n, t in self.tensors.items() if n.startswith(prefix)}

    def into_model(self, model: nn.Module) -> None:
        """Give a model these weights.

        Raises:
            CorpusError: If they are of a model of another size.
        """
        try:
            model.load_state_dict(self.of("model."))
        except RuntimeError as error:
            lines = " ".join(str(error).split())
            raise CorpusError(f"{self.path}: is of another model: {lines[:160]}") from None

    def into_optimizers(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """Give optimisers this state, on the device of their parameters."""
        for number, optimizer in enumerate(optimizers):
            state: dict[int, dict[str, Any]] = {}
            for name, tensor in self.of(f"optimizer.{number}.").items():
                index, key = name.split(".")
                state.setdefault(int(index), {})[key] = tensor
            groups = optimizer.state_dict()["param_groups"]
            optimizer.load_state_dict({"state": state, "param_groups": groups})


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        CorpusError: If it cannot be read.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            step = int((file.metadata() or {}).get("step", 0))
    except (OSError, SafetensorError, ValueError) as error:
        raise CorpusError(f"{path}: is no checkpoint: {error}") from None
    return Checkpoint(path, step, tensors)


def load_checkpoint(
    path: Path, model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]
) -> int:
    """Read a checkpoint into a model and its optimisers; returns the number of steps done.

    Raises:
        CorpusError: If it cannot be read, or is of a model of another size.
    """
    checkpoint = read_checkpoint(path)
    checkpoint.into_model(model)
    checkpoint.into_optimizers(optimizers)
    return checkpoint.step


def save_checkpoint(
    path: Path,
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    step: int,
    run: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a checkpoint to a temporary name, then rename it.

    Args:
        path: Where to.
        model: The model, not wrapped.
        optimizers: Its optimisers.
        step: Number of steps done.
        run: What else the run keeps.

    Raises:
        OutputError: If it cannot be written.
    """
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    for number, optimizer in enumerate(optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            for name, value in state.items():
                tensors[f"optimizer.{number}.{index}.{name}"] = torch.as_tensor(value)
    tensors |= {f"run.{name}": value for name, value in (run or {}).items()}
    tensors = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    temporary = path.with_name(f".{path.name}.part")
    try:
        save_file(tensors, temporary, metadata={"step": str(step)})
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error}") from None

"""The loop that trains the codec and the prior: resumable, by steps or by the clock.

Matrices of the blocks are trained by Muon (Jordan et al. 2024), the rest by AdamW. The rate rises
over the first steps, stays, and falls to zero over the last part of the run.
"""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from composer.errors import ComposerError
from composer.training.checkpoints import read_checkpoint, save_checkpoint
from composer.training.timbre.batches import Batch, Batches
from composer.training.train_loop import Interruption

_Value = TypeVar("_Value", float, bool)

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """How long and how fast to learn.

    Args:
        steps: Steps of the whole run.
        seconds: Seconds of computing of the whole run, over all calls; 0 for no limit. Whichever
            of both ends first sets the rate's fall.
        rate: Learning rate of AdamW.
        matrix_rate: Learning rate of Muon.
        warm_up: Steps in which the rate rises.
        fall: Share of the run in which it falls.
        checkpoint_seconds: Seconds between checkpoints.
        log_every: Steps of a line of the log.
        validate_every: Steps between validations.
    """

    steps: int
    seconds: float = 0.0
    rate: float = 2e-3
    matrix_rate: float = 0.01
    warm_up: int = 50
    fall: float = 0.4
    checkpoint_seconds: float = 60.0
    log_every: int = 10
    validate_every: int = 250


class Loop:
    """A run of steps.

    Args:
        objective: Takes a batch, a generator and the share done; returns losses with ``total``.
        learner: The part of it that learns, and is kept in checkpoints.
        batches: What it learns from.
        out: Folder of the run; goes on from its checkpoint.
        options: How long and how fast.
        fabric: A launched ``lightning.Fabric``.
        validate: Returns figures of the learner; asked now and then.
    """

    def __init__(
        self,
        objective: nn.Module,
        learner: nn.Module,
        batches: Batches,
        out: Path,
        options: LoopOptions,
        fabric: Any,
        validate: Callable[[], Mapping[str, float]],
    ) -> None:
        self._learner, self._batches, self._out = learner, batches, out
        self._options, self._fabric, self._validate = options, fabric, validate
        matrices = [p for n, p in learner.named_parameters() if p.ndim == 2 and ".blocks." in n]
        chosen = {id(p) for p in matrices}
        others = [p for p in learner.parameters() if id(p) not in chosen]
        self._optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=options.matrix_rate, momentum=0.95, weight_decay=0.0),
            torch.optim.AdamW(others, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self._first, self._spent = 0, 0.0
        checkpoint = None
        if (out / CHECKPOINT).is_file():
            checkpoint = read_checkpoint(out / CHECKPOINT)
            checkpoint.into_model(learner)
            self._first = checkpoint.step
            self._spent = float(checkpoint.tensors["run.seconds"])
        if fabric.is_global_zero:
            _cut_log(out / LOG, self._first)
        self._objective = fabric.setup_module(objective)
        self._wrapped = [fabric.setup_optimizers(o) for o in self._optimizers]
        if checkpoint is not None:
            checkpoint.into_optimizers(self._optimizers)

    def run(self) -> bool:
        """All steps that are left; returns whether they were interrupted."""
        options, saved, begun = self._options, time.monotonic(), time.monotonic()
        sums: dict[str, float] = defaultdict(float)
        with Interruption() as interruption:
            for step in range(self._first, options.steps):
                share = self._share(step, begun)
                for name, value in self._step(step, share).items():
                    sums[name] += value / options.log_every
                done = step + 1
                last = done == options.steps or self._share(done, begun) >= 1
                if done % options.log_every == 0:
                    self._log(step=done, share=round(share, 4), **sums)
                    sums.clear()
                if done % options.validate_every == 0 or last:
                    self._log(step=done, valid=dict(self._validate()))
                    self._fabric.barrier()
                if last or self._agreed(interruption.asked):
                    self._save(done, begun)
                    return not last
                if time.monotonic() - saved > options.checkpoint_seconds:
                    self._save(done, begun)
                    saved = time.monotonic()
        return False

    def _share(self, step: int, begun: float) -> float:
        """How much of the run is done."""
        options = self._options
        by_steps = step / options.steps
        if not options.seconds:
            return by_steps
        share = max(by_steps, (self._spent + time.monotonic() - begun) / options.seconds)
        return self._agreed(share)

    def _agreed(self, value: _Value) -> _Value:
        """What the first process says, so that all end with the same step."""
        if self._fabric.world_size == 1:
            return value
        agreed: _Value = self._fabric.broadcast(value)
        return agreed

    def _step(self, step: int, share: float) -> dict[str, float]:
        options = self._options
        factor = min(1.0, (step + 1) / options.warm_up, max(1.0 - share, 0.0) / options.fall)
        for optimizer, rate in zip(
            self._optimizers, (options.matrix_rate, options.rate), strict=True
        ):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
        # Every process has batches of its own.
        number = step * self._fabric.world_size + self._fabric.global_rank
        batch: Batch = self._batches[number].to(self._fabric.device)
        generator = torch.Generator(device=self._fabric.device).manual_seed(number)
        losses: dict[str, Tensor] = self._objective(batch, generator, share)
        total = losses["total"]
        if not math.isfinite(float(total.detach())):
            raise ComposerError(f"the loss of step {step} is no number: give a smaller --rate")
        self._fabric.backward(total)
        learnt = [p for p in self._learner.parameters() if p.grad is not None]
        nn.utils.clip_grad_norm_(learnt, 1.0)
        for optimizer in self._wrapped:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        return {name: float(value.detach()) for name, value in losses.items()}

    def _save(self, step: int, begun: float) -> None:
        if self._fabric.is_global_zero:
            seconds = torch.tensor(self._spent + time.monotonic() - begun, dtype=torch.float64)
            run = {"seconds": seconds}
            save_checkpoint(self._out / CHECKPOINT, self._learner, self._optimizers, step, run)

    def _log(self, **figures: object) -> None:
        if not self._fabric.is_global_zero:
            return
        rounded = json.dumps(figures, default=float)
        with (self._out / LOG).open("a", encoding="utf-8") as file:
            file.write(rounded + "\n")
        print(rounded, flush=True)


def _cut_log(path: Path, step: int) -> None:
    """Take back what a run wrote after its last checkpoint: those steps are done again."""
    if not path.is_file():
        return
    # A process that was killed may have left half a line.
    whole = [line for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    kept = [line for line in whole if json.loads(line)["step"] <= step]
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

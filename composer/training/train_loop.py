"""The training loop: steps, validations, checkpoints, and how it is interrupted.

Hidden matrices are trained by Muon (Jordan et al. 2024), embeddings, norms and the head by AdamW;
the rate rises, stays, and falls linearly to zero over the last part of the steps (Hu et al.,
MiniCPM, 2024), so that a run can be prolonged from a checkpoint before its fall.
"""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import torch

from composer.errors import ComposerError
from composer.training.batches import Batches, Corpus, held_out, padded, validation_batches
from composer.training.checkpoints import Checkpoint, read_checkpoint, save_checkpoint
from composer.training.networks import Decoder, decoder_config
from composer.training.runs import CHECKPOINT, RunConfig, RunLog
from composer.training.validation import loss_of, validate
from composer.transformer.sequence import TokenRow


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What only one call of the command is asked for; it changes speed, not what is learned.

    Args:
        checkpoint_seconds: Seconds between checkpoints.
        stop_after: Steps after which the call ends; 0 for none.
        pad: Lengths of batches are multiples of this.
        compile: Whether the network is compiled first.
        log_every: Steps of a line of the log.
    """

    checkpoint_seconds: float = 60.0
    stop_after: int = 0
    pad: int = 128
    compile: bool = False
    log_every: int = 10


class Run:
    """A run as far as it needs no device: corpus, network, and what its last checkpoint holds.

    Args:
        config: What it was asked for.
        corpus: Folder of a prepared corpus.
        out: Folder of the run.
        start: A checkpoint whose weights a new run begins with.

    Raises:
        CorpusError: If the corpus, or the checkpoint, is missing, damaged or does not fit.
    """

    def __init__(
        self, config: RunConfig, corpus: Path, out: Path, start: Path | None = None
    ) -> None:
        self.config, self.out = config, out
        training = Corpus(corpus, "train", config.normalised)
        self.batches = Batches(training, config.rows, config.seed, config.windows)
        windows = held_out(config.longest, config.plan)
        valid = Corpus(corpus, "valid", config.normalised)
        self.checked = validation_batches(valid, windows, config.validation_rows)
        self.corpus_tokens = (training.tokens, valid.tokens)
        torch.manual_seed(config.seed)
        self.network = Decoder(decoder_config(config.size))
        self.checkpoint: Checkpoint | None = None
        if (out / CHECKPOINT).is_file():
            self.checkpoint = read_checkpoint(out / CHECKPOINT)
            self.checkpoint.into_model(self.network)
        elif start is not None:
            read_checkpoint(start).into_model(self.network)

    @property
    def first(self) -> int:
        """Number of steps done."""
        return self.checkpoint.step if self.checkpoint else 0

    def log(self, mine: bool, every: int) -> RunLog:
        """The log, as it stood at the checkpoint."""
        kept = self.checkpoint.tensors.get("run.log") if self.checkpoint else None
        sums = (0.0, 0.0) if kept is None else kept.tolist()
        return RunLog(self.out, mine, self.first, sums, every, self.config.steps)


def optimisers(model: Decoder, config: RunConfig) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, AdamW for everything else."""
    matrices = [p for p in model.blocks.parameters() if p.ndim == 2]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or not n.startswith("blocks")]
    return [
        torch.optim.Muon(matrices, lr=config.matrix_rate, momentum=0.95, weight_decay=0.0),
        torch.optim.AdamW(others, lr=config.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def train(run: Run, fabric: Any, call: CallOptions) -> bool:
    """Train until the last step, or until interrupted.

    Args:
        run: The run.
        fabric: A launched ``lightning.Fabric``.
        call: What this call is asked for.

    Returns:
        Whether it was interrupted; what is done is saved.

    Raises:
        ComposerError: If processes do not agree, the loss is no number, or nothing can be written.
    """
    _check_processes(run, fabric)
    trainer = _Trainer(run, fabric, call)
    if run.first >= run.config.steps:
        return False
    with Interruption() as interruption:
        return trainer.steps(interruption)


class Interruption:
    """Notes Ctrl-C, so that no step is cut in two; a second one ends the program at once."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        self._before = signal.getsignal(signal.SIGINT)
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, self._before)


class _Trainer:
    """The network on its devices, and the steps."""

    def __init__(self, run: Run, fabric: Any, call: CallOptions) -> None:
        self._run, self._fabric, self._call = run, fabric, call
        self._network = run.network
        self._optimizers = optimisers(run.network, run.config)
        self._model, *self._wrapped = fabric.setup(run.network, *self._optimizers)
        if run.checkpoint is not None:  # on the device now, where the state must be too
            run.checkpoint.into_optimizers(self._optimizers)
        self._fast = torch.compile(self._model, dynamic=False) if call.compile else self._model
        self._log = run.log(fabric.is_global_zero, call.log_every)

    def steps(self, interruption: Interruption) -> bool:
        """All steps that are left; returns whether they were interrupted."""
        config, call, first = self._run.config, self._call, self._run.first
        saved = time.monotonic()
        for step in range(first, config.steps):
            stopped = self._step(step, interruption)
            done = step + 1
            if done % config.validate_every == 0 or done == config.steps:
                self._log.write(step=done, valid=self._validate())
            if stopped or done == config.steps or done - first == call.stop_after:
                self._save(done)
                self._fabric.barrier()
                return stopped and done < config.steps
            if time.monotonic() - saved > call.checkpoint_seconds:
                self._save(done)
                saved = time.monotonic()
        return False

    def _step(self, step: int, interruption: Interruption) -> bool:
        """One step; returns whether any process was asked to stop."""
        begun = time.perf_counter()
        fabric, config = self._fabric, self._run.config
        rows = self._run.batches.rows_at(step)
        total = sum(len(row.tokens) for row in rows)
        factor = config.rate_at(step)
        for optimizer, rate in zip(self._wrapped, (config.matrix_rate, config.rate), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
        loss = self._backward(rows[fabric.global_rank :: fabric.world_size], total)
        for optimizer in self._wrapped:
            fabric.clip_gradients(self._model, optimizer, max_norm=1.0, error_if_nonfinite=False)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        stop = torch.tensor(float(interruption.asked), device=fabric.device)
        nats, stops = fabric.all_reduce(torch.stack([loss, stop]), reduce_op="mean").tolist()
        if not math.isfinite(nats):
            raise ComposerError(
                f"the loss of step {step + 1} is no number; the last checkpoint stays as it is: "
                "give a lower --rate and --matrix-rate, and another --out"
            )
        self._log.add(step, nats, total, time.perf_counter() - begun)
        return bool(stops > 0)

    def _backward(self, rows: Sequence[TokenRow], total: int) -> torch.Tensor:
        """Gradients of this process's rows; returns its share of the loss, in nats a token.

        Rows differ in length: each process counts by its share of all tokens.
        """
        fabric = self._fabric
        batch = padded(rows, self._call.pad)
        weight = int((batch.targets >= 0).sum()) * fabric.world_size / total
        tokens, plan, targets = (
            torch.from_numpy(array).to(fabric.device)
            for array in (batch.tokens, batch.plan, batch.targets)
        )
        loss: torch.Tensor = loss_of(self._fast(tokens, plan), targets) * weight
        fabric.backward(loss)
        return loss.detach()

    def _validate(self) -> dict[str, float]:
        """Validate, each process a share of the batches."""
        fabric = self._fabric
        share = self._run.checked[fabric.global_rank :: fabric.world_size]
        if fabric.world_size == 1:
            return validate(self._model, share, fabric.device)
        return validate(
            self._model, share, fabric.device, lambda x: fabric.all_reduce(x, reduce_op="sum")
        )

    def _save(self, step: int) -> None:
        """Write the checkpoint, on one process; the others meet it at the next step."""
        if self._fabric.is_global_zero:
            sums = torch.tensor(self._log.sums, dtype=torch.float64)
            path = self._run.out / CHECKPOINT
            save_checkpoint(path, self._network, self._optimizers, step, {"log": sums})


def _check_processes(run: Run, fabric: Any) -> None:
    """See that all processes have read the same files."""
    if fabric.world_size == 1:
        return
    mine = (run.first, *run.corpus_tokens)
    other = torch.tensor(float(mine != fabric.broadcast(mine)), device=fabric.device)
    if float(fabric.all_reduce(other, reduce_op="sum")) > 0:
        raise ComposerError(
            "the processes do not see the same files: --corpus and --out must be the same on all "
            "machines, --out a folder that they share"
        )

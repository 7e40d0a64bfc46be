"""Trains the decoder on a prepared corpus: CPU, one GPU, or several machines.

    python -m composer.training.train_transformer --corpus DIR --out DIR

A run is a folder: ``config.json`` (what it was asked for), ``log.jsonl`` (a line every ten steps,
one at every validation) and ``checkpoint.safetensors``, which is replaced every minute and at the
end, on Ctrl-C too. The same command goes on where it stopped: windows come from the number of the
step, so an interrupted run has the losses of one that was not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from composer.errors import ComposerError
from composer.training.runs import SIZES, RunConfig, expect_same_run, prepare_folder

_MEMORY = ("out of memory", "not enough memory", "can't allocate memory")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = _parser()
    flags = parser.parse_args(argv)
    try:
        return train_command(_config(flags), flags)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def train_command(config: RunConfig, flags: argparse.Namespace) -> int:
    """Train as the flags say; returns the exit status.

    Raises:
        ComposerError: If it cannot; the message is one line.
    """
    try:
        import torch

        from composer.training.train_loop import CallOptions, Run, train
    except ImportError as error:
        raise _missing(error) from None
    expect_same_run(flags.out, config)
    if flags.threads:
        torch.set_num_threads(flags.threads)
    call = CallOptions(
        flags.checkpoint_seconds, flags.stop_after, flags.pad, flags.compile, flags.log_every
    )
    run = Run(config, flags.corpus, flags.out, flags.start)
    fabric = _fabric(flags, config.rows)
    prepare_folder(flags.out, config, flags.corpus)
    fabric.launch()
    try:
        interrupted = train(run, fabric, call)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError) or any(word in str(error) for word in _MEMORY):
            raise ComposerError(
                "out of memory: give a smaller --rows, --longest or --size; the run goes on "
                "only with the same, so give another --out too"
            ) from None
        raise
    if not fabric.is_global_zero:
        return 0  # the launcher would kill the first process for it
    if interrupted:
        print("interrupted; the same command goes on from the checkpoint", file=sys.stderr)
    return 130 if interrupted else 0


def _fabric(flags: argparse.Namespace, rows: int) -> Any:
    """The Fabric, not yet launched: the devices, processes and precision that are asked for."""
    try:
        from lightning.fabric import Fabric
        from lightning.fabric.utilities.exceptions import MisconfigurationException
    except ImportError as error:
        raise _missing(error) from None
    try:
        fabric = Fabric(
            accelerator=flags.accelerator,
            devices=int(flags.devices) if flags.devices.isdigit() else flags.devices,
            num_nodes=flags.nodes,
            strategy=flags.strategy,
            precision=flags.precision,
        )
    except (MisconfigurationException, RuntimeError, ValueError, TypeError) as error:
        raise ComposerError(" ".join(str(error).split())) from None
    if rows < fabric.world_size:
        raise ComposerError(f"--rows: {rows} are too few for {fabric.world_size} processes")
    return fabric


def _missing(error: ImportError) -> ComposerError:
    library = (error.name or "more libraries").partition(".")[0]
    return ComposerError(
        f"training needs {library}: install it with pip install 'symbolic-composer[train]'"
    )


def _config(flags: argparse.Namespace) -> RunConfig:
    """What the run is asked for."""
    chosen = {name: getattr(flags, name) for name in asdict(RunConfig()) if hasattr(flags, name)}
    return RunConfig(**chosen, plan=not flags.no_plan, normalised=not flags.file_keys)


def _parser() -> argparse.ArgumentParser:
    """The flags: those of the run, then those of one call."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.train_transformer")
    parser.add_argument("--corpus", type=Path, required=True, help="a prepared corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    defaults = RunConfig()
    parser.add_argument("--size", choices=SIZES, default=defaults.size, help="size of the decoder")
    whole, real = at_least(1, int), at_least(0, float)
    add = parser.add_argument
    add("--steps", type=whole, default=defaults.steps, help="steps of the whole run")
    add("--rows", type=whole, default=defaults.rows, help="rows of a batch, over all processes")
    add("--longest", type=whole, default=defaults.longest, help="tokens of a row at most")
    add("--rate", type=real, default=defaults.rate, help="learning rate of AdamW")
    add("--matrix-rate", type=real, default=defaults.matrix_rate, help="learning rate of Muon")
    add("--warm-up", type=at_least(0, int), default=defaults.warm_up, help="steps of rising rate")
    add("--fall", type=real, default=defaults.fall, help="share of the steps with a falling rate")
    add("--seed", type=at_least(0, int), default=defaults.seed, help="seed of weights and windows")
    add("--validate-every", type=whole, default=defaults.validate_every, help="steps between")
    add("--validation-rows", type=whole, default=defaults.validation_rows, help="rows of each")
    add("--no-plan", action="store_true", help="do not tell the model the plan")
    add("--file-keys", action="store_true", help="leave each file in its own key")
    _add_call(parser)
    return parser


def _add_call(parser: argparse.ArgumentParser) -> None:
    """The flags of one call: with what a new run begins, on which machines, and until when."""
    add = parser.add_argument
    add("--start", type=Path, help="weights to begin a new run with")
    add("--devices", default="auto", help="how many of them each machine gives, or auto")
    add("--nodes", type=at_least(1, int), default=1, help="machines")
    add("--strategy", default="auto", help="ddp for several processes")
    add("--stop-after", type=at_least(0, int), default=0, help="steps of this call; 0 for all")
    add_speed(parser)


def add_speed(parser: argparse.ArgumentParser) -> None:
    """The flags that say what computes, how exactly, and how often it is written down."""
    add = parser.add_argument
    add("--accelerator", default="auto", help="cpu, cuda, mps or auto")
    add("--precision", default="bf16-mixed", help="such as 32-true")
    add("--threads", type=at_least(0, int), default=0, help="CPU threads of a process")
    add("--compile", action="store_true", help="compile the network first")
    add("--pad", type=at_least(1, int), default=128, help="lengths are multiples of this")
    add("--checkpoint-seconds", type=at_least(0, float), default=60.0, help="seconds between")
    add("--log-every", type=at_least(1, int), default=10, help="steps of a line of the log")


def at_least(least: int, kind: type[int] | type[float]) -> Any:
    """A type of argument: a number that is not too small."""

    def number(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(least - 1)
        if not least <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text!r} is no number of {least} or more")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())

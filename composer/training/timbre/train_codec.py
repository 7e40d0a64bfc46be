"""Trains the codec: how real instruments differ from the small SoundFont.

``python -m composer.training.timbre.train_codec --shards DIR --valid DIR --out RUN``

For the first tenth of the run the decoder has no codes: the codec begins as a net that guesses the
change from the dry sound alone. Then the encoder hears the real instrument. With ``--start`` it
begins with the weights of an earlier run, codes and all. The same command goes on from the last
checkpoint.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from composer.errors import ComposerError, CorpusError
from composer.training.timbre.batches import Batches, whole_clips
from composer.training.timbre.loop import CHECKPOINT, Loop, LoopOptions
from composer.training.timbre.networks import Codec, TimbreConfig
from composer.training.timbre.objectives import CodecObjective, Hidden
from composer.training.timbre.shards import Shard, read_shards
from composer.training.train_transformer import at_least

_VALID_FRAMES = 256
_VALID_CLIPS = 1


class Validation:
    """Losses on clips that are not learned from: without codes, and with those of the encoder."""

    def __init__(self, objective: CodecObjective, shards: Sequence[Shard]) -> None:
        self._objective, self._shards = objective, shards

    @torch.no_grad()
    def __call__(self) -> Mapping[str, float]:
        """The mel losses dry, without codes, with coarse and all codes; codes used, perplexity."""
        objective = self._objective
        sums = {"dry": 0.0, "none": 0.0, "coarse": 0.0, "codes": 0.0}
        seen: dict[str, list[Tensor]] = {"coarse": [], "fine": []}
        count = 0
        for batch in whole_clips(self._shards, _VALID_FRAMES, _VALID_CLIPS):
            codec, generator = objective.codec, torch.Generator().manual_seed(0)
            context = codec.trunk(batch.dry_mel, batch.roll, batch.program)
            coarse, coarse_codes, fine, fine_codes = codec.encoder(
                batch.real_mel, batch.dry_mel, context
            )
            seen["coarse"].append(coarse_codes.flatten())
            seen["fine"].append(fine_codes.flatten())
            gain, noise = codec.decoder(context, coarse * 0, fine * 0)
            sums["none"] += float(objective.judge(batch, gain, noise, generator)["mel"])
            for name, told in {"coarse": 0, "codes": 1}.items():
                gain, noise = codec.decoder(context, coarse, fine * told)
                sums[name] += float(objective.judge(batch, gain, noise, generator)["mel"])
            still, silent = torch.zeros_like(gain), torch.full_like(noise, -200.0)
            sums["dry"] += float(objective.judge(batch, still, silent, generator)["mel"])
            count += 1
        figures = {name: value / count for name, value in sums.items()}
        for name, codes in seen.items():
            shares = torch.bincount(torch.cat(codes)).double() / sum(map(len, codes))
            shares = shares[shares > 0]
            figures[f"{name}_codes_used"] = float(len(shares))
            figures[f"{name}_perplexity"] = float(torch.exp(-(shares * shares.log()).sum()))
        return figures


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = loop_parser("train_codec", steps=3000)
    add = parser.add_argument
    add("--hide-all", type=float, default=0.35, help="share of clips without codes")
    add("--hide-fine", type=float, default=0.15, help="share of clips without fine codes")
    add("--start", type=Path, help="checkpoint of a codec to begin a new run with")
    flags = parser.parse_args(argv)

    def make(config: TimbreConfig) -> tuple[CodecObjective, Codec]:
        from composer.training.checkpoints import read_checkpoint

        codec, until = Codec(config), Hidden().until
        if flags.start is not None:
            read_checkpoint(flags.start).into_model(codec)
            until = 0.0
        return CodecObjective(codec, Hidden(flags.hide_all, flags.hide_fine, until)), codec

    return run_command(parser, flags, lambda config, valid: _setup(make(config), valid))


def _setup(made: tuple[CodecObjective, Codec], valid: Sequence[Shard]) -> tuple[Any, Any, Any]:
    objective, codec = made
    return objective, codec, Validation(objective, valid)


def loop_parser(command: str, *, steps: int) -> argparse.ArgumentParser:
    """The flags of both training commands."""
    parser = argparse.ArgumentParser(prog=f"python -m composer.training.timbre.{command}")
    add, whole, real = parser.add_argument, at_least(1, int), at_least(0, float)
    add("--shards", type=Path, nargs="+", required=True, help="folders of shards to learn from")
    add("--valid", type=Path, required=True, help="shards to validate on")
    add("--out", type=Path, required=True, help="folder of the run")
    add("--steps", type=whole, default=steps, help="steps of the whole run")
    add("--seconds", type=real, default=0.0, help="end after so much computing; 0 for no limit")
    add("--clips", type=whole, default=16, help="clips of a batch")
    add("--frames", type=whole, default=256, help="frames of a clip, a multiple of 4")
    add("--width", type=whole, default=TimbreConfig().width, help="width of the networks")
    add("--rate", type=real, default=LoopOptions(1).rate, help="learning rate of AdamW")
    add("--matrix-rate", type=real, default=LoopOptions(1).matrix_rate, help="of Muon")
    add("--seed", type=at_least(0, int), default=1, help="seed of weights and batches")
    add("--accelerator", default="auto", help="cpu, cuda, mps or auto")
    add("--devices", default="auto", help="how many")
    add("--precision", default="bf16-mixed", help="such as 32-true")
    add("--threads", type=at_least(0, int), default=0, help="CPU threads")
    add("--validate-every", type=whole, default=250, help="steps between validations")
    add("--checkpoint-seconds", type=real, default=60.0, help="seconds between checkpoints")
    return parser


def run_command(parser: argparse.ArgumentParser, flags: argparse.Namespace, make: Any) -> int:
    """Train as the flags say; returns the exit status."""
    try:
        return _train(flags, make)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _train(flags: argparse.Namespace, make: Any) -> int:
    from lightning.fabric import Fabric

    if flags.threads:
        torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    config = TimbreConfig(width=flags.width)
    shards = [shard for folder in flags.shards for shard in read_shards(folder)]
    valid = read_shards(flags.valid)
    flags.out.mkdir(parents=True, exist_ok=True)
    _expect_same_size(flags.out, config)
    told = {"config": asdict(config), "flags": vars(flags)}
    text = json.dumps(
        {**told, "programs": sorted({s.program for s in shards})}, indent=1, default=str
    )
    (flags.out / "config.json").write_text(text, encoding="utf-8")
    devices = int(flags.devices) if str(flags.devices).isdigit() else flags.devices
    fabric = Fabric(accelerator=flags.accelerator, devices=devices, precision=flags.precision)
    fabric.launch()
    objective, learner, validation = make(config, valid)
    options = LoopOptions(
        flags.steps,
        flags.seconds,
        flags.rate,
        flags.matrix_rate,
        checkpoint_seconds=flags.checkpoint_seconds,
        validate_every=flags.validate_every,
    )
    batches = Batches(shards, flags.clips, flags.frames, flags.seed)
    loop = Loop(objective, learner, batches, flags.out, options, fabric, validation)
    if loop.run():
        print("interrupted; the same command goes on from the checkpoint", file=sys.stderr)
        return 130
    return 0


def _expect_same_size(out: Path, config: TimbreConfig) -> None:
    """See, before anything is written, that a run that goes on is of the size that is asked for."""
    path = out / "config.json"
    if not (out / CHECKPOINT).is_file() or not path.is_file():
        return
    try:
        width = json.loads(path.read_text(encoding="utf-8"))["config"]["width"]
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: is no configuration of a timbre run: {error!r}") from None
    if width != config.width:
        raise CorpusError(
            f"--width: {out} holds a run of width {width}, not {config.width}; give another --out"
        )


if __name__ == "__main__":
    sys.exit(main())

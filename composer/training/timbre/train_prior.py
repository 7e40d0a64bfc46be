"""Trains the prior: which codes a real instrument would have, guessed from the dry sound and notes.

``python -m composer.training.timbre.train_prior --codec RUN --shards DIR --valid DIR --out RUN``

The codec is done learning. The same command goes on from the last checkpoint.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from composer.training.checkpoints import read_checkpoint
from composer.training.timbre.batches import whole_clips
from composer.training.timbre.loop import CHECKPOINT
from composer.training.timbre.networks import Codec, Prior, TimbreConfig
from composer.training.timbre.objectives import PriorObjective
from composer.training.timbre.shards import Shard
from composer.training.timbre.train_codec import loop_parser, run_command

_VALID_FRAMES = 512
_VALID_CLIPS = 2


class Validation:
    """Bits a code on clips that are not learned from."""

    def __init__(self, objective: PriorObjective, shards: Sequence[Shard]) -> None:
        self._objective, self._shards = objective, shards

    @torch.no_grad()
    def __call__(self) -> Mapping[str, float]:
        """``coarse`` and ``fine``, over all steps of decoding."""
        sums = {"coarse": 0.0, "fine": 0.0}
        count = 0
        generator = torch.Generator().manual_seed(0)
        for batch in whole_clips(self._shards, _VALID_FRAMES, _VALID_CLIPS):
            losses = self._objective(batch, generator, 1.0)
            for name in sums:
                sums[name] += float(losses[name]) / math.log(2)
            count += 1
        return {f"{name}_bits": value / count for name, value in sums.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = loop_parser("train_prior", steps=2000)
    parser.add_argument("--codec", type=Path, required=True, help="run of the trained codec")
    flags = parser.parse_args(argv)

    def make(config: TimbreConfig, valid: Sequence[Shard]) -> tuple[Any, Any, Any]:
        codec = Codec(config)
        read_checkpoint(flags.codec / CHECKPOINT).into_model(codec)
        prior = Prior(config)
        objective = PriorObjective(prior, codec.eval(), config)
        return objective, prior, Validation(objective, valid)

    return run_command(parser, flags, make)


if __name__ == "__main__":
    sys.exit(main())

"""What a step of the codec, and one of the prior, is to make smaller.

Shapes: B clips, T frames, K codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.refining.spectra import N_FFT
from composer.training.timbre.batches import Batch
from composer.training.timbre.losses import SpectralLosses, unsteadiness
from composer.training.timbre.networks import Codec, Prior, TimbreConfig
from composer.training.timbre.signal import Synthesis

WEIGHTS = {"mel": 1.0, "linear": 0.4, "onset": 0.3, "steady": 0.03}
"""What the losses of the codec count."""
_UNCOVERED = N_FFT - N_FFT // 4

Losses = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Hidden:
    """How often codes are hidden from the decoder, so that it can do without.

    Args:
        all: Share of clips without any.
        fine: Share of clips without the fine ones.
        until: Share of the run until which there are no codes at all.
    """

    all: float = 0.35
    fine: float = 0.15
    until: float = 0.1


class CodecObjective(nn.Module):
    """The codec, what makes its sound, and what judges it.

    Args:
        codec: The codec.
        hidden: How often codes are hidden.
    """

    def __init__(self, codec: Codec, hidden: Hidden) -> None:
        super().__init__()
        self.codec, self.hidden = codec, hidden
        self.synthesis, self.losses = Synthesis(), SpectralLosses()

    def forward(self, batch: Batch, generator: torch.Generator, share: float) -> Losses:
        """The losses by name, ``total`` among them.

        Args:
            batch: Clips.
            generator: Draws what is hidden, and the noise.
            share: How much of the run is done, 0 to 1.
        """
        codec = self.codec
        context = codec.trunk(batch.dry_mel, batch.roll, batch.program)
        clips = len(batch.program)
        coarse, _, fine, _ = codec.encoder(batch.real_mel, batch.dry_mel, context)
        drawn = torch.rand(clips, 1, 1, generator=generator, device=context.device)
        none = 1.0 if share < self.hidden.until else self.hidden.all
        coarse = coarse * (drawn >= none)
        fine = fine * (drawn >= none + self.hidden.fine)
        gain_db, noise_db = codec.decoder(context, coarse, fine)
        return self.judge(batch, gain_db.float(), noise_db.float(), generator)

    def judge(
        self, batch: Batch, gain_db: Tensor, noise_db: Tensor, generator: torch.Generator
    ) -> Losses:
        """The losses of gains and levels of noise."""
        with torch.autocast(batch.dry.device.type, enabled=False):
            refined = self.synthesis(batch.dry, gain_db, noise_db, generator)
            inner = slice(_UNCOVERED, -_UNCOVERED)
            losses: Losses = self.losses(
                refined[:, inner], batch.real[:, inner], batch.dry[:, inner], batch.highest
            )
            losses["steady"] = unsteadiness(gain_db)
        losses["total"] = sum((WEIGHTS[n] * x for n, x in losses.items()), torch.zeros(()))
        return losses


class PriorObjective(nn.Module):
    """The prior, learning the codes that a trained codec writes.

    The known codes are those of earlier steps of parallel decoding (Chang et al. 2022, with a fixed
    order in place of the most certain first), so that learning and use meet the same cases.

    Args:
        prior: The prior.
        codec: The trained codec; it does not learn any more.
    """

    def __init__(self, prior: Prior, codec: Codec, config: TimbreConfig) -> None:
        super().__init__()
        self.prior, self.codec, self.codes = prior, codec.requires_grad_(False), config.codes

    def forward(self, batch: Batch, generator: torch.Generator, share: float) -> Losses:
        """Nats a code: ``coarse``, ``fine``, and their sum ``total``."""
        del share
        with torch.no_grad():
            context = self.codec.trunk(batch.dry_mel, batch.roll, batch.program)
            coded = self.codec.encoder(batch.real_mel, batch.dry_mel, context)
        coarse, fine = coded[1], coded[3]
        losses = {
            "coarse": self._level(
                lambda known: self.prior.coarse(context, known), coarse, generator
            ),
            "fine": self._level(
                lambda known: self.prior.fine(context, coarse, known), fine, generator
            ),
        }
        losses["total"] = losses["coarse"] + losses["fine"]
        return losses

    def _level(
        self, guess: Callable[[Tensor], Tensor], codes: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Cross entropy of the codes of a drawn step, the earlier ones being known."""
        step_of = decoding_steps(codes.shape[1]).to(codes.device)
        drawn = torch.randint(0, 3, (len(codes), 1), generator=generator, device=codes.device)
        known = torch.where(step_of < drawn, codes, self.codes)
        logits = guess(known).float()
        asked = (step_of == drawn).expand_as(codes)
        return functional.cross_entropy(logits[asked], codes[asked])


def decoding_steps(positions: int) -> Tensor:
    """The step, 0 to 2, in which each position is decoded, ``[positions]``."""
    pattern = torch.tensor([0, 2, 1, 2])
    return pattern.repeat(-(-positions // 4))[:positions]

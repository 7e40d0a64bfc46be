"""The timbre networks in torch: trunk, codec and prior.

The codec is a VQ-VAE (van den Oord et al. 2017) with two levels of codes (Razavi et al. 2019;
Dhariwal et al. 2020): the encoder hears the real instrument, the decoder is told its codes and what
is known of the small SoundFont's sound, and says how to change that sound. The prior guesses the
codes where the real instrument is not there to be heard.

Blocks are ConvNeXt's in one dimension (Liu et al. 2022; Siuzdak 2023). Codes are finite scalar
quantization's (Mentzer et al. 2023), which needs no codebook to be learned and no commitment loss.

Shapes: B clips, T frames (a multiple of 4), C width, K codes of a codebook.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.refining.spectra import BANDS, NOISE_BANDS

ROLL = 257
PROGRAM_IDS = 129
COARSE_FRAMES = 4
"""Frames of one coarse code: 21.5 Hz."""
GAIN_LIMIT_DB = 30.0
NOISE_RANGE_DB = (-80.0, 10.0)


@dataclass(frozen=True, slots=True)
class TimbreConfig:
    """Size of the networks.

    Args:
        width: C.
        trunk: Dilations of the trunk's blocks.
        decoder: Dilations of the decoder's.
        encoder: Dilations of the encoder's.
        coarse: Dilations of the coarse prior's, in coarse frames.
        fine: Dilations of the fine prior's.
        levels: Levels of each number of a code; their product is K.
        steps: Steps of parallel decoding, which count for the reach.
    """

    width: int = 256
    trunk: tuple[int, ...] = (1, 2, 4, 4)
    decoder: tuple[int, ...] = (1, 2)
    encoder: tuple[int, ...] = (1, 2, 2)
    coarse: tuple[int, ...] = (1, 2, 1)
    fine: tuple[int, ...] = (1, 2)
    levels: tuple[int, ...] = (8, 6, 5)
    steps: int = 3

    @property
    def codes(self) -> int:
        """K."""
        return math.prod(self.levels)

    @property
    def reach(self) -> int:
        """Frames at each side that a frame's result depends on, all steps together."""
        kernel = Block.KERNEL // 2
        coarse = COARSE_FRAMES * (kernel * sum(self.coarse) * self.steps + 1)
        fine = kernel * sum(self.fine) * self.steps
        reach = kernel * (sum(self.trunk) + sum(self.decoder)) + coarse + fine
        return -(-reach // 16) * 16


class Block(nn.Module):
    """A ConvNeXt block: depthwise convolution, layer norm, and a feed-forward layer of 4 C."""

    KERNEL = 7

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        padding = self.KERNEL // 2 * dilation
        self.mix = nn.Conv1d(
            width, width, self.KERNEL, padding=padding, dilation=dilation, groups=width
        )
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        """``[B, T, C]`` to the same."""
        mixed = self.mix(x.transpose(1, 2)).transpose(1, 2)
        inner = functional.gelu(self.widen(self.norm(mixed)), approximate="tanh")
        out: Tensor = x + self.scale * self.narrow(inner)
        return out


class Stack(nn.Module):
    """Blocks one after another, and a norm."""

    def __init__(self, width: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, dilation) for dilation in dilations)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """``[B, T, C]`` to the same."""
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out


class Trunk(nn.Module):
    """What is known without the real instrument: the dry sound, its notes and its program."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.sound = nn.Linear(BANDS, config.width)
        self.notes = nn.Linear(ROLL, config.width, bias=False)
        self.program = nn.Embedding(PROGRAM_IDS, config.width)
        self.stack = Stack(config.width, config.trunk)

    def forward(self, log_mel: Tensor, roll: Tensor, program: Tensor) -> Tensor:
        """Read a clip.

        Args:
            log_mel: ``[B, T, 128]`` of the scaled dry sound.
            roll: ``[B, T, 257]``.
            program: ``[B]``.

        Returns:
            ``[B, T, C]``.
        """
        known = self.sound(scaled(log_mel)) + self.notes(roll)
        context: Tensor = self.stack(known + self.program(program)[:, None])
        return context


class Codebook(nn.Module):
    """Finite scalar quantization (Mentzer et al. 2023): a code is a few numbers of few levels."""

    levels: Tensor
    basis: Tensor
    table: Tensor

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        levels = torch.tensor(config.levels)
        self.register_buffer("levels", levels, persistent=False)
        basis = torch.cumprod(torch.cat([torch.ones(1, dtype=torch.long), levels[:-1]]), 0)
        self.register_buffer("basis", basis, persistent=False)
        indices = torch.arange(config.codes)[:, None] // basis % levels
        table = indices / (levels - 1) * 2 - 1
        none = torch.zeros(1, len(config.levels))
        self.register_buffer("table", torch.cat([table, none]), persistent=False)

    def forward(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Round.

        Args:
            numbers: ``[…, D]`` of any size.

        Returns:
            The rounded numbers, each in -1 to 1, with the gradient of the unrounded, and the codes
            ``[…]``.
        """
        bounded = torch.tanh(numbers)
        steps = (self.levels - 1) / 2
        indices = torch.round((bounded + 1) * steps)
        rounded = indices / steps - 1
        codes = (indices.long() * self.basis).sum(dim=-1)
        return bounded + (rounded - bounded).detach(), codes


class Encoder(nn.Module):
    """Hears the real instrument beside what the trunk knows, and writes two levels of codes."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.sound = nn.Linear(2 * BANDS, config.width)
        self.context = nn.Linear(config.width, config.width, bias=False)
        self.stack = Stack(config.width, config.encoder)
        self.coarse = nn.Linear(config.width, len(config.levels))
        self.fine = nn.Linear(config.width, len(config.levels))
        self.fine_less = nn.Linear(len(config.levels), config.width, bias=False)
        self.codebook = Codebook(config)

    def forward(
        self, real: Tensor, dry: Tensor, context: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Encode.

        Args:
            real: ``[B, T, 128]`` log mel of the real instrument.
            dry: ``[B, T, 128]`` of the dry sound.
            context: ``[B, T, C]`` of the trunk.

        Returns:
            Coarse numbers ``[B, T/4, D]`` and codes, fine numbers ``[B, T, D]`` and codes.
        """
        heard = torch.cat([scaled(real), scaled(real) - scaled(dry)], dim=-1)
        state = self.stack(self.sound(heard) + self.context(context))
        coarse, coarse_codes = self.codebook(self.coarse(pooled(state)))
        rest = state - repeated(self.fine_less(coarse))
        fine, fine_codes = self.codebook(self.fine(rest))
        return coarse, coarse_codes, fine, fine_codes


class Decoder(nn.Module):
    """Says how the dry sound is to be changed: gains of bands, and levels of noise."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        numbers = len(config.levels)
        self.coarse = nn.Linear(numbers, config.width)
        self.fine = nn.Linear(numbers, config.width)
        self.stack = Stack(config.width, config.decoder)
        self.gain = nn.Linear(config.width, BANDS)
        self.noise = nn.Linear(config.width, NOISE_BANDS)
        self.codebook = Codebook(config)
        nn.init.normal_(self.gain.weight, std=0.005)
        nn.init.normal_(self.noise.weight, std=0.005)
        nn.init.zeros_(self.gain.bias)
        nn.init.constant_(self.noise.bias, -0.3)

    def forward(self, context: Tensor, coarse: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """Decode.

        Args:
            context: ``[B, T, C]`` of the trunk.
            coarse: ``[B, T/4, D]`` numbers of the coarse codes; zeros for none.
            fine: ``[B, T, D]`` of the fine codes; zeros for none.

        Returns:
            Gains ``[B, T, 128]`` in dB, and levels of noise ``[B, T, 32]`` in dB against the
            loudest band of the dry frame.
        """
        told = repeated(self.coarse(coarse)) + self.fine(fine)
        state = self.stack(context + told)
        gain = GAIN_LIMIT_DB * torch.tanh(self.gain(state))
        low, high = NOISE_RANGE_DB
        noise = low + (high - low) * torch.sigmoid(self.noise(state) * 4)
        return gain, noise

    def with_codes(self, context: Tensor, coarse: Tensor, fine: Tensor) -> tuple[Tensor, Tensor]:
        """`forward` by codes, ``[B, T/4]`` and ``[B, T]``; K for none."""
        table = self.codebook.table
        return self.forward(context, table[coarse], table[fine])


class CoarsePrior(nn.Module):
    """Guesses the coarse codes from what the trunk knows, and from those already guessed."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.context = nn.Linear(config.width, config.width)
        self.codes = nn.Embedding(config.codes + 1, config.width)
        self.stack = Stack(config.width, config.coarse)
        self.head = nn.Linear(config.width, config.codes)

    def forward(self, context: Tensor, codes: Tensor) -> Tensor:
        """Logits ``[B, T/4, K]``; `codes` is ``[B, T/4]``, K where they are to be guessed."""
        logits: Tensor = self.head(self.stack(self.context(pooled(context)) + self.codes(codes)))
        return logits


class FinePrior(nn.Module):
    """Guesses the fine codes when the coarse ones are known."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.context = nn.Linear(config.width, config.width)
        self.coarse = nn.Embedding(config.codes + 1, config.width)
        self.codes = nn.Embedding(config.codes + 1, config.width)
        self.stack = Stack(config.width, config.fine)
        self.head = nn.Linear(config.width, config.codes)

    def forward(self, context: Tensor, coarse: Tensor, codes: Tensor) -> Tensor:
        """Logits ``[B, T, K]``; `coarse` is ``[B, T/4]``, `codes` ``[B, T]``, K where unknown."""
        told = repeated(self.coarse(coarse)) + self.codes(codes)
        logits: Tensor = self.head(self.stack(self.context(context) + told))
        return logits


class Codec(nn.Module):
    """Trunk, encoder and decoder: what is trained first."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.trunk = Trunk(config)
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)


class Prior(nn.Module):
    """Both levels of the prior: what is trained on the codes of a trained codec."""

    def __init__(self, config: TimbreConfig) -> None:
        super().__init__()
        self.coarse = CoarsePrior(config)
        self.fine = FinePrior(config)


def scaled(log_mel: Tensor) -> Tensor:
    """Log mel levels of -9 to 1 as numbers around zero."""
    return (log_mel + 4.0) / 2.0


def pooled(x: Tensor) -> Tensor:
    """Means of four frames each: ``[B, T, C]`` to ``[B, T/4, C]``."""
    batch, frames, width = x.shape
    return x.reshape(batch, frames // COARSE_FRAMES, COARSE_FRAMES, width).mean(dim=2)


def repeated(x: Tensor) -> Tensor:
    """Each coarse frame four times: ``[B, T/4, C]`` to ``[B, T, C]``."""
    return x.repeat_interleave(COARSE_FRAMES, dim=1)

"""The decoder, in torch: what is trained, and what the exported one is held against.

Shapes: B rows, T tokens, S streams, D width, H heads, V note tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.training.runs import SIZES
from composer.transformer.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class DecoderConfig:
    """Size of the decoder.

    Args:
        notes: Note tokens, V.
        plan_tokens: Plan tokens of all streams together.
        width: D.
        layers: Blocks.
        heads: H; the width of a head is D / H.
        inner: Width of the feed-forward layers.
        rotary_base: Base of the rotary frequencies.
    """

    notes: int
    plan_tokens: int
    width: int = 256
    layers: int = 6
    heads: int = 4
    inner: int = 704
    rotary_base: float = 10_000.0


def decoder_config(size: str) -> DecoderConfig:
    """The configuration of one of `composer.training.runs.SIZES`, for the shipped vocabulary."""
    words = vocabulary()
    return DecoderConfig(len(words.notes), words.plan_tokens, **SIZES[size])


class Block(nn.Module):
    """One layer: attention and a gated feed-forward, each on a normed input.

    Sources: RMSNorm, Zhang and Sennrich (2019); rotary positions, Su et al. (2021); SwiGLU,
    Shazeer (2020).
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.attention_norm = nn.RMSNorm(config.width)
        self.attention_in = nn.Linear(config.width, 3 * config.width, bias=False)
        self.attention_out = nn.Linear(config.width, config.width, bias=False)
        self.inner_norm = nn.RMSNorm(config.width)
        self.inner_in = nn.Linear(config.width, 2 * config.inner, bias=False)
        self.inner_out = nn.Linear(config.inner, config.width, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        """``[B, T, D]`` to ``[B, T, D]``."""
        rows, length, width = x.shape
        mixed = self.attention_in(self.attention_norm(x))
        shape = (rows, length, 3, self.heads, width // self.heads)
        query, key, value = mixed.view(shape).permute(2, 0, 3, 1, 4).unbind(0)
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        heard = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.attention_out(heard.transpose(1, 2).reshape(rows, length, width))
        gate, lift = self.inner_in(self.inner_norm(x)).chunk(2, dim=-1)
        lifted: Tensor = self.inner_out(functional.silu(gate) * lift)
        return x + lifted


class Decoder(nn.Module):
    """Note tokens with plan tokens beside them, to the logits of the next note token."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.note_embedding = nn.Embedding(config.notes, config.width)
        self.plan_embedding = nn.Embedding(config.plan_tokens, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width)
        self.head = nn.Linear(config.width, config.notes, bias=False)
        self._initialise()

    def _initialise(self) -> None:
        nn.init.normal_(self.note_embedding.weight, std=0.02)
        nn.init.normal_(self.plan_embedding.weight, std=0.02)
        scale = (2 * self.config.layers) ** -0.5
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2 and "embedding" not in name:
                deviation = parameter.shape[1] ** -0.5 * 0.8
                last = name.endswith(("attention_out.weight", "inner_out.weight"))
                nn.init.normal_(parameter, std=deviation * (scale if last else 1.0))
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, tokens: Tensor, plan: Tensor) -> Tensor:
        """Logits.

        Args:
            tokens: ``[B, T]``.
            plan: ``[B, T, S]``.

        Returns:
            ``[B, T, V]``.
        """
        rows, length, streams = plan.shape
        beside = functional.embedding_bag(
            plan.reshape(-1, streams), self.plan_embedding.weight, mode="sum"
        )
        x = self.note_embedding(tokens) + beside.view(rows, length, -1)
        cosine, sine = rotary(length, self.config, x.device)
        cosine, sine = cosine.to(x.dtype), sine.to(x.dtype)
        for block in self.blocks:
            x = block(x, cosine, sine)
        logits: Tensor = self.head(self.norm(x))
        return logits


def rotary(length: int, config: DecoderConfig, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary positions, ``[T, D / H / 2]`` each."""
    half = config.width // config.heads // 2
    frequencies = config.rotary_base ** (
        -torch.arange(half, device=device, dtype=torch.float32) / half
    )
    angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * frequencies
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair (i, i + half) of ``[B, H, T, D / H]`` by its angle."""
    first, second = x.chunk(2, dim=-1)
    cosine, sine = cosine.to(x.dtype), sine.to(x.dtype)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

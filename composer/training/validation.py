"""Validation: how many bits a model needs for the notes that it is to write."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from composer.training.batches import Batch
from composer.transformer.cells import token_ids
from composer.transformer.conditions import stream_columns

Sum = Callable[[Tensor], Tensor]
"""Adds a tensor up over all processes."""


def validate(
    model: Any, batches: Sequence[Batch], device: torch.device, everywhere: Sum | None = None
) -> dict[str, float]:
    """Bits a note, a token and a bar of the cells to be written, and the tokens a note.

    Everything that is predicted in them counts, their ends too; a bar counts where one of its
    cells is to be written. Nothing is drawn, so random states stay as they are.

    Args:
        model: The decoder, wrapped or not.
        batches: The windows, or this process's share of them.
        device: Where the model is.
        everywhere: Adds up over processes, where each has a share.
    """
    training = model.training
    model.eval()
    with torch.no_grad():
        counts = np.sum([_counts(model, batch, device) for batch in batches], axis=0)
    model.train(training)
    if everywhere is not None:
        whole = torch.from_numpy(np.broadcast_to(counts, 4).copy()).to(device)
        counts = everywhere(whole).cpu().numpy()
    nats, tokens, notes, bars = (float(count) for count in counts)
    bits = nats / math.log(2)
    return {
        "bits_per_note": bits / notes,
        "bits_per_token": bits / tokens,
        "bits_per_bar": bits / bars,
        "tokens_per_note": tokens / notes,
    }


def loss_of(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy in nats over the targets that are not -1, a token or in all.

    Args:
        logits: ``[B, T, V]``.
        targets: ``[B, T]``.
        reduction: ``mean`` or ``sum``.
    """
    flat = logits.float().reshape(-1, logits.shape[-1])
    return functional.cross_entropy(flat, targets.reshape(-1), ignore_index=-1, reduction=reduction)


def _counts(model: Any, batch: Batch, device: torch.device) -> list[float]:
    """Nats, tokens, notes and bars of what is to be written in a batch."""
    wanted = np.where(batch.wanted, batch.targets, -1)
    logits = model(
        torch.from_numpy(batch.tokens).to(device), torch.from_numpy(batch.plan).to(device)
    )
    nats = loss_of(logits, torch.from_numpy(wanted).to(device), "sum")
    slots = batch.plan[:, :, stream_columns().columns["slot"]]
    rows = np.broadcast_to(np.arange(len(slots))[:, None], slots.shape)
    bars = np.unique(np.stack([rows[batch.wanted], slots[batch.wanted]]), axis=1).shape[1]
    return [float(nats), (wanted >= 0).sum(), (wanted >= token_ids().pitch).sum(), bars]

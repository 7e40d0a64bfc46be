"""Tiny decoders with random weights, and the same network written in numpy to hold them against."""

from __future__ import annotations

from typing import Any

import numpy as np

from composer.training.decoder_graph import EPSILON, ExportedDecoder, export_decoder
from composer.transformer.weights import DecoderShape, Weights, rotary_tables

TINY = DecoderShape(notes=37, plan_tokens=53, streams=5, width=64, layers=2, heads=2, inner=96)


def random_state(shape: DecoderShape = TINY, seed: int = 0) -> dict[str, np.ndarray]:
    """Parameters as a checkpoint has them."""
    random = np.random.default_rng(seed)
    width, inner = shape.width, shape.inner
    sizes = {"note_embedding": (shape.notes, width), "plan_embedding": (shape.plan_tokens, width)}
    for layer in range(shape.layers):
        at = f"blocks.{layer}"
        sizes |= {f"{at}.attention_norm": (width,), f"{at}.inner_norm": (width,)}
        sizes |= {f"{at}.attention_in": (3 * width, width), f"{at}.attention_out": (width, width)}
        sizes |= {f"{at}.inner_in": (2 * inner, width), f"{at}.inner_out": (width, inner)}
    sizes |= {"norm": (width,), "head": (shape.notes, width)}
    return {f"{name}.weight": _drawn(random, size) for name, size in sizes.items()}


def exported(shape: DecoderShape = TINY, *, integer: bool = False, seed: int = 0) -> Weights:
    """A decoder that never was on disk."""
    decoder: ExportedDecoder = export_decoder(random_state(shape, seed), shape, integer=integer)
    return Weights(shape, decoder.graph, decoder.weights, {})


def random_rows(
    rows: int, length: int, shape: DecoderShape = TINY, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Note tokens ``[rows, length]`` and plan tokens beside them."""
    random = np.random.default_rng(seed)
    tokens = random.integers(0, shape.notes, (rows, length))
    return tokens, random.integers(0, shape.plan_tokens, (rows, length, shape.streams))


def reference(
    state: dict[str, np.ndarray], shape: DecoderShape, tokens: Any, plan: Any
) -> np.ndarray:
    """Logits ``[T, V]`` of one row, ``[T]`` and ``[T, S]``, in double precision."""
    wide = {name: array.astype(np.float64) for name, array in state.items()}
    x = wide["note_embedding.weight"][tokens] + wide["plan_embedding.weight"][plan].sum(axis=1)
    for layer in range(shape.layers):
        own = {n.split(".")[2]: a for n, a in wide.items() if n.startswith(f"blocks.{layer}.")}
        x = x + _attention(_normed(x, own["attention_norm"]), own, shape)
        gate, lift = np.split(_normed(x, own["inner_norm"]) @ own["inner_in"].T, 2, axis=1)
        x = x + (gate / (1 + np.exp(-gate)) * lift) @ own["inner_out"].T
    return _normed(x, wide["norm.weight"]) @ wide["head.weight"].T


def _attention(x: np.ndarray, own: dict[str, np.ndarray], shape: DecoderShape) -> np.ndarray:
    length = len(x)
    mixed = (x @ own["attention_in"].T).reshape(length, 3, shape.heads, shape.head_width)
    query, key, value = mixed.transpose(1, 2, 0, 3)
    scores = _turned(query, shape) @ _turned(key, shape).transpose(0, 2, 1)
    scores = np.where(np.tri(length, dtype=bool), scores / shape.head_width**0.5, -np.inf)
    shares = np.exp(scores - scores.max(axis=2, keepdims=True))
    heard = shares / shares.sum(axis=2, keepdims=True) @ value
    return heard.transpose(1, 0, 2).reshape(length, shape.width) @ own["attention_out"].T


def _turned(x: np.ndarray, shape: DecoderShape) -> np.ndarray:
    cosine, sine = (table[: x.shape[1]] for table in rotary_tables(shape).values())
    first, second = np.split(x, 2, axis=2)
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=2)


def _normed(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON) * weight


def _drawn(random: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    if len(size) == 1:
        return (1 + 0.2 * random.standard_normal(size)).astype(np.float32)
    return (random.standard_normal(size) * 1.5 * size[1] ** -0.5).astype(np.float32)

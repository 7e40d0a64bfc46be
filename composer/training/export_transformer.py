"""Exports a trained decoder for ONNX Runtime: graph, weights and card.

    python -m composer.training.export_transformer --checkpoint FILE --out FOLDER

Needs onnx and safetensors, but not torch. The same checkpoint gives the same bytes. With ``--out
composer/transformer/data/model`` it is the decoder that composer ships.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from composer.errors import ComposerError, CorpusError
from composer.models.card import Arrays
from composer.training.decoder_graph import BLOCK, ExportedDecoder, export_decoder
from composer.training.model_folder import write_model
from composer.training.runs import CORPUS, SIZES
from composer.transformer.sequence import plan_streams
from composer.transformer.vocabulary import vocabulary
from composer.transformer.weights import (
    FORMAT,
    GRAPH,
    VERSION,
    WEIGHTS,
    DecoderShape,
    vocabulary_sha256,
)

PRECISIONS = ("int8", "float32")

_EMBEDDINGS = ("note_embedding", "plan_embedding")
_PREFIX = "model."


def decoder_shape(size: str) -> DecoderShape:
    """The shape of a size of `SIZES`, for the vocabulary that comes with composer."""
    words = vocabulary()
    return DecoderShape(len(words.notes), words.plan_tokens, plan_streams(), **SIZES[size])


def read_parameters(path: Path) -> tuple[Arrays, int]:
    """The parameters of a checkpoint's model, and the number of steps done.

    Raises:
        CorpusError: If it cannot be read, or holds no model.
    """
    try:
        with safe_open(path, framework="np") as file:
            names = [name for name in file.keys() if name.startswith(_PREFIX)]  # noqa: SIM118
            state = {name.removeprefix(_PREFIX): file.get_tensor(name) for name in names}
            step = int((file.metadata() or {}).get("step", 0))
    except (OSError, SafetensorError, ValueError, TypeError) as error:
        raise CorpusError(f"{path}: is no checkpoint: {error}") from None
    if not state:
        raise CorpusError(f"{path}: holds no model; give a checkpoint of a training run")
    return state, step


def write_decoder(
    folder: Path, decoder: ExportedDecoder, shape: DecoderShape, card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write graph, weights and card; the card last, so that a half-written folder is seen.

    Args:
        folder: Made where it is missing.
        decoder: What `export_decoder` gave.
        shape: Its size.
        card: What else its card is to say.

    Returns:
        The whole card.

    Raises:
        OutputError: If it cannot be written.
    """
    integer = any(array.dtype == np.uint8 for array in decoder.weights.values())
    halved = _EMBEDDINGS if integer else ()
    stored = {
        name: array.astype(np.float16) if name in halved else array
        for name, array in decoder.weights.items()
    }
    told = {
        "format": FORMAT,
        "version": VERSION,
        "precision": f"int8 in blocks of {BLOCK}" if integer else "float32",
        "vocabulary_sha256": vocabulary_sha256(),
        "shape": asdict(shape),
        **card,
    }
    return write_model(folder, {GRAPH: decoder.graph, WEIGHTS: save(stored)}, told)


def training_card(
    config: Mapping[str, Any], log: Path, step: int, corpus: Mapping[str, str]
) -> dict[str, Any]:
    """What the card says of data and training: from the run's configuration and its log.

    Args:
        config: The run's ``config.json``.
        log: The run's ``log.jsonl``; lines after ``step`` are left out.
        step: Steps done at the checkpoint.
        corpus: Title and licence of what it was trained on, as the run's ``corpus.json`` has them.

    Raises:
        CorpusError: If the log is malformed.
    """
    try:
        text = log.read_text(encoding="utf-8") if log.is_file() else ""
        lines = [line for line in map(json.loads, text.splitlines()) if line["step"] <= step]
        tokens = sum(line.get("tokens", 0) for line in lines)
        checked = [line for line in lines if "valid" in line]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{log}: is no log of a training run: {error}") from None
    return {
        "data": corpus.get("title", "not stated"),
        "data_licence": corpus.get("licence", "not stated"),
        "training": {"steps": step, "tokens": tokens, "config": dict(config)},
        "validation": {"step": checked[-1]["step"], **checked[-1]["valid"]} if checked else {},
    }


def export_checkpoint(
    checkpoint: Path, config: Path, log: Path, out: Path, precision: str = PRECISIONS[0]
) -> dict[str, Any]:
    """Export a checkpoint of a training run; returns the card.

    Raises:
        CorpusError: If a file of the run is missing, unreadable or of another vocabulary.
        OutputError: If the folder cannot be written.
    """
    try:
        asked = json.loads(config.read_text(encoding="utf-8"))
        kept = config.with_name(CORPUS)
        corpus = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        shape = decoder_shape(asked["size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{config}: is no configuration of a training run: {error}") from None
    state, step = read_parameters(checkpoint)
    _expect_shape(checkpoint, state, shape)
    decoder = export_decoder(state, shape, integer=precision == "int8")
    return write_decoder(out, decoder, shape, training_card(asked, log, step, corpus))


def _expect_shape(path: Path, state: Mapping[str, NDArray[Any]], shape: DecoderShape) -> None:
    width, last = shape.width, shape.layers - 1
    wanted = {
        "note_embedding.weight": (shape.notes, width),
        "plan_embedding.weight": (shape.plan_tokens, width),
        f"blocks.{last}.inner_in.weight": (2 * shape.inner, width),
        "head.weight": (shape.notes, width),
    }
    for name, size in wanted.items():
        found = state[name].shape if name in state else None
        if found != size:
            raise CorpusError(f"{path}: is of another model: {name} is {found}, not {size}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.export_transformer")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of a training run")
    parser.add_argument("--config", type=Path, help="config.json; that beside the checkpoint")
    parser.add_argument("--log", type=Path, help="log.jsonl; that beside the checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    flags = parser.parse_args(argv)
    beside = flags.checkpoint.parent
    try:
        card = export_checkpoint(
            flags.checkpoint,
            flags.config or beside / "config.json",
            flags.log or beside / "log.jsonl",
            flags.out,
            flags.precision,
        )
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    for name, entry in card["files"].items():
        print(f"{flags.out / name}: {entry['bytes']:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Exports trained timbre networks for ONNX Runtime: graphs, weights and card.

``python -m composer.training.timbre.export --codec RUN --prior RUN --out FOLDER``

The same checkpoints give the same bytes. With ``--out composer/refining/data/model`` they are the
networks that composer ships. ``--strengths FILE`` takes the programs and their strengths from a
JSON table that `composer.training.timbre.strengths` wrote; without one every program of the shards
is refined in full.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from composer.errors import ComposerError, CorpusError
from composer.models.card import Arrays
from composer.refining.spectra import BANDS, NOISE_BANDS
from composer.refining.weights import FORMAT, MODES, VERSION, WEIGHTS
from composer.training.export_transformer import read_parameters
from composer.training.model_folder import write_model
from composer.training.timbre.graphs import ExportedNetworks, export_networks
from composer.training.timbre.loop import CHECKPOINT, LOG
from composer.training.timbre.networks import TimbreConfig

DATA = (
    "pairs of one performance by TimGM6mb.sf2 and by real recorded instruments; the notes are "
    "random, or parts of songs from an md5-verified subset of 8,009 files of the Lakh MIDI Dataset "
    "(Raffel 2016)"
)
LICENCE = (
    "recordings: CC0 and public domain but for CC BY 4.0 DrumGizmo.org's MuldjordKit (Lars "
    "Muldjord; FreePats version) and MTG's solo saxophones (freesound.org, mapped by kinwie), and "
    "CC BY 3.0 Greg Sullivan's E-Pianos; Lakh: CC BY 4.0 for the compilation, the songs stay under "
    "copyright"
)


def read_config(run: Path) -> tuple[TimbreConfig, dict[str, Any], list[int]]:
    """Sizes, all that a run was asked for, and the programs that it learned.

    Raises:
        CorpusError: If its ``config.json`` cannot be read.
    """
    path = run / "config.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        sizes: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data["config"].items()
        }
        return TimbreConfig(**sizes), data["flags"], data["programs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: is no configuration of a timbre run: {error}") from None


def export_runs(
    codec: Path, prior: Path, out: Path, programs: Mapping[str, Any], mode: str, temperature: float
) -> dict[str, Any]:
    """Export two runs; returns the card.

    Raises:
        CorpusError: If a file of a run is missing or unreadable.
        OutputError: If the folder cannot be written.
    """
    config, flags, _ = read_config(codec)
    if read_config(prior)[0] != config:
        raise CorpusError(f"{prior}: is of another size than {codec}")
    codec_state, codec_steps = read_parameters(codec / CHECKPOINT)
    before = _before(flags)
    codec_steps += sum(run["steps"] for run in before)
    prior_state, prior_steps = read_parameters(prior / CHECKPOINT)
    try:
        networks = export_networks(codec_state, prior_state, config)
    except KeyError as error:
        raise CorpusError(f"{codec}, {prior}: lack the parameter {error}") from None
    parameters = sum(array.size for array in networks.weights.values())
    card = {
        "format": FORMAT,
        "version": VERSION,
        "shape": {
            "width": config.width,
            "codes": config.codes,
            "reach": config.reach,
            "bands": BANDS,
            "noise_bands": NOISE_BANDS,
        },
        "sampling": {"mode": mode, "temperature": temperature},
        "programs": programs,
        "data": DATA,
        "data_licence": LICENCE,
        "training": {
            "steps": codec_steps + prior_steps,
            "codec_steps": codec_steps,
            "prior_steps": prior_steps,
            "parameters": parameters,
            "config": {"size": f"{parameters / 1e6:.1f}M", **_told(flags)},
            "codec_before": before,
        },
        "validation": {**_last_validation(codec), **_last_validation(prior)},
    }
    return write_model(out, _files(networks), card)


def _before(flags: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The runs whose weights a run began with, the last one first: their steps and flags."""
    start = flags.get("start")
    if not start:
        return []
    run = Path(start).parent
    _, earlier, _ = read_config(run)
    _, steps = read_parameters(Path(start))
    return [{"steps": steps, "config": _told(earlier)}, *_before(earlier)]


def _told(flags: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of a run that say what was learned, without its folders."""
    kept = ("steps", "seconds", "clips", "frames", "width", "rate", "matrix_rate", "seed")
    return {name: flags[name] for name in kept if name in flags}


def _last_validation(run: Path) -> dict[str, Any]:
    try:
        lines = map(json.loads, (run / LOG).read_text(encoding="utf-8").splitlines())
        found = [line["valid"] for line in lines if "valid" in line]
    except (OSError, ValueError) as error:
        raise CorpusError(f"{run / LOG}: is no log of a training run: {error}") from None
    return {name: round(value, 4) for name, value in found[-1].items()} if found else {}


def _files(networks: ExportedNetworks) -> dict[str, bytes]:
    """Graphs, and the weights of all of them as halves."""
    halves: Arrays = {name: a.astype(np.float16) for name, a in networks.weights.items()}
    graphs = {f"{name}.onnx": graph for name, graph in networks.graphs.items()}
    return {**graphs, WEIGHTS: save(halves)}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.export")
    add = parser.add_argument
    add("--codec", type=Path, required=True, help="run of the codec")
    add("--prior", type=Path, required=True, help="run of the prior")
    add("--out", type=Path, required=True, help="folder to write into")
    add("--strengths", type=Path, help="JSON table of programs and their strengths")
    add("--mode", choices=MODES, default="sample", help="how codes are chosen")
    add("--temperature", type=float, default=1.0, help="how boldly they are drawn")
    flags = parser.parse_args(argv)
    try:
        programs = _strengths(flags.strengths, flags.codec)
        out, mode = flags.out, flags.mode
        card = export_runs(flags.codec, flags.prior, out, programs, mode, flags.temperature)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    for name, entry in card["files"].items():
        print(f"{flags.out / name}: {entry['bytes']:,} bytes")
    return 0


def _strengths(path: Path | None, codec: Path) -> dict[str, Any]:
    """The programs of the card."""
    if path is None:
        return {str(program): {"strength": 1.0} for program in read_config(codec)[2]}
    try:
        programs = json.loads(path.read_text(encoding="utf-8"))["programs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: is no table of strengths: {error}") from None
    if not isinstance(programs, dict):
        raise CorpusError(f"{path}: is no table of strengths: programs is no table")
    return programs


if __name__ == "__main__":
    sys.exit(main())

"""What was found of a stem, kept on disk, so that a run goes on where it was stopped."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from composer.training.timbre.judging.distances import FrameSums
from composer.training.timbre.judging.figures import SIDES, StemEvidence, StemFigures
from composer.training.timbre.judging.transcription import NoteScore


def keep(path: Path, evidence: StemEvidence, told: dict[str, object]) -> None:
    """Write what was found, to a temporary name first.

    Args:
        path: File to write, ``.npz``.
        evidence: What was found.
        told: What else is to be known of the stem.

    Raises:
        OSError: If it cannot be written.
    """
    arrays: dict[str, np.ndarray] = {}
    for side, sums, windows in zip(SIDES, evidence.sums, evidence.windows, strict=True):
        arrays[f"{side}_count"] = np.array(sums.count)
        arrays[f"{side}_total"] = sums.total
        arrays[f"{side}_products"] = sums.products
        arrays[f"{side}_windows"] = windows
    text = json.dumps({"figures": asdict(evidence.figures), "told": told})
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, text=np.array(text), **arrays)  # type: ignore[arg-type]
    part.replace(path)


def kept(path: Path) -> tuple[StemEvidence, dict[str, object]]:
    """Read what `keep` wrote.

    Raises:
        OSError: If it cannot be read.
    """
    with np.load(path, allow_pickle=False) as file:
        text = json.loads(str(file["text"]))
        sums = [
            FrameSums(int(file[f"{side}_count"]), file[f"{side}_total"], file[f"{side}_products"])
            for side in SIDES
        ]
        windows = [file[f"{side}_windows"] for side in SIDES]
    figures = text["figures"]
    if figures["notes"] is not None:
        figures["notes"] = tuple(NoteScore(**score) for score in figures["notes"])
    evidence = StemEvidence(
        StemFigures(**figures), (sums[0], sums[1], sums[2]), (windows[0], windows[1], windows[2])
    )
    return evidence, text["told"]

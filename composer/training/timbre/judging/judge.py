"""Judges the refiner on pairs that it was not trained on.

``python -m composer.training.timbre.judging.judge --pairs DIR --split test --out figures.json``

Every pair's dry sound is refined, and measured against its notes and the real sound. ``--train``
names the pairs that the classifier learns from. Each stem that is done is kept beside the output
file, and not done again. Beside ``figures.json`` a table is written, ``figures.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import ComposerError, EvaluationError
from composer.music.audio import Audio
from composer.refining.engine import OnnxNetworks
from composer.refining.gate import GateReport
from composer.refining.parts import Part
from composer.refining.refiner import Refiner
from composer.refining.spectra import SAMPLE_RATE, Floats
from composer.refining.weights import load_weights
from composer.training.timbre.judging.classifier import (
    RealnessClassifier,
    gather,
    window_features,
)
from composer.training.timbre.judging.distances import as_loud
from composer.training.timbre.judging.figures import (
    SetFigures,
    StemEvidence,
    judge_set,
    markdown_table,
    weigh,
)
from composer.training.timbre.judging.keeping import keep, kept
from composer.training.timbre.shards import read_pair


@dataclass(frozen=True, slots=True)
class Trial:
    """A way to refine that is to be judged.

    Args:
        model: Folder of the networks; `None` for those that come with composer.
        mode: How codes are chosen; `None` for what the card says.
        strength: Strength, 0 to 1.
        ungated: Take each stem as it comes: the strength is not multiplied by the program's own,
            and what fails the cheap checks is judged all the same.
        seed: Seed of what is drawn.
    """

    model: Path | None
    mode: str | None
    strength: float
    ungated: bool
    seed: int

    @property
    def key(self) -> str:
        """A name for its files; other networks have another."""
        about = json.dumps(load_weights(self.model).about, sort_keys=True, default=str)
        told = f"{about} {self.mode} {self.strength} {self.ungated} {self.seed}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def refiner(self) -> Refiner:
        """The refiner as this trial wants it."""
        if not self.ungated:
            return Refiner.load(self.model, threads=1)
        weights = load_weights(self.model)
        networks = OnnxNetworks(weights, threads=1)
        programs = dict.fromkeys(weights.programs, 1.0)
        return Refiner(networks, programs, weights.sampling, threads=1, judge=_accept)


_REFINERS: dict[Trial, Refiner] = {}
"""One a process: networks take a while to open."""


def judge_pair(pair: Path, name: str, trial: Trial, place: Path) -> None:
    """Refine a pair's dry sound, measure it, and keep what was found in the file `place`."""
    dry, real, part = read_pair(pair)
    if trial not in _REFINERS:
        _REFINERS[trial] = trial.refiner()
    audio = Audio(dry[None].copy(), SAMPLE_RATE)
    refined = _REFINERS[trial].refine(
        audio, part, wet=trial.strength, seed=trial.seed, mode=trial.mode
    )
    evidence = weigh(part, dry, np.array(refined.audio.samples[0]), real, name)
    keep(place, evidence, {"wet": refined.wet, "reason": refined.reason})


def pair_windows(pair: Path) -> tuple[Floats, Floats]:
    """Features of a pair's dry and real sound, for the classifier."""
    dry, real, _ = read_pair(pair)
    return window_features(as_loud(dry, real)), window_features(real)


def pairs_of(folder: Path, split: str) -> list[Path]:
    """The pairs of a folder, or of the folder of that split in it.

    Raises:
        EvaluationError: If there are none.
    """
    inside = folder / split
    found = sorted((inside if inside.is_dir() else folder).rglob("*.flac"))
    found = [path for path in found if path.with_suffix(".mid").exists()]
    if not found:
        raise EvaluationError(f"{folder}: holds no pairs (.flac with .mid beside it)")
    return found


def run(
    pairs: Sequence[Path], trial: Trial, out: Path, *, train: Sequence[Path] = (), jobs: int = 2
) -> dict[str, SetFigures]:
    """Judge pairs; returns the figures of all, and of each program.

    Args:
        pairs: The pairs.
        trial: How to refine them.
        out: File for the figures.
        train: Pairs that the classifier learns from; none, no classifier.
        jobs: Processes.

    Raises:
        ComposerError: If a pair cannot be read, the networks do not run or a tool is missing.
    """
    folder = out.with_suffix(".stems") / trial.key
    names = [f"{path.parent.name}-{path.stem}" for path in pairs]
    places = [folder / f"{name}.npz" for name in names]
    with ProcessPoolExecutor(jobs, initializer=_one_thread) as pool:
        learned = [pool.submit(pair_windows, path) for path in train]
        done = [
            pool.submit(judge_pair, pair, name, trial, place)
            for pair, name, place in zip(pairs, names, places, strict=True)
            if not place.exists()
        ]
        _watch([*learned, *done], f"judging {len(pairs)} pairs")
        windows = [future.result() for future in learned]
    classifier = None
    if windows:
        classifier = RealnessClassifier(*(gather([w[side] for w in windows]) for side in range(2)))
    found = [kept(place) for place in places]
    sets = _sets([evidence for evidence, _ in found], classifier)
    _write(out, trial, found, sets)
    return sets


def _sets(
    evidence: Sequence[StemEvidence], classifier: RealnessClassifier | None
) -> dict[str, SetFigures]:
    programs: dict[str, list[StemEvidence]] = {"all": list(evidence)}
    for item in evidence:
        programs.setdefault(f"{item.figures.program:03d}", []).append(item)
    return {name: judge_set(items, classifier) for name, items in sorted(programs.items())}


def _write(
    out: Path,
    trial: Trial,
    found: Sequence[tuple[StemEvidence, dict[str, object]]],
    sets: dict[str, SetFigures],
) -> None:
    stems = [
        {
            **asdict(evidence.figures),
            "mel_ratio": evidence.figures.mel_ratio,
            "notes_ok": evidence.figures.notes_ok,
            **told,
        }
        for evidence, told in found
    ]
    told = {
        "trial": {**asdict(trial), "model": str(trial.model) if trial.model else None},
        "sets": {name: asdict(figures) for name, figures in sets.items()},
        "stems": stems,
    }
    texts = {
        out: json.dumps(told, indent=1) + "\n",
        out.with_suffix(".md"): markdown_table(sets.items()),
    }
    for path, text in texts.items():
        part = path.with_name(path.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)


def _watch(futures: Sequence[Future[Any]], title: str) -> None:
    """A bar while they are worked on; the first error ends all."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    for future in track(as_completed(futures), title, len(futures), console=console):
        if future.exception() is not None:
            for other in futures:
                other.cancel()
            future.result()


def _one_thread() -> None:
    """As many processes as there are cores need no threads beside."""
    import threadpoolctl

    threadpoolctl.threadpool_limits(1)


def _accept(_dry: Audio, _wet: Audio, _part: Part) -> GateReport:
    return GateReport(())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.judging.judge")
    add = parser.add_argument
    add("--pairs", type=Path, required=True, help="folder of pairs, or of splits")
    add("--split", default="test", help="folder inside it, where there is one")
    add("--train", type=Path, help="pairs that the classifier learns from")
    add("--out", type=Path, required=True, help="file for the figures, .json")
    add("--model", type=Path, help="folder of the networks (default: those of composer)")
    add("--mode", choices=("none", "argmax", "sample"), help="default: what the card says")
    add("--strengths", type=float, nargs="+", default=[1.0], help="one run each, 0 to 1")
    add("--ungated", action="store_true", help="judge what the cheap gate refuses too")
    add("--seed", type=int, default=0)
    add("--limit", type=int, help="no more than so many pairs")
    add("--jobs", type=int, default=2, help="processes")
    flags = parser.parse_args(argv)
    try:
        flags.out.parent.mkdir(parents=True, exist_ok=True)
        pairs = pairs_of(flags.pairs, flags.split)[: flags.limit]
        train = pairs_of(flags.train, "train") if flags.train else []
        for strength in flags.strengths:
            trial = Trial(flags.model, flags.mode, strength, flags.ungated, flags.seed)
            out = flags.out
            if len(flags.strengths) > 1:
                out = out.with_name(f"{out.stem}-{round(100 * strength):03d}{out.suffix}")
            sets = run(pairs, trial, out, train=train, jobs=flags.jobs)
            print(f"strength {strength:g}\n{markdown_table(sets.items())}")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What is measured of one refined stem, of a set of them, and the tables of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from composer.music.audio import Audio
from composer.refining.gate import judge
from composer.refining.parts import Part, program_id
from composer.refining.spectra import SAMPLE_RATE, Floats
from composer.training.timbre.judging.classifier import (
    RealnessClassifier,
    gather,
    window_features,
)
from composer.training.timbre.judging.distances import (
    FrameSums,
    as_loud,
    frechet_distance,
    heard_frames,
    highs_db,
    log_mels,
)
from composer.training.timbre.judging.transcription import NoteScore, note_score

NOTE_MARGIN = 0.03
MEL_AIM, HIGHS_AIM_DB, REALNESS_AIM, FD_AIM = 0.60, 3.0, 0.8, 0.2
SIDES = ("dry", "wet", "real")


@dataclass(frozen=True, slots=True)
class StemFigures:
    """Figures of one stem.

    Args:
        name: What tables call it.
        program: 0–127, 128 for drums.
        notes: Scores of what a transcriber hears in the dry, wet and real sound; `None` for drums.
        mel_dry: Mean difference of the log mel magnitudes of dry and real, loudness aligned.
        mel_wet: The same of wet and real.
        highs_dry_db: Power above 8 kHz of dry against real, in decibels.
        highs_wet_db: The same of wet.
        gate_failure: First cheap check that failed; empty where all held.
    """

    name: str
    program: int
    notes: tuple[NoteScore, NoteScore, NoteScore] | None
    mel_dry: float
    mel_wet: float
    highs_dry_db: float
    highs_wet_db: float
    gate_failure: str

    @property
    def mel_ratio(self) -> float:
        """Mel distance of wet as a share of dry's."""
        return self.mel_wet / self.mel_dry if self.mel_dry > 0 else 1.0

    @property
    def notes_ok(self) -> bool:
        """Whether F1 and recall are no more than 0.03 below the lower of dry and real."""
        if self.notes is None:
            return True
        dry, wet, real = self.notes
        return (
            wet.f1 >= min(dry.f1, real.f1) - NOTE_MARGIN
            and wet.recall >= min(dry.recall, real.recall) - NOTE_MARGIN
        )


@dataclass(frozen=True, slots=True, eq=False)
class StemEvidence:
    """What of a stem figures of a set are made from.

    Args:
        figures: Its own figures.
        sums: Of the log mel frames of dry, wet and real.
        windows: Features of their windows, for the classifier.
    """

    figures: StemFigures
    sums: tuple[FrameSums, FrameSums, FrameSums]
    windows: tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class SetFigures:
    """Figures of a set of stems.

    Args:
        stems: How many.
        notes_ok: Share of those with a transcription whose notes are kept.
        f1: Mean F1 of dry, wet and real.
        recall: Mean recall of the three.
        mel_ratio: Mean of the stems' mel ratios.
        mel_worst: The highest of them.
        fd_dry: FD-mel of dry to real.
        fd_wet: FD-mel of wet to real.
        realness: Probability real of dry, wet and real; empty without a classifier.
        highs_db: Mean of the highs of dry and wet against real.
        gate_ok: Share that passed the cheap checks.
    """

    stems: int
    notes_ok: float
    f1: tuple[float, ...]
    recall: tuple[float, ...]
    mel_ratio: float
    mel_worst: float
    fd_dry: float
    fd_wet: float
    realness: tuple[float, ...]
    highs_db: tuple[float, float]
    gate_ok: float


def judge_stem(part: Part, dry: Floats, wet: Floats, real: Floats, name: str = "") -> StemFigures:
    """Measure one stem.

    Args:
        part: Who plays, and the notes.
        dry: ``[N]`` at 44.1 kHz: the small SoundFont's render.
        wet: ``[N]``: what was made of it.
        real: ``[N]``: the real instrument's render.
        name: What tables call it.

    Raises:
        EvaluationError: If the transcriber is not installed.
    """
    return weigh(part, dry, wet, real, name).figures


def weigh(part: Part, dry: Floats, wet: Floats, real: Floats, name: str = "") -> StemEvidence:
    """Measure one stem, and keep what sets need; see `judge_stem`."""
    dry, wet = as_loud(dry, real), as_loud(wet, real)
    sounds = (dry, wet, real)
    mel_real, mel_dry, mel_wet = log_mels(real, dry, wet)
    notes = None if part.drums else tuple(note_score(part.notes or (), s) for s in sounds)
    highs = [highs_db(sound) for sound in sounds]
    pair = [Audio(sound[None].copy(), SAMPLE_RATE) for sound in (dry, wet)]
    verdict = judge(pair[0], pair[1], part)
    figures = StemFigures(
        name,
        program_id(part),
        notes,  # type: ignore[arg-type]  # three of them
        float(np.abs(mel_dry - mel_real).mean()),
        float(np.abs(mel_wet - mel_real).mean()),
        highs[0] - highs[2],
        highs[1] - highs[2],
        verdict.first_failure,
    )
    heard = heard_frames(real)
    return StemEvidence(
        figures,
        (
            FrameSums.of(mel_dry[heard]),
            FrameSums.of(mel_wet[heard]),
            FrameSums.of(mel_real[heard]),
        ),
        (window_features(dry), window_features(wet), window_features(real)),
    )


def judge_set(
    evidence: Sequence[StemEvidence], classifier: RealnessClassifier | None = None
) -> SetFigures:
    """Figures of one stem or more together.

    Args:
        evidence: What `weigh` found of each.
        classifier: Trained on other pieces.
    """
    figures = [item.figures for item in evidence]
    scores = [stem.notes for stem in figures if stem.notes is not None]
    dry, wet, real = (
        sum((item.sums[side] for item in evidence), FrameSums.none()) for side in range(3)
    )
    realness: tuple[float, ...] = ()
    if classifier is not None:
        windows = (gather([item.windows[side] for item in evidence]) for side in range(3))
        realness = tuple(classifier.realness(side) for side in windows)
    ratios = [stem.mel_ratio for stem in figures]
    return SetFigures(
        stems=len(figures),
        notes_ok=_mean(stem.notes_ok for stem in figures if stem.notes is not None),
        f1=tuple(_mean(score[side].f1 for score in scores) for side in range(3)),
        recall=tuple(_mean(score[side].recall for score in scores) for side in range(3)),
        mel_ratio=_mean(ratios),
        mel_worst=max(ratios),
        fd_dry=frechet_distance(dry, real),
        fd_wet=frechet_distance(wet, real),
        realness=realness,
        highs_db=(
            _mean(stem.highs_dry_db for stem in figures),
            _mean(stem.highs_wet_db for stem in figures),
        ),
        gate_ok=_mean(not stem.gate_failure for stem in figures),
    )


def codes_in_use(codes: ArrayLike, size: int) -> tuple[float, float]:
    """Share of a codebook that is used, and the perplexity of its use.

    Args:
        codes: Any shape, 0 to `size` - 1.
        size: Codes in the book.

    >>> codes_in_use([0, 1, 2, 3], 8)
    (0.5, 4.0)
    """
    counts = np.bincount(np.ravel(np.asarray(codes)).astype(np.int64), minlength=size)[:size]
    shares = counts[counts > 0] / max(int(counts.sum()), 1)
    perplexity = float(np.exp(-(shares * np.log(shares)).sum())) if shares.size else 0.0
    return float(np.count_nonzero(counts)) / size, round(perplexity, 6)


def markdown_table(rows: Iterable[tuple[str, SetFigures]]) -> str:
    """Sets as a table, one a row."""
    head = (
        "| set | stems | note F1 dry / wet / real | recall | notes kept | mel, wet of dry (worst)"
        " | FD-mel dry → wet | real? dry / wet / real | above 8 kHz, dB | cheap gate |"
    )
    lines = [head, "|" + "---|" * (head.count("|") - 1)]
    for name, found in rows:
        cells = (
            name,
            str(found.stems),
            _shares(found.f1),
            _shares(found.recall),
            _share(found.notes_ok),
            f"{found.mel_ratio:.2f} ({found.mel_worst:.2f})",
            f"{found.fd_dry:.2f} → {found.fd_wet:.2f}",
            _shares(found.realness),
            f"{found.highs_db[0]:+.1f} → {found.highs_db[1]:+.1f}",
            _share(found.gate_ok),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _mean(values: Iterable[float]) -> float:
    """Mean, NaN of nothing."""
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else float("nan")


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.0%}"


def _shares(values: Sequence[float]) -> str:
    if not values or np.isnan(values[0]):
        return "–"
    return " / ".join(f"{value:.2f}" for value in values)

"""Metrics of the performance: velocities, micro-timing, tempo; and of the programs.

They are kept apart from the notes: real music put on the grid is told from itself by them alone.
"""

from __future__ import annotations

import numpy as np

from composer.evaluating.lines import weighted_mean
from composer.evaluating.material import Line, Material
from composer.evaluating.results import Metric
from composer.evaluating.roles import ROLES
from composer.evaluating.windows import GRID
from composer.music.song import Floats

_OWN = "own"
_TEMPI = (5.0, 1000.0)  # what lies beyond is a fault of the file
_FAMILIES = (
    "piano",
    "chromatic percussion",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "synth lead",
    "synth pad",
    "synth effects",
    "ethnic",
    "percussive",
    "sound effects",
)

EXPRESSION_METRICS: tuple[Metric, ...] = (
    Metric("tempo", "Tempo", "performance", "quarters a minute", _OWN),
    *(
        metric
        for role in ROLES
        for metric in (
            Metric(
                f"{role}.velocity", f"{role.title()}: mean velocity", "performance", "1-127", _OWN
            ),
            Metric(
                f"{role}.velocity_spread",
                f"{role.title()}: spread of velocity",
                "performance",
                "standard deviation",
                _OWN,
            ),
            Metric(
                f"{role}.velocities",
                f"{role.title()}: different velocities, of notes",
                "performance",
                "share",
                _OWN,
            ),
            Metric(
                f"{role}.accent",
                f"{role.title()}: velocity on the beat less off it",
                "performance",
                "velocity",
                _OWN,
            ),
            Metric(
                f"{role}.deviation",
                f"{role.title()}: mean distance from the grid of 12",
                "performance",
                "quarters",
                _OWN,
            ),
            Metric(
                f"{role}.on_grid",
                f"{role.title()}: onsets exactly on the grid",
                "performance",
                "share",
                _OWN,
            ),
            Metric(
                f"{role}.push",
                f"{role.title()}: mean lead or lag on the grid, late positive",
                "performance",
                "quarters",
                _OWN,
            ),
        )
    ),
    Metric("swing", "Off-beat eighths: mean place within the beat", "performance", "share", _OWN),
    Metric("programs", "Different programs", "instruments", "count", _OWN),
    *(
        Metric(f"family.{name}", f"Notes played by: {name}", "instruments", "share", "General MIDI")
        for name in _FAMILIES
    ),
)
"""What `expression_metrics` measures."""


def expression_metrics(material: Material) -> dict[str, float]:
    """Measure performance and instruments; NaN for a role that nobody plays."""
    tempo = float(np.clip(material.window.quarters_per_minute, *_TEMPI))
    found = {"tempo": tempo, "swing": _swing(material)}
    for role in ROLES:
        lines = material.of(role)
        weights = np.array([len(line.onset) for line in lines], dtype=np.float64)
        measured = [_played(line, material.window.beat_quarters) for line in lines]
        for name in (
            "velocity",
            "velocity_spread",
            "velocities",
            "accent",
            "deviation",
            "on_grid",
            "push",
        ):
            values: Floats = np.array([one[name] for one in measured])
            found[f"{role}.{name}"] = weighted_mean(values, weights)
    return found | _programs(material)


def _played(line: Line, beat_quarters: float) -> dict[str, float]:
    velocity = line.part.velocity
    onset = line.part.onset_quarters
    offset = onset - np.floor(onset * GRID + 0.5) / GRID
    beats = onset / beat_quarters
    on_beat = np.abs(beats - np.floor(beats + 0.5)) * beat_quarters < 0.5 / GRID
    both = on_beat.any() and not on_beat.all()
    return {
        "velocity": float(velocity.mean()),
        "velocity_spread": float(velocity.std()),
        "velocities": len(np.unique(velocity)) / len(velocity),
        "accent": (
            float(velocity[on_beat].mean() - velocity[~on_beat].mean()) if both else float("nan")
        ),
        "deviation": float(np.abs(offset).mean()),
        "on_grid": float((np.abs(offset) < 1e-3).mean()),
        "push": float(offset.mean()),
    }


def _swing(material: Material) -> float:
    """Mean place within the quarter of its off-beat eighths: 0.5 straight, 0.67 swung."""
    onsets = np.concatenate([line.part.onset_quarters for line in material.lines])
    place = onsets - np.floor(onsets)
    near = place[(place > 0.45) & (place < 0.72)]
    return float(near.mean()) if len(near) else float("nan")


def _programs(material: Material) -> dict[str, float]:
    pitched = material.pitched
    notes = np.zeros(len(_FAMILIES))
    for line in pitched:
        notes[line.part.program // 8] += len(line.onset)
    total = notes.sum()
    shares = notes / total if total else np.full(len(_FAMILIES), np.nan)
    found = {f"family.{name}": float(share) for name, share in zip(_FAMILIES, shares, strict=True)}
    found["programs"] = float(len({line.part.program for line in pitched}))
    return found

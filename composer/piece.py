"""A composed piece and its rendering, and what is to be said of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from composer.checking.report import Report
from composer.midi.encode import encode
from composer.midi.units import tempo_map
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.rendering.mixdown import Mix
from composer.sounding.options import RefiningReport
from composer.version import __version__
from composer.writers import Authorship


@dataclass(frozen=True, slots=True)
class Piece:
    """A composed piece.

    Args:
        brief: The full brief that was used; it composes the same piece again.
        plan: Form, harmony and arrangement.
        score: The written notes.
        performance: The played notes.
        report: The verdict of every hard rule.
        authorship: Who wrote which notes: the rules or the model.
        notes: What was decided about fields of the brief that pull against each other.
        rules: The folder of rules that was laid over ours, if any.
    """

    brief: Brief
    plan: Plan
    score: Score
    performance: Performance
    report: Report
    authorship: Authorship
    notes: tuple[str, ...]
    rules: Path | None = None

    @property
    def midi(self) -> bytes:
        """The performance as a type 1 MIDI file."""
        return encode(self.performance)

    @property
    def seconds(self) -> float:
        """Length as it is played, without the tail."""
        return tempo_map(self.performance).seconds(self.performance.end_ticks)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A rendered piece.

    Args:
        mix: Stems, premaster and master.
        synth: What played it.
        warning: What the user should know about it, or None.
        refining: What the timbre stage did, where it was asked for.
    """

    mix: Mix
    synth: str
    warning: str | None
    refining: RefiningReport | None = None


def report_of(piece: Piece, rendering: Rendering | None = None) -> dict[str, object]:
    """The report as plain data: what was asked, what was made, and every rule's verdict."""
    score = piece.score
    data: dict[str, object] = {
        "composer": __version__,
        "title": score.title,
        "seed": piece.brief.seed,
        "style": piece.plan.style,
        "key": score.key.name,
        "keys": _keys(score),
        "time_signature": score.meter.name,
        "counted": score.meter.counted,
        "tempo": score.quarters_per_minute,
        "mood": asdict(piece.plan.mood),
        "bars": score.bars,
        "seconds": round(piece.seconds, 3),
        "form": [{"name": s.name, "bars": s.bars, "energy": s.energy} for s in score.sections],
        "chords": [span.chord.symbol for span in score.chords],
        "parts": [
            {"name": p.plan.name, "role": p.plan.role, "notes": len(p.notes)} for p in score.parts
        ],
        "notes": list(piece.notes),
        "rules": piece.report.to_dict(),
        "writer": piece.authorship.to_dict(),
        "originality": originality_report(piece.performance),
    }
    if rendering is not None:
        data["audio"] = audio_report(rendering)
        if rendering.refining is not None:
            data["refining"] = rendering.refining.to_dict()
    return data


def _keys(score: Score) -> list[dict[str, object]]:
    """The keys that the piece goes through, each with the bar, from 1, in which it begins."""
    changes = [score.chords[0]] if score.chords else []
    changes += [after for before, after in pairwise(score.chords) if before.key != after.key]
    bar = score.meter.bar_quarters
    return [{"bar": int(s.onset_quarters // bar) + 1, "key": s.key.name} for s in changes]


@lru_cache(maxsize=4)
def originality_report(performance: Performance) -> dict[str, object]:
    """What a performance shares with the training corpus, as plain data.

    Raises:
        EvaluationError: If the index of the corpus, which comes with composer, is damaged.
    """
    from composer.evaluating.originality import originality
    from composer.midi.songs import song_of

    found = originality(song_of(performance))
    return {"summary": found.sentence(), **found.to_dict()}


def audio_report(rendering: Rendering) -> dict[str, object]:
    """What is to be said of a rendering, as plain data."""
    mix = rendering.mix
    return {
        "synthesiser": rendering.synth,
        "warning": rendering.warning,
        "loudness_lufs": mix.loudness_lufs,
        "true_peak_dbtp": mix.true_peak_dbtp,
        "master_gain_db": mix.master_gain_db,
        "max_limiting_db": mix.max_limiting_db,
        "sample_rate": mix.master.sample_rate,
        "seconds": round(mix.master.seconds, 3),
    }

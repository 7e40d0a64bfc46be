"""A composed piece and its rendering, and what is to be said of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from composer.checking.report import Report
from composer.checking.timing_rules import landings
from composer.evaluating.text_setting import lyrics_report
from composer.midi.encode import encode
from composer.midi.units import tempo_map
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.rendering.mixdown import Mix
from composer.sounding.options import Refining, RefiningReport
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
        model: The folder of the user's own transformer, if any.
    """

    brief: Brief
    plan: Plan
    score: Score
    performance: Performance
    report: Report
    authorship: Authorship
    notes: tuple[str, ...]
    rules: Path | None = None
    model: Path | None = None

    @property
    def midi(self) -> bytes:
        """The performance as a type 1 MIDI file."""
        return encode(self.performance)

    @property
    def seconds(self) -> float:
        """Length as it is played, without the tail."""
        return tempo_map(self.performance).seconds(self.performance.end_ticks)

    def _repr_html_(self) -> str:
        """What a notebook shows: the facts and the piano roll."""
        from composer.exporting.notebook import image, table
        from composer.exporting.pictures import draw_piano_roll

        score = self.score
        rows = (
            ("length", f"{score.bars} bars of {score.meter}, {self.seconds:.1f} s"),
            ("key", score.key.name),
            ("tempo", f"{score.quarters_per_minute:g} quarters a minute"),
            ("form", " ".join(f"{s.name}:{s.bars}" for s in score.sections)),
            ("parts", ", ".join(f"{p.plan.name} ({p.plan.role})" for p in score.parts)),
            ("writer", self.authorship.sentence()),
            *(("note", note) for note in self.notes),
        )
        roll = draw_piano_roll(score, energy=[bar.energy for bar in self.plan.bars])
        return table(score.title, rows) + image(roll, f"Piano roll of {score.title}")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A rendered piece.

    Args:
        mix: Stems, premaster and master.
        synth: What played it.
        warning: What the user should know about it, or None.
        refining: What the timbre stage did, where it was asked for.
        soundfont: The SoundFont as it was asked for; None for the default one.
        asked: What was asked of the timbre stage, if anything.
    """

    mix: Mix
    synth: str
    warning: str | None
    refining: RefiningReport | None = None
    soundfont: str | None = None
    asked: Refining | None = None

    def _repr_html_(self) -> str:
        """What a notebook shows: the facts and a player."""
        from composer.exporting.notebook import player, table

        mix = self.mix
        loud = "silent"
        if mix.loudness_lufs is not None:
            loud = f"{mix.loudness_lufs:.1f} LUFS, peak {mix.true_peak_dbtp:.1f} dBTP"
        rows = [("length", f"{mix.master.seconds:.1f} s"), ("loudness", loud)]
        rows += [("stems", ", ".join(mix.stems))]
        if self.warning:
            rows.append(("warning", self.warning))
        return table(self.synth, rows) + player(mix.master)


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
        "timing": timing_report(piece),
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
    if piece.plan.lyrics:
        data["lyrics"] = lyrics_report(piece.plan, score)
    if rendering is not None:
        data["audio"] = audio_report(rendering)
        if rendering.refining is not None:
            data["refining"] = rendering.refining.to_dict()
    return data


def timing_report(piece: Piece) -> dict[str, object]:
    """What was asked of the piece's time and what has come of it, as plain data."""
    plan = piece.plan
    tempos = [point.quarters_per_minute for point in plan.tempos] or [plan.quarters_per_minute]
    return {
        "asked_seconds": plan.length_seconds,
        "seconds": round(piece.seconds, 6),
        "loop": plan.loop,
        "tempo_from": round(min(tempos), 3),
        "tempo_to": round(max(tempos), 3),
        "hits": hits_report(piece),
    }


def hits_report(piece: Piece) -> list[dict[str, Any]]:
    """What has come of each hit, in their order.

    The seconds that were asked, those at which its place is played and at which the nearest note
    is struck, the error in milliseconds, and what happens there.
    """
    meter = piece.plan.meter
    names = {section.start_bar: section.name for section in piece.plan.sections}
    hits: list[dict[str, Any]] = []
    for landing in landings(piece.plan, piece.performance):
        cue = landing.cue
        number, place = divmod(cue.onset_quarters, meter.bar_quarters)
        beat = max(i for i, onset in enumerate(meter.beat_onsets) if onset <= place)
        within = (place - meter.beat_onsets[beat]) / meter.beat_quarters[beat]
        struck = landing.struck_seconds
        hits.append(
            {
                "asked": cue.seconds,
                "landed": round(landing.seconds, 6),
                "struck": None if struck is None else round(struck, 6),
                "error_ms": round(1000 * (landing.seconds - cue.seconds), 4),
                "what": "accent" if cue.kind == "accent" else names[int(number)],
                "bar": int(number) + 1,
                "beat": round(float(beat + 1 + within), 3),
            }
        )
    return hits


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
        "frames": mix.master.frames,
        "loop": mix.loop,
    }

"""The gate: whether what was made of a stem still is that stem; every output passes through it.

Each check is a figure, a limit and a unit. All of them together take one to two hundredths of the
sound's own time and need no other render. `docs/timbre.md` says what they were calibrated on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from composer.acoustics.loudness import integrated_loudness
from composer.music.audio import Audio
from composer.refining.gate_frames import stretches
from composer.refining.gate_notes import NoteEar, NoteFigures
from composer.refining.gate_samples import SampleFigures, look, peak_db
from composer.refining.gate_tones import Tones
from composer.refining.parts import Part

ONSETS_DECAYING, ONSETS_SUSTAINED = 0.95, 0.70
ATTACKS = 0.60
LAG_MS = 6.0
TUNING_CENTS = 5.0
CHROMA_COSINE = 0.90
SILENCE_DBFS = -70.0
LOUDNESS_LU = 1.0
PEAK_DBTP = -1.0
LOST_PERCENT = 0.1
"""Of a part's notes: below a thousand none may be lost."""
_PEAK_MARGIN_DB = 0.05

_DECAYING = frozenset(
    (
        *range(16),  # pianos, mallets and bells
        *range(24, 29),  # guitars that are not driven
        *range(32, 38),  # basses
        *(45, 46, 47),  # pizzicato, harp and timpani
        *range(104, 109),  # sitar, banjo, shamisen, koto and kalimba
        *range(112, 119),  # bells and single drums
    )
)
_UNPITCHED = range(115, 128)  # woodblock to gunshot


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One check.

    Args:
        name: What was looked at.
        value: What was found.
        limit: What it had to keep to.
        ok: Whether it did.
        unit: Of both; empty for shares.
        note: Where, or what kind; may be empty.
    """

    name: str
    value: float
    limit: float
    ok: bool
    unit: str
    note: str = ""

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        place = f" ({self.note})" if self.note else ""
        return f"{self.name} {self.value:.4g}{unit}, limit {self.limit:g}{unit}{place}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate found.

    Args:
        checks: In the order in which they were made. After one that leaves nothing to compare (a
            length, a sample that is no number) there are no others.
    """

    checks: tuple[GateCheck, ...]

    @property
    def ok(self) -> bool:
        """Whether all held."""
        return all(check.ok for check in self.checks)

    @property
    def first_failure(self) -> str:
        """The first check that did not hold, with its figures; empty where all held."""
        return next((str(check) for check in self.checks if not check.ok), "")

    def to_dict(self) -> dict[str, object]:
        """For a report in JSON."""
        checks = {
            check.name: {
                "value": round(check.value, 4),
                "limit": check.limit,
                "ok": check.ok,
                "unit": check.unit,
                "note": check.note,
            }
            for check in self.checks
        }
        return {"ok": self.ok, "checks": checks}


def decays(part: Part) -> bool:
    """Whether a part's sounds are struck or plucked, so that each has an onset that is heard."""
    return part.drums or part.program in _DECAYING


def pitched(part: Part) -> bool:
    """Whether a part's sounds have a pitch."""
    return not part.drums and part.program not in _UNPITCHED


def judge(dry: Audio, wet: Audio, part: Part) -> GateReport:
    """Hold a wet stem against the dry one that it was made of.

    Args:
        dry: The stem.
        wet: What was made of it.
        part: Who plays it; with its notes, each of them is looked for.
    """
    length = _same_length(dry, wet)
    if not length.ok or not dry.frames:
        return GateReport((length,))
    figures = look(dry, wet)
    finite = GateCheck("numbers", float(figures.finite), 1.0, figures.finite, "")
    if not figures.finite:
        return GateReport((length, finite))
    checks = [length, finite, *_of_samples(figures), *_of_levels(dry, wet, figures)]
    return GateReport((*checks, *_of_sound(dry, wet, part, figures)))


def _same_length(dry: Audio, wet: Audio) -> GateCheck:
    same_kind = dry.samples.shape[0] == wet.samples.shape[0] and dry.sample_rate == wet.sample_rate
    note = "" if same_kind else "other channels or another sample rate"
    ok = same_kind and dry.frames == wet.frames
    return GateCheck("length", wet.frames, dry.frames, ok, "samples", note)


def _of_samples(figures: SampleFigures) -> Iterator[GateCheck]:
    heard = figures.silence_db
    yield GateCheck("silence", heard, SILENCE_DBFS, heard < SILENCE_DBFS, "dBFS")
    gaps = 5.0 * figures.gap_frames
    yield GateCheck("gaps", gaps, 0, not gaps, "ms")
    where = f"at {figures.first_click_seconds:.3f} s" if figures.clicks else ""
    yield GateCheck("clicks", figures.clicks, 0, not figures.clicks, "", where)


def _of_levels(dry: Audio, wet: Audio, figures: SampleFigures) -> Iterator[GateCheck]:
    loudness = [integrated_loudness(audio.samples, audio.sample_rate) for audio in (dry, wet)]
    if loudness[0] is None or loudness[1] is None:
        # Too soft or too short to measure: their power is compared.
        change = figures.power_change_db
    else:
        change = loudness[1] - loudness[0]
    yield GateCheck("loudness", change, LOUDNESS_LU, abs(change) <= LOUDNESS_LU, "LU")
    peak = peak_db(wet)
    limit = PEAK_DBTP if peak <= PEAK_DBTP else max(PEAK_DBTP, peak_db(dry))
    yield GateCheck("true peak", peak, limit, peak <= limit + _PEAK_MARGIN_DB, "dBTP")


def _of_sound(dry: Audio, wet: Audio, part: Part, figures: SampleFigures) -> Iterator[GateCheck]:
    level = figures.level
    if level <= 0:
        return
    tones, has_pitch = Tones(), pitched(part)
    notes = NoteEar(part, pitched=has_pitch)
    for stretch in stretches(dry, wet, level):
        tones.hear(stretch, pitched=has_pitch)
        notes.hear(stretch)
    least = ONSETS_DECAYING if decays(part) else ONSETS_SUSTAINED
    onsets = tones.onset_agreement
    yield GateCheck("onsets", onsets, least, onsets >= least, "F1")
    lag = 1000 * figures.lag_seconds
    yield GateCheck("lag", lag, LAG_MS, abs(lag) <= LAG_MS, "ms")
    if has_pitch:
        yield from _of_tones(tones)
    else:
        alike = figures.attack_correlation
        yield GateCheck("attacks", alike, ATTACKS, alike >= ATTACKS, "")
    if part.notes is not None:
        yield _of_notes(notes.figures)


def _of_tones(tones: Tones) -> Iterator[GateCheck]:
    cents, cosine = tones.cents, tones.chroma_cosine
    if cents is not None:
        yield GateCheck("tuning", cents, TUNING_CENTS, cents <= TUNING_CENTS, "cents")
    if cosine is not None:
        cosine = float(np.clip(cosine, 0.0, 1.0))
        yield GateCheck("chroma", cosine, CHROMA_COSINE, cosine >= CHROMA_COSINE, "")


def _of_notes(found: NoteFigures) -> GateCheck:
    lost = 100 * found.lost / found.judged if found.judged else 0.0
    note = f"{found.lost} lost of {found.judged} that can be told apart"
    if found.lost:
        note += f", the first at {found.first_lost_seconds:.2f} s"
    return GateCheck("notes lost", lost, LOST_PERCENT, lost <= LOST_PERCENT, "%", note)

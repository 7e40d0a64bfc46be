"""Score → Performance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.midi.units import microseconds_from_tempo, ticks_from_quarters
from composer.music.performance import (
    ControlChange,
    KeyChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    TextEvent,
    Track,
)
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part, Score
from composer.music.seeding import gauss, generator
from composer.performing import dynamics
from composer.performing.timing import Drift, Swing, groove_step, lookup
from composer.rulebook import Rulebook
from composer.rulebook.grooves import Groove
from composer.rulebook.styles import Style

_DRUM_CHANNEL = 9
_LIMBS = {
    36: "kick",
    38: "snare",
    37: "rim",
    42: "hat",
    46: "open_hat",
    44: "pedal_hat",
    51: "ride",
    49: "crash",
    43: "tom_low",
    47: "tom_mid",
    50: "tom_high",
}
_PEDALLED = ("keys",)
_STRUMMED = ("guitar", "plucked")
_STRUM = 0.018  # quarters between strings
# Sounding length by written length: what players leave between notes. Measured on Lakh by
# `compose evaluate`: duration by inter-onset interval has the median 0.85 for melody and bass.
_LEGATO = {"melody": 0.92, "counter": 0.95, "bass": 0.88, "comping": 0.88, "figure": 0.9}
_ARTICULATION = 0.03  # standard deviation of that share
_MIN_TICKS = 12
_UNEVEN = 3.0  # standard deviation of velocity


def perform(plan: Plan, score: Score, book: Rulebook) -> Performance:
    """Play a score.

    With `Plan.humanize` at 0 every onset, length and velocity is as written, and there is neither
    pedal nor expression.

    Raises:
        RuleError: If the style's groove table is wrong.
    """
    player = _Player(plan, book)
    tracks = []
    free = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    for part in score.parts:
        channel = _DRUM_CHANNEL if part.plan.instrument.is_drums else free.pop(0)
        tracks.append(player.track(part, channel))
    signature = max(-7, min(7, score.key.signature))
    return Performance(
        title=score.title,
        end_ticks=ticks_from_quarters(score.length_quarters),
        tempos=(TempoChange(0, microseconds_from_tempo(score.quarters_per_minute)),),
        meters=(MeterChange(0, score.meter.numerator, score.meter.denominator),),
        keys=(KeyChange(0, signature, score.key.scale.parent == "minor"),),
        texts=_texts(score),
        tracks=tuple(tracks),
    )


def _texts(score: Score) -> tuple[TextEvent, ...]:
    bar = score.meter.bar_quarters
    texts = [TextEvent(0, "text", f"Key: {score.key.name}")]
    texts += [
        TextEvent(ticks_from_quarters(bar * section.start_bar), "marker", section.name)
        for section in score.sections
    ]
    texts += [
        TextEvent(ticks_from_quarters(span.onset_quarters), "text", span.chord.symbol)
        for span in score.chords
    ]
    return tuple(sorted(texts))


class _Player:
    """Plays the parts of one plan."""

    def __init__(self, plan: Plan, book: Rulebook) -> None:
        self.plan = plan
        self.style: Style = book.style(plan.style)
        feel = self.style.feel
        self.swing = Swing(plan.meter, plan.swing, feel.swing_unit)
        self.shape = dynamics.PhraseShape(plan)
        self.end = ticks_from_quarters(plan.length_quarters)
        self.scale = plan.humanize
        self.groove: Groove | None = None
        if feel.groove and self.scale > 0:
            self.groove = book.groove(feel.groove, plan.style)
        self.delay = {"bass": feel.bass_delay, "melody": feel.melody_delay}

    def track(self, part: Part, channel: int) -> Track:
        """Play one part."""
        plan = part.plan
        notes = self._drums(part) if plan.instrument.is_drums else self._melodic(part)
        return Track(
            name=plan.name,
            role=plan.role,
            channel=channel,
            program=plan.instrument.program,
            bank=0,
            notes=untangled(notes, self.end),
            controls=tuple(sorted(self._controls(plan))),
        )

    def _controls(self, plan: PartPlan) -> list[ControlChange]:
        gain = plan.gain_db - plan.instrument.level_db
        controls = [
            ControlChange(0, dynamics.VOLUME, dynamics.channel_volume(gain)),
            ControlChange(0, dynamics.PAN, dynamics.channel_pan(plan.pan)),
        ]
        if self.scale == 0 or plan.instrument.is_drums:
            return controls
        if plan.instrument.sustained:
            controls += dynamics.expression(self.plan, plan, self.shape, self.scale)
        chordal = plan.role in ("comping", "pad", "figure")
        keys = plan.instrument.family in _PEDALLED and not plan.instrument.sustained
        if chordal and keys and self.style.feel.pedal:
            controls += dynamics.pedal(self.plan, plan)
        return controls

    def _melodic(self, part: Part) -> list[PlayedNote]:
        plan = part.plan
        rng = generator(self.plan.seed, "perform", plan.name)
        drift = Drift(rng, self.scale * self.style.feel.looseness)
        delay = self.delay.get(plan.role, 0.0) * min(1.0, self.scale)
        strum = _STRUM * min(1.0, self.scale) if plan.instrument.family in _STRUMMED else 0.0
        touch = generator(self.plan.seed, "articulation", plan.name)
        legato = _LEGATO.get(plan.role, 1.0) if self.scale > 0 else 1.0
        held = legato
        played = []
        onset, late, lowest = None, 0.0, 0
        for note in part.notes:
            if note.onset_quarters != onset:
                onset, late, lowest = note.onset_quarters, drift.next(), note.voice
                if legato < 1.0:
                    held = min(1.0, legato + _ARTICULATION * self.scale * gauss(touch))
            shift = late + delay + strum * (note.voice - lowest)
            start = self.swing.warp(note.onset_quarters) + shift
            stop = self.swing.warp(note.end_quarters) + shift
            stop = start + (stop - start) * held
            played.append(self._played(note, start, stop, self._loudness(note, rng)))
        return played

    def _loudness(self, note: Note, rng: np.random.Generator) -> float:
        if self.scale == 0:
            return float(note.velocity)
        swell = self.shape.velocity(note.onset_quarters) * self.scale
        return note.velocity + swell + _UNEVEN * self.scale * gauss(rng)

    def _drums(self, part: Part) -> list[PlayedNote]:
        rng = generator(self.plan.seed, "perform", part.plan.name)
        drift = Drift(rng, self.scale * self.style.feel.looseness)
        played = []
        onset, late = None, 0.0
        for note in part.notes:
            if note.onset_quarters != onset:
                onset, late = note.onset_quarters, 0.6 * drift.next()
            start = self.swing.warp(note.onset_quarters) + late
            velocity = float(note.velocity)
            if self.groove is not None:
                start += self._micro(note, self.groove)
                velocity += self._accent(note, self.groove)
                velocity += 0.25 * self.groove.velocity_sd * self.scale * gauss(rng)
            played.append(
                self._played(note, start, start + float(note.duration_quarters), velocity)
            )
        return played

    def _micro(self, note: Note, groove: Groove) -> float:
        """Mean deviation of the drummers at this place of the bar, in quarters."""
        step = groove_step(note.onset_quarters, self.plan.meter)
        limb = _LIMBS.get(note.pitch.midi, "")
        offset = lookup(groove.offset, limb, step) or 0.0
        return max(-0.04, min(0.04, offset)) * self.scale

    def _accent(self, note: Note, groove: Groove) -> float:
        """How much louder than their mean the drummers strike this limb here."""
        limb = _LIMBS.get(note.pitch.midi, "")
        row = groove.velocity.get(limb)
        if row is None:
            return 0.0
        step = groove_step(note.onset_quarters, self.plan.meter)
        return max(-14.0, min(14.0, 0.35 * (row[step] - sum(row) / len(row)))) * self.scale

    def _played(self, note: Note, start: float, stop: float, velocity: float) -> PlayedNote:
        onset = min(max(0, ticks_from_quarters(start)), self.end - _MIN_TICKS)
        end = min(max(onset + 1, ticks_from_quarters(stop)), self.end)
        return PlayedNote(
            onset_ticks=onset,
            pitch=note.pitch.midi,
            duration_ticks=max(1, end - onset),
            velocity=max(1, min(127, round(velocity))),
        )


def untangled(notes: Sequence[PlayedNote], end: int) -> tuple[PlayedNote, ...]:
    """Order notes and end each before its pitch is struck again.

    Of two notes of one pitch at one tick the longer stays.
    """
    by_pitch: dict[int, list[PlayedNote]] = {}
    for note in sorted(notes):
        row = by_pitch.setdefault(note.pitch, [])
        if row and row[-1].onset_ticks == note.onset_ticks:
            row[-1] = max(row[-1], note, key=lambda n: n.duration_ticks)
            continue
        if row and row[-1].end_ticks > note.onset_ticks:
            last = row[-1]
            length = note.onset_ticks - last.onset_ticks
            row[-1] = PlayedNote(last.onset_ticks, last.pitch, length, last.velocity)
        row.append(note)
    flat = [note for row in by_pitch.values() for note in row if note.end_ticks <= end]
    return tuple(sorted(flat))

"""A part of the score as its player plays it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.midi.units import ticks_from_quarters
from composer.music.performance import ControlChange, PlayedNote, Track
from composer.music.plan import PartPlan, Plan
from composer.music.score import Part
from composer.music.seeding import generator
from composer.performing import controls
from composer.performing.articulation import Articulator
from composer.performing.as_given import played_as_given
from composer.performing.bends import Bender, Bent
from composer.performing.drumming import Drummer
from composer.performing.dynamics import Crescendo, Loudness, PhraseShape
from composer.performing.metre import Metre
from composer.performing.moments import Moment, moments_of, phrase_onsets
from composer.performing.pedal import pedal
from composer.performing.release import last_release
from composer.performing.strumming import Strummer
from composer.performing.sung import lyric_events
from composer.performing.timing import Drift, GrooveClock, Swing, lookup
from composer.performing.vibrato import vibrato
from composer.rulebook.grooves import Groove
from composer.rulebook.style_feel import FeelStyle

_MIN_TICKS = 12
_LOCKED = {"bass": "kick", "comping": "hat", "figure": "hat"}
_LOCK = 0.5  # share of the drummers' deviation that the rhythm section takes over
_FURTHEST = 0.02  # quarters
_ACCENT = 9.0  # velocity that a hit gains


class Player:
    """Plays the parts of one plan.

    Args:
        plan: The plan.
        feel: How the style is played.
        groove: Timing and loudness of the drummers; None for none.
    """

    def __init__(self, plan: Plan, feel: FeelStyle, groove: Groove | None = None) -> None:
        self.plan = plan
        self.feel = feel
        self.groove = groove if plan.humanize > 0 else None
        self.end = ticks_from_quarters(plan.length_quarters)
        release = last_release(plan)
        self.release = self.end if release is None else ticks_from_quarters(release)
        self.cues = frozenset(cue.onset_quarters for cue in plan.cues)
        self.scale = plan.humanize
        self.accent = _ACCENT * min(1.0, self.scale)
        self.phrases = phrase_onsets(plan)
        self.shape = PhraseShape(plan)
        self.crescendo = Crescendo(plan)
        self.metre = Metre(plan.meter)
        self.swing = Swing(plan.meter, plan.swing, feel.swing_unit)
        self.clock = GrooveClock(plan.meter)
        self.tune = next((part for part in plan.parts if part.role == "melody"), None)
        self._warped: dict[Fraction, float] = {}

    def track(self, part: Part, channel: int) -> Track:
        """Play one part."""
        plan = part.plan
        if plan.instrument.is_drums:
            moments, played = [], Bent(self._drums(part), ())
        else:
            moments = moments_of(part.notes, self.phrases)
            given = self.plan.tune and part.plan == self.tune
            played = self._given(plan, moments) if given else self._melodic(plan, moments)
        return Track(
            name=plan.name,
            role=plan.role,
            channel=channel,
            program=plan.instrument.program,
            bank=0,
            notes=played.notes,
            controls=tuple(sorted(self._controls(plan, moments, played.notes))),
            bends=played.bends,
            lyrics=lyric_events(part.notes, played.notes),
        )

    def _controls(
        self, plan: PartPlan, moments: Sequence[Moment], notes: Sequence[PlayedNote]
    ) -> list[ControlChange]:
        gain = plan.gain_db - plan.instrument.level_db
        found = [
            ControlChange(0, controls.VOLUME, controls.channel_volume(gain)),
            ControlChange(0, controls.PAN, controls.channel_pan(plan.pan)),
        ]
        if self.scale == 0 or plan.instrument.is_drums:
            return found
        if controls.may_swell(plan) and self.feel.swells > 0:
            held = controls.Expression(self.plan, self.feel, self.shape, self.crescendo)
            found += held.changes(plan, moments)
        found += vibrato(self.plan, plan, notes, self.feel.vibrato)
        chordal = plan.role in ("comping", "pad", "figure")
        keys = plan.instrument.family == "keys" and not plan.instrument.sustained
        if chordal and keys and self.feel.pedal:
            share = self.feel.articulation[plan.role] * self.plan.mood.articulation
            found += pedal(self.plan, plan, moments, share)
        return found

    def _melodic(self, plan: PartPlan, moments: Sequence[Moment]) -> Bent:
        drift = Drift(
            generator(self.plan.seed, "timing", plan.name), self.scale * self.feel.looseness
        )
        beat = float(self.plan.meter.beat_quarters[0])
        delay = self.feel.delays.get(plan.role, 0.0) * beat * min(1.0, self.scale)
        articulator = Articulator(self.plan, plan, self.feel, self.metre)
        strummer = Strummer(self.plan, plan, self.feel, moments)
        loudness = Loudness(self.plan, plan, self.feel, self.shape, self.crescendo, self.metre)
        played: list[PlayedNote] = []
        sources: dict[tuple[int, int], Moment] = {}
        for moment, tied in zip(moments, articulator.overlaps(moments), strict=True):
            late = drift.next() + delay + self._lock(plan.role, moment.onset)
            cued = moment.onset in self.cues
            up = strummer.is_up(moment)
            start = self._warp(moment.onset)
            length = self._warp(moment.end) - start
            sounding = articulator.sounding(moment, length, tied=tied)
            offsets = strummer.offsets(moment, length, up=up)
            if cued:  # a hit is where it was asked, whatever the groove
                late, offsets = 0.0, [0.0] * len(offsets)
            velocities = loudness.of(moment, up=up)
            for note, offset, velocity in zip(moment.notes, offsets, velocities, strict=True):
                share = 1.0
                if note.end_quarters != moment.end:
                    share = (self._warp(note.end_quarters) - start) / length
                stop = start + late + sounding * share
                velocity += self.accent * cued
                one = self._played(note.pitch.midi, start + late + offset, stop, velocity)
                played.append(one)
                sources[one.onset_ticks, one.pitch] = moment
        return Bender(self.plan, plan, self.feel.bends).bend(
            untangled(played, self.end), sources, self.end
        )

    def _given(self, plan: PartPlan, moments: Sequence[Moment]) -> Bent:
        """The user's own tune: to the tick as it is written, as loud as it says where it does."""
        loudness = Loudness(self.plan, plan, self.feel, self.shape, self.crescendo, self.metre)
        return Bent(played_as_given(self.plan.tune, moments, loudness), ())

    def _warp(self, onset: Fraction) -> float:
        found = self._warped.get(onset)
        if found is None:
            straight = onset in self.cues
            found = float(onset) if straight else self.swing.warp(onset)
            self._warped[onset] = found
        return found

    def _lock(self, role: str, onset: Fraction) -> float:
        """The drummers' deviation at this place of the bar, as far as the part plays with them."""
        if self.groove is None or role not in _LOCKED:
            return 0.0
        step = self.clock.step(onset)
        offset = lookup(self.groove.offset, _LOCKED[role], step) or 0.0
        return _LOCK * max(-_FURTHEST, min(_FURTHEST, offset)) * min(1.0, self.scale)

    def _drums(self, part: Part) -> tuple[PlayedNote, ...]:
        drummer = Drummer(
            self.plan, part.plan.name, self.feel, self.groove, self.crescendo, self.clock
        )
        played = []
        for note in part.notes:
            late, velocity = drummer.late_by(note), drummer.velocity(note)
            if note.onset_quarters in self.cues:
                late, velocity = 0.0, velocity + self.accent
            start = self._warp(note.onset_quarters) + late
            stop = start + float(note.duration_quarters)
            played.append(self._played(note.pitch.midi, start, stop, velocity))
        return untangled(played, self.end)

    def _played(self, pitch: int, start: float, stop: float, velocity: float) -> PlayedNote:
        onset = min(max(0, ticks_from_quarters(start)), self.end - _MIN_TICKS)
        latest = min(self.end, max(self.release, onset + _MIN_TICKS))
        end = min(max(onset + 1, ticks_from_quarters(stop)), latest)
        return PlayedNote(
            onset_ticks=onset,
            pitch=pitch,
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

"""How drummers place and weigh their strokes."""

from __future__ import annotations

from fractions import Fraction

from composer.music.plan import Plan
from composer.music.score import Note
from composer.music.seeding import gauss, generator
from composer.performing.dynamics import Crescendo
from composer.performing.timing import Drift, GrooveClock, lookup
from composer.rulebook.grooves import Groove, limb_of
from composer.rulebook.style_feel import FeelStyle

_GROUPS = {
    "kick": "kick",
    "snare": "snare",
    "rim": "snare",
    "hat": "hat",
    "open_hat": "hat",
    "pedal_hat": "hat",
    "ride": "ride",
    "percussion": "percussion",
}
_TOGETHER = 0.6  # drummers drift less than others
_LATEST = 0.03  # quarters
_STEEPEST = 14.0  # velocity
_CONTRAST = 0.35
_SPREAD = 0.25
_RISE = 0.6  # of a crescendo that drummers take part in


class Drummer:
    """Places and weighs the strokes of a drum part.

    Args:
        plan: The plan.
        name: Name of the part.
        feel: How the style is played.
        groove: What the drummers of a corpus do; None without a table.
        crescendo: What leads into sections.
        clock: Places of the bar.
    """

    def __init__(
        self,
        plan: Plan,
        name: str,
        feel: FeelStyle,
        groove: Groove | None,
        crescendo: Crescendo,
        clock: GrooveClock,
    ) -> None:
        self.scale = plan.humanize
        self.groove = groove
        self.crescendo = crescendo
        self.clock = clock
        contrast = min(1.5, self.scale) * plan.mood.contrast
        self.rise = _RISE * contrast * feel.crescendo
        self.uneven = feel.uneven
        beat = float(plan.meter.beat_quarters[0])
        self.delay = beat * min(1.0, self.scale) * feel.delays.get("drums", 0.0)
        self.delays = {
            limb: self.delay + beat * min(1.0, self.scale) * feel.delays.get(group, 0.0)
            for limb, group in _GROUPS.items()
        }
        self.rng = generator(plan.seed, "perform", name)
        self.drift = Drift(self.rng, self.scale * feel.looseness)
        self.onset: Fraction | None = None
        self.late = 0.0

    def late_by(self, note: Note) -> float:
        """Quarters by which a stroke comes late."""
        if note.onset_quarters != self.onset:
            self.onset, self.late = note.onset_quarters, _TOGETHER * self.drift.next()
        return self.late + self.delays.get(limb_of(note.pitch.midi), self.delay) + self._micro(note)

    def velocity(self, note: Note) -> float:
        """Velocity of a stroke, unrounded."""
        velocity = float(note.velocity)
        if self.scale == 0:
            return velocity
        velocity += self.rise * self.crescendo.velocity(float(note.onset_quarters))
        if self.groove is not None:
            velocity += self._accent(note, self.groove)
            spread = _SPREAD * self.groove.velocity_sd * self.uneven
            velocity += spread * self.scale * gauss(self.rng)
        return velocity

    def _micro(self, note: Note) -> float:
        """Mean deviation of the drummers at this place of the bar, in quarters."""
        if self.groove is None:
            return 0.0
        step = self.clock.step(note.onset_quarters)
        offset = lookup(self.groove.offset, limb_of(note.pitch.midi), step) or 0.0
        return max(-_LATEST, min(_LATEST, offset)) * self.scale

    def _accent(self, note: Note, groove: Groove) -> float:
        """How much louder than their mean the drummers strike this limb here."""
        row = groove.velocity.get(limb_of(note.pitch.midi))
        if row is None:
            return 0.0
        step = self.clock.step(note.onset_quarters)
        louder = _CONTRAST * (row[step] - sum(row) / len(row))
        return max(-_STEEPEST, min(_STEEPEST, louder)) * self.scale

"""How loud: phrases that swell and fall, sections that are led up to, accents, unevenness."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from composer.music.plan import PartPlan, Plan
from composer.music.seeding import gauss, generator
from composer.performing.metre import Metre
from composer.performing.moments import Moment, phrase_onsets
from composer.rulebook.style_feel import FeelStyle

_SWELL = 3.5  # velocity from the middle of a phrase's arch to its height
_ACCENT = 5.0  # velocity that a weight of 1 adds
_FIGURED = 0.4  # share of it where the figure has accents of its own
_RISE = 14.0  # velocity that the full crescendo into the loudest section adds
_FALL = 6.0
_FULL_STEP = 0.4  # step of energy that the full crescendo leads into
_LEAST_STEP = 0.06
_BUILD = 8.0
_ARRIVAL = 2  # bars in which the arrival of a louder section fades
_ARRIVES = 0.8  # share of the crescendo that it keeps
_HIGH_LOUD = 0.2  # velocity a semitone above the line's run
_HIGHEST = 4.0
_UNEVEN = 3.0  # standard deviation of velocity
_MEMORY = 0.4  # how far one note's deviation carries over to the next
_TOP, _INNER = 2.0, -2.0  # a chord's highest voice sings, its inner ones do not
_MARKS = {"accent": 10.0, "staccato": 2.0, "tenuto": 2.0}
_UP_STROKE = -4.0


class PhraseShape:
    """Where in its phrase a moment lies.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: Plan) -> None:
        bar = plan.meter.bar_quarters
        self.starts = [float(onset) for onset in phrase_onsets(plan)]
        self.lengths = [float(bar * p.bars) for section in plan.sections for p in section.phrases]

    def swell(self, onset: float) -> float:
        """-1 at the edges of a phrase, 1 at its height, two thirds through.

        Source: Todd, "The dynamics of dynamics" (1992): loudness arches over phrases.
        """
        index = max(0, bisect_right(self.starts, onset) - 1)
        place = min(1.0, (onset - self.starts[index]) / self.lengths[index])
        peak = 0.62
        height = place / peak if place < peak else (1 - place) / (1 - peak)
        return 2 * height - 1


class Crescendo:
    """How the last bars of a section lead into the next: up to a louder one, down to a softer.

    A louder section is arrived at: its first bars do not fall back to where its phrase begins.

    Args:
        plan: The plan.

    Source: Huron, "The ramp archetype" (1990): crescendi are longer and more than decrescendi.
    """

    def __init__(self, plan: Plan) -> None:
        bar = float(plan.meter.bar_quarters)
        self.bar = bar
        self.builds = [b.build for b in plan.bars]
        self.ramps: list[tuple[float, float, float, float]] = []  # start, end, share at each
        for here, after in zip(plan.sections, plan.sections[1:], strict=False):
            step = plan.bars[after.start_bar].energy - plan.bars[here.end_bar - 1].energy
            if abs(step) < _LEAST_STEP:
                continue
            bars = (4 if step >= _FULL_STEP else 2) if step > 0 else 1
            start = max(here.start_bar, here.end_bar - bars)
            if here.bars <= 2:
                start = here.end_bar - 1
            height = max(-1.0, min(1.0, step / _FULL_STEP))
            turn = here.end_bar * bar
            self.ramps.append((start * bar, turn, 0.0, height))
            if step > 0:
                self.ramps.append((turn, turn + _ARRIVAL * bar, _ARRIVES * height, 0.0))

    def share(self, onset: float) -> float:
        """-1 (the end of a decrescendo) to 1 (the end of the fullest crescendo), 0 elsewhere."""
        build = self.builds[min(len(self.builds) - 1, int(onset // self.bar))]
        for start, end, first, last in self.ramps:
            if start <= onset < end:
                ramp = first + (last - first) * (onset - start) / (end - start)
                return max(ramp, build) if ramp >= 0 else ramp
        return build * _BUILD / _RISE

    def velocity(self, onset: float) -> float:
        """Velocity that it adds."""
        share = self.share(onset)
        return (_RISE if share > 0 else _FALL) * share


class Loudness:
    """Velocities of the notes of a part.

    Args:
        plan: The plan.
        part: The part.
        feel: How the style is played.
        phrases: The arches of the phrases.
        crescendo: What leads into sections.
        metre: Weights of the places of the bar.
    """

    def __init__(
        self,
        plan: Plan,
        part: PartPlan,
        feel: FeelStyle,
        phrases: PhraseShape,
        crescendo: Crescendo,
        metre: Metre,
    ) -> None:
        self.scale = plan.humanize
        contrast = min(1.5, plan.humanize) * plan.mood.contrast
        self.swell = _SWELL * contrast * (1.3 if part.role == "melody" else 1.0)
        self.rise = contrast * feel.crescendo
        figured = part.role in ("comping", "figure")
        self.accent = _ACCENT * contrast * feel.accents * (_FIGURED if figured else 1.0)
        self.sings = part.role in ("melody", "counter")
        self.phrases = phrases
        self.crescendo = crescendo
        self.metre = metre
        self.uneven = Uneven(generator(plan.seed, "perform", part.name), self.scale * feel.uneven)
        self.run: float | None = None

    def of(self, moment: Moment, *, up: bool) -> list[float]:
        """Velocities of the notes of a moment, unrounded.

        Source: Friberg, Bresin and Sundberg (2006), on high notes being louder.

        Args:
            moment: The moment.
            up: Whether a hand strums it upwards.
        """
        if self.scale == 0:
            return [float(note.velocity) for note in moment.notes]
        onset = float(moment.onset)
        common = (
            self.swell * self.phrases.swell(onset)
            + self.rise * self.crescendo.velocity(onset)
            + self.accent * self.metre.lean(moment.onset, moment.end)
            + min(1.0, self.scale) * (_MARKS.get(moment.mark, 0.0) + (_UP_STROKE if up else 0.0))
        )
        if self.sings:
            common += self._height(max(note.pitch.midi for note in moment.notes))
        top = len(moment.notes) - 1
        common += self.uneven.next()
        return [
            note.velocity + common + self._place(number, top) + 0.4 * self.uneven.slight()
            for number, note in enumerate(moment.notes)
        ]

    def _height(self, pitch: int) -> float:
        """A line's high notes are a little louder than its run."""
        run = float(pitch) if self.run is None else self.run
        self.run = run + 0.08 * (pitch - run)
        louder = _HIGH_LOUD * (pitch - run) * min(1.0, self.scale)
        return max(-_HIGHEST, min(_HIGHEST, louder))

    def _place(self, number: int, top: int) -> float:
        """How a hand weighs the voices of a chord."""
        if top < 2 or number == 0:
            return 0.0
        return min(1.0, self.scale) * (_TOP if number == top else _INNER)


class Uneven:
    """A player's unevenness, each stroke a little like the last.

    Args:
        rng: Randomness.
        scale: Scale of the deviations; 0 for none.
    """

    def __init__(self, rng: np.random.Generator, scale: float) -> None:
        self.rng = rng
        self.scale = scale
        self.state = 0.0

    def next(self) -> float:
        """The next deviation of velocity."""
        fresh = gauss(self.rng) * (1 - _MEMORY**2) ** 0.5
        self.state = _MEMORY * self.state + fresh
        return self.state * _UNEVEN * self.scale

    def slight(self) -> float:
        """A deviation that remembers nothing: of one finger within a chord."""
        return gauss(self.rng) * _UNEVEN * self.scale

"""Strings one after another: strummed guitars, rolled pianos and harps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import PartPlan, Plan
from composer.music.seeding import generator
from composer.performing.moments import Moment
from composer.rulebook.style_feel import FeelStyle

STRUMMED = ("guitar", "plucked")
ROLLED = ("keys", "plucked")
_REFERENCE = 120.0  # quarters a minute at which a strum is as long as the style says
_QUICKEST = 0.8  # an upstroke's strings against a downstroke's
_AHEAD = 0.3  # share of a strum that lies before the beat
_WIDEST = 0.05  # seconds that a whole strum takes at most
_ROLL = 0.035  # seconds between the notes of a rolled chord
_WIDEST_ROLL = 0.16
_LONGEST_SHARE = 0.25  # of the chord's length
_LONG = 1.0  # quarters from which a chord may be rolled
_SIXTEENTH, _EIGHTH = Fraction(1, 4), Fraction(1, 2)


class Strummer:
    """Spreads the chords of a part.

    A strumming hand swings like a pendulum: down on the even strokes of the bar's shortest
    subdivision and up on the odd ones, whether it touches the strings or not.

    Args:
        plan: The plan.
        part: The part.
        feel: How the style is played.
        moments: The part's moments.
    """

    def __init__(
        self, plan: Plan, part: PartPlan, feel: FeelStyle, moments: Sequence[Moment]
    ) -> None:
        instrument = part.instrument
        scale = min(1.0, plan.humanize)
        self.bar = plan.meter.bar_quarters
        self.quarters_a_second = plan.quarters_per_minute / 60
        self.string = feel.strum * scale * plan.quarters_per_minute / _REFERENCE
        if instrument.family not in STRUMMED:
            self.string = 0.0
        rolls = instrument.family in ROLLED and not instrument.sustained and scale > 0
        self.scale = scale
        self.roll = feel.roll if rolls else 0.0
        self.may_roll = rolls or (scale > 0 and self.string > 0)
        self.rng = generator(plan.seed, "roll", part.name)
        self.quick = _quick_bars(moments, self.bar)

    def is_up(self, moment: Moment) -> bool:
        """Whether a chord is strummed upwards."""
        if not self.string or not moment.is_chord:
            return False
        if moment.mark in ("down", "up"):
            return moment.mark == "up"
        bar, place = divmod(moment.onset, self.bar)
        stroke = _SIXTEENTH if bar in self.quick else _EIGHTH
        return int(place / stroke) % 2 == 1

    def offsets(self, moment: Moment, length: float, *, up: bool) -> list[float]:
        """Quarters by which each note of a moment comes after its beat.

        Args:
            moment: The moment, its notes from the lowest voice to the highest.
            length: Quarters that it lasts.
            up: Whether it is strummed upwards, the highest string first.
        """
        count = len(moment.notes)
        if count < 2:
            return [0.0]
        rolled = self._is_rolled(moment, length)
        if not rolled and not self.string:
            return [0.0] * count
        rank = {v: n for n, v in enumerate(sorted({note.voice for note in moment.notes}))}
        ranks = [rank[note.voice] for note in moment.notes]
        if len(rank) < count:
            ranks = list(range(count))
        last = max(ranks)
        if rolled:
            widest = min(_WIDEST_ROLL * self.quarters_a_second, _LONGEST_SHARE * length)
            string = self.scale * min(_ROLL * self.quarters_a_second, widest / last)
            return [string * r for r in ranks]
        string = min(
            self.string * (_QUICKEST if up else 1.0),
            _WIDEST * self.quarters_a_second / last,
            _LONGEST_SHARE * length / last,
        )
        start = -_AHEAD * string * last
        return [start + string * (last - r if up else r) for r in ranks]

    def _is_rolled(self, moment: Moment, length: float) -> bool:
        if moment.mark == "rolled":
            return self.may_roll
        if self.roll == 0 or length < _LONG or len(moment.notes) < 3 or moment.mark:
            return False
        chance = self.roll * (1.5 if moment.opens or moment.following is None else 1.0)
        return self.rng.random() < chance


def _quick_bars(moments: Sequence[Moment], bar: Fraction) -> frozenset[int]:
    """Bars in which something is struck between the eighths."""
    return frozenset(
        int(m.onset // bar) for m in moments if m.is_chord and (m.onset % bar) % _EIGHTH
    )

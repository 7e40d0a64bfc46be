"""How long a note sounds of what is written: detached, tied, breathed."""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.plan import PartPlan, Plan
from composer.music.seeding import gauss, generator
from composer.performing.metre import Metre
from composer.performing.moments import Moment
from composer.rulebook.style_feel import FeelStyle

SLURRING = ("strings", "brass", "reed", "pipe", "voice", "synth")
"""Families whose players tie notes together: one bow, one breath."""

_TOUCH = 0.03  # standard deviation of the sounding share
_WHOLE = 1.5  # quarters from which a gap hardly grows any more
_LATER = 0.25  # how much of it still grows
_BREATH = 0.2  # share of a phrase's last note that is given to the breath
_OVERLAP = 0.03  # quarters by which tied notes overlap
_LONGEST_OVERLAP = 0.12  # quarters that a part which plays over its lengths does so at most
_WIDEST = 9  # semitones that are still tied
_TENSE = 0.06  # how much shorter notes are in the loudest bar than in a middling one
_LIVELY = 2.0  # how far a mood's articulation moves the chance of a slur
_MUTED = 0.2  # quarters
_CLIPPED = 0.2  # quarters that a staccato note keeps where it is written short
_LEAST, _MOST = 0.1, 1.1


class Articulator:
    """Decides how much of each moment of a part sounds.

    Args:
        plan: The plan.
        part: The part.
        feel: How the style is played.
        metre: Weights of the places of the bar.
    """

    def __init__(self, plan: Plan, part: PartPlan, feel: FeelStyle, metre: Metre) -> None:
        self.plan = plan
        self.scale = plan.humanize
        mood = plan.mood.articulation
        self.share = feel.articulation.get(part.role, 1.0) * mood
        tied = part.role in ("melody", "counter", "bass") and part.instrument.family in SLURRING
        self.slurs = feel.slurs * max(0.0, 1 + _LIVELY * (mood - 1)) if tied else 0.0
        self.tense = part.role in ("comping", "figure", "bass", "melody")
        self.metre = metre
        self.touch = generator(plan.seed, "articulation", part.name)
        self.ties = generator(plan.seed, "slurs", part.name)

    def overlaps(self, moments: Sequence[Moment]) -> list[bool]:
        """Whether each moment is tied to the next: runs on one bow or breath, up to a strong beat.

        Source: Friberg, Bresin and Sundberg, "Overview of the KTH rule system for musical
        performance" (2006), on legato and punctuation.
        """
        if self.slurs == 0 or self.scale == 0:
            return [False] * len(moments)
        tied, slurring = [], False
        for here in moments:
            if not _can_tie(here):
                slurring = False
            elif not slurring or self.metre.is_strong(here.onset):
                run = 1.2 if here.length <= 0.5 else 0.8 if here.length <= 1 else 0.4
                slurring = self.ties.random() < self.slurs * run
            tied.append(slurring)
        return tied

    def sounding(self, moment: Moment, length: float, *, tied: bool) -> float:
        """Quarters that a moment sounds.

        Args:
            moment: The moment.
            length: Its length in quarters as swung.
            tied: Whether it is tied to the next.
        """
        if self.scale == 0:
            return length
        touch = gauss(self.touch)
        if tied:
            return length + _OVERLAP * min(1.0, self.scale)
        share = self._marked(moment, self._tension(moment))
        share = min(_MOST, max(_LEAST, share + _TOUCH * self.scale * touch * min(1.0, share)))
        counted = min(length, _WHOLE) + _LATER * max(0.0, length - _WHOLE)
        gap = max(-_LONGEST_OVERLAP, (1 - share) * counted)
        if moment.mark == "muted":
            return min(_MUTED, length)
        if moment.closes and moment.abuts and share < 1:
            gap = max(gap, _BREATH * min(1.0, length))
        sounding = max(_LEAST * length, length - gap)
        if moment.mark == "staccato":
            return max(sounding, min(_CLIPPED, self.share * length))
        return sounding

    def _tension(self, moment: Moment) -> float:
        if not self.tense:
            return self.share
        bar = min(len(self.plan.bars) - 1, int(moment.onset // self.plan.meter.bar_quarters))
        return self.share * (1 - _TENSE * 2 * (self.plan.bars[bar].energy - 0.5))

    @staticmethod
    def _marked(moment: Moment, share: float) -> float:
        match moment.mark:
            case "staccato":
                return 0.5 * share
            case "tenuto":
                return max(share, 0.98)
            case "grace":
                return 1.0
            case _:
                return share


def _can_tie(here: Moment) -> bool:
    """Whether a line may go on to its next note on one bow."""
    plain = not here.is_chord and here.mark in ("", "tenuto", "grace")
    return plain and here.abuts and not here.closes and 0 < abs(here.step) <= _WIDEST

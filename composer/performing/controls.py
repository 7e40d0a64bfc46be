"""Controllers: level, place, and the swells of held sounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from composer.midi.units import ticks_from_quarters
from composer.music.performance import ControlChange
from composer.music.plan import PartPlan, Plan
from composer.performing.dynamics import Crescendo, PhraseShape
from composer.performing.moments import Moment
from composer.rulebook.style_feel import FeelStyle

MODULATION, VOLUME, PAN, EXPRESSION, PEDAL = 1, 7, 10, 11, 64
_SWELLING = ("strings", "brass", "reed", "pipe", "voice", "synth", "keys")
_MIDDLE = 100  # of expression
_REACH = 34.0  # of expression, where swells are at their deepest
_LOWEST, _HIGHEST = 40, 127
_STEP = Fraction(1, 2)  # quarters between two values
_LEAST = 2  # a smaller change is not sent
_LONG = Fraction(2)  # quarters from which a note swells by itself
_FULL = 5.0  # quarters from which its swell is as deep as it gets
_ENTRY = 2.0  # bars of rest after which a chord fades in
_FADE = 0.5  # bars


def channel_volume(gain_db: float) -> int:
    """Controller 7 for a gain, 90 at 0 dB: there is room for 6 dB above it.

    Source: MIDI Manufacturers Association, RP-018: attenuation is 40 log10 of the value.

    >>> channel_volume(0), channel_volume(-12)
    (90, 45)
    """
    return max(1, min(127, round(90 * 10 ** (gain_db / 40))))


def channel_pan(pan: float) -> int:
    """Controller 10 for a place from -1 (left) to 1 (right).

    >>> channel_pan(-1), channel_pan(0), channel_pan(1)
    (1, 64, 127)
    """
    return max(1, min(127, round(64 + 63 * pan)))


def may_swell(part: PartPlan) -> bool:
    """Whether a part's player shapes a note while it is held: by bow, breath, wheel or pedal."""
    return part.instrument.sustained and part.instrument.family in _SWELLING


class Expression:
    """Controller 11 of parts that can swell on a held note.

    Three shapes add up: the phrase's arch, the hairpin of each long note, and what leads into the
    next section. A pad that enters after a rest fades in.

    Args:
        plan: The plan.
        feel: How the style is played.
        phrases: The arches of the phrases.
        crescendo: What leads into sections.

    Source: Gabrielsson, "Music performance research at the millennium" (2003): crescendo to the
    middle of a phrase or note, and away from it.
    """

    def __init__(
        self, plan: Plan, feel: FeelStyle, phrases: PhraseShape, crescendo: Crescendo
    ) -> None:
        self.bar = float(plan.meter.bar_quarters)
        self.scale = min(1.0, plan.humanize) * min(1.3, plan.mood.contrast)
        self.reach = _REACH * self.scale * feel.swells
        self.rise = 12.0 * self.scale * feel.crescendo
        self.phrases = phrases
        self.crescendo = crescendo

    def changes(self, part: PartPlan, moments: Sequence[Moment]) -> list[ControlChange]:
        """The values for a part, at most one an eighth, where it plays."""
        reach = self.reach * (0.5 if part.instrument.family == "keys" else 1.0)
        changes: list[ControlChange] = []
        last, silent, done = -1, 0.0, Fraction(-1)
        for moment in moments:
            onset, end = float(moment.onset), float(moment.end)
            enters = part.role == "pad" and onset - silent >= _ENTRY * self.bar
            silent = max(silent, end)
            at = max(moment.onset, done + _STEP)
            while at < moment.end and at < (moment.following or moment.end):
                place = float(at)
                value = self._value(moment, place, reach)
                if enters:
                    fade = (place - onset) / (_FADE * self.bar)
                    value -= reach * max(0.0, 1 - fade)
                whole = max(_LOWEST, min(_HIGHEST, round(value)))
                if abs(whole - last) >= _LEAST or last < 0:
                    changes.append(ControlChange(ticks_from_quarters(at), EXPRESSION, whole))
                    last = whole
                done = at
                at += _STEP
        return changes

    def _value(self, moment: Moment, place: float, reach: float) -> float:
        value = _MIDDLE + 0.5 * reach * self.phrases.swell(place)
        value += self.rise * self.crescendo.share(place)
        if moment.length >= _LONG:
            within = (place - float(moment.onset)) / float(moment.length)
            depth = min(1.0, float(moment.length) / _FULL)
            value += 0.6 * depth * reach * (math.sin(math.pi * min(1.0, within) ** 0.8) - 0.5)
        return value

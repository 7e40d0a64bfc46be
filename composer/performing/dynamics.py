"""How loud: phrases that swell and fall, accents, and a player's unevenness."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from composer.midi.units import ticks_from_quarters
from composer.music.performance import ControlChange
from composer.music.plan import PartPlan, Plan

EXPRESSION, PEDAL, VOLUME, PAN = 11, 64, 7, 10
_SWELL = 7.0  # velocity from the edge of a phrase to its height
_EXPRESSION_LOW, _EXPRESSION_HIGH = 84, 118


class PhraseShape:
    """Where in its phrase a moment lies.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: Plan) -> None:
        bar = plan.meter.bar_quarters
        phrases = [phrase for section in plan.sections for phrase in section.phrases]
        self.starts = [bar * phrase.start_bar for phrase in phrases]
        self.lengths = [bar * phrase.bars for phrase in phrases]

    def swell(self, onset: Fraction) -> float:
        """-1 at the edges of a phrase, 1 at its height, two thirds through.

        Source: Todd, "The dynamics of dynamics" (1992): loudness arches over phrases.
        """
        index = max(0, bisect_right(self.starts, onset) - 1)
        place = min(1.0, float((onset - self.starts[index]) / self.lengths[index]))
        peak = 0.62
        height = place / peak if place < peak else (1 - place) / (1 - peak)
        return 2 * height - 1

    def velocity(self, onset: Fraction) -> float:
        """Change of velocity by the phrase."""
        return 0.5 * _SWELL * self.swell(onset)


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


def expression(plan: Plan, part: PartPlan, shape: PhraseShape, scale: float) -> list[ControlChange]:
    """Controller 11 for a part that can swell on a held note, one value a beat where it plays."""
    changes: list[ControlChange] = []
    meter = plan.meter
    last = -1
    for index, bar in enumerate(plan.bars):
        if part.name not in bar.active:
            continue
        start = meter.bar_quarters * index
        for beat in meter.beat_onsets:
            place = (shape.swell(start + beat) + 1) / 2
            middle = (_EXPRESSION_LOW + _EXPRESSION_HIGH) / 2
            reach = min(1.0, scale) * (_EXPRESSION_HIGH - _EXPRESSION_LOW) / 2
            value = round(middle + reach * (2 * place - 1) * (0.6 + 0.4 * bar.energy))
            if value != last:
                changes.append(ControlChange(ticks_from_quarters(start + beat), EXPRESSION, value))
                last = value
    return changes


def pedal(plan: Plan, part: PartPlan) -> list[ControlChange]:
    """Sustain pedal, changed with the harmony: up on each new chord, down just after it."""
    changes: list[ControlChange] = []
    meter = plan.meter
    end = ticks_from_quarters(plan.length_quarters)
    for span in plan.chords:
        bar = min(len(plan.bars) - 1, int(span.onset_quarters // meter.bar_quarters))
        if part.name not in plan.bars[bar].active:
            continue
        down = ticks_from_quarters(span.onset_quarters) + 24
        up = min(end, ticks_from_quarters(span.end_quarters)) - 6
        if up > down:
            changes += [ControlChange(down, PEDAL, 127), ControlChange(up, PEDAL, 0)]
    return changes

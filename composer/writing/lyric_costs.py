"""What a line of text wants of its rhythm, in costs.

Source: Halle and Lerdahl, "A generative textsetting model" (1993): stresses want strong places, the
weak want weak ones, and what stands beside them tells how strongly; Palmer and Kelly, "Linguistic
prosody and musical meter in song" (1992), who find both in songs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from composer.prosody.verse import MAIN_STRESS
from composer.theory.meter import Meter
from composer.writing.melody_rhythm import Rhythm

if TYPE_CHECKING:
    from composer.writing.lyric_rhythm import Beat

_STEP = Fraction(1, 4)
_NEVER = 1e9
# What a main stress costs by where it falls: on the downbeat, a strong beat, a beat, between beats,
# between eighths.
_STRESSED = {4: 0.0, 3: 0.1, 2: 0.55, 1: 3.2, 0: 4.6}
# And what a syllable without stress costs.
_UNSTRESSED = {4: 1.5, 3: 1.1, 2: 0.45, 1: 0.0, 0: 0.35}
_ANTICIPATED = 4.0  # what a stress gains, at full syncopation, that comes before a strong beat
_PICKUP_STRESS = 2.5  # of a stressed syllable before the bar line
_LEAD = 0.7  # of a beat of silence before the first syllable
_HOLD, _HOLD_WEAK, _HOLD_INSIDE, _HOLD_AGAIN = 0.35, 1.2, 0.9, 2.2
_REST, _REST_INSIDE, _REST_AT_MARK = 0.8, 6.0, 0.1
_QUICK = 0.2  # seconds under which a syllable is hurried
_HURRY = 18.0  # of a second less than that
_LATE, _EARLY = 3.0, 2.2  # of a bar that the last syllable lies behind its place, or before it
_CRAMPED = 6.0
_MODEL, _NOT_MODEL = 0.5, 0.35
_LONGEST_END = Fraction(5, 4)  # bars
_MARKS = tuple(",.;:!?…，。；：！？、")


@dataclass(frozen=True, slots=True)
class SungLine:
    """A line, and the room that it has.

    Args:
        stresses: Stress of each syllable, 0 to 1.
        goes_on: Whether the word goes on after each syllable.
        marked: Whether a punctuation mark stands after each syllable.
        bars: Bars of its phrase.
        pickup: Quarters before its first downbeat that it may begin in.
        tail: Quarters at the end of its phrase that belong to the next line.
        closing: Onset of the piece's last chord, from the start of the phrase, where the piece
            ends with the line; None elsewhere.
        model: Onsets of the line that was set first on the same material; empty for none.
        rest: How much of the end is left open, 0 to 0.5.
    """

    stresses: tuple[float, ...]
    goes_on: tuple[bool, ...]
    marked: tuple[bool, ...]
    bars: int
    pickup: Fraction
    tail: Fraction
    closing: Fraction | None = None
    model: frozenset[Fraction] = frozenset()
    rest: float = 0.2


def is_marked(syllable: str) -> bool:
    """Whether a syllable ends with a punctuation mark.

    >>> is_marked("star,"), is_marked("hel-")
    (True, False)
    """
    return syllable.endswith(_MARKS)


class LineCosts:
    """The costs of one line.

    Args:
        line: The line and its room.
        meter: The meter.
        quarters_per_minute: Tempo.
        syncopation: How readily a stress comes before its beat and is held over it, 0 to 1.

    Attributes:
        hold_again: By syllables sung, what a second beat without an onset costs.
        anticipated: By syllables sung, what the last of them gains where it is held over a strong
            beat that it comes before.
    """

    def __init__(
        self, line: SungLine, meter: Meter, quarters_per_minute: float, syncopation: float = 0.0
    ) -> None:
        self.line = line
        self.meter = meter
        self.bar = int(meter.bar_quarters / _STEP)
        self.end = line.bars * self.bar
        self.strength = {
            int(onset / _STEP): 4 if not i else 3 if strength == 2 else 2
            for i, (onset, strength) in enumerate(
                zip(meter.beat_onsets, meter.strengths, strict=True)
            )
        }
        self.step_seconds = 15 / quarters_per_minute
        self.goal = self._goal()
        self.model = frozenset(int(onset / _STEP) for onset in line.model)
        count = len(line.stresses)
        early = [_ANTICIPATED * syncopation * s * (s >= MAIN_STRESS) for s in line.stresses]
        self.anticipated = np.array([0.0, *early])
        self.hold_again = np.array([0.0, *[_HOLD_AGAIN] * (count - 1), 0.0])

    def _goal(self) -> int:
        """Where the last syllable wants to fall: on the last downbeat, or in mid-bar."""
        middle = int(self.meter.middle / _STEP)
        goal = self.end - self.bar
        if self.line.bars == 1:
            goal += middle
        crowded = len(self.line.stresses) / max(1.0, self.line.bars - 0.5) > self.bar / 4 + 1
        if crowded and self.line.bars > 1:
            goal += middle
        if self.line.closing is not None:
            goal = max(goal, int(self.line.closing / _STEP))
        return goal

    def place(self, position: int) -> int:
        """How strong a place is: 4 the downbeat, 3 strong, 2 a beat, 1 an eighth, 0 a sixteenth."""
        found = self.strength.get(position % self.bar)
        return found if found is not None else int(position % 2 == 0)

    def cell(self, beat: Beat, name: str, sung: int) -> float:
        """What it costs to fill a beat with a cell, after so many syllables.

        Args:
            beat: The beat.
            name: The cell, a sign a sixteenth: ``o`` onset, ``-`` hold, ``.`` rest.
            sung: Syllables that were sung before it.
        """
        count = len(self.line.stresses)
        onsets = [i for i, sign in enumerate(name) if sign == "o"]
        if sung + len(onsets) > count:
            return _NEVER
        if not onsets and sung in (0, count):
            # Before and after the line a beat is silent or held: one name for it is enough.
            wanted = "." if sung == 0 else "-"
            if name != wanted * beat.size:
                return _NEVER
            return _LEAD if sung == 0 and beat.start >= 0 else 0.0
        if sung == 0 and name[0] == "-":
            return _NEVER
        cost = 0.0 if onsets else self._held(sung)
        if "." in name and sung:
            inside = name.rstrip(".") if sung + len(onsets) == count else name
            cost += self._rest(sung, inside)
        for number, offset in enumerate(onsets):
            cost += self._onset(sung + number, beat.start + offset)
            if number:
                seconds = (offset - onsets[number - 1]) * self.step_seconds
                cost += _HURRY * max(0.0, _QUICK - seconds)
        return cost

    def _held(self, sung: int) -> float:
        """A beat without an onset, within the line."""
        cost = _HOLD
        if self.line.goes_on[sung - 1]:
            cost += _HOLD_INSIDE
        if self.line.stresses[sung - 1] < MAIN_STRESS / 2:
            cost += _HOLD_WEAK
        return cost

    def _rest(self, sung: int, name: str) -> float:
        """Rests of a cell, after the syllables that they follow."""
        cost, last = 0.0, ""
        for sign in name:
            if sign == "o":
                sung += 1
            elif sign == "." and last != ".":
                if self.line.goes_on[sung - 1]:
                    cost += _REST_INSIDE
                else:
                    cost += _REST_AT_MARK if self.line.marked[sung - 1] else _REST
            last = sign
        return cost

    def _onset(self, syllable: int, position: int) -> float:
        """What a syllable costs at a place."""
        line, place = self.line, self.place(position)
        stress = line.stresses[syllable]
        cost = stress * _STRESSED[place] + max(0.0, 1 - 1.8 * stress) * _UNSTRESSED[place]
        if position < 0 and stress >= MAIN_STRESS:
            cost += _PICKUP_STRESS
        if self.model:
            cost += -_MODEL if position in self.model else _NOT_MODEL
        if syllable == len(line.stresses) - 1:
            cost += self._last(position)
        return cost

    def _last(self, position: int) -> float:
        """What the last syllable costs at a place."""
        away = (position - self.goal) / self.bar
        cost = _LATE * away if away > 0 else -_EARLY * away
        left = (self.end - position) * _STEP - self.line.tail
        if left < 1:
            cost += _CRAMPED * float(1 - left)
        if left < Fraction(1, 2):
            cost += 40.0
        if self.line.closing is not None and position * _STEP < self.line.closing:
            cost += _CRAMPED
        return cost

    def held(self, rhythm: Rhythm) -> Rhythm:
        """The rhythm with its last syllable held, and a breath after it."""
        onset, _ = rhythm[-1]
        end = self.end * _STEP
        if self.line.closing is not None:
            return (*rhythm[:-1], (onset, end - onset))
        room = end - self.line.tail - onset
        breath = min(Fraction(1) if self.line.rest >= 0.2 else Fraction(1, 2), room / 3)
        breath -= breath % _STEP
        longest = self.meter.bar_quarters * _LONGEST_END
        return (*rhythm[:-1], (onset, max(_STEP, min(longest, room - breath))))

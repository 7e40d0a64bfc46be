"""The bend wheel: scoops into notes, bent strings, blue curls, falls, glides.

Only where one note sounds at a time: the wheel bends all that sounds on a channel. It is back in
the middle before the next note, unless that one is scooped into.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer.music.performance import TICKS_PER_QUARTER, PitchBend, PlayedNote
from composer.music.plan import PartPlan, Plan
from composer.music.seeding import generator
from composer.performing.moments import Moment

_CENT = 8192 / 200  # of the wheel, whose ends are two semitones off
_STRINGS_BENT = range(25, 31)  # programs of guitars with strings that a finger bends
_SOLO_STRINGS = (*range(40, 44), 110)
_LEADS = range(80, 88)
_GLIDING = (35, 38, 39)  # fretless and synth basses
_SECTIONS = (48, 49, 50, 51, 52, 61)  # many players bend as none

# Cents below the note from which a scoop begins, by family.
# Source: on singers, Mori et al., "Perceptual relevance of pitch overshoot and preparation" (2004);
# on brass and reeds, own listening to solos.
_SCOOPS = {"guitar": 100, "reed": 90, "brass": 80, "voice": 120, "strings": 60, "synth": 100}
_FALLING = ("brass", "reed", "voice", "guitar")
_FALL = 170  # cents
_CURL = 40
_SCOOP_SECONDS = 0.09
_BEND_SECONDS = 0.13
_FALL_SECONDS = 0.2
_GLIDE_SECONDS = 0.1
_LEAST_SECONDS = 0.28  # length of a note that is worth it
_RELEASE_SECONDS = 0.15  # how long after a fall the wheel waits
_STEP_TICKS = 12
_MOST_OVERLAP = 40  # ticks of a tied note that are given up for a scoop
_CHANCES = {"scoop": 0.55, "opening": 0.9, "bend": 0.6, "blue": 1.5, "fall": 0.8, "glide": 0.6}


@dataclass(frozen=True, slots=True)
class Bent:
    """A line with its bends.

    Args:
        notes: The notes, tied ones shortened where the next is scooped into.
        bends: The wheel, at most one position a tick.
    """

    notes: tuple[PlayedNote, ...]
    bends: tuple[PitchBend, ...]


def may_bend(part: PartPlan) -> bool:
    """Whether a part's player bends single notes."""
    program, family = part.instrument.program, part.instrument.family
    if part.role == "bass":
        return program in _GLIDING
    if part.role not in ("melody", "counter") or program in _SECTIONS:
        return False
    if family == "guitar":
        return program in _STRINGS_BENT
    if family == "strings":
        return program in _SOLO_STRINGS
    if family == "synth":
        return program in _LEADS
    return family in _SCOOPS


class Bender:
    """Bends the notes of one part.

    Args:
        plan: The plan.
        part: The part.
        amount: How readily it bends, 0–1.
    """

    def __init__(self, plan: Plan, part: PartPlan, amount: float) -> None:
        self.plan = plan
        self.part = part
        self.amount = amount * min(1.0, plan.humanize)
        self.second = TICKS_PER_QUARTER * plan.quarters_per_minute / 60
        self.chords = [int(span.onset_quarters * TICKS_PER_QUARTER) for span in plan.chords]

    def bend(
        self, notes: Sequence[PlayedNote], moments: Mapping[tuple[int, int], Moment], end: int
    ) -> Bent:
        """Bend a line.

        Args:
            notes: The part's notes as played, in order.
            moments: The moment of a note by its onset in ticks and pitch.
            end: Last tick of the piece.
        """
        if self.amount == 0 or not may_bend(self.part):
            return Bent(tuple(notes), ())
        rng = generator(self.plan.seed, "bends", self.part.name)
        result = list(notes)
        wheel: dict[int, int] = {}
        for i, note in enumerate(notes):
            rolls = rng.random(), rng.random()
            moment = moments.get((note.onset_ticks, note.pitch))
            if moment is None or not self._is_alone(result, i):
                continue
            following = notes[i + 1].onset_ticks if i + 1 < len(notes) else end
            curve = self._curve(note, moment, following, rolls)
            if not curve:
                continue
            if i and result[i - 1].end_ticks > note.onset_ticks:
                before = result[i - 1]
                result[i - 1] = replace(
                    before, duration_ticks=note.onset_ticks - before.onset_ticks
                )
            wheel.update(curve)
        bends, last = [], 0
        for ticks, value in sorted(wheel.items()):
            if value != last:
                bends.append(PitchBend(ticks, value))
                last = value
        return Bent(tuple(result), tuple(bends))

    def _is_alone(self, notes: Sequence[PlayedNote], i: int) -> bool:
        """Whether nothing sounds beside a note but the end of one that is tied to it."""
        note = notes[i]
        if i + 1 < len(notes) and notes[i + 1].onset_ticks < note.end_ticks - _MOST_OVERLAP:
            return False
        earlier = notes[max(0, i - 8) : i]
        if any(n.end_ticks > note.onset_ticks for n in earlier[:-1]):
            return False
        return not earlier or earlier[-1].end_ticks <= note.onset_ticks + _MOST_OVERLAP

    def _curve(
        self, note: PlayedNote, moment: Moment, following: int, rolls: tuple[float, float]
    ) -> dict[int, int]:
        """The wheel over one note, which ends in the middle; empty where it stays as it is."""
        free = min(note.end_ticks, following)
        seconds = (free - note.onset_ticks) / self.second
        if moment.is_chord or moment.mark in ("grace", "staccato", "muted"):
            return {}
        if self.part.role == "bass":
            return self._glide(note, moment, free, following, rolls[0])
        into = self._into(note, moment, seconds, rolls[0])
        falls = self._falls(moment, seconds, rolls[1])
        if into is None and not falls:
            return {}
        curve: dict[int, int] = {}
        if into is not None:
            curve |= self._ramp(note.onset_ticks, free, *into)
        if falls:
            length = int(min(_FALL_SECONDS * self.second, 0.5 * (free - note.onset_ticks)))
            start = free - length
            curve = {t: v for t, v in curve.items() if t < start}
            curve |= _slope(start, free, 0.0, -_FALL, power=1.6)
        if curve[max(curve)] != 0:
            rest = free + (int(_RELEASE_SECONDS * self.second) if falls else 0)
            curve[max(max(curve) + 1, min(following, rest))] = 0
            curve = {t: v for t, v in curve.items() if t <= following}
        return curve

    def _into(
        self, note: PlayedNote, moment: Moment, seconds: float, roll: float
    ) -> tuple[float, float, float, float] | None:
        """Cents from which and to which a note is bent, after and within so many seconds."""
        family = self.part.instrument.family
        amount = self.amount
        if moment.notes[0].function == "blue" and seconds > 0.15:
            fits = roll < amount * _CHANCES["blue"]
            return (0.0, _CURL, 0.25 * seconds, 0.5 * seconds) if fits else None
        if seconds < _LEAST_SECONDS:
            return None
        if family == "guitar" and roll < amount * _CHANCES["bend"]:
            cents = -200.0 if self._is_in_key(note.onset_ticks, note.pitch - 2) else -100.0
            return cents, 0.0, 0.05, _BEND_SECONDS
        chance = _CHANCES["opening" if moment.opens or note.velocity > 100 else "scoop"]
        if roll < amount * chance:
            return -float(_SCOOPS[family]), 0.0, 0.0, _SCOOP_SECONDS
        return None

    def _falls(self, moment: Moment, seconds: float, roll: float) -> bool:
        family = self.part.instrument.family
        rests = moment.following is None or moment.following - moment.end >= 0.5
        fits = family in _FALLING and moment.closes and rests and seconds >= 2 * _FALL_SECONDS
        return fits and moment.following is not None and roll < self.amount * _CHANCES["fall"]

    def _ramp(
        self, onset: int, free: int, first: float, last: float, after: float, within: float
    ) -> dict[int, int]:
        start = onset + int(after * self.second)
        stop = min(start + max(_STEP_TICKS, int(within * self.second)), free - 1)
        curve = {onset: _wheel(first)}
        if stop > start:
            curve |= _slope(start, stop, first, last, power=0.7)
        curve[max(stop, onset + 1)] = _wheel(last)
        return curve

    def _glide(
        self, note: PlayedNote, moment: Moment, free: int, following: int, roll: float
    ) -> dict[int, int]:
        """Slide at a note's end to the next one, no further than the wheel reaches."""
        near = 0 < abs(moment.step) <= 2 and moment.abuts
        length = int(_GLIDE_SECONDS * self.second)
        long = free - note.onset_ticks >= 2 * length
        if not near or not long or roll >= self.amount * _CHANCES["glide"]:
            return {}
        curve = _slope(free - length, free - 1, 0.0, 100.0 * moment.step, power=1.0)
        curve[following] = 0
        return curve

    def _is_in_key(self, ticks: int, pitch: int) -> bool:
        index = max(0, bisect_right(self.chords, ticks) - 1)
        return pitch % 12 in self.plan.chords[index].key.numbers


def _slope(start: int, stop: int, first: float, last: float, *, power: float) -> dict[int, int]:
    """The wheel from one place to another, in steps; a power under 1 moves early."""
    steps = max(2, min(10, (stop - start) // _STEP_TICKS))
    places = np.linspace(0, 1, steps + 1)
    return {
        start + int((stop - start) * x): _wheel(first + (last - first) * float(x) ** power)
        for x in places.tolist()
    }


def _wheel(cents: float) -> int:
    return max(-8192, min(8191, round(cents * _CENT)))

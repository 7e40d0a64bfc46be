"""The notes of a chordal part, stroke by stroke: voices, low roots, runs and lines between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from composer.music.plan import PartPlan
from composer.theory.spelling import chord_scale
from composer.writing.chord_signs import LINES, SINGLE, voices_of
from composer.writing.context import Context
from composer.writing.running import ladder, next_rung, step_towards

_LOW_ROOT = (5, 19)  # semitones that a left hand's root lies below the lowest voice
_FIFTHS = (1, -6, 8)

Sounding = list[tuple[int, int]]
"""Pitch and voice of each note of a stroke."""


class Event(NamedTuple):
    """A stroke in the piece's time, within one chord.

    Args:
        bar: Its bar.
        onset: Onset in quarters.
        end: First moment after it.
        sign: Its sign.
        chord: Index of the chord that it strikes.
    """

    bar: int
    onset: Fraction
    end: Fraction
    sign: str
    chord: int


class ChordLines:
    """Finds the notes of every stroke of a part.

    Args:
        context: Plan and rules.
        part: The part.
        window: Lowest and highest MIDI number.
        events: Its strokes, in order.
        voicings: Voicing by index of chord.
    """

    def __init__(
        self,
        context: Context,
        part: PartPlan,
        window: tuple[int, int],
        events: Sequence[Event],
        voicings: Mapping[int, tuple[int, ...]],
    ) -> None:
        self.context = context
        self.part = part
        self.low, self.high = window
        self.events = events
        self.voicings = voicings
        self._last: int | None = None
        self._run = ("", 1)
        self._roots = 0

    def sounding(self) -> list[Sounding]:
        """The notes of each stroke."""
        result: list[Sounding] = []
        for position, event in enumerate(self.events):
            new_bar = position == 0 or self.events[position - 1].bar != event.bar
            if new_bar:
                self._run = ("", 1)
            if position == 0 or self.events[position - 1].chord != event.chord:
                self._roots = 0
            notes = self._notes(position, event)
            self._last = notes[-1][0]
            if event.sign not in "><":
                self._run = ("", 1)
            result.append(notes)
        return result

    def _notes(self, position: int, event: Event) -> Sounding:
        voicing = self.voicings[event.chord]
        if event.sign not in LINES:
            return [
                (voicing[v], v) for v in self._filled(voices_of(event.sign, len(voicing)), voicing)
            ]
        if event.sign == "n":
            pitch = self._step(position, event, voicing)
        elif event.sign == "B":
            pitch = self._low_root(event, voicing)
        else:
            pitch = self._running(event, voicing)
        return [(pitch, voicing.index(pitch) if pitch in voicing else len(voicing))]

    def _filled(self, voices: set[int], voicing: tuple[int, ...]) -> list[int]:
        """The voices, with those between where a governed part would gape over an octave."""
        chosen = sorted(voices)
        wide = any(voicing[b] - voicing[a] > 12 for a, b in pairwise(chosen))
        if self.part.governed and wide:
            return list(range(chosen[0], chosen[-1] + 1))
        return chosen

    def _running(self, event: Event, voicing: tuple[int, ...]) -> int:
        """The next note of a run; each bar begins one anew, from the bottom or the top."""
        sign, direction = self._run
        if sign != event.sign:
            fresh = sign == ""
            direction = 1 if event.sign == ">" else -1
            self._run = (event.sign, direction)
            if fresh or self._last is None:
                return voicing[0] if direction > 0 else voicing[-1]
        rungs = list(voicing)
        if not self.part.governed:
            top = max(self.high, voicing[-1])
            rungs = ladder({pitch % 12 for pitch in voicing}, min(voicing[0], self.low), top)
            rungs = [pitch for pitch in rungs if pitch >= voicing[0] or pitch in voicing]
        last = self._last if self._last is not None else voicing[0]
        pitch, direction = next_rung(last, rungs, direction)
        self._run = (event.sign, direction)
        return pitch

    def _step(self, position: int, event: Event, voicing: tuple[int, ...]) -> int:
        """The next note of a line through the scale, to the next note that is not one of it."""
        span = self.context.plan.chords[event.chord]
        last = self._last if self._last is not None else voicing[-1]
        early = event.onset < span.onset_quarters
        if early or (self.part.governed and event.onset == span.onset_quarters):
            return min(voicing, key=lambda pitch: (abs(pitch - last), pitch))
        after = position + 1
        while after < len(self.events) and self.events[after].sign == "n":
            after += 1
        target = self._goal(after, last, voicing)
        scale = {name.number for name in chord_scale(span.chord, span.key)}
        low, high = min(self.low, voicing[0]), max(self.high, voicing[-1])
        return step_towards(last, target, after - position, ladder(scale, low, high))

    def _goal(self, position: int, last: int, voicing: tuple[int, ...]) -> int:
        """What a line leads to: the note of a single stroke, or the nearer edge of a chord."""
        if position >= len(self.events):
            return min(voicing, key=lambda pitch: (abs(pitch - last), pitch))
        event = self.events[position]
        voicing = self.voicings[event.chord]
        voices = sorted(voices_of(event.sign, len(voicing)))
        if event.sign in "><":
            voices = [0 if event.sign == ">" else len(voicing) - 1]
        edges = (voicing[voices[-1]], voicing[voices[0]])
        return min(edges, key=lambda pitch: abs(pitch - last))

    def _low_root(self, event: Event, voicing: tuple[int, ...]) -> int:
        """The left hand's root, and in turn its fifth; the lowest voice in a governed part."""
        if self.part.governed:
            return voicing[0]
        chord = self.context.plan.chords[event.chord].chord
        number = chord.bass.number
        fifth = next((t for t in chord.quality.tones if t in _FIFTHS), None)
        if self._roots % 2 and fifth is not None:
            number = (chord.root + fifth).number
        self._roots += 1
        lowest = max(self.part.instrument.low, voicing[0] - _LOW_ROOT[1])
        options = [p for p in range(lowest, voicing[0] - _LOW_ROOT[0] + 1) if p % 12 == number]
        return options[-1] if options else voicing[0]


def is_single(sign: str) -> bool:
    """Whether a sign sounds one note."""
    return sign in SINGLE

"""A score laid out for checking: notes on an integer grid, by part and voice, chords by bisection.

The grid is exact: its unit divides every onset and duration of the score, so that rules compare
plain integers where the score has fractions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import NamedTuple

from composer.checking.report import Violation, Where
from composer.music.plan import ChordSpan, PartPlan, Plan
from composer.music.score import Part, Score
from composer.theory.chord import Chord
from composer.theory.key import Key

_BASE_UNITS = 960


class GridNote(NamedTuple):
    """A note on the grid.

    Args:
        onset: Onset in grid units.
        pitch: MIDI number.
        end: First grid unit after it.
        voice: Index of its voice in the part.
        velocity: Written loudness.
        function: What it is called in the score.
    """

    onset: int
    pitch: int
    end: int
    voice: int
    velocity: int
    function: str


class GridPart:
    """A part on the grid.

    Args:
        plan: Who plays it.
        notes: Its notes, ordered by onset, then pitch.
    """

    def __init__(self, plan: PartPlan, notes: tuple[GridNote, ...]) -> None:
        self.plan = plan
        self.notes = notes

    @property
    def name(self) -> str:
        """Name of the part."""
        return self.plan.name

    @property
    def is_pitched(self) -> bool:
        """Whether its numbers are pitches; those of drums are keys."""
        return self.plan.role != "drums" and not self.plan.instrument.is_drums

    @cached_property
    def voices(self) -> dict[int, list[GridNote]]:
        """Notes by voice index, the lowest first."""
        voices: dict[int, list[GridNote]] = {}
        for note in self.notes:
            voices.setdefault(note.voice, []).append(note)
        return dict(sorted(voices.items()))


@dataclass(frozen=True, slots=True)
class GridSpan:
    """A chord on the grid.

    Args:
        onset: Onset in grid units.
        end: First grid unit after it.
        chord: The chord.
        numbers: Its pitch-class numbers.
        key: The key of the moment.
    """

    onset: int
    end: int
    chord: Chord
    numbers: frozenset[int]
    key: Key


class ScoreIndex:
    """A plan and its score, indexed.

    Args:
        plan: The plan.
        score: The score; its chords are those that the rules ask.

    Attributes:
        unit: Grid units a quarter.
        bar: Grid units a bar.
        beat: Grid units of the shortest beat.
        eighth: Grid units an eighth.
        length: Length of the piece in grid units.
        spans: The chords.
        parts: The parts.
    """

    def __init__(self, plan: Plan, score: Score) -> None:
        self.plan = plan
        self.score = score
        self.unit = _grid_unit(score)
        self.bar = self.to_grid(score.meter.bar_quarters)
        self.eighth = self.unit // 2
        self.length = self.to_grid(score.length_quarters)
        self.spans = self._grid_spans(score.chords)
        self._span_onsets = [span.onset for span in self.spans]
        self.parts = tuple(self._grid_part(part) for part in score.parts)
        self.beat = min(map(self.to_grid, score.meter.beat_quarters))
        self._beats = [self.to_grid(onset) for onset in score.meter.beat_onsets]
        self._beat_lengths = [self.to_grid(length) for length in score.meter.beat_quarters]

    def to_grid(self, quarters: Fraction) -> int:
        """Convert quarters, rounded down where the grid does not hold them exactly."""
        return quarters.numerator * self.unit // quarters.denominator

    def span_number(self, time: int) -> int:
        """Index of the chord span that sounds at a time, the nearest one outside the piece."""
        return max(bisect_right(self._span_onsets, time) - 1, 0)

    def span_at(self, time: int) -> GridSpan:
        """The chord span that sounds at a time."""
        return self.spans[self.span_number(time)]

    def notes_by_span(self, part: GridPart) -> list[list[GridNote]]:
        """For each chord span the notes of a part that sound in it, ordered by onset."""
        found: list[list[GridNote]] = [[] for _ in self.spans]
        for note in part.notes:
            first, last = self.span_number(note.onset), self.span_number(note.end - 1)
            for number in range(first, last + 1):
                found[number].append(note)
        return found

    def is_active(self, part: str, start: int, end: int) -> bool:
        """Whether the plan lets a part play in any bar of a stretch of the grid."""
        bars = self.plan.bars[max(start // self.bar, 0) : (end - 1) // self.bar + 1]
        return any(part in bar.active for bar in bars)

    def violation(self, rule: str, time: int, part: str, message: str) -> Violation:
        """A violation at a time of the grid."""
        bar, offset = divmod(time, self.bar)
        beat = bisect_right(self._beats, offset) - 1
        position = 1 + beat + (offset - self._beats[beat]) / self._beat_lengths[beat]
        return Violation(rule, Where(bar + 1, round(position, 3), part), message)

    def _grid_spans(self, chords: Iterable[ChordSpan]) -> tuple[GridSpan, ...]:
        return tuple(
            GridSpan(
                self.to_grid(span.onset_quarters),
                self.to_grid(span.end_quarters),
                span.chord,
                span.chord.numbers,
                span.key,
            )
            for span in chords
        )

    def _grid_part(self, part: Part) -> GridPart:
        unit, notes = self.unit, []
        for note in part.notes:
            onset, onset_divisor = note.onset_quarters.as_integer_ratio()
            length, length_divisor = note.duration_quarters.as_integer_ratio()
            start = onset * unit // onset_divisor
            notes.append(
                GridNote(
                    start,
                    note.pitch.midi,
                    start + length * unit // length_divisor,
                    note.voice,
                    note.velocity,
                    note.function,
                )
            )
        notes.sort()
        return GridPart(part.plan, tuple(notes))


def _grid_unit(score: Score) -> int:
    """Grid units a quarter: the least multiple of 960 that holds every time exactly."""
    denominators = {score.meter.bar_quarters.denominator}
    for part in score.parts:
        for note in part.notes:
            denominators.add(note.onset_quarters.denominator)
            denominators.add(note.duration_quarters.denominator)
    for span in score.chords:
        denominators.add(span.onset_quarters.denominator)
        denominators.add(span.duration_quarters.denominator)
    return lcm(_BASE_UNITS, *denominators)

"""What the model is told of a piece: the plan as tokens, the draft's notes as cells.

Every bar is moved from its own key to C major or A minor, as the corpus was from its one key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part, Score
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.transformer.cells import CellNote, encode_cell
from composer.transformer.clock import Clock
from composer.transformer.conditions import (
    DRUMS_PROGRAM,
    METERS,
    QUALITIES,
    ROLES,
    STYLES,
    chord_token,
    density_bin,
    energy_bin,
    label_of,
    left_bin,
    phrase_place,
    register_bin,
    tempo_bin,
)
from composer.transformer.sequence import PlanTables, middle_slot
from composer.transformer.vocabulary import SLOTS_PER_QUARTER

_TONES: dict[str, frozenset[int]] = {
    "maj": frozenset({0, 4, 7}),
    "min": frozenset({0, 3, 7}),
    "dim": frozenset({0, 3, 6}),
    "aug": frozenset({0, 4, 8}),
    "sus4": frozenset({0, 5, 7}),
    "sus2": frozenset({0, 2, 7}),
    "maj7": frozenset({0, 4, 7, 11}),
    "min7": frozenset({0, 3, 7, 10}),
    "7": frozenset({0, 4, 7, 10}),
    "m7b5": frozenset({0, 3, 6, 10}),
    "dim7": frozenset({0, 3, 6, 9}),
    "6": frozenset({0, 4, 7, 9}),
    "m6": frozenset({0, 3, 7, 9}),
    "7sus4": frozenset({0, 5, 7, 10}),
    "5": frozenset({0, 7}),
}
_A_MINOR = 9
_HALF_OCTAVE = 6


@dataclass(frozen=True, slots=True, eq=False)
class SheetPart:
    """A part as the model has it.

    Args:
        plan: Who plays it.
        role: Index in `ROLES`.
        notes: The draft's notes by bar, as in the score.
    """

    plan: PartPlan
    role: int
    notes: Mapping[int, tuple[Note, ...]]

    @property
    def is_drums(self) -> bool:
        """Whether its numbers are percussion keys."""
        return ROLES[self.role] == "drums"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A piece as the model has it.

    Args:
        plan: The plan.
        clock: Slots and quarters.
        shifts: Semitones from the key of each bar to C major or A minor.
        tables: Plan tokens of bars and parts.
        parts: In the model's order.
        cells: Tokens of the draft's cells by (bar, part), those that sound.
    """

    plan: Plan
    clock: Clock
    shifts: tuple[int, ...]
    tables: PlanTables
    parts: tuple[SheetPart, ...]
    cells: Mapping[tuple[int, int], tuple[int, ...]]

    def encoded(self, notes: tuple[Note, ...], bar: int, part: int) -> tuple[int, ...]:
        """The tokens of some notes of a bar."""
        start = self.plan.meter.bar_quarters * bar
        drums = self.parts[part].is_drums
        slots, shift = self.clock.bar_slots, self.shifts[bar]
        found = []
        for note in notes:
            onset = min(self.clock.slot(note.onset_quarters - start), slots - 1)
            end = self.clock.slot(note.end_quarters - start)
            pitch = note.pitch.midi if drums else _octave_into_range(note.pitch.midi + shift)
            found.append(CellNote(onset, 0 if drums else max(end - onset, 1), pitch))
        return tuple(encode_cell(found, drums=drums))


def sheet_of(
    plan: Plan, draft: Score, swing_unit: int, written: frozenset[str], family: str = ""
) -> Sheet:
    """A piece as the model has it.

    Args:
        plan: The plan.
        draft: The rule writers' score.
        swing_unit: 8 where the style swings eighths, 16 where it swings sixteenths.
        written: Names of the parts that are told; a tune's doublings are not.
        family: The family of the corpus that the style belongs to, one of `STYLES`; empty if none.
    """
    from composer.transformer.clock import clock_of

    clock = clock_of(plan.meter, plan.swing, swing_unit)
    keys = _keys(plan)
    shifts = _shifts(plan, keys)
    parts = sorted(
        (
            _sheet_part(plan, part)
            for part in draft.parts
            if part.plan.name in written and part.notes
        ),
        key=lambda part: (part.role, -sum(map(len, part.notes.values()))),
    )
    tables = PlanTables(
        METERS.index(plan.meter.name),
        tempo_bin(plan.quarters_per_minute),
        np.array([is_minor(key) for key in keys], dtype=np.int64),
        1 + STYLES.index(family) if family in STYLES else 0,
        _bar_table(plan, shifts),
        np.array([_part_row(plan, part, shifts) for part in parts], dtype=np.int64).reshape(-1, 4),
    )
    sheet = Sheet(plan, clock, shifts, tables, tuple(parts), {})
    cells = {
        (bar, number): sheet.encoded(notes, bar, number)
        for number, part in enumerate(parts)
        for bar, notes in part.notes.items()
    }
    return replace(sheet, cells=cells)


def is_minor(key: Key) -> bool:
    """Whether the key's third is minor."""
    third = (key.tonic.number + 3) % 12
    return third in key.numbers and (third + 1) % 12 not in key.numbers


def role_of(part: Part) -> str:
    """The model's role of a part: figures are lines or chords, as they are played."""
    if part.plan.role != "figure":
        return part.plan.role
    onsets = {note.onset_quarters for note in part.notes}
    return "counter" if len(part.notes) < 1.5 * len(onsets) else "comping"


@lru_cache(maxsize=512)
def quality_of(tones: frozenset[int]) -> str:
    """The kind of chord that fits best, of tones in semitones above the root.

    >>> quality_of(frozenset({0, 4, 7, 10, 2})), quality_of(frozenset({0, 7}))
    ('7', '5')
    """

    def fit(name: str) -> float:
        known = _TONES[name]
        return len(known & tones) / len(known | tones) + 0.01 * len(known & tones)

    return max(QUALITIES, key=lambda name: (fit(name), -QUALITIES.index(name)))


def chord_of(chord: Chord, shift: int) -> int:
    """The token of a chord, moved."""
    root = chord.root.number
    tones = frozenset((name.number - root) % 12 for name in chord.pitch_classes)
    return chord_token(root + shift, quality_of(tones))


def _sheet_part(plan: Plan, part: Part) -> SheetPart:
    by_bar: dict[int, list[Note]] = {}
    for note in part.notes:
        bar = min(int(note.onset_quarters // plan.meter.bar_quarters), len(plan.bars) - 1)
        by_bar.setdefault(bar, []).append(note)
    notes = {bar: tuple(found) for bar, found in by_bar.items()}
    return SheetPart(part.plan, ROLES.index(role_of(part)), notes)


def _keys(plan: Plan) -> tuple[Key, ...]:
    """The key in which each bar begins."""
    onsets = [span.onset_quarters for span in plan.chords]
    starts = (plan.meter.bar_quarters * bar for bar in range(len(plan.bars)))
    return tuple(plan.chords[max(bisect_right(onsets, start) - 1, 0)].key for start in starts)


def _shifts(plan: Plan, keys: Sequence[Key]) -> tuple[int, ...]:
    """Semitones to C major or A minor: for the piece's key the least, for others the nearest to it.

    So a part stays in one register where the music modulates.
    """

    def shift(key: Key, around: int) -> int:
        exact = (_A_MINOR if is_minor(key) else 0) - key.tonic.number
        return around + (exact - around + _HALF_OCTAVE) % 12 - _HALF_OCTAVE

    home = shift(plan.key, 1)
    return tuple(shift(key, home) for key in keys)


def _part_row(plan: Plan, part: SheetPart, shifts: Sequence[int]) -> list[int]:
    notes = [note for bar in part.notes.values() for note in bar]
    density = density_bin(len(notes) / len(part.notes), float(plan.meter.bar_quarters))
    if part.is_drums:
        return [part.role, DRUMS_PROGRAM, 0, density]
    pitches = [note.pitch.midi + shifts[bar] for bar, found in part.notes.items() for note in found]
    mean = sum(pitches) / len(pitches)
    return [part.role, part.plan.instrument.program, register_bin(mean), density]


def _bar_table(
    plan: Plan, shifts: Sequence[int]
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    letters: dict[str, int] = {}
    for section in plan.sections:
        letters.setdefault(section.material, len(letters))
    onsets = [span.onset_quarters for span in plan.chords]
    middle = Fraction(middle_slot(METERS.index(plan.meter.name)), SLOTS_PER_QUARTER)
    rows = []
    for bar, about in enumerate(plan.bars):
        section = plan.sections[about.section]
        start = plan.meter.bar_quarters * bar
        halves = [start, min(start + middle, start + plan.meter.bar_quarters - Fraction(1, 12))]
        chords = [
            chord_of(plan.chords[max(bisect_right(onsets, time) - 1, 0)].chord, shifts[bar])
            for time in halves
        ]
        rows.append(
            [
                label_of(letters[section.material]),
                phrase_place(bar - section.start_bar),
                left_bin(section.end_bar - bar),
                energy_bin(about.energy),
                *chords,
            ]
        )
    return np.array(rows, dtype=np.int64)


def _octave_into_range(pitch: int) -> int:
    return pitch - 12 if pitch > 127 else pitch + 12 if pitch < 0 else pitch

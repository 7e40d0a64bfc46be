"""The rules of a cell, made from the plan, the rule writers' voicings and the instruments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from composer.checking.harmony_rules import BASS_ROLES, HARMONY_ROLES
from composer.music.plan import ChordSpan, PartPlan
from composer.music.score import Note
from composer.theory.spelling import chord_scale
from composer.transformer.cells import token_ids
from composer.transformer.masks import CellRules, Flags, SpanRules, positions
from composer.transformer.sheet import Sheet, SheetPart

_SINGLE_LINES = frozenset({"melody", "counter", "bass"})
_MOST_AT_ONCE = 4
_DENSER = 3.0
_LEAST_MOST = 6
_DRUMS_DENSER = 2.0
_RESOLVES_WITHIN = 6  # slots that a foreign tone needs before the bar ends
_LATE = Fraction(1, 2)
_KIT = frozenset({*range(35, 58), 59})
_PITCHES = 128


@dataclass(frozen=True, slots=True, eq=False)
class Voicings:
    """What the rule writers hold in each chord, of one harmony part.

    Args:
        pitches: By index of the chord the MIDI number of each voice; chords in which the part is
            silent are not in it.
    """

    pitches: Mapping[int, Mapping[int, int]]


class RuleMaker:
    """Makes the rules of cells.

    Args:
        sheet: The piece.
        ranges: Lowest and highest pitch of each part by name.
    """

    def __init__(self, sheet: Sheet, ranges: Mapping[str, tuple[int, int]]) -> None:
        self._sheet = sheet
        self._ranges = ranges
        self._starts = [span.onset_quarters for span in sheet.plan.chords]
        self._voicings = {
            part.plan.name: voicings_of(part, sheet.plan.chords)
            for part in sheet.parts
            if part.plan.role in HARMONY_ROLES
        }
        self._spans: dict[tuple[str, int, int], SpanRules | None] = {}
        self._cells: dict[tuple[int, int], CellRules | None] = {}

    def voicing(self, part: str, span: int) -> Mapping[int, int]:
        """The rule writers' voicing of a chord, by voice; empty where there is none."""
        known = self._voicings.get(part)
        return known.pitches.get(span, {}) if known else {}

    def span_index(self, onset: Fraction) -> int:
        """Index of the chord that sounds at an onset."""
        return max(bisect_right(self._starts, onset) - 1, 0)

    def cell(self, bar: int, part: int) -> CellRules | None:
        """The rules of a cell; None where no note could follow them."""
        if (bar, part) not in self._cells:
            self._cells[bar, part] = self._cell(bar, part)
        return self._cells[bar, part]

    def _cell(self, bar: int, part: int) -> CellRules | None:
        sheet, player = self._sheet, self._sheet.parts[part]
        onsets = np.zeros(positions(), dtype=np.bool_)
        onsets[list(sheet.clock.onset_slots)] = True
        usual = _usual_notes(player)
        if player.is_drums:
            most = max(int(_DRUMS_DENSER * usual), 2 * _LEAST_MOST)
            return CellRules(True, onsets, (), (), self._keys(player), most, 4, -1)
        slots = sheet.clock.bar_slots
        start = sheet.plan.meter.bar_quarters * bar
        numbers = [self.span_index(start + sheet.clock.quarters(slot)) for slot in range(slots)]
        first = numbers[0]
        shift = sheet.shifts[bar]
        rules = [self._span(player, number, shift) for number in range(first, numbers[-1] + 1)]
        harmony = player.plan.role in HARMONY_ROLES
        for slot, number in enumerate(numbers):
            time = start + sheet.clock.quarters(slot)
            if rules[number - first] is None or (harmony and self._is_late(time, number)):
                onsets[slot] = False
        if not onsets.any():
            return None
        usable = tuple(rule or _SILENT for rule in rules)
        single = player.plan.role in _SINGLE_LINES
        voices = 1 if single else min(_MOST_AT_ONCE, player.plan.instrument.polyphony)
        most = max(int(_DENSER * usual), _LEAST_MOST)
        last_foreign = slots - 1 - _RESOLVES_WITHIN if single else -1
        span_at = tuple(number - first for number in numbers)
        no_keys = np.zeros(0, dtype=np.bool_)
        return CellRules(
            False, onsets, span_at, usable, no_keys, most, voices, last_foreign, harmony
        )

    def _is_late(self, time: Fraction, number: int) -> bool:
        """Whether a chord is struck so late that it is heard as the next one's."""
        span = self._sheet.plan.chords[number]
        return span.onset_quarters < time and span.end_quarters - time < _LATE

    def _span(self, part: SheetPart, number: int, shift: int) -> SpanRules | None:
        key = (part.plan.name, number, shift)
        if key not in self._spans:
            self._spans[key] = self._made(part, number, shift)
        return self._spans[key]

    def _made(self, part: SheetPart, number: int, shift: int) -> SpanRules | None:
        chord = self._sheet.plan.chords[number].chord
        if part.plan.role in HARMONY_ROLES:
            return _voicing_rules(
                tuple(sorted(self.voicing(part.plan.name, number).values())),
                chord.essential_numbers,
                shift,
            )
        low, high = self._ranges[part.plan.name]
        inside = range(low, high + 1)
        key = self._sheet.plan.chords[number].key
        scale = {name.number for name in chord_scale(chord, key)}
        pitches = _flags((p for p in inside if p % 12 in scale), shift)
        tones = _flags((p for p in inside if p % 12 in chord.numbers), shift)
        first = pitches
        if part.plan.role in BASS_ROLES:
            first = _flags((p for p in inside if p % 12 == chord.bass.number), shift)
        known = scale | key.numbers
        foreign = _flags((p for p in inside if p % 12 not in known), shift)
        tendencies = self._tendencies(number, shift) if part.plan.role in _SINGLE_LINES else {}
        return SpanRules(pitches, first, tones, foreign, (), tendencies) if first.any() else None

    def _tendencies(self, number: int, shift: int) -> dict[int, tuple[int, ...]]:
        """How leading tone and seventh go on where a chord resolves a dominant."""
        plan = self._sheet.plan
        tonic = plan.chords[number].key.tonic.number
        if number == 0 or plan.chords[number].chord.root.number != tonic:
            return {}
        dominant = plan.chords[number - 1].chord
        third = (tonic + 11) % 12
        if dominant.root.number != (tonic + 7) % 12 or third not in dominant.numbers:
            return {}
        found: dict[int, tuple[int, ...]] = {(third + shift) % 12: (1,)}
        if dominant.quality.seventh is not None:
            seventh = (dominant.root + dominant.quality.seventh).number
            found[(seventh + shift) % 12] = (-1, -2)
        return found

    def _keys(self, part: SheetPart) -> Flags:
        """The kit's keys: what every kit has, and what the rule writers use."""
        ids = token_ids()
        own = {note.pitch.midi for notes in part.notes.values() for note in notes}
        keys = range(ids.lowest_drum, ids.lowest_drum + ids.end - ids.drum)
        return np.array([key in _KIT or key in own for key in keys])


_NOTHING = np.zeros(_PITCHES, dtype=np.bool_)
_SILENT = SpanRules(_NOTHING, _NOTHING, _NOTHING, _NOTHING)


def voicings_of(part: SheetPart, chords: tuple[ChordSpan, ...]) -> Voicings:
    """What a harmony part of the draft holds in each chord: one pitch a voice."""
    starts = [span.onset_quarters for span in chords]
    found: dict[int, dict[int, int]] = {}
    for notes in part.notes.values():
        for note in notes:
            index = max(bisect_right(starts, note.onset_quarters) - 1, 0)
            if _belongs(note, chords[index]):
                found.setdefault(index, {}).setdefault(note.voice, note.pitch.midi)
    return Voicings(found)


def _belongs(note: Note, span: ChordSpan) -> bool:
    """Whether a note is of the chord that sounds, and not an early one of the next."""
    return note.pitch.midi % 12 in span.chord.numbers or note.function == "scale"


def _voicing_rules(
    voicing: tuple[int, ...], essential: frozenset[int], shift: int
) -> SpanRules | None:
    if not voicing:
        return None
    pitches = _flags(voicing, shift)
    due: dict[int, int] = {}
    for pitch in voicing:
        if pitch % 12 in essential:
            due.setdefault(pitch % 12, pitch + shift)
    if len(due) < len(essential):
        return None
    return SpanRules(pitches, pitches, pitches, _NOTHING, tuple(sorted(due.values())))


def _flags(pitches: Iterable[int], shift: int) -> Flags:
    flags = np.zeros(_PITCHES, dtype=np.bool_)
    flags[[pitch + shift for pitch in pitches if 0 <= pitch + shift < _PITCHES]] = True
    return flags


def _usual_notes(part: SheetPart) -> float:
    return sum(map(len, part.notes.values())) / max(len(part.notes), 1)


def range_of(part: PartPlan, window: tuple[int, int]) -> tuple[int, int]:
    """A part's range: the style's, within what the instrument has."""
    return max(window[0], part.instrument.low), min(window[1], part.instrument.high)

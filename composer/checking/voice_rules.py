"""Rule 4: voice leading in the parts that it governs.

Voices are told apart by `composer.music.score.Note.voice`. Within a part every pair is judged, and
every voice of the other parts against a governed bass; two harmony parts may double each other.
Source: Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapters 5, 6, 10 and 13.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import combinations, groupby
from typing import NamedTuple

from composer.checking.form_rules import cadence_chords
from composer.checking.harmony_rules import BASS_ROLES
from composer.checking.index import GridNote, GridPart, GridSpan, ScoreIndex
from composer.checking.report import Finding, Violation
from composer.checking.tune_rules import Exempt
from composer.checking.voices import (
    in_range,
    is_crossed,
    is_spaced,
    leading_tone_resolves,
    parallel_perfect,
    seventh_resolves,
)


class _Move(NamedTuple):
    """A voice that attacks: its pitch before, if that ended at most a bar ago, and now."""

    part: str
    is_bass: bool
    voice: int
    before: int | None
    after: int


def judge_parallels(index: ScoreIndex) -> Finding:
    """Judge that no two voices that attack together move in parallel fifths or octaves.

    Moves into or out of a chord without a third are waived: a power chord is a doubled fifth, and
    no voicing of two of them in a row is free of parallels.
    Source: Kostka and Payne, chapter 5.
    """
    checked, waived, violations = 0, 0, []
    for time, moves in _moves(index).items():
        if _is_hollow(index, time):
            waived += len(moves)
            continue
        for one, other in combinations(moves, 2):
            if one.before is None or other.before is None or not _are_judged(one, other):
                continue
            checked += 1
            kind = parallel_perfect(one.before, other.before, one.after, other.after)
            if kind:
                message = (
                    f"parallel {kind}s with {other.part}: {one.before}–{other.before} to "
                    f"{one.after}–{other.after}"
                )
                violations.append(index.violation("parallels", time, one.part, message))
    note = "moves of power chords are waived" if waived else ""
    return Finding(checked, tuple(violations), waived, note)


def _is_hollow(index: ScoreIndex, time: int) -> bool:
    """Whether a chord without a third sounds at a time, or did within the bar before it."""
    number = index.span_number(time)
    while number >= 0 and index.spans[number].end > time - index.bar:
        if not index.spans[number].chord.quality.essential:
            return True
        number -= 1
    return False


def judge_crossing(index: ScoreIndex) -> Finding:
    """Judge that voices ascend in their order within a part, and that the bass lies below.

    Two notes of one voice at once are a crossing too, for then the voice cannot be followed.
    Source: Kostka and Payne, chapter 5.
    """
    checked, violations = 0, []
    for part in _governed(index):
        for time, sounding in _textures(part):
            checked += 1
            pitches = [note.pitch for note in sounding]
            if is_crossed(pitches):
                message = f"voices cross or meet: {pitches}"
                violations.append(index.violation("crossing", time, part.name, message))
    for time, moves in _moves(index).items():
        lowest = min((move.after for move in moves if not move.is_bass), default=None)
        for bass in moves:
            if lowest is None or not bass.is_bass:
                continue
            checked += 1
            if bass.after > lowest:
                message = f"the bass at {bass.after} crosses a voice at {lowest}"
                violations.append(index.violation("crossing", time, bass.part, message))
    return Finding(checked, tuple(violations))


def judge_spacing(index: ScoreIndex) -> Finding:
    """Judge that adjacent upper voices of a part lie at most an octave apart.

    All voices are upper ones where some other part is the bass; else all but the lowest.
    Source: Kostka and Payne, chapter 5.
    """
    has_bass = any(part.plan.role in BASS_ROLES for part in index.parts)
    checked, violations = 0, []
    for part in _governed(index):
        if part.plan.role in BASS_ROLES:
            continue
        for time, sounding in _textures(part):
            upper = [note.pitch for note in sounding if has_bass or note.voice > 0]
            if len(upper) < 2:
                continue
            checked += 1
            if not is_spaced(upper):
                message = f"adjacent voices lie further than an octave apart: {upper}"
                violations.append(index.violation("spacing", time, part.name, message))
    return Finding(checked, tuple(violations))


def judge_cadence_resolution(index: ScoreIndex) -> Finding:
    """Judge that leading tone and seventh resolve at the authentic cadences that end sections.

    The last note of each voice in the dominant is judged against its first in the final chord.
    Source: Kostka and Payne, chapters 6, 10 and 13.
    """
    checked, violations = 0, []
    for section in index.score.sections:
        if not section.phrases or section.phrases[-1].cadence.kind != "authentic":
            continue
        before, last = cadence_chords(index, section.phrases[-1])
        if before is None:
            continue
        dominant, final = index.spans[before], index.spans[before + 1]
        goal = index.spans[last]
        for part in _governed(index):
            for notes in part.voices.values():
                pair = _across(notes, dominant, final.onset, goal.end)
                if pair is None:
                    continue
                checked += 1
                fault = _resolution_fault(index, dominant, final, *pair)
                if fault:
                    violations.append(
                        index.violation("cadence-resolution", final.onset, part.name, fault)
                    )
    return Finding(checked, tuple(violations))


def judge_range(index: ScoreIndex) -> Finding:
    """Judge that every pitched note lies within what its instrument is written for.

    A tune that the user gives is played as it is written, by whoever comes nearest.
    Source: ``rules/instruments.toml``.
    """
    checked = waived = 0
    violations: list[Violation] = []
    exempt = Exempt(index)
    for part in index.parts:
        if not part.is_pitched:
            continue
        if exempt.is_tune(part):
            waived += len(part.notes)
            continue
        checked += len(part.notes)
        instrument = part.plan.instrument
        violations.extend(
            index.violation(
                "range",
                note.onset,
                part.name,
                f"{note.pitch} is outside {instrument.low}–{instrument.high} of {instrument.name}",
            )
            for note in part.notes
            if not in_range(note.pitch, instrument)
        )
    note = "a given tune is played as it is written" if waived else ""
    return Finding(checked, tuple(violations), waived, note)


def _governed(index: ScoreIndex) -> list[GridPart]:
    return [part for part in index.parts if part.plan.governed and part.is_pitched]


def _moves(index: ScoreIndex) -> dict[int, list[_Move]]:
    """The voices of governed parts that attack, by time."""
    moves: dict[int, list[_Move]] = {}
    for part in _governed(index):
        is_bass = part.plan.role in BASS_ROLES
        for number, notes in part.voices.items():
            last: GridNote | None = None
            for note in notes:
                if last is not None and last.onset == note.onset:
                    continue
                recent = last is not None and last.end >= note.onset - index.bar
                before = last.pitch if last is not None and recent else None
                move = _Move(part.name, is_bass, number, before, note.pitch)
                moves.setdefault(note.onset, []).append(move)
                last = note
    return moves


def _are_judged(one: _Move, other: _Move) -> bool:
    return one.part == other.part or one.is_bass != other.is_bass


def _textures(part: GridPart) -> Iterator[tuple[int, list[GridNote]]]:
    """At each onset of a part the notes that sound, ordered by voice."""
    held: list[GridNote] = []
    for time, group in groupby(part.notes, key=lambda note: note.onset):
        begun = list(group)
        voices = {note.voice for note in begun}
        held = [note for note in held if note.end > time and note.voice not in voices] + begun
        yield time, sorted(held, key=lambda note: (note.voice, note.pitch))


def _across(
    notes: list[GridNote], dominant: GridSpan, change: int, end: int
) -> tuple[int, int] | None:
    """Pitch of a voice's last note in the dominant and of its first in the final chord."""
    number = bisect_left(notes, change, key=lambda note: note.onset)
    before = notes[number - 1] if number else None
    if before is None or before.end <= dominant.onset:
        return None
    if before.end > change:
        return before.pitch, before.pitch
    if number < len(notes) and notes[number].onset < end:
        return before.pitch, notes[number].pitch
    return None


def _resolution_fault(
    index: ScoreIndex, dominant: GridSpan, final: GridSpan, before: int, after: int
) -> str:
    tonic = final.key.tonic.number
    number = before % 12
    if number not in dominant.numbers:
        return ""
    if number == (tonic - 1) % 12:
        if leading_tone_resolves(before, after, tonic, final.numbers):
            return ""
        return f"the leading tone {before} goes to {after}"
    seventh = dominant.chord.quality.seventh
    if seventh is None or number != (dominant.chord.root + seventh).number:
        return ""
    if seventh_resolves(before, after, final.numbers):
        return ""
    return f"the seventh {before} of {dominant.chord} goes to {after}"

"""A part that the user played or drew in another program: taken over, note for note.

What is played stands as it is; written notes that it still plays stay, the others are written on
the nearest place of the grid. No rule binds the user's own notes, and they are locked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from composer.errors import ProjectError
from composer.midi.units import ticks_from_quarters
from composer.music.performance import (
    TICKS_PER_QUARTER,
    ControlChange,
    LyricEvent,
    PitchBend,
    PlayedNote,
    Track,
)
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part
from composer.performing.timing import Swing
from composer.project.state import Operation, State, Workshop
from composer.theory.pitch import nearest_spelling, spell
from composer.theory.spelling import function_of, spelled

_MOST_NOTES = 50_000
_GRIDS = (Fraction(1, 4), Fraction(1, 3), Fraction(1, 8), Fraction(1, 6))
_WORSE = (0, 20, 24, 36)  # ticks that a finer grid must be nearer by
_SHORTEST = Fraction(1, 8)
_DRUM_LENGTH = Fraction(1, 4)


def adoption(part: str, track: Track) -> Operation:
    """The operation that takes a part over, without its take.

    Args:
        part: Name of the part.
        track: What is played, at `TICKS_PER_QUARTER`.
    """
    return {
        "name": "adopt",
        "part": part,
        "notes": [
            f"{n.onset_ticks} {n.pitch} {n.duration_ticks} {n.velocity}" for n in track.notes
        ],
        "controls": [f"{c.ticks} {c.controller} {c.value}" for c in track.controls],
        "bends": [f"{b.ticks} {b.value}" for b in track.bends],
        "lyrics": [f"{event.ticks} {event.text}" for event in track.lyrics],
    }


def brought(track: Track, ticks_per_quarter: int, end_ticks: int) -> Track:
    """A track from elsewhere on our clock, within the piece, no pitch sounding twice at once.

    Args:
        track: The track.
        ticks_per_quarter: Its resolution.
        end_ticks: Length of the piece on our clock.
    """

    def tick(ticks: int) -> int:
        if ticks_per_quarter == TICKS_PER_QUARTER:
            return ticks
        return ticks_from_quarters(Fraction(ticks, ticks_per_quarter))

    following: dict[int, int] = {}
    notes: list[PlayedNote] = []
    for note in sorted(track.notes, reverse=True):
        onset = tick(note.onset_ticks)
        end = min(max(tick(note.end_ticks), onset + 1), following.get(note.pitch, end_ticks))
        if onset < end <= end_ticks:
            following[note.pitch] = onset
            notes.append(PlayedNote(onset, note.pitch, end - onset, note.velocity))
    return replace(
        track,
        notes=tuple(sorted(notes)),
        controls=tuple(
            sorted(replace(c, ticks=min(tick(c.ticks), end_ticks)) for c in track.controls)
        ),
        bends=tuple(sorted(replace(b, ticks=min(tick(b.ticks), end_ticks)) for b in track.bends)),
        lyrics=tuple(sorted(replace(e, ticks=min(tick(e.ticks), end_ticks)) for e in track.lyrics)),
    )


def adopted(state: State, operation: Mapping[str, Any], workshop: Workshop) -> State:
    """The state with a part as the user has it.

    Raises:
        ProjectError: If the operation names no part, or its notes cannot be read.
    """
    name = str(operation["part"])
    index = next((i for i, p in enumerate(state.plan.parts) if p.name == name), None)
    if index is None:
        raise ProjectError(f'adopt: "{name}" is no part of the piece')
    old = state.performance.tracks[index]
    track = _track(old, operation)
    style = workshop.book.style(state.style_of(name))
    swing = Swing(state.plan.meter, state.plan.swing, style.feel.swing_unit)
    part = state.score.parts[index]
    notes = _written(state.plan, part, old, track, swing)
    changed = _changed_sections(state.plan, old, track)
    cells = frozenset((name, section) for section in changed)
    parts, tracks = list(state.score.parts), list(state.performance.tracks)
    parts[index], tracks[index] = replace(part, notes=notes), track
    authorship = replace(
        state.authorship,
        notes={**state.authorship.notes, name: (0, len(notes))},
        bars={part: bars for part, bars in state.authorship.bars.items() if part != name},
    )
    return replace(
        state,
        score=replace(state.score, parts=tuple(parts)),
        performance=replace(state.performance, tracks=tuple(tracks)),
        authorship=authorship,
        locked=state.locked | cells,
        adopted=state.adopted | cells,
    )


def _track(old: Track, operation: Mapping[str, Any]) -> Track:
    """The track that an operation holds."""
    rows: Sequence[str] = operation["notes"]
    if len(rows) > _MOST_NOTES:
        raise ProjectError(f"adopt: {len(rows)} notes in one part; at most {_MOST_NOTES} are taken")
    try:
        notes = [PlayedNote(*map(int, row.split())) for row in rows]
        controls = [ControlChange(*map(int, row.split())) for row in operation["controls"]]
        bends = [PitchBend(*map(int, row.split())) for row in operation["bends"]]
        lyrics = [
            LyricEvent(int(ticks), text)
            for ticks, _, text in (row.partition(" ") for row in operation.get("lyrics", ()))
        ]
    except (AttributeError, TypeError, ValueError):
        raise ProjectError(
            'adopt: a note is "onset pitch length velocity", all whole numbers'
        ) from None
    return replace(
        old, notes=tuple(notes), controls=tuple(controls), bends=tuple(bends), lyrics=tuple(lyrics)
    )


def _written(plan: Plan, part: Part, old: Track, track: Track, swing: Swing) -> tuple[Note, ...]:
    """The part as it is written: notes that are played as before stay as they were."""
    unused = list(part.notes)
    before = {(note.onset_ticks, note.pitch, note.duration_ticks) for note in old.notes}
    places = {
        grid: _places(plan, swing, grid)
        for grid in (_GRIDS[:3] if part.plan.instrument.is_drums else _GRIDS)
    }
    found: list[Note] = []
    for note in track.notes:
        known = None
        if (note.onset_ticks, note.pitch, note.duration_ticks) in before:
            same = [n for n in unused if n.pitch.midi == note.pitch]
            known = min(
                same,
                key=lambda n: abs(_tick(swing, n.onset_quarters) - note.onset_ticks),
                default=None,
            )
        if known is not None:
            unused.remove(known)
            found.append(known)
        else:
            found.append(_noted(plan, part.plan, note, places))
    return _apart(found, plan.length_quarters)


def _tick(swing: Swing, onset: Fraction) -> int:
    return ticks_from_quarters(swing.warp(onset))


def _places(plan: Plan, swing: Swing, grid: Fraction) -> list[tuple[int, Fraction]]:
    """The ticks at which the places of a grid sound, and the places."""
    count = int(plan.length_quarters / grid)
    return [(_tick(swing, grid * n), grid * n) for n in range(count)]


def _noted(
    plan: Plan,
    part: PartPlan,
    note: PlayedNote,
    places: Mapping[Fraction, Sequence[tuple[int, Fraction]]],
) -> Note:
    """A played note as it is written."""
    onset = _nearest(note.onset_ticks, places)
    end = _nearest(note.end_ticks, places)
    length = max(end - onset, _SHORTEST)
    if part.instrument.is_drums:
        pitch = spell(note.pitch, nearest_spelling(note.pitch, 0))
        return Note(onset, _DRUM_LENGTH, pitch, note.velocity, "drum")
    span = next(s for s in reversed(plan.chords) if s.onset_quarters <= onset)
    function = function_of(note.pitch, span.chord, span.key) or "passing"
    return Note(onset, length, spelled(note.pitch, span.chord, span.key), note.velocity, function)


def _nearest(ticks: int, places: Mapping[Fraction, Sequence[tuple[int, Fraction]]]) -> Fraction:
    """The place of the grids that is nearest to a tick; a finer one must be clearly nearer."""
    best: tuple[int, Fraction] | None = None
    for (grid, found), worse in zip(places.items(), _WORSE, strict=False):
        guess = min(max(round(Fraction(ticks, TICKS_PER_QUARTER) / grid), 0), len(found) - 1)
        near = found[max(0, guess - 2) : guess + 3]
        for tick, place in near:
            distance = abs(tick - ticks) + worse
            if best is None or distance < best[0]:
                best = (distance, place)
    return best[1] if best is not None else Fraction(0)


def _apart(notes: Sequence[Note], end: Fraction) -> tuple[Note, ...]:
    """Notes in order, none running into its own pitch or past the end."""
    following: dict[int, Fraction] = {}
    found: list[Note] = []
    for note in sorted(notes, key=lambda n: n.onset_quarters, reverse=True):
        limit = min(following.get(note.pitch.midi, end), end)
        if note.onset_quarters >= limit:
            continue
        length = min(note.duration_quarters, limit - note.onset_quarters)
        following[note.pitch.midi] = note.onset_quarters
        found.append(replace(note, duration_quarters=length))
    return tuple(sorted(found, key=lambda n: (n.onset_quarters, n.pitch.midi)))


def _changed_sections(plan: Plan, old: Track, new: Track) -> tuple[str, ...]:
    """Names of the sections in which a track is another one; all where only its mix is."""
    found = []
    for section in plan.sections:
        start = ticks_from_quarters(plan.meter.bar_quarters * section.start_bar)
        end = ticks_from_quarters(plan.meter.bar_quarters * section.end_bar)
        if _within(old, start, end) != _within(new, start, end):
            found.append(section.name)
    return tuple(found) or tuple(section.name for section in plan.sections)


def _within(track: Track, start: int, end: int) -> tuple[object, ...]:
    return (
        [n for n in track.notes if start <= n.onset_ticks < end],
        [c for c in track.controls if start <= c.ticks < end],
        [b for b in track.bends if start <= b.ticks < end],
        [e for e in track.lyrics if start <= e.ticks < end],
    )

"""New playing into a performance: what is not written anew is played as before. Clock: ticks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.midi.units import ticks_from_quarters
from composer.music.performance import (
    ControlChange,
    LyricEvent,
    Performance,
    PitchBend,
    PlayedNote,
    Track,
)
from composer.music.plan import Plan
from composer.music.score import Part, Score
from composer.performing import perform
from composer.performing.timing import Swing
from composer.project.seams import bar_of, runs
from composer.project.selection import Targets
from composer.rulebook import Rulebook

_MIX = frozenset({7, 10})
"""Volume and pan: set once for the whole part."""
_AT_REST = {1: 0, 11: 127, 64: 0}
"""Controllers as they stand before they are moved: no vibrato, full expression, pedal up."""


@dataclass(frozen=True, slots=True)
class Seams:
    """Where new playing meets old.

    Args:
        bars: Bars that are played anew.
        bar_quarters: Length of a bar.
        swing: How the part swings.
    """

    bars: frozenset[int]
    bar_quarters: Fraction
    swing: Swing

    def ticks(self) -> list[tuple[int, int]]:
        """The stretches of bars in ticks."""
        quarters = self.bar_quarters
        return [
            (ticks_from_quarters(quarters * first), ticks_from_quarters(quarters * end))
            for first, end in runs(self.bars)
        ]

    def split(self, part: Part, track: Track) -> tuple[list[PlayedNote], list[PlayedNote]]:
        """The played notes that lie outside the bars, and those that lie within, as written."""
        outside: list[PlayedNote] = []
        inside: list[PlayedNote] = []
        for note, bar in zip(track.notes, self._bars(part, track), strict=True):
            (inside if bar in self.bars else outside).append(note)
        return outside, inside

    def _bars(self, part: Part, track: Track) -> list[int]:
        """The bar of each played note: that of the written note which it plays."""
        written: dict[int, list[tuple[int, int]]] = {}
        for note in part.notes:
            ticks = ticks_from_quarters(self.swing.warp(note.onset_quarters))
            found = (ticks, bar_of(note, self.bar_quarters))
            written.setdefault(note.pitch.midi, []).append(found)
        played: dict[int, list[int]] = {}
        for index, one in enumerate(track.notes):
            played.setdefault(one.pitch, []).append(index)
        bar_ticks = ticks_from_quarters(self.bar_quarters)
        bars = [one.onset_ticks // bar_ticks for one in track.notes]
        for pitch, indices in played.items():
            known = written.get(pitch, [])
            for place, index in enumerate(indices):
                if len(known) == len(indices):
                    bars[index] = known[place][1]
                elif known:
                    onset = track.notes[index].onset_ticks
                    bars[index] = min(known, key=lambda one: abs(one[0] - onset))[1]
        return bars


def replayed(
    plan: Plan,
    before: tuple[Score, Performance],
    score: Score,
    targets: Targets,
    book: Rulebook,
    styles: dict[str, str],
) -> Performance:
    """The performance with some bars of some parts played anew, and all else as it was.

    The tempo map stays; keys and chord symbols are those of the new score.

    Args:
        plan: The plan.
        before: Score and performance as they were.
        score: The score as it is now.
        targets: What was written anew.
        book: The rule book.
        styles: Styles of the parts that play another one than the piece.
    """
    old_score, old = before
    fresh = {
        style: perform(replace(plan, style=style), score, book)
        for style in _used(plan, targets, styles)
    }
    tracks = []
    for index, track in enumerate(old.tracks):
        if track.name not in targets:
            tracks.append(track)
            continue
        style = styles.get(track.name, plan.style)
        swing = Swing(plan.meter, plan.swing, book.style(style).feel.swing_unit)
        seams = Seams(targets[track.name], plan.meter.bar_quarters, swing)
        new = fresh[style].tracks[index]
        parts = old_score.parts[index], score.parts[index]
        tracks.append(spliced_track(track, new, parts, seams, old.end_ticks))
    newest = next(iter(fresh.values()), None) or perform(plan, score, book)
    return replace(old, keys=newest.keys, texts=newest.texts, tracks=tuple(tracks))


def retold(performance: Performance, plan: Plan, score: Score, book: Rulebook) -> Performance:
    """A performance that tells of the chords and keys of a score."""
    told = perform(plan, score, book)
    return replace(performance, keys=told.keys, texts=told.texts)


def _used(plan: Plan, targets: Targets, styles: dict[str, str]) -> list[str]:
    """The styles that the parts to be played have, each once."""
    return list(dict.fromkeys(styles.get(name, plan.style) for name in targets))


def spliced_track(
    old: Track, fresh: Track, parts: tuple[Part, Part], seams: Seams, end_ticks: int
) -> Track:
    """A track with some bars as they are played anew, all else as it was.

    Args:
        old: The track before.
        fresh: The whole part played anew.
        parts: The part as it was written, and as it is now.
        seams: The bars.
        end_ticks: Length of the piece.
    """
    kept, replaced = seams.split(parts[0], old)
    _, taken = seams.split(parts[1], fresh)
    new = fitted(taken, kept)
    controls, bends = list(old.controls), list(old.bends)
    for start, end in seams.ticks():
        last = end >= end_ticks
        controls = _moved_controls(controls, fresh.controls, start, end_ticks + 1 if last else end)
        early = [n.onset_ticks for n in (*new, *replaced) if n.end_ticks > start]
        late = [n.onset_ticks for n in kept if start <= n.onset_ticks < end]
        first = min([start, *early])
        until = end_ticks + 1 if last else min([end, *late])
        bends = _moved_bends(bends, fresh.bends, first, until)
    return replace(
        old,
        notes=tuple(sorted([*kept, *new])),
        controls=tuple(controls),
        bends=tuple(bends),
        lyrics=_sung(old.lyrics, kept, fresh.lyrics, taken),
    )


def fitted(notes: Iterable[PlayedNote], kept: Sequence[PlayedNote]) -> list[PlayedNote]:
    """New notes that do not run into kept ones of their pitch: they begin later, or end sooner."""
    by_pitch: dict[int, list[PlayedNote]] = {}
    for note in kept:
        by_pitch.setdefault(note.pitch, []).append(note)
    found = []
    for note in notes:
        onset, end = note.onset_ticks, note.end_ticks
        for other in by_pitch.get(note.pitch, ()):
            if other.onset_ticks <= onset < other.end_ticks:
                onset = other.end_ticks
        for other in by_pitch.get(note.pitch, ()):
            if onset < other.onset_ticks < end:
                end = other.onset_ticks
        if end > onset:
            found.append(replace(note, onset_ticks=onset, duration_ticks=end - onset))
    return found


def _moved_controls(
    old: Sequence[ControlChange], fresh: Sequence[ControlChange], start: int, end: int
) -> list[ControlChange]:
    """Controllers, those of a stretch from the new playing, each back in its place at the end."""
    found = [c for c in old if not start <= c.ticks < end or c.controller in _MIX]
    inside = [c for c in fresh if start <= c.ticks < end and c.controller not in _MIX]
    for number in sorted({c.controller for c in (*old, *fresh)} - _MIX):
        rest = _AT_REST.get(number, 0)
        mine = [c for c in inside if c.controller == number]
        at_start = _value([c for c in old if c.controller == number], start, rest)
        wanted = _value([c for c in fresh if c.controller == number], start, rest)
        if wanted != at_start and not any(c.ticks == start for c in mine):
            mine.insert(0, ControlChange(start, number, wanted))
            inside.append(mine[0])
        after = _value([c for c in old if c.controller == number], end, rest)
        if after != (mine[-1].value if mine else at_start) and end > start + 1:
            inside = [c for c in inside if (c.ticks, c.controller) != (end - 1, number)]
            inside.append(ControlChange(end - 1, number, after))
    return sorted(found + inside)


def _moved_bends(
    old: Sequence[PitchBend], fresh: Sequence[PitchBend], start: int, end: int
) -> list[PitchBend]:
    """The bend wheel, in a stretch that of the new playing, and at rest where they meet."""
    found = [bend for bend in old if not start <= bend.ticks < end]
    inside = {bend.ticks: bend for bend in fresh if start <= bend.ticks < end}
    if _wheel(old, start) and start not in inside:
        inside[start] = PitchBend(start, 0)
    if inside and inside[max(inside)].value:
        inside[max(end - 1, start)] = PitchBend(max(end - 1, start), 0)
    return sorted([*found, *inside.values()])


def _value(changes: Iterable[ControlChange], ticks: int, rest: int) -> int:
    """What a controller stands at just before a tick."""
    values = [change.value for change in changes if change.ticks < ticks]
    return values[-1] if values else rest


def _wheel(bends: Iterable[PitchBend], ticks: int) -> int:
    values = [bend.value for bend in bends if bend.ticks < ticks]
    return values[-1] if values else 0


def _sung(
    old: Iterable[LyricEvent],
    kept: Collection[PlayedNote],
    fresh: Iterable[LyricEvent],
    taken: Collection[PlayedNote],
) -> tuple[LyricEvent, ...]:
    """The syllables of the notes that stay, and those of the new ones."""
    stay = {note.onset_ticks for note in kept}
    new = {note.onset_ticks for note in taken}
    found = {event for event in old if event.ticks in stay}
    return tuple(sorted(found | {event for event in fresh if event.ticks in new}))

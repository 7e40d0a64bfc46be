"""Notes onto the grid of paper: what is struck together is one stroke.

Notes of our own lie on 32nds or on triplets and stay where they are. A tune as somebody played it
lies anywhere: each of its beats is moved onto the grid, binary or ternary, that it lies nearest to.
Only paper is changed by it, never the piece.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import floor

from composer.exporting.engraving.values import GRID
from composer.music.score import Note
from composer.theory.meter import Meter
from composer.theory.pitch import Pitch

_SIXTEENTH, _TRIPLET = Fraction(1, 4), Fraction(1, 6)
_GRACE = "grace"
_EXACT = (GRID, Fraction(1, 12))
_LOOSE = (Fraction(1, 2), Fraction(1, 3), _SIXTEENTH, _TRIPLET, GRID)
# What a finer grid must save, in quarters a note, to be worth its ink.
_PRICE = Fraction(1, 24)
_NEARLY = 4  # the rest that a player leaves before the next onset is a fourth of the way at most


@dataclass(frozen=True, slots=True)
class Stroke:
    """Notes struck together and left together.

    Args:
        onset_quarters: Onset from the start of the piece, on the grid.
        end_quarters: End, on the grid.
        pitches: Sounding pitches, from below, each once.
        graces: Sounding pitches of short notes before it, whose time is another's on paper.
        lyric: The syllable sung on it.
        mark: How it is to be struck.
    """

    onset_quarters: Fraction
    end_quarters: Fraction
    pitches: tuple[Pitch, ...]
    graces: tuple[Pitch, ...] = ()
    lyric: str = ""
    mark: str = ""


def strokes(notes: Sequence[Note], meter: Meter, end_quarters: Fraction) -> tuple[Stroke, ...]:
    """Notes as strokes on the grid, ordered by onset, then from the highest.

    Args:
        notes: Notes of one part or staff.
        meter: The meter.
        end_quarters: End of the piece: nothing is written after it.
    """
    notes, graces = _without_graces(notes)
    moved = dict(_moved((n.onset_quarters for n in notes), meter))
    found: dict[tuple[Fraction, Fraction], list[Note]] = {}
    for note, left in zip(notes, _ends(notes, moved, meter), strict=True):
        onset = min(moved[note.onset_quarters], end_quarters - GRID)
        end = min(max(left, onset + GRID), end_quarters)
        found.setdefault((onset, end), []).append(note)
    made = []
    for (onset, end), together in found.items():
        # Only the first stroke that a grace note leads to has it.
        before = graces.pop(together[0].onset_quarters, ())
        made.append(_stroke(onset, end, together, tuple(before)))
    return tuple(sorted(made, key=lambda s: (s.onset_quarters, -s.pitches[-1].midi)))


def _without_graces(notes: Sequence[Note]) -> tuple[list[Note], dict[Fraction, list[Pitch]]]:
    """Notes without grace notes: their time goes to the notes before, their words to those after.

    Returns:
        The notes, and by onset the grace notes that lead there.
    """
    goals = {note.onset_quarters for note in notes if note.mark != _GRACE}
    graces = [n for n in notes if n.mark == _GRACE and n.end_quarters in goals]
    ends = {note.end_quarters for note in notes if note.mark != _GRACE}
    time: dict[Fraction, Fraction] = {}
    for note in graces:
        before = max((end for end in ends if end <= note.onset_quarters), default=Fraction(0))
        if before == note.onset_quarters or before % _SIXTEENTH:
            time[before] = note.duration_quarters
    found: dict[Fraction, list[Pitch]] = {}
    for note in graces:
        found.setdefault(note.end_quarters, []).append(note.pitch)
    words = {note.end_quarters: note.lyric for note in graces if note.lyric}
    kept = []
    for note in notes:
        if note.mark != _GRACE or note.end_quarters not in goals:
            longer = note.duration_quarters + time.get(note.end_quarters, Fraction(0))
            lyric = note.lyric or words.get(note.onset_quarters, "")
            kept.append(replace(note, duration_quarters=longer, lyric=lyric))
    return kept, found


def _stroke(
    onset: Fraction, end: Fraction, notes: Sequence[Note], graces: tuple[Pitch, ...]
) -> Stroke:
    by_pitch = {note.pitch.midi: note.pitch for note in notes}
    pitches = tuple(by_pitch[midi] for midi in sorted(by_pitch))
    lyric = next((note.lyric for note in notes if note.lyric), "")
    mark = next((note.mark for note in notes if note.mark), "")
    return Stroke(onset, end, pitches, graces, lyric, mark)


def _moved(places: Iterable[Fraction], meter: Meter) -> Iterator[tuple[Fraction, Fraction]]:
    """Each place and where it is written, window by window."""
    for start, group in groupby(sorted(set(places)), lambda place: _window(place, meter)):
        inside = list(group)
        grid = _grid([place - start for place in inside])
        for place in inside:
            yield place, place if grid is None else start + _snap(place - start, grid)


def _ends(
    notes: Sequence[Note], moved: Mapping[Fraction, Fraction], meter: Meter
) -> Iterator[Fraction]:
    """Where each note ends on paper.

    A player lets go a little early: a note off the grid that nearly lasts until the next one is
    written as if it did, and another one to the nearest half of a beat, or third in a triplet.

    Args:
        notes: The notes, by onset.
        moved: Where each onset is written.
        meter: The meter.
    """
    exact = dict(_moved((n.end_quarters for n in notes), meter))
    onsets = sorted(moved)
    ternary = {_window(o, meter) for o in onsets if (moved[o] - _window(o, meter)) % GRID}
    for note in notes:
        onset, end = note.onset_quarters, note.end_quarters
        if _on_grid(onset) and _on_grid(end):
            yield exact[end]
            continue
        after = onsets[bisect_right(onsets, onset) :][:1]
        following = after[0] if after and after[0] >= end else None
        if following is not None and (following - end) * _NEARLY <= following - onset:
            yield moved[following]
            continue
        window = _window(end, meter)
        step = Fraction(1, 3) if window in ternary else Fraction(1, 2)
        left = max(window + _snap(end - window, step), moved[onset] + step / 2)
        yield left if following is None else min(left, moved[following])


def _on_grid(place: Fraction) -> bool:
    return any(place % grid == 0 for grid in _EXACT)


def _grid(places: Sequence[Fraction]) -> Fraction | None:
    """The grid of a window's places; None where all are exact as they are."""
    if all(_on_grid(place) for place in places):
        return None

    def cost(grid: Fraction) -> Fraction:
        missed = sum((abs(_snap(place, grid) - place) for place in places), Fraction(0))
        return missed / len(places) + _PRICE * _LOOSE.index(grid) / len(_LOOSE)

    return min(_LOOSE, key=cost)


def _snap(place: Fraction, grid: Fraction) -> Fraction:
    """The nearest place of a grid; halves go up."""
    return floor(place / grid + Fraction(1, 2)) * grid


def _window(place: Fraction, meter: Meter) -> Fraction:
    """Start of the simple beat, or of the eighth of a compound one, that a place lies in."""
    bar = floor(place / meter.bar_quarters) * meter.bar_quarters
    return bar + max(start for start, _ in windows(meter) if start <= place - bar)


def windows(meter: Meter) -> tuple[tuple[Fraction, Fraction], ...]:
    """Start and length, within the bar, of what may be a triplet: beats, eighths of compound ones.

    >>> from composer.theory.meter import parse_meter
    >>> [str(length) for _, length in windows(parse_meter("7/8"))]
    ['1', '1', '1/2', '1/2', '1/2']
    """
    found: list[tuple[Fraction, Fraction]] = []
    for onset, length in zip(meter.beat_onsets, meter.beat_quarters, strict=True):
        if length == 1:
            found.append((onset, length))
        else:
            found += [(onset + Fraction(i, 2), Fraction(1, 2)) for i in range(int(length * 2))]
    return tuple(found)

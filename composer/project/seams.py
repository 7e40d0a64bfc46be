"""New notes into a part: what is not written anew stays, and is not run into. Clock: quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.score import Note, Part

_SHORTEST = Fraction(1, 4)
_SINGLE_LINES = frozenset({"melody", "counter", "bass"})


def bar_of(note: Note, bar_quarters: Fraction) -> int:
    """The bar, from 0, that a note belongs to: that in which it begins."""
    return int(note.onset_quarters // bar_quarters)


def spliced(
    part: Part, fresh: Sequence[Note], bars: frozenset[int], bar_quarters: Fraction
) -> Part:
    """A part with other notes in some bars.

    Notes that begin outside these bars stay as they are. New ones end with the bars, and begin no
    sooner than a note of theirs that is still held ends.

    Args:
        part: The part.
        fresh: The notes to take those bars from.
        bars: The bars, counted from 0.
        bar_quarters: Length of a bar.
    """
    kept = [note for note in part.notes if bar_of(note, bar_quarters) not in bars]
    single = part.plan.role in _SINGLE_LINES and not part.plan.instrument.is_drums
    taken = [note for note in fresh if bar_of(note, bar_quarters) in bars]
    own = dict(runs(bars))
    starts = sorted(own)
    fitted: list[Note] = []
    for note in taken:
        start = max(first for first in starts if first <= bar_of(note, bar_quarters))
        held = _held(kept, bar_quarters * start, note, single=single)
        onset = max(note.onset_quarters, held)
        end = min(note.end_quarters, bar_quarters * own[start])
        if onset == note.onset_quarters or end - onset >= _SHORTEST:
            fitted.append(replace(note, onset_quarters=onset, duration_quarters=end - onset))
    notes = sorted([*kept, *_apart(fitted)], key=lambda n: (n.onset_quarters, n.pitch.midi))
    return replace(part, notes=tuple(notes))


def inverted(notes: Sequence[Note], count: int) -> tuple[Note, ...]:
    """Chords in another inversion: lowest voices an octave up, or highest ones an octave down.

    So a part that holds plain chords has more than one way, too.

    Args:
        notes: Notes of a chordal part.
        count: How many voices go up, or below 0, down.
    """
    voices = sorted({note.voice for note in notes})
    if len(voices) <= abs(count) or count == 0:
        return tuple(notes)
    moving = frozenset(voices[:count] if count > 0 else voices[count:])
    order = voices[count:] + voices[:count]
    places = dict(zip(order, voices, strict=True))
    found = []
    for note in notes:
        pitch = note.pitch
        if note.voice in moving:
            pitch = replace(pitch, octave=pitch.octave + (1 if count > 0 else -1))
        found.append(replace(note, pitch=pitch, voice=places[note.voice]))
    return tuple(found)


def runs(bars: frozenset[int]) -> list[tuple[int, int]]:
    """Bars as stretches: the first of each, and the first after it.

    >>> runs(frozenset({1, 2, 3, 7}))
    [(1, 4), (7, 8)]
    """
    found: list[tuple[int, int]] = []
    for bar in sorted(bars):
        if found and found[-1][1] == bar:
            found[-1] = (found[-1][0], bar + 1)
        else:
            found.append((bar, bar + 1))
    return found


def _held(kept: Sequence[Note], start: Fraction, note: Note, *, single: bool) -> Fraction:
    """Until when a note from before the seam stands in the way of a new one."""
    ends = [
        old.end_quarters
        for old in kept
        if old.onset_quarters < start < old.end_quarters
        and (single or old.pitch.midi == note.pitch.midi)
        and old.end_quarters > note.onset_quarters
    ]
    return max(ends, default=start)


def _apart(notes: Sequence[Note]) -> list[Note]:
    """Notes of which none begins while its own pitch sounds: the earlier one gives way."""
    following: dict[int, Fraction] = {}
    found: list[Note] = []
    for note in sorted(notes, key=lambda n: n.onset_quarters, reverse=True):
        pitch = note.pitch.midi
        limit = following.get(pitch)
        if limit == note.onset_quarters:
            continue
        if limit is not None and note.end_quarters > limit:
            note = replace(note, duration_quarters=limit - note.onset_quarters)
        following[pitch] = note.onset_quarters
        found.append(note)
    return found[::-1]

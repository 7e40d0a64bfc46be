"""Minor keys: the sixth and the seventh are raised on their way up, and natural on their way down.

Source: Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapter 4, on the melodic minor scale.
"""

from __future__ import annotations

from dataclasses import replace

from composer.music.score import Note
from composer.theory.key import Key
from composer.theory.spelling import spelled
from composer.writing.context import Context
from composer.writing.melody_names import function_in

_SIXTH, _RAISED_SIXTH, _SEVENTH, _RAISED_SEVENTH, _OCTAVE = 8, 9, 10, 11, 12
_CLASSICAL = frozenset({"minor", "harmonic-minor", "melodic-minor"})


def raised(context: Context, notes: list[Note]) -> list[Note]:
    """The line with its sixths and sevenths as minor keys have them.

    Up to a raised seventh the sixth is raised too, so that no step is wider than two semitones;
    down from the tonic a seventh that its chord does not ask for is natural, and the sixth after
    it as well.

    Args:
        context: Plan and rules.
        notes: Notes of a phrase.
    """
    result = list(notes)
    for index in range(len(notes) - 1):
        before = result[index - 1] if index else None
        here, after = result[index], result[index + 1]
        span = context.span(here.onset_quarters)
        if span.key.scale.name not in _CLASSICAL or span.key.scale.tune:
            continue
        wanted = _wanted(span.key, before, here, after)
        pitch = here.pitch.midi + wanted
        if not wanted or here.pitch.midi % 12 in span.chord.numbers:
            continue
        if any((pitch - tone) % 12 == 1 for tone in span.chord.numbers):
            continue  # it would grind
        function = function_in(context, before, pitch, here.onset_quarters, after)
        if (
            function is not None
            and context.held(pitch, here.onset_quarters, here.duration_quarters)
            == here.duration_quarters
        ):
            spelling = spelled(pitch, span.chord, span.key)
            result[index] = replace(here, pitch=spelling, function=function)
    return result


def _wanted(key: Key, before: Note | None, here: Note, after: Note) -> int:
    """Semitones by which a note should be moved."""
    degree = (here.pitch.midi - key.tonic.number) % 12
    move = after.pitch.midi - here.pitch.midi
    following = (after.pitch.midi - key.tonic.number) % 12 or _OCTAVE
    if degree == _SIXTH and following == _RAISED_SEVENTH and move == _RAISED_SEVENTH - _SIXTH:
        return 1
    if degree == _SEVENTH and following == _OCTAVE and move == 2 and _climbs(before, here):
        return 1
    falls = before is None or before.pitch.midi > here.pitch.midi
    if degree == _RAISED_SEVENTH and move < 0 and falls and following in (_SIXTH, _RAISED_SIXTH):
        return -1
    if degree == _RAISED_SIXTH and -2 <= move < 0 and falls:
        return -1
    return 0


def _climbs(before: Note | None, here: Note) -> bool:
    return before is not None and 1 <= here.pitch.midi - before.pitch.midi <= 2

"""What each note of a line is in its harmony, and the mending of those that are nothing there."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.checking.tones import classify, resolves
from composer.music.score import Note
from composer.theory.spelling import spelled
from composer.writing.context import EIGHTH, Context

_ROUNDS = 3


def function_in(
    context: Context, before: Note | None, pitch: int, onset: Fraction, after: Note | None
) -> str | None:
    """What a pitch would be between two neighbours of its line; None where nothing fits.

    Args:
        context: Plan and rules.
        before: The note before, if it is near.
        pitch: MIDI number.
        onset: Its onset.
        after: The note after, if it is near.
    """
    span = context.span(onset)
    number = pitch % 12
    if number in span.chord.numbers:
        return "chord"
    if number in span.key.numbers:
        return "scale"
    index = context.span_index(onset)
    spans = context.plan.chords
    near = index + 1 < len(spans) and span.end_quarters - onset <= EIGHTH
    if near and number in spans[index + 1].chord.numbers:
        return "chord"  # it anticipates
    return classify(
        before.pitch.midi if before else None,
        pitch,
        after.pitch.midi if after else None,
        span.chord.numbers,
        span.key.numbers,
        span.key.tonic.number,
        context.span(after.onset_quarters).chord.numbers if after else frozenset[int](),
    )


def named(context: Context, notes: list[Note]) -> list[Note]:
    """The line with the function of each note; what fits nothing moves to the nearest that does.

    Args:
        context: Plan and rules.
        notes: Notes of one voice in order.
    """
    result = list(notes)
    for _ in range(_ROUNDS):
        changed = False
        for index, note in enumerate(result):
            before, after = neighbours(context, result, index)
            function = function_in(context, before, note.pitch.midi, note.onset_quarters, after)
            if function is not None:
                if note.function == "blue" and _is_blue(context, note, after):
                    function = "blue"
                result[index] = replace(note, function=function)
            else:
                result[index] = _mended(context, note)
                changed = True
        if not changed:
            break
    return result


def neighbours(context: Context, notes: list[Note], index: int) -> tuple[Note | None, Note | None]:
    """The notes before and after one, as far as they are at most a bar of rest away."""
    note, reach = notes[index], context.plan.meter.bar_quarters
    before = notes[index - 1] if index else None
    after = notes[index + 1] if index + 1 < len(notes) else None
    if before is not None and before.end_quarters < note.onset_quarters - reach:
        before = None
    if after is not None and after.onset_quarters > note.end_quarters + reach:
        after = None
    return before, after


def _is_blue(context: Context, note: Note, after: Note | None) -> bool:
    span = context.span(note.onset_quarters)
    following = after.pitch.midi if after else None
    if note.pitch.midi % 12 in span.key.numbers | span.chord.numbers:
        return False
    return resolves(
        "blue",
        None,
        note.pitch.midi,
        following,
        span.chord.numbers,
        span.key.numbers,
        span.key.tonic.number,
        frozenset(),
    )


def _mended(context: Context, note: Note) -> Note:
    """The note on the nearest pitch of the chord or the key."""
    span = context.span(note.onset_quarters)
    pitch = note.pitch.midi
    for move in (-1, 1, -2, 2):
        number = (pitch + move) % 12
        if number in span.chord.numbers or number in span.key.numbers:
            pitch += move
            break
    length = context.held(pitch, note.onset_quarters, note.duration_quarters)
    return replace(note, pitch=spelled(pitch, span.chord, span.key), duration_quarters=length)

"""Ornaments as pure functions on notes: each gives the notes that take the place of one or two.

An empty list means that the ornament does not fit. Whether its notes have a name in their harmony
is asked by who calls.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.checking.tones import BLUE_DEGREES
from composer.music.score import Note
from composer.theory.spelling import chord_scale, spelled
from composer.writing.context import EIGHTH, Context

_SIXTEENTH = Fraction(1, 4)
_QUARTER = Fraction(1)
_GRACE = Fraction(1, 8)
_LONGEST_RUN = 4
_THIRD = Fraction(1, 3)


def _note(context: Context, like: Note, pitch: int, onset: Fraction, length: Fraction) -> Note:
    span = context.span(onset)
    return replace(
        like,
        onset_quarters=onset,
        duration_quarters=length,
        pitch=spelled(pitch, span.chord, span.key),
    )


def _neighbour(context: Context, pitch: int, onset: Fraction, sign: int) -> int:
    """The tone next to a pitch above (1) or below (-1) that the tune may have over its chord."""
    span = context.span(onset)
    numbers = {name.number for name in chord_scale(span.chord, span.key)}
    if span.key.scale.tune:
        # A chord from far away may share no tone with five of the key.
        numbers = numbers & {name.number for name in span.key.tune} or numbers
    return next(p for p in range(pitch + sign, pitch + 13 * sign, sign) if p % 12 in numbers)


def enclosure(context: Context, before: Note | None, ahead: list[Note]) -> list[Note]:
    """Two short notes around a chord tone on a beat: the scale's above, a semitone below.

    Args:
        context: Plan and rules.
        before: The note before.
        ahead: The two notes to replace, and the one that is enclosed.
    """
    first, second, goal = ahead
    meter = context.plan.meter
    chord = context.span(goal.onset_quarters).chord
    short = first.duration_quarters <= EIGHTH and second.duration_quarters <= EIGHTH
    on_beat = goal.onset_quarters % meter.bar_quarters in meter.beat_onsets
    near = goal.onset_quarters == second.end_quarters
    if not short or not on_beat or not near or goal.pitch.midi % 12 not in chord.numbers:
        return []
    upper = _neighbour(context, goal.pitch.midi, first.onset_quarters, 1)
    if before is not None and before.pitch.midi == upper:
        return []
    return [
        _note(context, first, upper, first.onset_quarters, first.duration_quarters),
        _note(
            context, second, goal.pitch.midi - 1, second.onset_quarters, second.duration_quarters
        ),
    ]


def run_into(context: Context, here: Note, after: Note) -> list[Note]:
    """A run of eighths into a chord tone; a passing note puts chord tones on the beats.

    That is what the scales of eight notes of bebop do.
    Source: Baker, *How to Play Bebop* (1985), volume 1.

    Args:
        context: Plan and rules.
        here: A long note, whose end the run takes.
        after: The chord tone that follows it at once.
    """
    count = min(_LONGEST_RUN, int((here.duration_quarters - _QUARTER) / EIGHTH))
    if count < 2:
        return []
    sign = 1 if here.pitch.midi > after.pitch.midi else -1
    pitch, run = after.pitch.midi, []
    for k in range(1, count + 1):
        onset = after.onset_quarters - EIGHTH * k
        chord = context.span(onset).chord
        further = _neighbour(context, pitch, onset, sign)
        on_beat = onset.denominator == 1
        lacks = on_beat and further % 12 not in chord.numbers and abs(further - pitch) == 2
        pitch = pitch + sign if lacks and k < count else further
        run.append(_note(context, here, pitch, onset, EIGHTH))
    if run[-1].pitch.midi == here.pitch.midi:
        return []
    kept = replace(here, duration_quarters=here.duration_quarters - EIGHTH * count)
    return [kept, *reversed(run)]


def chromatic_between(context: Context, here: Note, after: Note) -> list[Note]:
    """Two notes a tone apart, with the note between them on the weak half of the first."""
    joined = here.end_quarters == after.onset_quarters
    apart = after.pitch.midi - here.pitch.midi
    if not joined or abs(apart) != 2 or not _QUARTER <= here.duration_quarters <= 3:
        return []
    length = min(EIGHTH, here.duration_quarters / 2)
    onset = here.end_quarters - length
    kept = replace(here, duration_quarters=here.duration_quarters - length)
    return [kept, _note(context, here, here.pitch.midi + apart // 2, onset, length)]


def blue_pitch(context: Context, here: Note, after: Note) -> int | None:
    """The blue note a semitone below a note, if there is one and the line goes on as it should.

    Third and seventh are flattened on their way down; the fifth comes between the fourth and the
    fifth.
    """
    span = context.span(here.onset_quarters)
    if span.key.scale.tune and (span.key.tonic.number + 3) % 12 in span.key.numbers:
        return None  # a minor pentatonic key has its blue notes
    pitch = here.pitch.midi - 1
    degree = (pitch - span.key.tonic.number) % 12
    if degree not in BLUE_DEGREES or pitch % 12 in span.chord.numbers:
        return None
    short = here.duration_quarters <= _QUARTER
    falls = 1 <= pitch - after.pitch.midi <= 3 or (
        degree == 6 and abs(pitch - after.pitch.midi) == 1
    )
    return pitch if short and falls else None


def turn(context: Context, here: Note) -> list[Note]:
    """A long note with a turn at its end: upper neighbour, note, lower neighbour, note."""
    if here.duration_quarters < 2 * _QUARTER:
        return []
    pitch, end = here.pitch.midi, here.end_quarters
    onsets = [end - _SIXTEENTH * k for k in (4, 3, 2, 1)]
    pitches = [
        _neighbour(context, pitch, onsets[0], 1),
        pitch,
        _neighbour(context, pitch, onsets[2], -1),
        pitch,
    ]
    kept = replace(here, duration_quarters=here.duration_quarters - _QUARTER)
    shakes = [
        _note(context, here, p, onset, _SIXTEENTH) for p, onset in zip(pitches, onsets, strict=True)
    ]
    return [kept, *shakes]


def cut(context: Context, here: Note, after: Note, *, above: bool) -> list[Note]:
    """A note with a grace note before the next one: from above in folk, else a semitone below.

    Args:
        context: Plan and rules.
        here: The note that gives way.
        after: The long note that is graced, a chord tone.
        above: Whether the grace note is the scale's tone above.
    """
    pitch, onset = after.pitch.midi, after.onset_quarters - _GRACE
    span = context.span(onset)
    grace = _neighbour(context, pitch, onset, 1) if above else pitch - 1
    if span.key.scale.tune and grace % 12 not in {name.number for name in span.key.tune}:
        return []
    chord = context.span(after.onset_quarters).chord
    room = min(here.duration_quarters, onset - here.onset_quarters)
    if pitch % 12 not in chord.numbers or grace == here.pitch.midi or room < _SIXTEENTH:
        return []
    kept = replace(here, duration_quarters=room)
    return [kept, replace(_note(context, after, grace, onset, _GRACE), mark="grace")]


def triplet(context: Context, here: Note, after: Note) -> list[Note]:
    """A note of one simple beat in three parts: itself, its neighbour, itself or the way on."""
    meter = context.plan.meter
    place = here.onset_quarters % meter.bar_quarters
    beats = dict(zip(meter.beat_onsets, meter.beats, strict=True))
    if beats.get(place) != 2 or here.duration_quarters != _QUARTER:
        return []
    pitch = here.pitch.midi
    sign = 1 if after.pitch.midi >= pitch else -1
    onsets = [here.onset_quarters + _THIRD * k for k in range(3)]
    middle = _neighbour(context, pitch, onsets[1], sign)
    way = abs(after.pitch.midi - pitch) > 4
    last = _neighbour(context, middle, onsets[2], sign) if way else pitch
    return [
        _note(context, here, p, onset, _THIRD)
        for p, onset in zip((pitch, middle, last), onsets, strict=True)
    ]

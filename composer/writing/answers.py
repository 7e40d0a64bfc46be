"""Answers: where the tune rests, another part says what the tune has just said, transformed.

Source: Levine, *The Jazz Theory Book* (1995), chapter 10, on call and response in the blues; van
der Merwe, *Origins of the Popular Style* (1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.music.plan import ChordSpan
from composer.music.score import Note
from composer.music.seeding import generator, pick_key
from composer.theory.key import Key
from composer.writing.context import EIGHTH, Context
from composer.writing.motif import Motif, Tone, inverted, literal, sequenced

_LEAST = Fraction(3, 2)  # quarters of rest that call for an answer
_MOST_NOTES = 7
_WAYS = {"literal": 3.0, "sequence": 3.0, "inversion": 2.0}


@dataclass(frozen=True, slots=True)
class Gap:
    """A rest of the tune.

    Args:
        start: Its onset.
        end: The onset of the next note, or the end of the stretch.
        before: Index of the first tune note after it.
    """

    start: Fraction
    end: Fraction
    before: int


def gaps(melody: Sequence[Note], end: Fraction) -> list[Gap]:
    """The rests of a tune that are long enough for an answer; none before its first note."""
    found = []
    for index, note in enumerate(melody):
        stop = melody[index + 1].onset_quarters if index + 1 < len(melody) else end
        if stop - note.end_quarters >= _LEAST:
            found.append(Gap(note.end_quarters, stop, index + 1))
    return found


def call_before(melody: Sequence[Note], gap: Gap) -> list[Note]:
    """The last notes of the tune before a rest: as many as the rest has room for."""
    room = gap.end - gap.start
    call: list[Note] = []
    for note in reversed(melody[: gap.before]):
        if len(call) == _MOST_NOTES or gap.start - note.onset_quarters > room:
            break
        if call and call[0].onset_quarters - note.end_quarters >= _LEAST:
            break
        call.insert(0, note)
    return call


def answer(
    context: Context, name: str, melody: Sequence[Note], gap: Gap, window: tuple[int, int]
) -> list[tuple[Fraction, Fraction, int]]:
    """An answer to the tune in one of its rests, as (onset, length, pitch).

    The call comes again with its rhythm: as it was, moved by a step, or upside down; where it meets
    a beat, and at its end, it takes a chord tone.

    Args:
        context: Plan and rules.
        name: Name of the part that answers.
        melody: The tune, in order.
        gap: The rest.
        window: Lowest and highest pitch.
    """
    call = call_before(melody, gap)
    if len(call) < 2:
        return []
    rng = generator(context.plan.seed, "answer", name, _shape(call))
    start = -(-(gap.start - call[0].onset_quarters) // 1)  # whole quarters later
    key = context.span(gap.start).key
    rungs = [p for p in range(window[0], window[1] + 1) if p % 12 in key.numbers]
    if len(rungs) < 7:
        return []
    steps = _steps(call, key)
    centre = (window[0] + window[1]) // 2
    anchor = min(range(len(rungs)), key=lambda i: (abs(rungs[i] - centre), i))
    middle = sum(steps) // len(steps)
    motif: Motif = tuple(
        Tone(note.onset_quarters + start, note.duration_quarters, anchor + step - middle)
        for note, step in zip(call, steps, strict=True)
    )
    motif = _transformed(motif, pick_key(rng, _WAYS), rng.random() < 0.5, context)
    fitting = [t for t in motif if t.onset >= gap.start and t.onset + EIGHTH <= gap.end]
    if len(fitting) < 2:
        return []
    made = []
    for index, tone in enumerate(fitting):
        last = index == len(fitting) - 1
        stop = gap.end if last else fitting[index + 1].onset
        length = min(max(tone.length, EIGHTH) if last else tone.length, stop - tone.onset)
        place = min(len(rungs) - 1, max(0, tone.step))
        strong = last or tone.onset % context.plan.meter.bar_quarters in (
            context.plan.meter.beat_onsets
        )
        span = context.span(tone.onset)
        made.append(
            (tone.onset, length, _near(rungs[place], span, window) if strong else rungs[place])
        )
    return made


def _transformed(motif: Motif, way: str, up: bool, context: Context) -> Motif:
    meter = context.plan.meter
    if way == "sequence":
        return sequenced(motif, 1 if up else -1)
    return inverted(motif, meter) if way == "inversion" else literal(motif, meter)


def _shape(call: Sequence[Note]) -> str:
    """What tells one call from another: where it lies in its bar does not matter."""
    first = call[0].onset_quarters
    return " ".join(f"{n.onset_quarters - first}:{n.pitch.midi}" for n in call)


def _steps(call: Sequence[Note], key: Key) -> list[int]:
    """Scale steps of the notes of a call; a foreign note counts as the one below it."""
    numbers = sorted(key.numbers)
    steps = []
    for note in call:
        octave, number = divmod(note.pitch.midi, 12)
        steps.append(7 * octave + sum(n <= number for n in numbers) - 1)
    return steps


def _near(pitch: int, span: ChordSpan, window: tuple[int, int]) -> int:
    """The chord tone nearest to a pitch, within a window."""
    options = [p for p in range(window[0], window[1] + 1) if p % 12 in span.chord.numbers]
    return min(options, key=lambda p: (abs(p - pitch), p), default=pitch)

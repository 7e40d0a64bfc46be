"""A given tune as notes: every one of them, and nothing else."""

from __future__ import annotations

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.tune import TuneNote
from composer.theory.pitch import Pitch
from composer.theory.spelling import spelled
from composer.writing.context import Context
from composer.writing.melody_names import function_in, neighbours

_STRONG, _WEAK = 1.0, 0.92  # share of the part's level on a beat and off it


def tune_notes(context: Context, part: PartPlan) -> list[Note]:
    """The notes of the plan's tune, each with its function in the harmony.

    A note that is nothing in its harmony is called ``given``: the tune is the user's, and stays.

    Args:
        context: Plan and rules.
        part: Who plays it.
    """
    notes = [_note(context, part, note) for note in context.plan.tune]
    found = []
    for index, note in enumerate(notes):
        before, after = neighbours(context, notes, index)
        function = function_in(context, before, note.pitch.midi, note.onset_quarters, after)
        found.append(
            Note(
                note.onset_quarters,
                note.duration_quarters,
                note.pitch,
                note.velocity,
                function or "given",
                lyric=note.lyric,
            )
        )
    return found


def _note(context: Context, part: PartPlan, note: TuneNote) -> Note:
    """A note with its spelling and loudness; its function is yet to be found."""
    velocity = note.velocity
    if velocity is None:
        plan = context.plan
        place = note.onset_quarters % plan.meter.bar_quarters
        accent = _STRONG if place in plan.meter.beat_onsets else _WEAK
        velocity = context.velocity(part, context.bar_of(note.onset_quarters), accent)
    pitch = _spelled(context, note)
    return Note(
        note.onset_quarters, note.duration_quarters, pitch, velocity, "scale", lyric=note.lyric
    )


def _spelled(context: Context, note: TuneNote) -> Pitch:
    """A pitch as its key or chord spells it; as the tune does where it is foreign to both."""
    span = context.span(note.onset_quarters)
    known = note.pitch.midi % 12 in span.key.numbers | span.chord.numbers
    return spelled(note.pitch.midi, span.chord, span.key) if known else note.pitch

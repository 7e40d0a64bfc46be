"""What is done to written parts: solos change hands, the peak is doubled, stops are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan, Plan
from composer.music.score import Note
from composer.music.seeding import generator
from composer.rulebook import Rulebook
from composer.theory.spelling import spelled
from composer.writing.context import Context
from composer.writing.counter import double
from composer.writing.energies import peak_of
from composer.writing.punctuation import silent_from

_OCTAVE = 12
_UNRESOLVED = ("passing", "neighbour", "approach", "suspension")
_ACCOMPANIMENT = ("counter", "comping", "pad", "figure", "bass")


def whole_tune(plan: Plan, book: Rulebook, tune: PartPlan, *, plain: bool) -> Context:
    """The plan as the writer of the tune sees it: it also writes what other players take over.

    Args:
        plan: The plan.
        book: The rule book.
        tune: The first part with the tune.
        plain: Whether to write without ornaments.
    """
    others = {p.name for p in plan.parts if p.role == "melody" and p.name != tune.name}
    bars = tuple(
        replace(bar, active=bar.active | {tune.name}) if others & bar.active else bar
        for bar in plan.bars
    )
    return Context(replace(plan, bars=bars), book, plain=plain)


def own_share(context: Context, tune: PartPlan, notes: Iterable[Note]) -> list[Note]:
    """What the first part with the tune keeps of it: all but the bars that others play alone.

    Where it hands the tune over, it ends on a note that needs no other to follow.
    """
    others = {p.name for p in context.plan.parts if p.role == "melody" and p.name != tune.name}
    kept: list[Note] = []
    for note in sorted(notes, key=lambda n: n.onset_quarters):
        bar = context.bar_of(note.onset_quarters)
        alone = not others & context.plan.bars[bar].active
        if context.is_active(tune, bar) or alone or note.lyric:
            kept.append(note)
            continue
        while kept and kept[-1].function in _UNRESOLVED and not kept[-1].lyric:
            kept.pop()
    return kept


def taken_over(context: Context, part: PartPlan, notes: Iterable[Note]) -> list[Note]:
    """What another player has of the tune: the bars in which it plays, ended as `own_share` is."""
    kept: list[Note] = []
    for note in sorted(notes, key=lambda n: n.onset_quarters):
        if context.is_active(part, context.bar_of(note.onset_quarters)):
            kept.append(note)
            continue
        while kept and kept[-1].function in _UNRESOLVED:
            kept.pop()
    return double(context, part, kept)


def doubler_of(context: Context) -> PartPlan | None:
    """The counter part that doubles the tune at the peak of the piece, if one does.

    Whether it does is the style's ``double``; the part must play there and have a line of its own.
    """
    plan = context.plan
    peak = plan.sections[peak_of(plan.sections)]
    rng = generator(plan.seed, "double")
    if context.plain or rng.random() >= context.style.arrangement.double:
        return None
    for part in plan.parts:
        model = context.model(part)
        own = model is None or model.doubles == "own"
        free = part.role == "counter" and own and not part.governed
        if free and context.is_active(part, peak.start_bar):
            return part
    return None


def doubled(
    context: Context, part: PartPlan, own: Sequence[Note], melody: Sequence[Note]
) -> list[Note]:
    """A line that leaves its own way at the peak, where it has the tune in octaves."""
    peak = context.plan.sections[peak_of(context.plan.sections)]
    bar = context.plan.meter.bar_quarters
    start, end = bar * peak.start_bar, bar * peak.end_bar
    tune = [n for n in melody if start <= n.onset_quarters < end]
    away = [n for n in own if n.end_quarters <= start or n.onset_quarters >= end]
    return away + double(context, part, tune, _OCTAVE)


def held_tones(context: Context, part: PartPlan) -> list[Note]:
    """One tone of each chord over which a part plays, the nearest to the last, held."""
    low, high = context.window(part)
    notes: list[Note] = []
    last = (low + high) // 2
    for span in context.plan.chords:
        bar = context.bar_of(span.onset_quarters)
        end = min(span.end_quarters, context.bar_starts[bar + 1])
        tones = [p for p in range(low, high + 1) if p % 12 in span.chord.numbers]
        if not tones or not context.is_active(part, bar):
            continue
        last = min(tones, key=lambda p: (abs(p - last), p))
        velocity = context.velocity(part, bar)
        pitch = spelled(last, span.chord, span.key)
        onset = span.onset_quarters
        notes.append(Note(onset, end - onset, pitch, velocity, "chord"))
    return notes


def kept_silent(context: Context, part: PartPlan, notes: Sequence[Note]) -> list[Note]:
    """The notes of a part without what would sound in a stop, or between hits that are struck.

    The tune and the drums go their own way. A line is cut so that it ends on a note that needs no
    other to follow.
    """
    if part.role not in _ACCOMPANIMENT:
        return list(notes)
    kept: list[Note] = []
    for note in sorted(notes, key=lambda n: n.onset_quarters):
        end = _latest_end(context, part, note)
        if end > note.onset_quarters:
            kept.append(replace(note, duration_quarters=end - note.onset_quarters))
        if end < note.end_quarters and part.role == "counter":
            while kept and kept[-1].function in _UNRESOLVED:
                kept.pop()
    return kept


def _latest_end(context: Context, part: PartPlan, note: Note) -> Fraction:
    """Until when a note may sound; its onset, where it may not."""
    bar = context.bar_of(note.onset_quarters)
    start, plan = context.bar_starts[bar], context.plan.bars[bar]
    end = note.end_quarters
    if plan.hits and part.role == "counter":
        if note.onset_quarters - start not in plan.hits or note.function != "chord":
            return note.onset_quarters
        end = min(end, note.onset_quarters + context.plan.meter.beat_quarters[0])
    stop = silent_from(context, bar)
    if stop is not None:
        end = min(end, stop)
    for later in range(bar + 1, len(context.plan.bars)):
        if context.bar_starts[later] >= end:
            break
        if context.plan.bars[later].stop == 0:
            end = context.bar_starts[later]
    return max(end, note.onset_quarters)

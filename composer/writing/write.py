"""Plan → Score: each part by its writer; the tune first, then the voices that lie under it."""

from __future__ import annotations

from dataclasses import replace

from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part, Score
from composer.rulebook import Rulebook
from composer.rulebook.styles import CHORDAL_ROLES
from composer.writing.bass import BassWriter
from composer.writing.bass_roots import bass_roots
from composer.writing.comping import ChordWriter
from composer.writing.context import EIGHTH, Context
from composer.writing.counter import CounterWriter
from composer.writing.drums import DrumWriter
from composer.writing.finishing import (
    doubled,
    doubler_of,
    held_tones,
    kept_silent,
    own_share,
    taken_over,
    whole_tune,
)
from composer.writing.inner_voices import InnerVoices, is_inner
from composer.writing.melody import MelodyWriter


def write_score(plan: Plan, book: Rulebook, title: str, *, plain: bool = False) -> Score:
    """Write all parts of a plan by the rules.

    Args:
        plan: The plan.
        book: The rule book.
        title: Title of the piece.
        plain: Write chords and roots on the changes, without figures and ornaments: what is left
            where the given chords are too wild for more.

    Raises:
        RuleError: If a rule file is wrong.
    """
    context = Context(plan, book, plain=plain)
    notes: dict[str, list[Note]] = {}
    of_role = {part.role: part for part in reversed(plan.parts)}
    bass = of_role.get("bass")
    roots: list[int] | list[None] = [None] * len(plan.chords)
    if bass is not None:
        roots = bass_roots(context, bass)
    tune = of_role.get("melody")
    melody: list[Note] = []
    if tune is not None:
        melody = MelodyWriter(whole_tune(plan, book, tune, plain=plain), tune).write()
        notes[tune.name] = own_share(context, tune, melody)
    tunes = _sung_over(context, melody)
    chordal = {
        part.name: ChordWriter(
            context, part, roots, bass_governed=bass is not None and bass.governed, tunes=tunes
        )
        for part in plan.parts
        if part.role in CHORDAL_ROLES
    }
    notes.update({name: writer.write() for name, writer in chordal.items()})
    inner = [part for part in plan.parts if is_inner(context, part)]
    if inner:
        notes.update(InnerVoices(context, inner, roots, melody).write())
    governed = [notes[p.name] for p in plan.parts if p.name in chordal and p.governed]
    governed += [notes[part.name] for part in inner]
    for part in plan.parts:
        if part.name not in notes:
            notes[part.name] = _write_part(context, part, governed, melody)
    doubler = doubler_of(context)
    if doubler is not None:
        notes[doubler.name] = doubled(context, doubler, notes[doubler.name], melody)
    parts = tuple(
        Part(part, _in_order(kept_silent(context, part, notes[part.name]) or notes[part.name]))
        for part in plan.parts
    )
    return Score(
        title,
        plan.key,
        plan.meter,
        plan.quarters_per_minute,
        len(plan.bars),
        parts,
        plan.chords,
        plan.sections,
    )


def double_tunes(context: Context, score: Score) -> Score:
    """The score with every doubling of the tune made anew from the tune that it has.

    What a part plays alone, because it took the tune over, stays as it is.
    """
    tunes = [part for part in score.parts if part.plan.role == "melody"]
    if len(tunes) < 2:
        return score
    first = tunes[0]
    melody = list(first.notes)
    anew = {}
    for part in tunes[1:]:
        alone = [
            note
            for note in part.notes
            if not context.is_active(first.plan, context.bar_of(note.onset_quarters))
        ]
        notes = _in_order(alone + taken_over(context, part.plan, melody))
        anew[part.plan.name] = replace(part, notes=notes)
    return replace(score, parts=tuple(anew.get(p.plan.name, p) for p in score.parts))


def _in_order(notes: list[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda n: (n.onset_quarters, n.pitch.midi)))


def _write_part(
    context: Context,
    part: PartPlan,
    governed: list[list[Note]],
    melody: list[Note],
) -> list[Note]:
    if part.role == "bass":
        kit = next((p for p in context.plan.parts if p.role == "drums"), None)
        kicks = DrumWriter(context, kit).kicks if kit is not None else None
        return BassWriter(context, part, bass_roots(context, part), governed, kicks).write()
    if part.role == "drums":
        return DrumWriter(context, part).write()
    if part.role == "melody":
        return taken_over(context, part, melody)
    if context.plain:
        return []
    # A line that only answers may find no rest to answer in; who is there is heard all the same.
    line = CounterWriter(context, part, melody).write() or taken_over(context, part, melody)
    return line or held_tones(context, part)


def _sung_over(context: Context, melody: list[Note]) -> list[tuple[int, ...]]:
    """The pitches of the tune that sound for an eighth or more over each chord."""
    sung: list[set[int]] = [set() for _ in context.plan.chords]
    for note in melody:
        if note.duration_quarters < EIGHTH:
            continue
        first = context.span_index(note.onset_quarters)
        last = context.span_index(note.end_quarters - EIGHTH / 2)
        for index in range(first, last + 1):
            sung[index].add(note.pitch.midi)
    return [tuple(sorted(pitches)) for pitches in sung]

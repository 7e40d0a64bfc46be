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
from composer.writing.given_tune import tune_notes
from composer.writing.inner_voices import InnerVoices, is_inner
from composer.writing.melody import MelodyWriter
from composer.writing.standing import Standing, standing_kicks, standing_tune


def write_score(
    plan: Plan,
    book: Rulebook,
    title: str,
    *,
    plain: bool = False,
    standing: Standing | None = None,
) -> Score:
    """Write all parts of a plan by the rules.

    Args:
        plan: The plan.
        book: The rule book.
        title: Title of the piece.
        plain: Write chords and roots on the changes, without figures and ornaments: what is left
            where the given chords are too wild for more.
        standing: Notes of parts that stay as they are, by name; the others are written to them.

    Raises:
        RuleError: If a rule file is wrong.
    """
    context = Context(plan, book, plain=plain)
    standing = standing or {}
    notes: dict[str, list[Note]] = {name: list(kept) for name, kept in standing.items()}
    of_role = {part.role: part for part in reversed(plan.parts)}
    bass = of_role.get("bass")
    roots: list[int] | list[None] = [None] * len(plan.chords)
    if bass is not None:
        roots = bass_roots(context, bass)
    tune = of_role.get("melody")
    melody: list[Note] = []
    if tune is not None and plan.tune:
        melody = tune_notes(context, tune)
        notes[tune.name] = list(melody)
    elif tune is not None:
        if any(p.role == "melody" and p.name not in standing for p in plan.parts):
            melody = MelodyWriter(whole_tune(plan, book, tune, plain=plain), tune).write()
        melody = standing_tune(context, standing, melody) if standing else melody
        notes.setdefault(tune.name, own_share(context, tune, melody))
    tunes = _sung_over(context, melody)
    chordal = {
        part.name: ChordWriter(
            context, part, roots, bass_governed=bass is not None and bass.governed, tunes=tunes
        )
        for part in plan.parts
        if part.role in CHORDAL_ROLES and part.name not in standing
    }
    notes.update({name: writer.write() for name, writer in chordal.items()})
    inner = [part for part in plan.parts if is_inner(context, part)]
    anew = [part for part in inner if part.name not in standing]
    if anew:
        notes.update(InnerVoices(context, anew, roots, melody).write())
    governed = [notes[p.name] for p in plan.parts if p.role in CHORDAL_ROLES and p.governed]
    governed += [notes[part.name] for part in inner]
    for part in plan.parts:
        if part.name not in notes:
            notes[part.name] = _write_part(context, part, governed, melody, standing)
    doubler = doubler_of(context)
    if doubler is not None and doubler.name not in standing:
        notes[doubler.name] = doubled(context, doubler, notes[doubler.name], melody)
    for part in plan.parts:
        if part.name not in standing:
            notes[part.name] = kept_silent(context, part, notes[part.name]) or notes[part.name]
    parts = tuple(Part(part, _in_order(notes[part.name])) for part in plan.parts)
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


def followers(context: Context) -> frozenset[str]:
    """Names of the parts that have no line of their own but what the tune leaves them.

    Those are inner voices, and counter parts that double the tune, be it at its peaks alone.
    """
    doubler = doubler_of(context)
    found = [doubler.name] if doubler is not None else []
    for part in context.plan.parts:
        model = context.model(part)
        if part.role == "counter" and model is not None and model.doubles != "own":
            found.append(part.name)
    return frozenset(found)


def follow_tune(context: Context, draft: Score, score: Score, kept: frozenset[str]) -> Score:
    """The score with all that follows the tune made anew from the tune that it has.

    Those are the tune's doublings, the counter-melodies, and inner voices. What another player has
    of the tune alone, because it took it over, stays as it is.

    Args:
        context: Plan and rules.
        draft: The score as the rules wrote it.
        score: The score with another tune.
        kept: Names of the parts that stay as they are.
    """
    tunes = [part for part in score.parts if part.plan.role == "melody"]
    drafted = {part.plan.name: part.notes for part in draft.parts}
    if not tunes or tunes[0].notes == drafted[tunes[0].plan.name]:
        return score
    first, melody = tunes[0], list(tunes[0].notes)
    anew: dict[str, list[Note]] = {}
    whole = list(melody)
    for part in tunes[1:]:
        alone = [
            note
            for note in part.notes
            if not context.is_active(first.plan, context.bar_of(note.onset_quarters))
        ]
        whole += alone
        anew[part.plan.name] = alone + taken_over(context, part.plan, melody)
    whole.sort(key=lambda note: note.onset_quarters)
    anew.update(_counters(context, score, whole, kept))
    return replace(
        score,
        parts=tuple(
            replace(part, notes=_in_order(anew[part.plan.name])) if part.plan.name in anew else part
            for part in score.parts
        ),
    )


def _counters(
    context: Context, score: Score, melody: list[Note], kept: frozenset[str]
) -> dict[str, list[Note]]:
    """The notes of the counter parts to a tune, but of those that are kept."""
    free = [p.plan for p in score.parts if p.plan.role == "counter" and p.plan.name not in kept]
    inner = [part for part in free if is_inner(context, part)]
    notes: dict[str, list[Note]] = {}
    if inner:
        bass = next((part for part in context.plan.parts if part.role == "bass"), None)
        roots: list[int] | list[None] = [None] * len(context.plan.chords)
        if bass is not None:
            roots = bass_roots(context, bass)
        notes.update(InnerVoices(context, inner, roots, melody).write())
    doubler = doubler_of(context)
    for part in free:
        if part.name not in notes:
            notes[part.name] = _write_part(context, part, [], melody, {})
        if part == doubler:
            notes[part.name] = doubled(context, part, notes[part.name], melody)
        notes[part.name] = kept_silent(context, part, notes[part.name]) or notes[part.name]
    return notes


def _in_order(notes: list[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda n: (n.onset_quarters, n.pitch.midi)))


def _write_part(
    context: Context,
    part: PartPlan,
    governed: list[list[Note]],
    melody: list[Note],
    standing: Standing,
) -> list[Note]:
    if part.role == "bass":
        kit = next((p for p in context.plan.parts if p.role == "drums"), None)
        kicks = None
        if kit is not None:
            kicks = standing_kicks(context, kit, standing) or DrumWriter(context, kit).kicks
        return BassWriter(context, part, bass_roots(context, part), governed, kicks).write()
    if part.role == "drums":
        return DrumWriter(context, part).write()
    if part.role == "melody":
        return taken_over(context, part, melody)
    if context.plain:
        return []
    # A line that only answers may find no rest to answer in; who is there is heard all the same.
    line = CounterWriter(context, part, melody).write() or held_tones(context, part)
    return line or taken_over(context, part, melody)


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

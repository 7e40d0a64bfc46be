"""Some bars of some parts written anew, beside all that stays.

Part by part: a draft by the rules, which hears the other parts as they stand, is spliced in and the
whole piece judged; another seed is tried until every hard rule holds. Then the model, where the
brief asks for it, writes the same bars anew with what is around them before its eyes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.checking.report import Violation
from composer.errors import ProjectError
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part, Score
from composer.music.seeding import derived
from composer.project.judging import judged, parts_of
from composer.project.modelling import model_cells
from composer.project.played import replayed
from composer.project.seams import bar_of, inverted, runs, spliced
from composer.project.selection import Targets
from composer.project.state import Cell, State, Workshop
from composer.rulebook.styles import CHORDAL_ROLES
from composer.writers import Authorship
from composer.writing.context import Context
from composer.writing.inner_voices import is_inner
from composer.writing.write import write_score

_TRIES = 16
_PLAIN_TRIES = 2
_SAME_TRIES = 8  # after which a part that comes out as it was is taken to have no other way
_ROUNDS = 3
_CHOICE = 3  # versions of a line of which the smoothest is taken
_INVERSIONS = (0, 0, 1, -1, 2, -2)  # voices of chords that go to the other end, try by try
_LINES = frozenset({"melody", "counter", "bass"})
_ORDER = ("melody", "comping", "pad", "figure", "counter", "drums", "bass")
"""Who is written first: the tune, what lies under it, and last the bass, which hears them all."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written anew.

    Args:
        plan: The plan, which may be another one than that of the state.
        score: The score as far as it stands.
        targets: Bars by part.
        seed: Seed of the operation.
    """

    plan: Plan
    score: Score
    targets: Targets
    seed: int


def rewritten(state: State, task: Task, workshop: Workshop) -> State:
    """A state with some bars written and played anew; everything else is as it was.

    Raises:
        ProjectError: If no version keeps every hard rule, or none differs from what is there.
    """
    fault: ProjectError | None = None
    for attempt in range(_ROUNDS):
        one = replace(task, seed=derived(task.seed, "round", attempt))
        try:
            score = _drafted(state, one, workshop)
        except ProjectError as error:
            if len(task.targets) == 1:
                raise
            fault = error  # other versions of the parts before may leave this one a way
            continue
        score, by_model = model_cells(state, one.plan, score, one.targets, one.seed, workshop)
        workshop.tell("perform", 0.0)
        before = (replace(state.score, parts=task.score.parts), state.performance)
        performance = replayed(
            task.plan, before, score, task.targets, workshop.book, dict(state.styles)
        )
        workshop.tell("perform", 1.0)
        adopted = _still_adopted(state, task.targets)
        report = judged(task.plan, score, performance, {part for part, _ in adopted})
        if report.ok:
            return replace(
                state,
                plan=task.plan,
                score=score,
                performance=performance,
                authorship=_authorship(state, score, task.targets, by_model),
                adopted=adopted,
            )
        fault = _refusal(sorted(task.targets), report.violations)
    raise fault or ProjectError("nothing was written")


def _drafted(state: State, task: Task, workshop: Workshop) -> Score:
    """The score with the bars written by the rules."""
    workshop.tell("write", 0.0)
    of_role = {role: place for place, role in enumerate(_ORDER)}
    parts = [part for part in task.plan.parts if part.name in task.targets]
    parts.sort(key=lambda part: of_role[part.role])
    score = task.score
    for place, part in enumerate(parts):
        pending = frozenset(later.name for later in parts[place + 1 :])
        score = _part_drafted(state, replace(task, score=score), part, pending, workshop)
    workshop.tell("write", 1.0)
    if score.parts == task.score.parts:
        names = ", ".join(part.name for part in parts)
        raise ProjectError(
            f"{names}: the rules know one way only there, and it is what is there; "
            "another style or other chords open others"
        )
    return score


def _part_drafted(
    state: State, task: Task, part: PartPlan, pending: frozenset[str], workshop: Workshop
) -> Score:
    """The score with one part's bars written anew, the smoothest of the versions that fit."""
    adopted = {name for name, _ in _still_adopted(state, task.targets)}
    wanted = _CHOICE if part.role in _LINES else 1
    index = task.plan.parts.index(part)
    fitting: list[Score] = []
    same: Score | None = None
    faults: Sequence[Violation] = ()
    for attempt in range(_TRIES + _PLAIN_TRIES):
        plain = attempt >= _TRIES
        if plain and (fitting or same is not None):
            break
        fresh = _fresh(state, task, part, attempt, workshop, plain=plain)
        if part.role in CHORDAL_ROLES and attempt > 0:
            fresh = inverted(fresh, _INVERSIONS[attempt % len(_INVERSIONS)])
        new = spliced(
            task.score.parts[index], fresh, task.targets[part.name], task.plan.meter.bar_quarters
        )
        score = _with(task.score, index, new)
        report = judged(task.plan, score, None, adopted)
        found = [v for v in report.violations if not parts_of(v) & pending]
        if found:
            faults = faults or found
        elif new.notes == task.score.parts[index].notes:
            same = score
            if attempt + 1 >= _SAME_TRIES:
                break
        else:
            fitting.append(score)
        if len(fitting) == wanted:
            break
    if fitting:
        bars = task.targets[part.name]
        return min(fitting, key=lambda s: _leaps(s.parts[index], bars, s.meter.bar_quarters))
    if same is None:
        raise _refusal([part.name], faults)
    return same


def _fresh(
    state: State, task: Task, part: PartPlan, attempt: int, workshop: Workshop, *, plain: bool
) -> tuple[Note, ...]:
    """A part written anew in all bars, to the others as they stand."""
    seed = derived(task.seed, part.name, attempt)
    plan = replace(task.plan, seed=seed, style=state.style_of(part.name))
    context = Context(plan, workshop.book)
    alone = not is_inner(context, part)  # inner voices are led together
    standing = {
        other.plan.name: other.notes
        for other in task.score.parts
        if other.plan.name != part.name and (alone or not is_inner(context, other.plan))
    }
    score = write_score(plan, workshop.book, task.score.title, plain=plain, standing=standing)
    return score.parts[plan.parts.index(part)].notes


def _with(score: Score, index: int, part: Part) -> Score:
    return replace(score, parts=(*score.parts[:index], part, *score.parts[index + 1 :]))


def _leaps(part: Part, bars: frozenset[int], bar_quarters: Fraction) -> int:
    """Semitones that the part leaps where new bars meet old ones."""
    total = 0
    for first, end in runs(bars):
        for seam in (first, end):
            before = [n for n in part.notes if bar_of(n, bar_quarters) < seam]
            after = [n for n in part.notes if bar_of(n, bar_quarters) >= seam]
            if before and after:
                total += abs(before[-1].pitch.midi - after[0].pitch.midi)
    return total


def _still_adopted(state: State, targets: Targets) -> frozenset[Cell]:
    """The cells with notes of the user's own that are not written over."""
    names = {section.name: section for section in state.plan.sections}
    return frozenset(
        (part, section)
        for part, section in state.adopted
        if not set(range(names[section].start_bar, names[section].end_bar))
        <= targets.get(part, frozenset())
    )


def _authorship(state: State, score: Score, targets: Targets, by_model: Targets) -> Authorship:
    """Who wrote which bars, after some were written anew."""
    bars: dict[str, tuple[int, ...]] = {}
    notes: dict[str, tuple[int, int]] = {}
    for part in score.parts:
        name = part.plan.name
        before = {bar - 1 for bar in state.authorship.bars.get(name, ())}
        own = (before - targets.get(name, frozenset())) | by_model.get(name, frozenset())
        count = sum(bar_of(note, score.meter.bar_quarters) in own for note in part.notes)
        notes[name] = (count, len(part.notes) - count)
        if own:
            bars[name] = tuple(bar + 1 for bar in sorted(own))
    return replace(state.authorship, bars=bars, notes=notes)


def _refusal(names: Iterable[str], faults: Sequence[Violation]) -> ProjectError:
    named = ", ".join(names)
    why = f": {faults[0]}" if faults else ""
    return ProjectError(
        f"{named}: no version keeps every hard rule beside what stays{why}; "
        "unlock more, or take more of it"
    )

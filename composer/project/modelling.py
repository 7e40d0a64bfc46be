"""Bars that the rules drafted, written anew by the model with what is around them in sight."""

from __future__ import annotations

from dataclasses import replace

from composer.checking.report import Report
from composer.music.plan import Plan
from composer.music.score import Score
from composer.project.judging import judged
from composer.project.seams import spliced
from composer.project.selection import Targets
from composer.project.state import State, Workshop
from composer.writers import (
    HYBRID,
    RULES,
    hints_of,
    open_model,
    parts_of_model,
    sampling_of,
)
from composer.writing.context import Context


def model_cells(
    state: State, plan: Plan, score: Score, targets: Targets, seed: int, workshop: Workshop
) -> tuple[Score, Targets]:
    """A score with those of some bars written by the model that are its to write.

    What it writes and a hard rule forbids goes back to the draft.

    Args:
        state: The state before.
        plan: The plan.
        score: The score, with the bars as the rules drafted them.
        targets: The bars.
        seed: Seed of the operation.
        workshop: Rule book and model.

    Returns:
        The score, and the bars that are the model's.
    """
    writer = state.brief.writer or HYBRID
    mine: dict[str, frozenset[int]] = {}
    if writer == RULES:
        return score, mine
    for style in dict.fromkeys(state.style_of(name) for name in targets):
        context = Context(replace(plan, style=style, seed=seed), workshop.book)
        own = parts_of_model(context, writer) & frozenset(targets)
        own = frozenset(name for name in own if state.style_of(name) == style)
        if own:
            score = _written(state, context, score, targets, own, mine, workshop)
    return score, mine


def _written(
    state: State,
    context: Context,
    draft: Score,
    targets: Targets,
    own: frozenset[str],
    mine: dict[str, frozenset[int]],
    workshop: Workshop,
) -> Score:
    """The draft with the bars of some parts by the model; they are told in ``mine``."""
    from composer.transformer.writer import ModelWriter

    adopted = frozenset(part for part, _ in state.adopted)

    def judge(plan: Plan, score: Score) -> Report:
        return judged(plan, score, None, adopted)

    def tell(done: float) -> None:
        workshop.tell("write", done)

    hints = replace(hints_of(context, own), bars={name: targets[name] for name in own})
    written = ModelWriter(
        context.plan,
        draft,
        open_model(workshop.model).network,
        hints,
        sampling_of(state.brief),
        lambda score: score,
        judge,
    ).write(tell)
    bar = draft.meter.bar_quarters
    parts = []
    for part, new in zip(draft.parts, written.score.parts, strict=True):
        name = part.plan.name
        bars = frozenset(written.bars.get(name, ())) & targets.get(name, frozenset())
        parts.append(spliced(part, new.notes, targets[name], bar) if bars else part)
    score = replace(draft, parts=tuple(parts))
    if not judge(context.plan, score).ok:
        return draft
    for name in own:
        mine[name] = frozenset(written.bars.get(name, ())) & targets[name]
    return score

"""Upbeats: pick-up notes that climb or fall by step into a phrase, where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator
from composer.theory.spelling import spelled
from composer.writing.context import Context
from composer.writing.melody_ladder import Ladder
from composer.writing.melody_pitch import StepChain
from composer.writing.melody_rhythm import pickup


def upbeat(
    context: Context,
    part: PartPlan,
    chain: StepChain,
    goal: tuple[Fraction, int],
    free: Fraction,
    rng: np.random.Generator,
) -> list[Note]:
    """The pick-up into a phrase, often none.

    Args:
        context: Plan and rules.
        part: The part.
        chain: The chain of steps of the phrase.
        goal: Onset and step of the phrase's first note.
        free: When the tune has ended before.
        rng: Randomness.
    """
    start, step = goal
    onsets = pickup(rng, context.plan.meter, context.style.melody.pickup)
    if not onsets or start + onsets[0] < free:
        return []
    before = context.span(start + onsets[0])
    kept = chain.fit(before.chord, before.key).worth >= 1
    path = _run_up(chain.ladder, kept, step, len(onsets), down=rng.random() < 0.35)
    notes = []
    for onset, rung, end in zip(onsets, path, [*onsets[1:], Fraction(0)], strict=False):
        span = context.span(start + onset)
        pitch = chain.pitch(rung, span.chord, span.key)
        velocity = context.velocity(part, context.bar_of(start + onset), 0.85)
        spelling = spelled(pitch, span.chord, span.key)
        notes.append(Note(start + onset, end - onset, spelling, velocity, "scale"))
    return notes


def round_upbeat(
    context: Context,
    part: PartPlan,
    opening: tuple[StepChain, int] | None,
    written: Sequence[Note],
) -> list[Note]:
    """The pick-up at the end of a loop into its first note, often none.

    Args:
        context: Plan and rules.
        part: The part.
        opening: Chain and step of the first note, where the tune begins the piece.
        written: The notes before.
    """
    plan = context.plan
    if not plan.loop or opening is None or context.plain or not written:
        return []
    chain, step = opening
    away = chain.ladder.key != plan.chords[-1].key
    if away or not context.is_active(part, len(plan.bars) - 1):
        return []
    free = max(note.end_quarters for note in written)
    rng = generator(plan.seed, "upbeat", "round")
    return upbeat(context, part, chain, (plan.length_quarters, step), free, rng)


def _run_up(
    ladder: Ladder, kept: NDArray[np.bool_], goal: int, count: int, *, down: bool
) -> list[int]:
    """Steps of the tune that climb, or fall, onto a goal; empty where the range has no room."""
    tune = [step for step, inside in zip(ladder.steps, kept.tolist(), strict=True) if inside]
    for sign in (1, -1) if down else (-1, 1):
        rungs = [step for step in tune if (step - goal) * sign > 0]
        near = sorted(rungs, key=lambda step: abs(step - goal))[:count]
        if len(near) == count:
            return near[::-1]
    return []

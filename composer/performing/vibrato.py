"""Vibrato of long notes, by the modulation wheel, as workstations and synthesisers expect it."""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.performance import TICKS_PER_QUARTER, ControlChange, PlayedNote
from composer.music.plan import PartPlan, Plan
from composer.music.seeding import gauss, generator
from composer.performing.bends import may_bend
from composer.performing.controls import MODULATION

_DEEPEST = 80
_LEAST_SECONDS = 0.5
_DELAY_SECONDS = 0.25
_DELAY_SHARE = 0.35
_EIGHTH = TICKS_PER_QUARTER // 2
_SPREAD = 0.15
_LEAST = 8


def may_tremble(part: PartPlan) -> bool:
    """Whether a part's player has a vibrato of the finger, lip, breath or voice."""
    if part.role not in ("melody", "counter"):
        return False
    return may_bend(part) or part.instrument.family == "pipe"


def vibrato(
    plan: Plan, part: PartPlan, notes: Sequence[PlayedNote], depth: float
) -> list[ControlChange]:
    """Controller 1: up some time into each long note, down again with its end.

    Args:
        plan: The plan.
        part: The part.
        notes: Its notes as played.
        depth: 0–1.

    Source: Prame, "Vibrato extent and intonation in professional Western lyric singing" (1997);
    that it sets in late: Desain and Honing, "Modeling continuous aspects of music performance:
    vibrato and portamento" (1996).
    """
    scale = depth * min(1.0, plan.humanize)
    if scale == 0 or not may_tremble(part):
        return []
    rng = generator(plan.seed, "vibrato", part.name)
    second = TICKS_PER_QUARTER * plan.quarters_per_minute / 60
    changes: list[ControlChange] = []
    for i, note in enumerate(notes):
        deviation = gauss(rng)
        if note.duration_ticks < _LEAST_SECONDS * second:
            continue
        value = round(min(1.2, 1 + _SPREAD * deviation) * _DEEPEST * scale)
        if value < _LEAST:
            continue
        delay = max(_DELAY_SECONDS * second, _DELAY_SHARE * min(note.duration_ticks, 2 * second))
        start = note.onset_ticks + int(delay)
        if start - note.onset_ticks >= note.duration_ticks:
            continue
        values = [(start, value // 2), (start + _EIGHTH, value)]
        if values[1][0] > note.end_ticks - _EIGHTH:
            values = [(start, value)]
        following = notes[i + 1].onset_ticks if i + 1 < len(notes) else note.end_ticks
        values.append((max(values[-1][0] + 1, min(note.end_ticks, following)), 0))
        changes += [ControlChange(t, MODULATION, max(0, min(127, v))) for t, v in values]
    return changes

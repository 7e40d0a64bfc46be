"""The climax: one highest note a section, about two thirds through, and room below it.

Source: Toch, *The Shaping Forces in Music* (1948), on the wave line and its highest point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.music.plan import Section
from composer.writing.melody_pitch import NoteWish, StepChain

_PLACE = 0.66
_ABOVE = 4.0  # steps of the climax above the section's height
_LEAST_BARS = 4


@dataclass(frozen=True, slots=True)
class Climax:
    """The highest note of a section.

    Args:
        onset_quarters: When it begins.
        step: Its step; all other notes lie below it.
    """

    onset_quarters: Fraction
    step: int


def climax_of(
    section: Section,
    notes: Sequence[tuple[Fraction, Fraction, NoteWish]],
    chain: StepChain,
    height: float,
    bar: Fraction,
) -> Climax | None:
    """Choose the climax of a section.

    Args:
        section: The section.
        notes: Onset from the start of the piece, length and wish of every note of its phrases but
            their goals.
        chain: The chain of steps of its key.
        height: The step around which the section lies.
        bar: Length of a bar in quarters.

    Returns:
        The climax; None for a section too short to have one, or with no fitting note.
    """
    if section.bars < _LEAST_BARS or not notes:
        return None
    goal = bar * section.start_bar + bar * section.bars * Fraction(_PLACE).limit_denominator(100)
    ladder = chain.ladder
    best: tuple[float, Climax] | None = None
    top = min(ladder.steps[-1], round(height + _ABOVE))
    for onset, length, wish in notes:
        away = abs(float((onset - goal) / (bar * section.bars)))
        for step in (top, top - 1, top + 1, top - 2):
            if not ladder.steps[0] <= step <= ladder.steps[-1] or step % 7 not in ladder.sung:
                continue
            pitch = chain.pitch(step, wish.chord, wish.key)
            if pitch % 12 not in wish.chord.numbers:
                continue
            held = min(2.0, float(length))
            cost = 4 * away + 0.3 * abs(step - top) - 0.5 * wish.weight - 0.2 * held
            if best is None or cost < best[0]:
                best = (cost, Climax(onset, step))
            break
    return None if best is None else best[1]

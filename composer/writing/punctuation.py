"""Bars that the accompaniment does not play through: hits together, and stops."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from composer.rulebook.figures import Stroke

if TYPE_CHECKING:
    from composer.writing.context import Context

BASS_SIGN, CHORD_SIGN = "R", "X"


def shape(
    context: Context, bar: int, *, sign: str = CHORD_SIGN, held: bool = False
) -> tuple[Stroke, ...] | None:
    """The strokes of a bar with hits or a stop, for bass and chordal parts alike.

    All parts strike together, and rest in between: that is what makes a hit. A bar that stops
    without hits is struck beat by beat until it does. Nothing sounds from the stop on. A chord that
    changes between two strokes is not struck: the rest covers it.

    Args:
        context: Plan and rules.
        bar: Index of the bar.
        sign: Sign of the strokes: `BASS_SIGN` for a bass, `CHORD_SIGN` for a chordal part.
        held: Whether one note holds until the stop where there are no hits, as a pad does.

    Returns:
        Strokes within the bar; empty for a bar of silence; None for a bar that is played as usual.
    """
    plan = context.plan.bars[bar]
    if not plan.hits and plan.stop is None:
        return None
    meter = context.plan.meter
    end = meter.bar_quarters if plan.stop is None else plan.stop
    struck = plan.hits or (meter.beat_onsets[:1] if held else meter.beat_onsets)
    onsets = [onset for onset in struck if onset < end]
    strokes = []
    for onset, following in zip(onsets, [*onsets, end][1:], strict=True):
        beat = max(i for i, start in enumerate(meter.beat_onsets) if start <= onset)
        length = following - onset
        if plan.hits:
            length = min(length, meter.beat_quarters[beat])
        strokes.append(Stroke(onset, length, sign, beat))
    return tuple(strokes)


def silent_from(context: Context, bar: int) -> Fraction | None:
    """The onset in the piece from which a bar's accompaniment is silent; None if it plays on."""
    stop = context.plan.bars[bar].stop
    return None if stop is None else context.bar_starts[bar] + stop

"""What stands already while other parts are written anew: the tune as it sounds, the kick drum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.rulebook.grooves import KEYS
from composer.writing.bass_strokes import Kicks
from composer.writing.context import Context

Standing = Mapping[str, Sequence[Note]]
"""Notes of the parts that stay as they are, by the parts' names."""


def standing_tune(context: Context, standing: Standing, fresh: Sequence[Note]) -> list[Note]:
    """The tune as it will sound: bar by bar what stands of it, the fresh tune elsewhere.

    A bar's tune is that of the first player of tunes who is active in it.

    Args:
        context: Plan and rules.
        standing: Notes of the parts that stay.
        fresh: The tune that is written anew, in all bars.
    """
    tunes = [part for part in context.plan.parts if part.role == "melody"]
    owners = [
        next((part.name for part in tunes if context.is_active(part, bar)), "")
        for bar in range(len(context.plan.bars))
    ]
    found = [n for n in fresh if owners[context.bar_of(n.onset_quarters)] not in standing]
    for part in tunes:
        kept = standing.get(part.name, ())
        found += [n for n in kept if owners[context.bar_of(n.onset_quarters)] == part.name]
    return sorted(found, key=lambda note: note.onset_quarters)


def standing_kicks(context: Context, kit: PartPlan, standing: Standing) -> Kicks | None:
    """The kick drum of drums that stand, fills apart; None where they are written anew.

    Args:
        context: Plan and rules.
        kit: The drums.
        standing: Notes of the parts that stay.
    """
    if kit.name not in standing:
        return None
    bar_quarters = context.plan.meter.bar_quarters
    found: list[set[Fraction]] = [set() for _ in context.plan.bars]
    for note in standing[kit.name]:
        bar = context.bar_of(note.onset_quarters)
        onset = note.onset_quarters - bar_quarters * bar
        if note.pitch.midi == KEYS["kick"] and onset < bar_quarters - context.plan.bars[bar].fill:
            found[bar].add(onset)
    kicks = [frozenset(onsets) for onsets in found]
    return lambda bar: kicks[bar]

"""Which cells stay as the rule writers have them."""

from __future__ import annotations

from composer.music.plan import Plan
from composer.transformer.hints import WritingHints
from composer.transformer.mending import Places
from composer.transformer.sheet import Sheet


def kept_places(plan: Plan, sheet: Sheet, hints: WritingHints) -> Places:
    """The cells that the model does not write.

    Those are of parts that are not its own, not asked for, a fill, in a bar that the band does not
    play through, in one with a hit that the user asked for, or in the last bar.

    Returns:
        (bar, part) of each, counted from 0.
    """
    bars = frozenset(range(len(plan.bars)))
    punctuated = {plan.final_bar, *plan.cue_bars} | {
        bar for bar, about in enumerate(plan.bars) if about.hits or about.stop is not None
    }
    fills = {bar for bar, about in enumerate(plan.bars) if about.fill > 0 or about.build > 0}
    kept: set[tuple[int, int]] = set()
    for part, about in enumerate(sheet.parts):
        name = about.plan.name
        asked = bars if hints.bars is None else hints.bars.get(name, frozenset())
        own = asked if name in hints.written else frozenset()
        free = own - punctuated - (fills if about.is_drums else set())
        kept |= {(bar, part) for bar in bars - free}
    return frozenset(kept)

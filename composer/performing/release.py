"""Where the last notes are let go, so that they ring out within an exact length."""

from __future__ import annotations

from fractions import Fraction

from composer.music.plan import Plan

RING_SECONDS = 1.2
"""What an ending keeps for ringing out; half of the last bar at most."""


def last_release(plan: Plan) -> Fraction | None:
    """The place in quarters up to which notes are held; None where they may last to the end.

    A piece of an exact length holds its last notes a little less long: what rings on then is
    within the length, and fades to silence there. A loop rings on into its beginning.
    """
    if plan.length_seconds is None or plan.loop:
        return None
    tempo = plan.tempos[-1].quarters_per_minute if plan.tempos else plan.quarters_per_minute
    ring = Fraction(round(RING_SECONDS * tempo / 60 * 48), 48)
    return plan.length_quarters - min(plan.meter.bar_quarters / 2, ring)

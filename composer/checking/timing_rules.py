"""Time that was asked for: the tempo curve that is planned for it, the length, and the hits."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from composer.checking.played import PlayedIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.midi.units import TempoMap, tempo_map, ticks_from_quarters
from composer.music.performance import Performance
from composer.music.plan import Cue, Plan
from composer.music.slowing import SLOWEST, SLOWING_BARS

FURTHEST_BEND = 0.12
"""How far a curve's tempo goes from the common one, as a share of it, the ritardando apart.

Source: Friberg and Sundberg, "Time discrimination in a monotonic, isochronous sequence" (1995), and
Repp, "On determining the basic tempo of an expressive music performance" (1994): players vary the
tempo of one performance by more; what counts is that it moves slowly.
"""
STEEPEST_STEP = 0.04
"""How far a curve's tempo goes from one beat to the next, as a share of it."""
FRAME_SECONDS = 1 / 60
"""A frame of video: within it something must be struck at a hit."""
CUE_SECONDS = 0.001
"""How far the place of a hit may lie from the time that was asked."""
LENGTH_SECONDS = 0.000_001
"""How far the end may lie from the length that was asked."""

_MARGIN = 0.01  # what a ritardando and rounding shift the common tempo by


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a hit has come to lie.

    Args:
        cue: What was asked, and its place.
        seconds: When its place is played.
        struck_seconds: When the note nearest to it begins; None where there is none at all.
    """

    cue: Cue
    seconds: float
    struck_seconds: float | None


def landings(plan: Plan, performance: Performance) -> tuple[Landing, ...]:
    """Where each hit of a plan has come to lie in its performance."""
    clock = tempo_map(performance)
    onsets = sorted({note.onset_ticks for track in performance.tracks for note in track.notes})
    found = []
    for cue in plan.cues:
        ticks = ticks_from_quarters(cue.onset_quarters, performance.ticks_per_quarter)
        at = bisect_left(onsets, ticks)
        near = [clock.seconds(onset) for onset in onsets[max(0, at - 1) : at + 1]]
        struck = min(near, key=lambda second: abs(second - cue.seconds), default=None)
        found.append(Landing(cue, clock.seconds(ticks), struck))
    return tuple(found)


def judge_played_duration(played: PlayedIndex) -> Finding:
    """Judge that the piece ends when it was asked to, to the microsecond."""
    plan, performance = played.plan, played.performance
    if plan is None or plan.length_seconds is None:
        return Finding(0)
    end = tempo_map(performance).seconds(performance.end_ticks)
    if abs(end - plan.length_seconds) <= LENGTH_SECONDS:
        return Finding(1)
    message = f"the end is at {end:.6f} s, not at {plan.length_seconds:.6f} s"
    return Finding(1, (Violation("duration", WHOLE_PIECE, message),))


def judge_played_hits(played: PlayedIndex) -> Finding:
    """Judge that every hit falls when it was asked, and that something is struck there.

    Its place in the music is met within a millisecond, and a note begins within a frame of video.
    """
    plan = played.plan
    if plan is None or not plan.cues:
        return Finding(0)
    violations = []
    for landing in landings(plan, played.performance):
        asked, struck = landing.cue.seconds, landing.struck_seconds
        ticks = ticks_from_quarters(landing.cue.onset_quarters)
        message = ""
        if abs(landing.seconds - asked) > CUE_SECONDS:
            message = f"the hit of {asked:g} s falls at {landing.seconds:.4f} s"
        elif struck is None or abs(struck - asked) > FRAME_SECONDS:
            message = f"nothing is struck at the hit of {asked:g} s"
        if message:
            violations.append(played.violation("hits", ticks, "", message))
    return Finding(len(plan.cues), tuple(violations))


def curve_faults(plan: Plan, performance: Performance) -> list[str]:
    """Faults of a planned tempo curve, and of the tempo map that plays it."""
    faults = _bends(plan)
    clock = tempo_map(performance)
    planned = 0.0
    for before, point in pairwise(plan.tempos):
        length = float(point.onset_quarters - before.onset_quarters)
        planned += 60 * length / before.quarters_per_minute
        ticks = ticks_from_quarters(point.onset_quarters, performance.ticks_per_quarter)
        if abs(clock.seconds(ticks) - planned) > CUE_SECONDS:
            faults.append(
                f"quarter {point.onset_quarters} is played at {clock.seconds(ticks):.4f} s, "
                f"and planned at {planned:.4f} s"
            )
    faults += _foreign_changes(plan, performance, clock)
    return faults


def _bends(plan: Plan) -> list[str]:
    """Where the planned curve goes too far, or too fast."""
    slows_from = plan.length_quarters - SLOWING_BARS * plan.meter.bar_quarters
    faults = []
    before: float | None = None
    if not plan.tempos or plan.tempos[0].onset_quarters != 0:
        return ["the tempo curve does not begin at the start"]
    for point in plan.tempos:
        share = point.quarters_per_minute / plan.quarters_per_minute
        said = f"the tempo at quarter {point.onset_quarters} is {share:.3f} of the common one"
        least = 1 - FURTHEST_BEND - _MARGIN
        if point.onset_quarters >= slows_from and not plan.loop:
            least *= SLOWEST
        elif before is not None and abs(share / before - 1) > STEEPEST_STEP + _MARGIN:
            faults.append(f"{said}, after {before:.3f}")
        if not least <= share <= 1 + FURTHEST_BEND + _MARGIN:
            faults.append(said)
        before = share
    return faults


def _foreign_changes(plan: Plan, performance: Performance, clock: TempoMap) -> list[str]:
    """Tempos of the map that are far from what the curve has there."""
    onsets = [point.onset_quarters for point in plan.tempos]
    faults = []
    for tempo in performance.tempos:
        at = Fraction(tempo.ticks, performance.ticks_per_quarter)
        number = bisect_left(onsets, at)
        number -= number == len(onsets) or onsets[number] != at
        want = 60_000_000 / plan.tempos[max(0, number)].quarters_per_minute
        if abs(tempo.microseconds_per_quarter - want) > max(4.0, 1e-4 * want):
            second = clock.seconds(tempo.ticks)
            faults.append(f"the tempo at {second:.2f} s is not that of the curve")
    return faults

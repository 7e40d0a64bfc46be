"""Bars and tempo for a length in seconds, and for hits: within the style's tempos where it can be.

With a length, bars and tempo hang together: so many bars at the tempo at which they last exactly
that long. What the user gives is kept: the bars exactly, the tempo as nearly as whole bars allow.
Where both are given, the tempo gives way by up to `FURTHEST_TEMPO`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from composer.errors import BriefError
from composer.music.brief import DEFAULT_BARS, MAX_BARS, Brief
from composer.writing.cue_forms import (
    NEAR,
    best_form,
    course_of,
    free_tempos,
    hit_cost,
    style_tempos,
    tempo_for_hits,
)
from composer.writing.cue_places import SHORTEST_SECONDS

if TYPE_CHECKING:
    from composer.writing.lengths import Asked, FormBars

SHORTEST, LONGEST = 1, 1800
"""Seconds that a piece may be asked to last."""
FURTHEST_TEMPO = 0.08
"""By how much of itself a given tempo may change, where bars and length are given too."""
MOST_HITS = 200
_SLOWEST, _FASTEST = 20, 400
_TOLD = 0.0005  # change of a given tempo from which the user is told
_EXACT = 0.004
_OUTSIDE = 0.02
_ODD = ((8, 0.0), (4, 0.3), (2, 1.5), (1, 3.0))  # what numbers of bars cost, by what divides them
_TRIED = 6
_HIT_COST = 1.0
_LONG = 256  # bars from which drawing forms for several numbers of bars takes too long


@dataclass(frozen=True, slots=True)
class Pace:
    """A tempo for given bars.

    Args:
        quarters_per_minute: The common tempo.
        notes: What was decided, a sentence each.
    """

    quarters_per_minute: float
    notes: tuple[str, ...] = ()


def check_times(brief: Brief) -> None:
    """Check length, loop and hits by themselves.

    Raises:
        BriefError: If a time is out of range, or hits do not ascend or lie too close together.
    """
    if brief.duration is not None:
        _seconds("duration", brief.duration, SHORTEST)
    if not isinstance(brief.loop, bool):
        raise BriefError("loop", f"must be true or false, not {brief.loop!r}")
    if brief.hits is None:
        return
    if not isinstance(brief.hits, tuple | list):
        raise BriefError("hits", f"must be a tuple of seconds, not {brief.hits!r}")
    if len(brief.hits) > MOST_HITS:
        raise BriefError("hits", f"are at most {MOST_HITS}, not {len(brief.hits)}")
    before: float | None = None
    for hit in brief.hits:
        _seconds("hits", hit, 0)
        if before is not None and hit <= before:
            raise BriefError("hits", f"must ascend, and {hit:g} s comes after {before:g} s")
        if hit and hit - (before or 0.0) < SHORTEST_SECONDS:
            raise BriefError(
                "hits",
                f"{hit:g} s comes {hit - (before or 0.0):.3g} s after {before or 0.0:g} s; "
                f"leave {SHORTEST_SECONDS:g} s at least",
            )
        if brief.duration is not None and hit >= brief.duration:
            raise BriefError("hits", f"{hit:g} s is not before the end at {brief.duration:g} s")
        before = hit


def _seconds(field: str, value: object, low: int) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, int | float) or not number or not isfinite(value):
        raise BriefError(field, f"must be a time in seconds, not {value!r}")
    if not low <= value <= LONGEST:
        raise BriefError(field, f"must be from {low} to {LONGEST} seconds, not {value:g}")


def bars_of(asked: Asked) -> int | None:
    """How many bars last as long as is asked; None where no time is asked.

    Of the numbers of bars whose tempo is near the wanted one, the best: near that tempo, within
    those of the style, fours and eights rather than odd numbers, and such that hits fall well.
    """
    brief, bar = asked.brief, float(asked.meter.bar_quarters)
    if brief.duration is None:
        return _bars_for_hits(asked)
    unit = len(asked.chord_bars) if asked.chord_bars else 1
    most = MAX_BARS // unit * unit
    ideal = brief.duration * asked.quarters_per_minute / (60 * bar)
    reach = range(max(1, int(0.6 * ideal / unit)), int(1.7 * ideal / unit) + 2)
    counts = [unit * n for n in reach if unit * n <= most] or [most or unit]
    ranked = sorted(counts, key=lambda bars: (_count_cost(asked, bars), bars))
    if not brief.hits:
        return ranked[0]
    return min(ranked[:_TRIED], key=lambda bars: (_cost_with_hits(asked, bars), bars))


def tempo_of(asked: Asked, bars: int, form: FormBars | None) -> Pace:
    """The tempo at which so many bars last as long as is asked, and meet the hits best.

    Raises:
        BriefError: If no tempo makes the bars last so long, or none within `FURTHEST_TEMPO` of the
            one that is given together with bars.
    """
    brief, wanted = asked.brief, asked.quarters_per_minute
    if brief.duration is None:
        return Pace(tempo_for_hits(asked, bars, form))
    quarters = float(asked.meter.bar_quarters * bars)
    tempo = round(60 * quarters / brief.duration, 3)
    length = f"{brief.duration:g} s"
    change = abs(tempo / wanted - 1)
    if brief.tempo is not None and brief.bars is not None and change > FURTHEST_TEMPO:
        fitting = max(1, round(brief.duration * wanted / (60 * float(asked.meter.bar_quarters))))
        raise BriefError(
            "duration",
            f"{bars} bars of {asked.meter.counted} at {wanted:g} quarters a minute do not last "
            f"{length}; {_bars(fitting)} would, or leave --tempo or --bars out",
        )
    if not _SLOWEST <= tempo <= _FASTEST:
        low, high = (
            -(-brief.duration * limit // (60 * float(asked.meter.bar_quarters)))
            for limit in (_SLOWEST, _FASTEST)
        )
        raise BriefError(
            "duration",
            f"{_bars(bars)} cannot last {length} at {_SLOWEST} to {_FASTEST} quarters a minute; "
            f"{low:g} to {max(low, high - 1):g} bars can",
        )
    last = "lasts" if bars == 1 else "last"
    notes = [f"{_bars(bars)} at {tempo:g} quarters a minute {last} {length} exactly"]
    if brief.tempo is not None and change > _TOLD:
        notes[0] += f"; the tempo of {wanted:g} gives way"
    low, high = style_tempos(asked)
    if brief.tempo is None and not low * 0.99 <= tempo <= high * 1.01:
        notes.append(f"the style is mostly played at {low:g} to {high:g} quarters a minute")
    return Pace(tempo, tuple(notes))


def _count_cost(asked: Asked, bars: int) -> float:
    """What a number of bars costs: a strange tempo, an odd number."""
    brief = asked.brief
    tempo = 60 * float(asked.meter.bar_quarters) * bars / (brief.duration or 1.0)
    change = tempo / asked.quarters_per_minute - 1
    if brief.tempo is not None:
        return (change / _EXACT) ** 2
    low, high = style_tempos(asked)
    outside = max(0.0, low / tempo - 1, tempo / high - 1)
    odd = next(cost for divisor, cost in _ODD if bars % divisor == 0)
    if bars < 8:
        odd = 0.0 if bars in (4, 8) else 0.3 if bars in (1, 2, 6) else 0.6
    return (change / NEAR) ** 2 + (outside / _OUTSIDE) ** 2 + 2.0 * (outside > 0) + odd


def _cost_with_hits(asked: Asked, bars: int) -> float:
    """What a number of bars costs together with hits, on the best form that is drawn for it."""
    cost = _count_cost(asked, bars)
    if asked.brief.form is None and asked.brief.melody is None and bars < _LONG:
        return cost + _HIT_COST * best_form(asked, bars)[0]
    (tempo,) = free_tempos(asked, bars)
    return cost + _HIT_COST * hit_cost(asked, course_of(asked, bars, tempo))


def _bars_for_hits(asked: Asked) -> int | None:
    """Enough bars for the last hit, and four at least after it; None where the usual do."""
    hits = asked.brief.hits
    if not hits or asked.chord_bars or asked.brief.bars is not None:
        return None
    bar = float(asked.meter.bar_quarters) * 60 / asked.quarters_per_minute
    needed = int(hits[-1] / bar) + 5
    if needed <= DEFAULT_BARS:
        return None
    bars = -(-needed // 4) * 4
    if bars > MAX_BARS:
        raise BriefError(
            "hits",
            f"{hits[-1]:g} s lies beyond {MAX_BARS} bars at this tempo; ask for a slower one",
        )
    return bars


def _bars(count: int) -> str:
    return "1 bar" if count == 1 else f"{count} bars"

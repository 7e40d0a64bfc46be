"""Tells the drummers of a family apart: how each is early or late, and what each accents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, median

from composer.training.drum_clips import LIMBS
from composer.training.drum_grid import PlacedHit
from composer.training.groove_feel import Feel
from composer.training.tables import toml_table

_MOST_FEELS = 4
_LEAST_BARS = 48  # bars that a feel is worth telling for
_FELT = ("kick", "snare", "rim", "hat", "ride")  # of which a feel is told

Take = tuple[str, int, Sequence[PlacedHit]]
"""Name of the clip, whose first folder is the drummer; its bars; its strokes."""


def feel_tables(takes: Sequence[Take]) -> list[str]:
    """Writes up to four feels of a family: a drummer's, or that of half of a drummer's takes.

    Who played most is told twice, by how the backbeat lies against the hands: a drummer pushes
    one song and lays back in another, and a mean of both is neither.
    """
    lines: list[str] = []
    for name, group in _groups(takes)[:_MOST_FEELS]:
        feel = Feel()
        for _, _, placed in group:
            feel.add([hit for hit in placed if hit.limb in _FELT])
        tables = feel.brief_tables()
        head = {"drummer": name, "bars": sum(bars for _, bars, _ in group)}
        lines += toml_table("feels", {**head, **tables}, array=True)
    return lines


def _groups(takes: Sequence[Take]) -> list[tuple[str, list[Take]]]:
    """Takes that are told together, those with most bars first."""
    by_drummer: defaultdict[str, list[Take]] = defaultdict(list)
    for take in takes:
        by_drummer[take[0].partition("/")[0]].append(take)
    groups: list[tuple[str, list[Take]]] = []
    for drummer, own in sorted(by_drummer.items()):
        lags = [_lag(placed) for _, _, placed in own]
        middle = median(lags)
        ahead = [take for take, lag in zip(own, lags, strict=True) if lag < middle]
        behind = [take for take, lag in zip(own, lags, strict=True) if lag >= middle]
        halves = [(f"{drummer} ahead", ahead), (f"{drummer} behind", behind)]
        whole = all(_bars(half) >= _LEAST_BARS for _, half in halves)
        groups += halves if whole else [(drummer, own)]
    groups = [group for group in groups if _bars(group[1]) >= _LEAST_BARS]
    return sorted(groups, key=lambda group: (-_bars(group[1]), group[0]))


def _bars(takes: Sequence[Take]) -> int:
    return sum(bars for _, bars, _ in takes)


def _lag(placed: Sequence[PlacedHit]) -> float:
    """How late the snare voices lie against all other limbs, in quarters."""
    backs = [hit.late_quarters for hit in placed if hit.limb in ("snare", "rim")]
    others = [h.late_quarters for h in placed if h.limb in LIMBS and h.limb not in ("snare", "rim")]
    return fmean(backs) - fmean(others) if backs and others else 0.0

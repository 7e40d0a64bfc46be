"""Beams: which short notes hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from composer.exporting.engraving.paper import Written
from composer.exporting.engraving.values import middle
from composer.theory.meter import Meter

_BEAMS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4}
_EIGHTH = Fraction(1, 2)


def beamed(content: Sequence[Written], meter: Meter) -> tuple[Written, ...]:
    """The content of one voice of one bar with its beams: by beats, as the meter is counted.

    Plain eighths of a half bar hang together, and all six of a bar of three quarters.
    """
    found = list(content)
    places = range(len(found))
    for _, group in groupby(places, lambda i: _group(found[i].onset_quarters, content, meter)):
        run: list[int] = []
        for place in (*group, None):
            if place is not None and found[place].heads and _count(found[place]):
                run.append(place)
                continue
            for index, beams in zip(run, _beams([_count(found[i]) for i in run]), strict=True):
                found[index] = replace(found[index], beams=beams)
            run = []
    return tuple(found)


def _count(written: Written) -> int:
    return _BEAMS.get(written.value.type, 0) if written.value is not None else 0


def _beams(counts: Sequence[int]) -> list[tuple[str, ...]]:
    """What each beam of each note of a run does."""
    if len(counts) < 2:
        return [() for _ in counts]
    return [
        tuple(_beam(counts, place, level) for level in range(1, count + 1))
        for place, count in enumerate(counts)
    ]


def _beam(counts: Sequence[int], place: int, level: int) -> str:
    before = place > 0 and counts[place - 1] >= level
    after = place + 1 < len(counts) and counts[place + 1] >= level
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "backward hook" if place else "forward hook"


def _group(place: Fraction, content: Sequence[Written], meter: Meter) -> int:
    """Number of the beat, or of the run of beats, whose notes hang together."""
    beat = max(i for i, onset in enumerate(meter.beat_onsets) if onset <= place)
    if any(length != 1 for length in meter.beat_quarters):
        return beat
    span = _joined(beat, meter)
    end = meter.beat_onsets[span[-1]] + meter.beat_quarters[span[-1]]
    inside = [w for w in content if meter.beat_onsets[span[0]] <= w.onset_quarters < end]
    plain = all(w.heads and w.duration_quarters == _EIGHTH and not w.tuplet for w in inside)
    return span[0] if plain else beat


def _joined(beat: int, meter: Meter) -> range:
    """The beats that plain eighths hang together over: a half bar, or a bar of three."""
    half = middle(meter)
    if half is None:
        return range(len(meter.beats))
    cut = meter.middle_beat
    return range(cut) if beat < cut else range(cut, len(meter.beats))

"""Anyone's bars as bars of one meter that we write: what everything else is heard in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer.evaluating.chroma import pitch_class_presence
from composer.evaluating.windows import Window
from composer.music.brief import MAX_BARS
from composer.music.song import Floats, Song, SongPart, part_of
from composer.theory.meter import METERS, Meter, parse_meter

EARLY_QUARTERS = 1 / 24
"""A note played so little before a bar line belongs to the bar after it."""

_EPSILON = 1e-6
_FEWEST_PAIRS = 8
_PAIRED = 1.35  # by how much more harmony changes at every second bar line of bars in pairs
_FASTEST = 1000.0
_TEMPOS_ASKED = 256
_NEAR = 0.03  # share by which tempos differ that count as one
# Bars that are not written as they are: how they are counted, by their length in quarters.
_ALIKE = {4.0: "4/4", 2.0: "2/4", 8.0: "4/4", 6.0: "3/4", 12.0: "3/4", 1.5: "6/8", 1.0: "4/4"}
_COMPOUND_ALIKE = {6.0: "12/8", 3.0: "6/8", 1.5: "6/8", 4.5: "9/8"}


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A stretch of a song, each bar of which is a bar of one meter.

    Args:
        meter: The meter.
        window: The notes, counted from the first bar line.
        starts: Where each bar begins in the file, in quarters, and where the last one ends,
            ``[bars + 1]``.
        pickup_quarters: How much of the window's notes precede its first full bar: nothing, or
            the first bar, of which only the end is played.
        strange: How many bars of the file are counted otherwise.
        cut: How many bars of the file were left out at its end.
    """

    meter: Meter
    window: Window
    starts: Floats
    pickup_quarters: float
    strange: int
    cut: int

    @property
    def first_bar(self) -> int:
        """Index of the first full bar."""
        return int(self.pickup_quarters > 0)

    @property
    def bars(self) -> int:
        """How many full bars there are."""
        return self.window.bars - self.first_bar


def counted(numerator: int, denominator: int) -> Meter | None:
    """The meter in which bars are counted that a file writes in its own way; None for none.

    ``2/2`` is counted in ``4/4``, ``3/2`` as two bars of ``3/4``, two bars of ``3/8`` as ``6/8``.

    >>> counted(2, 2).name, counted(3, 8).name, counted(11, 8)
    ('4/4', '6/8', None)
    """
    name = f"{numerator}/{denominator}"
    if name in METERS:
        return parse_meter(name)
    compound = denominator >= 8 and numerator % 3 == 0
    known = _COMPOUND_ALIKE if compound else _ALIKE
    alike = known.get(4.0 * numerator / denominator)
    return parse_meter(alike) if alike is not None else None


def whole(song: Song) -> Passage:
    """All bars of a song, in the meter that lasts longest in it; what is silent before is left out.

    A bar that is counted otherwise becomes a bar of that meter, or several, with a rest at its end,
    so that no note is lost. What lies beyond 1024 bars is left out.
    """
    lasts: Counter[str] = Counter()
    bars = _bars(song)
    for start, end, meter in bars:
        if meter is not None:
            lasts[meter.name] += round((end - start) * 24)
    name = max(sorted(lasts), key=lambda name: lasts[name], default="4/4")
    return _paired(song, _on_grid(song, bars, parse_meter(name)))


def ending(song: Song, most_bars: int) -> Passage:
    """The last bars of a song in its last meter, as many as are asked for or there are."""
    bars = _bars(song)
    meter = next((meter for _, _, meter in reversed(bars) if meter is not None), None)
    meter = meter if meter is not None else parse_meter("4/4")
    alike = 0
    for _, _, other in reversed(bars):
        if other != meter:
            break
        alike += 1
    return _paired(song, _on_grid(song, bars[len(bars) - max(1, min(alike, most_bars)) :], meter))


def quarters_per_minute(song: Song, start: float, end: float) -> float:
    """The tempo that lasts longest in a span, with those near it; ends that slow are outvoted."""
    changes = [span.onset_quarters for span in song.tempos[1:]] + [np.inf]
    lasts: Counter[int] = Counter()
    for span, until in zip(song.tempos, changes, strict=True):
        length = min(until, end) - max(span.onset_quarters, start)
        if length > 0:
            tenths = round(10 * min(span.quarters_per_minute, _FASTEST))
            lasts[tenths] += round(float(length) * 24)
    if not lasts:
        return 120.0
    tempos = [tempo for tempo, _ in lasts.most_common(_TEMPOS_ASKED)]
    near = {
        tempo: [other for other in tempos if abs(other - tempo) <= _NEAR * tempo]
        for tempo in sorted(tempos)
    }
    group = max(near.values(), key=lambda group: sum(lasts[tempo] for tempo in group))
    return max(sorted(group), key=lambda tempo: lasts[tempo]) / 10


def _bars(song: Song) -> list[tuple[float, float, Meter | None]]:
    """Start, end and meter of each bar from the first with a note to the last; None is unknown."""
    first = min(float(part.onset_quarters[0]) for part in song.parts) + EARLY_QUARTERS
    last = max(float(part.onset_quarters[-1]) for part in song.parts) + EARLY_QUARTERS
    ends = [span.onset_quarters for span in song.meters[1:]] + [np.inf]
    found: list[tuple[float, float, Meter | None]] = []
    for span, until in zip(song.meters, ends, strict=True):
        meter = counted(span.numerator, span.denominator)
        length = _bar_length(span.bar_quarters, meter)
        start = span.onset_quarters
        start += max(0, int((first - start) / length + _EPSILON)) * length
        while start < until - _EPSILON and start <= last + _EPSILON:
            end = min(start + length, until)
            found.append((start, end, meter))
            start = end
            if len(found) > 8 * MAX_BARS:
                return found
    return found


def _bar_length(written: float, meter: Meter | None) -> float:
    """Quarters of a bar as it is counted."""
    return float(meter.bar_quarters) if meter is not None else max(written, 1.0)


def _on_grid(
    song: Song, bars: Sequence[tuple[float, float, Meter | None]], meter: Meter
) -> Passage:
    """The bars one after another, each from a bar line of the meter on."""
    length = float(meter.bar_quarters)
    starts: list[float] = []
    strange = 0
    for start, end, other in bars:
        strange += other != meter
        spans = max(1, int(np.ceil((end - start) / length - _EPSILON)))
        starts += [start + length * number for number in range(spans)]
    cut = max(0, len(starts) - MAX_BARS)
    end = bars[-1][1] if not cut else starts[MAX_BARS]
    starts = [*starts[:MAX_BARS], end]
    grid = np.array(starts)
    parts = tuple(found for part in song.parts if len(found := _moved(part, grid, length)))
    count = len(starts) - 1
    window = Window(
        song.name,
        "opening",
        1,
        count,
        meter.numerator,
        meter.denominator,
        parts,
        quarters_per_minute(song, starts[0], end),
        count,
    )
    return Passage(meter, window, grid, _pickup(window, length), strange, cut)


def _paired(song: Song, passage: Passage) -> Passage:
    """Bars of 2/4 as 4/4 where they go in pairs: many files halve the bars of a song.

    Harmony then changes at every second bar line more than at the others.
    """
    if passage.meter.name != "2/4" or passage.window.bars < 2 * _FEWEST_PAIRS:
        return passage
    slots = passage.window.bar_slots
    presence = np.minimum(pitch_class_presence(passage.window), 1.0)
    bars = presence.reshape(passage.window.bars, slots, -1).mean(axis=1)
    changes = np.abs(np.diff(bars, axis=0)).sum(axis=1)  # at the bar lines after each bar
    even, odd = float(changes[1::2].mean()), float(changes[::2].mean())
    if max(even, odd) < _PAIRED * min(even, odd) or max(even, odd) <= 0:
        return passage
    first = 0 if even > odd else 1  # bar that opens the first pair
    firsts = passage.starts[first:-1:2].tolist()
    ends = [*firsts[1:], float(passage.starts[-1])]
    four = parse_meter("4/4")
    pairs: list[tuple[float, float, Meter | None]] = [
        (start, min(end, start + 4.0), four) for start, end in zip(firsts, ends, strict=True)
    ]
    if first:
        opens = float(passage.starts[0])
        pairs.insert(0, (opens - 2.0, opens + 2.0, four))
    paired = _on_grid(song, pairs, four)
    return replace(paired, strange=passage.strange, cut=passage.cut)


def _moved(part: SongPart, starts: Floats, length: float) -> SongPart:
    """A part with its onsets on the grid; what lies outside of it is left out."""
    place = np.searchsorted(starts, part.onset_quarters + EARLY_QUARTERS, side="right") - 1
    inside = (place >= 0) & (place < len(starts) - 1)
    place = place[inside]
    onsets = np.clip(part.onset_quarters[inside] - starts[place], 0.0, length - _EPSILON)
    onsets = onsets + place * length
    lengths = np.minimum(part.duration_quarters[inside], (len(starts) - 1) * length - onsets)
    return part_of(
        part.name,
        part.program,
        part.is_drums,
        onsets,
        np.maximum(lengths, _EPSILON),
        part.pitch[inside],
        part.velocity[inside],
    )


def _pickup(window: Window, length: float) -> float:
    """Length of the first bar where it is an upbeat: nothing begins in its first half."""
    if window.bars < 2 or not window.parts:
        return 0.0
    first = min(float(part.onset_quarters[0]) for part in window.parts)
    early = sum(int(np.searchsorted(part.onset_quarters, length)) for part in window.parts)
    then = sum(int(np.searchsorted(part.onset_quarters, 2 * length)) for part in window.parts)
    return length if first >= length / 2 - EARLY_QUARTERS and early < then - early else 0.0

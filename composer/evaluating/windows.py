"""Windows of 32 bars in a song's own meter: what every metric is computed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from composer.errors import EvaluationError
from composer.music.song import Integers, MeterSpan, Song, SongPart

WINDOW_BARS = 32
"""The length of a window."""

FEWEST_BARS = 4
"""A song with fewer bars of one meter is not measured."""

GRID = 12
"""Slots in a quarter: it holds sixteenths (3 slots) and eighth triplets (4)."""

_LONG_ENOUGH_FOR_A_MIDDLE = 48
_FEWEST_NOTES = 8
_FALLBACK_TEMPO = 120.0
_EPSILON = 1e-6
_HALF_SLOT = 0.5 / GRID  # a note played so little before a bar line belongs to the bar after it

Place = Literal["opening", "middle"]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Some bars of a song in one meter.

    Args:
        song: Name of the song.
        place: Where it was cut: the ``opening`` or the ``middle``.
        first_bar: Number of its first bar in the song, counted from 1 where the notes begin.
        bars: How many bars.
        numerator: Upper number of the time signature.
        denominator: Lower number.
        parts: Notes counted from the window's start; parts that are silent in it are left out.
        quarters_per_minute: Tempo, the mean over the window weighted by time in quarters.
        song_bars: Bars of the whole song.
    """

    song: str
    place: Place
    first_bar: int
    bars: int
    numerator: int
    denominator: int
    parts: tuple[SongPart, ...]
    quarters_per_minute: float
    song_bars: int

    @property
    def bar_quarters(self) -> float:
        """Length of a bar."""
        return 4.0 * self.numerator / self.denominator

    @property
    def beat_quarters(self) -> float:
        """Length of a beat: the denominator's, dotted in compound meters (6/8, 9/8, 12/8)."""
        compound = self.denominator >= 8 and self.numerator % 3 == 0 and self.numerator > 3
        return 4.0 / self.denominator * (3 if compound else 1)

    @property
    def bar_slots(self) -> int:
        """Slots of the grid in a bar."""
        return max(round(self.bar_quarters * GRID), 1)

    @property
    def pitched(self) -> tuple[SongPart, ...]:
        """The parts that are not drums."""
        return tuple(part for part in self.parts if not part.is_drums)

    @property
    def drums(self) -> tuple[SongPart, ...]:
        """The drum parts."""
        return tuple(part for part in self.parts if part.is_drums)

    def onset_slots(self, part: SongPart) -> Integers:
        """Onsets on the grid, ``[notes]``, 0 to bars * bar_slots - 1."""
        slots = np.floor(part.onset_quarters * GRID + 0.5).astype(np.int64)
        return np.minimum(slots, self.bars * self.bar_slots - 1)


def opening(song: Song) -> Window:
    """The first bars, from the first bar that holds a note; fewer than 32 where it is shorter.

    Raises:
        EvaluationError: If it has fewer than 4 bars of one meter, or fewer than 8 notes in them.
    """
    for run in _runs(song):
        if run.bars >= FEWEST_BARS:
            window = _cut(song, run, 0, min(run.bars, WINDOW_BARS), "opening")
            if sum(len(part) for part in window.parts) >= _FEWEST_NOTES:
                return window
    raise EvaluationError(
        f"{song.name}: has no {FEWEST_BARS} bars of one meter with {_FEWEST_NOTES} notes or more"
    )


def middle(song: Song) -> Window | None:
    """The 32 bars in the middle of its longest stretch in one meter; None under 48 bars."""
    run = max(_runs(song), key=lambda run: run.bars, default=None)
    if run is None or run.bars < _LONG_ENOUGH_FOR_A_MIDDLE:
        return None
    window = _cut(song, run, (run.bars - WINDOW_BARS) // 2, WINDOW_BARS, "middle")
    return window if sum(len(part) for part in window.parts) >= _FEWEST_NOTES else None


@dataclass(frozen=True, slots=True)
class _Run:
    """Bars of one meter that follow each other."""

    meter: MeterSpan
    start_quarters: float
    bars: int
    first_bar: int


def _runs(song: Song) -> list[_Run]:
    """The stretches of one meter between the first note and the last."""
    first = min(float(part.onset_quarters[0]) for part in song.parts) + _HALF_SLOT
    last = max(float(part.onset_quarters[-1]) for part in song.parts) + _HALF_SLOT
    runs: list[_Run] = []
    ends = [meter.onset_quarters for meter in song.meters[1:]] + [np.inf]
    bar = 1
    for meter, end in zip(song.meters, ends, strict=True):
        length = meter.bar_quarters
        start = meter.onset_quarters
        skipped = max(int((first - start) / length + _EPSILON), 0)
        start += skipped * length
        if start >= end or start > last + _EPSILON:
            continue
        bars = int((last - start) / length + _EPSILON) + 1
        if end < np.inf:
            bars = min(bars, int(np.ceil((end - start) / length - _EPSILON)))
        previous = runs[-1] if runs else None
        if previous is not None and previous.meter.name == meter.name:
            joined = previous.start_quarters + previous.bars * length
            if abs(joined - start) < _EPSILON:  # the same time signature said again
                runs[-1] = _Run(
                    previous.meter,
                    previous.start_quarters,
                    previous.bars + bars,
                    previous.first_bar,
                )
                bar += bars
                continue
        runs.append(_Run(meter, start, bars, bar))
        bar += bars
    return runs


def _cut(song: Song, run: _Run, offset: int, bars: int, place: Place) -> Window:
    start = run.start_quarters + offset * run.meter.bar_quarters
    end = start + bars * run.meter.bar_quarters
    parts = (part.between(start, end, early=_HALF_SLOT) for part in song.parts)
    return Window(
        song.name,
        place,
        run.first_bar + offset,
        bars,
        run.meter.numerator,
        run.meter.denominator,
        tuple(part for part in parts if len(part)),
        _mean_tempo(song, start, end),
        sum(other.bars for other in _runs(song)),
    )


def _mean_tempo(song: Song, start: float, end: float) -> float:
    """Quarters a minute over a span: its quarters by its minutes."""
    changes = [span.onset_quarters for span in song.tempos[1:]] + [np.inf]
    minutes = 0.0
    for span, until in zip(song.tempos, changes, strict=True):
        length = min(until, end) - max(span.onset_quarters, start)
        if length > 0:
            minutes += length / span.quarters_per_minute
    return (end - start) / minutes if minutes > 0 else _FALLBACK_TEMPO

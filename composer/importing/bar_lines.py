"""The bar lines of a MIDI file, and where a tune's first downbeat lies. Clock: quarters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from composer.errors import MidiError
from composer.music.performance import MeterChange
from composer.theory.meter import METERS, Meter
from composer.theory.notated_meter import NotatedMeter, notated_meter


@dataclass(frozen=True, slots=True)
class MeterSpan:
    """A stretch of one time signature.

    Args:
        start_quarters: Where it begins: a bar line.
        notated: Its time signature.
        first_bar: Number of its first bar, counted from 1.
    """

    start_quarters: Fraction
    notated: NotatedMeter
    first_bar: int


@dataclass(frozen=True, slots=True)
class BarLines:
    """All bar lines of a file.

    Args:
        spans: Ordered, the first at 0.
    """

    spans: tuple[MeterSpan, ...]

    def index(self, quarters: Fraction) -> int:
        """Which span holds a moment."""
        found = [i for i, span in enumerate(self.spans) if span.start_quarters <= quarters]
        return found[-1] if found else 0

    def bar_start(self, quarters: Fraction) -> Fraction:
        """The last bar line at or before a moment."""
        span = self.spans[self.index(quarters)]
        bars = (quarters - span.start_quarters) // span.notated.bar_quarters
        return span.start_quarters + bars * span.notated.bar_quarters

    def bar(self, quarters: Fraction) -> int:
        """The number of the bar that holds a moment, counted from 1."""
        span = self.spans[self.index(quarters)]
        bars = (quarters - span.start_quarters) // span.notated.bar_quarters
        return span.first_bar + int(bars)

    def where(self, quarters: Fraction) -> str:
        """A moment for a message: ``bar 3, beat 2.5``; beats are what the signature counts."""
        span = self.spans[self.index(quarters)]
        lower = int(span.notated.name.rpartition("/")[2])
        beat = 1 + (quarters - self.bar_start(quarters)) * lower / 4
        return f"bar {self.bar(quarters)}, beat {float(round(beat, 2)):g}"


def bar_lines(meters: Sequence[MeterChange], ticks_per_quarter: int) -> BarLines:
    """The bar lines that a file's time signatures draw; one that repeats the last draws none.

    >>> lines = bar_lines([MeterChange(0, 1, 4), MeterChange(480, 3, 4)], 480)
    >>> lines.where(Fraction(5))
    'bar 3, beat 2'
    """
    spans: list[MeterSpan] = []
    for change in meters:
        notated = notated_meter(str(change.numerator), change.denominator) or NotatedMeter(
            f"{change.numerator}/{change.denominator}",
            Fraction(4 * change.numerator, change.denominator),
            None,
        )
        start = Fraction(change.ticks, ticks_per_quarter)
        if not spans:
            spans.append(MeterSpan(start, notated, 1))
            continue
        last = spans[-1]
        if last.notated == notated:
            continue
        bars = math.ceil((start - last.start_quarters) / last.notated.bar_quarters)
        spans.append(MeterSpan(start, notated, last.first_bar + bars))
    return BarLines(tuple(spans))


@dataclass(frozen=True, slots=True)
class FirstDownbeat:
    """Where the bars of a tune are counted from.

    Args:
        quarters: The first downbeat; a pick-up sounds before it.
        meter: The time signature that we write it in.
        notated: How the file has it.
    """

    quarters: Fraction
    meter: Meter
    notated: NotatedMeter


def first_downbeat(lines: BarLines, first: Fraction, end: Fraction) -> FirstDownbeat:
    """Find the first downbeat of a tune.

    A bar that is shorter than those after it, by its time signature, is a pick-up; so is what
    begins in the second half of its first bar, where more bars follow.

    Args:
        lines: The bar lines of its file.
        first: Onset of its first note.
        end: End of its last note.

    Raises:
        MidiError: If a time signature is none that we write, or changes within the tune; the
            message is the rest of a sentence that begins with the file.
    """
    at = lines.index(first)
    span = lines.spans[at]
    origin = lines.bar_start(first)
    following = lines.spans[at + 1] if at + 1 < len(lines.spans) else None
    if (
        following is not None
        and following.start_quarters < end
        and following.start_quarters - origin < following.notated.bar_quarters
        and following.start_quarters - origin <= span.notated.bar_quarters
    ):
        origin, at = following.start_quarters, at + 1
    else:
        bar = span.notated.bar_quarters
        if first - origin >= bar / 2 and end > origin + bar:
            origin += bar
    meter = _one_meter(lines, at, origin, end)
    return FirstDownbeat(origin, meter, lines.spans[at].notated)


def _one_meter(lines: BarLines, at: int, origin: Fraction, end: Fraction) -> Meter:
    """The meter of all spans from one on to the end of a tune."""
    meter = lines.spans[at].notated.meter
    if meter is None:
        raise MidiError(
            f"its time signature {lines.spans[at].notated.name} in bar {lines.bar(origin)} is none "
            f"that we write ({', '.join(METERS)}); --time-signature counts it in another"
        )
    for before, span in pairwise(lines.spans[at:]):
        if span.start_quarters >= end:
            break
        whole = (span.start_quarters - origin) % meter.bar_quarters == 0
        if span.notated.meter != meter or not whole:
            raise MidiError(
                f"its time signature changes from {before.notated.name} to {span.notated.name} in "
                f"bar {span.first_bar}; a tune keeps to one, and --time-signature counts it in one"
            )
    return meter

"""Where in the music the moments fall that the user asked for: on bar lines, beats, or between.

Each hit may fall on any place near the one that the common tempo would have it on. A place costs
the more, the weaker it is (a section's beginning is free), and the way from one hit to the next
costs the more, the further its tempo is from the common one. The places that cost least together
are found by dynamic programming. Source: Viterbi, "Error bounds for convolutional codes" (1967).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from fractions import Fraction

from composer.theory.meter import Meter

SHORTEST_SECONDS = 0.15
"""Between two hits, and from the start to the first that is not at 0."""
_SECTION, _BAR, _STRONG, _BEAT, _HALF, _QUARTER, _BETWEEN = 0.0, 1.0, 2.0, 3.0, 6.0, 8.0, 11.0
_CLOSE_SECONDS = 2.5
"""Hits so near to another may fall anywhere on a grid of twelfths of a quarter."""
_NEAR_BARS = Fraction(3, 2)
_NEAR_BEATS = 2
_TWELFTH, _SIXTEENTH, _EIGHTH = Fraction(1, 12), Fraction(1, 4), Fraction(1, 2)
_FREE = 0.03  # of the tempo: what costs as much as a bar line that is no section's beginning
_FURTHEST = 0.075  # of the tempo, on the way from one hit to the next


@dataclass(frozen=True, slots=True)
class Course:
    """What the hits are laid over.

    Args:
        meter: The time signature.
        bars: How many bars there are.
        seconds_per_quarter: The common pace.
        length_seconds: When the piece ends; None where nobody asked.
        section_bars: Bars at which a section begins.
    """

    meter: Meter
    bars: int
    seconds_per_quarter: float
    length_seconds: float | None
    section_bars: Set[int] = frozenset()

    @property
    def length_quarters(self) -> Fraction:
        """Length in quarters."""
        return self.meter.bar_quarters * self.bars


@dataclass(frozen=True, slots=True)
class Places:
    """Places for all hits.

    Args:
        onsets: One a hit, ascending.
        cost: What they cost together; 0 where every hit begins a section at the common tempo.
    """

    onsets: tuple[Fraction, ...]
    cost: float


def place_hits(hits: Sequence[float], course: Course, strictness: float = 1.0) -> Places | None:
    """The best places for hits; None where there are none within what the tempo may bend.

    Args:
        hits: Seconds, ascending.
        course: What they are laid over.
        strictness: What a bent tempo costs, against weak places.

    >>> from composer.theory.meter import parse_meter
    >>> course = Course(parse_meter("4/4"), 16, 0.5, 32.0, frozenset({4}))
    >>> places = place_hits([8.2, 17.9], course)
    >>> [str(onset) for onset in places.onsets]
    ['16', '36']
    """
    rows: list[dict[Fraction, float]] = [{Fraction(0): 0.0}]
    ways: list[dict[Fraction, Fraction]] = []
    times = [0.0]
    for index, hit in enumerate(hits):
        if hit == 0:
            continue
        then = hits[index + 1] if index + 1 < len(hits) else None
        close = hit - times[-1] < _CLOSE_SECONDS
        close |= then is not None and then - hit < _CLOSE_SECONDS
        options = _options(hit, course, close=close)
        row, way = _step(rows[-1], options, hit - times[-1], course, strictness)
        if not row:
            return None
        rows.append(row)
        ways.append(way)
        times.append(hit)
    if course.length_seconds is not None:
        left = course.length_seconds - times[-1]
        row, way = _step(rows[-1], {course.length_quarters: 0.0}, left, course, strictness)
        if not row:
            return None
        (end,) = row
        cost, onset = row[end], way[end]
    else:
        onset = min(rows[-1], key=lambda place: (rows[-1][place], place))
        cost = rows[-1][onset]
    found = [onset]
    for way in reversed(ways):
        found.append(way[found[-1]])
    found.reverse()
    return Places(tuple(found if hits and hits[0] == 0 else found[1:]), cost)


def _step(
    before: dict[Fraction, float],
    options: dict[Fraction, float],
    seconds: float,
    course: Course,
    strictness: float,
) -> tuple[dict[Fraction, float], dict[Fraction, Fraction]]:
    """The cheapest way to each place from those before, and which it comes from."""
    row: dict[Fraction, float] = {}
    way: dict[Fraction, Fraction] = {}
    for onset, weak in options.items():
        for start, spent in before.items():
            if onset <= start:
                continue
            pace = seconds / float(onset - start)
            bend = pace / course.seconds_per_quarter - 1
            if abs(bend) > _FURTHEST:
                continue
            cost = spent + weak + strictness * (bend / _FREE) ** 2
            if onset not in row or cost < row[onset]:
                row[onset], way[onset] = cost, start
    return row, way


def _options(hit: float, course: Course, *, close: bool) -> dict[Fraction, float]:
    """The places near a hit, with what each costs; more of them where another hit is close."""
    meter = course.meter
    bar = meter.bar_quarters
    centre = Fraction(round(hit / course.seconds_per_quarter * 1000), 1000)
    found: dict[Fraction, float] = {}
    reach = bar * _NEAR_BARS
    first, last = int((centre - reach) // bar), int((centre + reach) // bar)
    near = max(meter.beat_quarters) * _NEAR_BEATS
    for number in range(max(0, first), min(course.bars, last + 1)):
        for place, strength in zip(meter.beat_onsets, meter.strengths, strict=True):
            onset = bar * number + place
            if place == 0:
                found[onset] = _SECTION if number in course.section_bars else _BAR
            elif abs(onset - centre) <= near:
                found[onset] = _STRONG if strength > 1 else _BEAT
    step = _TWELFTH if close else _SIXTEENTH
    start = int((centre - 1) // step)
    for number in range(max(1, start), start + int(2 / step) + 2):
        onset = step * number
        if onset < course.length_quarters:
            found.setdefault(onset, _weakness(onset))
    found.pop(Fraction(0), None)
    return found


def _weakness(onset: Fraction) -> float:
    """What a place between beats costs."""
    if onset % _EIGHTH == 0:
        return _HALF
    return _QUARTER if onset % _SIXTEENTH == 0 else _BETWEEN

"""Spans of time as note values: what one note can say, and where it must be cut and tied.

A note is cut where it would hide a beat that the eye looks for.
Source: Gould, *Behind Bars* (2011), pages 151-181; Read, *Music Notation* (1979), chapter 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from composer.exporting.engraving.paper import TYPES, NoteValue
from composer.theory.meter import Meter

GRID = Fraction(1, 8)
"""What is not in a triplet lies on 32nds."""

TRIPLET_GRID = Fraction(1, 24)
"""What is in a triplet lies here: 64ths of a triplet of eighths, which thirty-seconds share."""

_QUARTER, _EIGHTH = Fraction(1), Fraction(1, 2)
_VALUES: dict[Fraction, NoteValue] = {
    length * (Fraction(3, 2) if dots else 1): NoteValue(name, dots)
    for name, length in TYPES[:-1]
    for dots in (0, 1)
    if name != "32nd" or not dots
}
_TRIPLETS: dict[Fraction, NoteValue] = {
    length * (Fraction(3, 2) if dots else 1) * Fraction(2, 3): NoteValue(name, dots, triplet=True)
    for name, length in TYPES[2:]
    for dots in (0, 1)
    if name != "64th" or not dots
}
_LONGEST_FIRST = sorted(_TRIPLETS, reverse=True)


def note_values(
    start: Fraction, end: Fraction, meter: Meter, *, rest: bool = False
) -> Iterator[tuple[Fraction, NoteValue]]:
    """Cut a span of one bar into note values.

    Args:
        start: Its start within the bar, on the `GRID`.
        end: Its end, on the `GRID`.
        meter: The meter of the bar.
        rest: Whether it is silent: rests show the beats more strictly.

    Yields:
        Length in quarters and value of each note, in order; together they fill the span.

    >>> from composer.theory.meter import parse_meter
    >>> spans = note_values(Fraction(1), Fraction(4), parse_meter("4/4"))
    >>> [value.type for _, value in spans]
    ['quarter', 'half']
    """
    value = _VALUES.get(end - start)
    if value is not None and _is_clear(start, end, meter, rest):
        yield end - start, value
        return
    cut = _cut(start, end, meter)
    yield from note_values(start, cut, meter, rest=rest)
    yield from note_values(cut, end, meter, rest=rest)


def triplet_values(start: Fraction, end: Fraction) -> Iterator[tuple[Fraction, NoteValue]]:
    """Cut a span within a triplet into note values, the longest first.

    Args:
        start: Its start, on the `TRIPLET_GRID`.
        end: Its end, on the `TRIPLET_GRID`.

    >>> [(str(length), v.type) for length, v in triplet_values(Fraction(0), Fraction(2, 3))]
    [('2/3', 'quarter')]
    """
    while start < end:
        length = next(span for span in _LONGEST_FIRST if span <= end - start)
        yield length, _TRIPLETS[length]
        start += length


def middle(meter: Meter) -> Fraction | None:
    """Where a bar has a second half whose start must be seen; None where it has none."""
    index = meter.middle_beat
    return meter.middle if index and meter.strengths[index] > 1 else None


def _is_clear(start: Fraction, end: Fraction, meter: Meter, rest: bool) -> bool:
    """Whether a single note value from start to end hides no beat."""
    beats, bar = meter.beat_onsets, meter.bar_quarters
    if start == 0 and end == bar:
        return True
    half = middle(meter)
    on_beat, to_beat = start in beats, end in beats or end == bar
    crossed = [beat for beat in beats if start < beat < end]
    if half in crossed:
        even = all(length == _QUARTER for length in meter.beat_quarters) and len(beats) == 4
        if rest or not even:
            return False
        # A dotted half from the first beat, or a half note in the middle: as old as the meter.
        return (start, end) in ((Fraction(0), Fraction(3)), (Fraction(1), Fraction(3)))
    if not crossed:
        return _is_clear_within(start, end, on_beat, rest)
    if rest:
        return on_beat and to_beat and half is not None and start in (0, half)
    if on_beat and to_beat:
        return True
    if any(length != _QUARTER for length in meter.beat_quarters):
        return False
    dotted_quarter = end - start == Fraction(3, 2)
    syncopated = start % _EIGHTH == 0 and end - start == _QUARTER
    return syncopated or (dotted_quarter and (on_beat or to_beat))


def _is_clear_within(start: Fraction, end: Fraction, on_beat: bool, rest: bool) -> bool:
    """Whether a note value within one beat is clear: a rest stands where its own length divides."""
    return not rest or on_beat or start % (end - start) == 0


def _cut(start: Fraction, end: Fraction, meter: Meter) -> Fraction:
    """Where a span is cut: at the strongest place within, the last of them if it starts on one."""
    inside = [start + GRID * i for i in range(1, int((end - start) / GRID))]
    if not inside:
        raise ValueError(f"{start} to {end} is not on the grid of {GRID}")
    ranks = [_rank(place, meter) for place in inside]
    strongest = [place for place, rank in zip(inside, ranks, strict=True) if rank == max(ranks)]
    return strongest[-1] if _rank(start, meter) >= max(ranks) else strongest[0]


def _rank(place: Fraction, meter: Meter) -> int:
    """How strong a place of the bar is, 0 (a 32nd) to 5 (its start)."""
    if place == 0:
        return 5
    if place == middle(meter):
        return 4
    if place in meter.beat_onsets:
        return 3
    return next((rank for rank, step in ((2, 2), (1, 4)) if place % Fraction(1, step) == 0), 0)

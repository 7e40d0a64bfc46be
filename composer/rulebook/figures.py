"""Figures: rhythms of a bar or two as text, and how they fit any meter.

A figure is written beat by beat, ``R---|--R-|R---|5---``: cells joined by ``|``, bars by ``||``.
A cell of four signs is a simple beat in sixteenths, one of six a compound beat (a dotted quarter).
``.`` is a rest, ``-`` holds what sounds, everything else starts a note; what the sign means is the
writer's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from composer.theory.meter import Meter

# Which beats of a bar of n beats (first number) serve a bar of m beats (second): a bar is shortened
# from the inside, so that the downbeat and the last beat keep what they have, and lengthened by a
# second group that begins as the bar does: five are three and two.
_BEATS: dict[int, dict[int, tuple[int, ...]]] = {
    1: {2: (0, 0), 3: (0, 0, 0), 4: (0, 0, 0, 0), 5: (0, 0, 0, 0, 0)},
    2: {2: (0, 1), 3: (0, 1, 1), 4: (0, 1, 0, 1), 5: (0, 1, 1, 0, 1)},
    3: {2: (0, 2), 3: (0, 1, 2), 4: (0, 1, 2, 2), 5: (0, 1, 2, 0, 2)},
    4: {2: (0, 1), 3: (0, 2, 3), 4: (0, 1, 2, 3), 5: (0, 2, 3, 0, 1)},
    5: {2: (0, 3), 3: (0, 1, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)},
}
# The same for a bar of five that is counted two and three.
_TWO_AND_THREE: dict[int, tuple[int, ...]] = {
    1: (0, 0, 0, 0, 0),
    2: (0, 1, 0, 1, 1),
    3: (0, 2, 0, 1, 2),
    4: (0, 1, 0, 2, 3),
    5: (0, 2, 3, 1, 4),
}
MOST_BEATS = 5
_TO_COMPOUND = (0, 2, 4, 5)
_TO_SIMPLE = (0, 2, 4)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One note of a figure.

    Args:
        onset: Onset from the start of the bar, in quarters.
        duration: Length in quarters.
        sign: The sign that started it.
        beat: Index of its beat.
    """

    onset: Fraction
    duration: Fraction
    sign: str
    beat: int


def parse_bars(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Split a pattern into bars of cells.

    Raises:
        ValueError: If a cell has neither four nor six signs, or bars have no or over five beats.

    >>> parse_bars("R---|..R-")
    (('R---', '..R-'),)
    """
    bars = tuple(tuple(bar.split("|")) for bar in pattern.replace(" ", "").split("||"))
    for bar in bars:
        if not 1 <= len(bar) <= MOST_BEATS:
            raise ValueError(f'"{pattern}": a bar must have one to five beats')
        if any(len(cell) not in (4, 6) for cell in bar):
            raise ValueError(f'"{pattern}": a beat must have four signs (or six in compound time)')
    return bars


def _as_compound(cell: str) -> str:
    if len(cell) == 6:
        return cell
    signs = ["-"] * 6
    for index, sign in enumerate(cell):
        signs[_TO_COMPOUND[index]] = sign
    for gap, before in ((1, 0), (3, 2)):
        signs[gap] = "." if signs[before] == "." else "-"
    return "".join(signs)


def _as_simple(cell: str) -> str:
    if len(cell) == 4:
        return cell
    first, second, third = (cell[i] for i in _TO_SIMPLE)
    off = second if second not in ".-" else third
    return first + ("." if first == "." else "-") + off + ("." if off == "." else "-")


def fit_cells(cells: tuple[str, ...], meter: Meter) -> tuple[str, ...]:
    """Choose and reshape the cells of a bar for a meter.

    >>> from composer.theory.meter import parse_meter
    >>> fit_cells(("K...", "S...", "K.K.", "S..."), parse_meter("3/4"))
    ('K...', 'K.K.', 'S...')
    """
    if len(cells) == 4 and set(meter.beats) == {2, 3}:
        return _uneven(cells, meter)
    if len(meter.beats) == MOST_BEATS and meter.strengths[2] == 2:
        chosen = _TWO_AND_THREE[len(cells)]
    else:
        chosen = _BEATS[len(cells)][len(meter.beats)]
    return tuple(
        _as_compound(cells[index]) if eighths == 3 else _as_simple(cells[index])
        for index, eighths in zip(chosen, meter.beats, strict=True)
    )


def _uneven(cells: tuple[str, ...], meter: Meter) -> tuple[str, ...]:
    """Four beats in a bar of 7/8: its long beat takes one and a half of them."""
    found: list[str] = []
    index = 0
    for eighths in meter.beats:
        cell = _as_simple(cells[index])
        if eighths == 3:
            index += 1
            cell += _as_simple(cells[index])[:2]
        found.append(cell)
        index += 1
    return tuple(found)


@lru_cache(maxsize=4096)
def strokes(cells: tuple[str, ...], meter: Meter) -> tuple[Stroke, ...]:
    """The notes of one bar of a figure in a meter.

    A hold at the start of the bar, with nothing sounding before it, is a rest.
    """
    step = Fraction(1, 4)
    result: list[Stroke] = []
    position = Fraction(0)
    sounding = False
    for beat, cell in enumerate(fit_cells(cells, meter)):
        for sign in cell:
            if sign == "-" and sounding:
                last = result[-1]
                result[-1] = Stroke(last.onset, last.duration + step, last.sign, last.beat)
            elif sign in ".-":
                sounding = False
            else:
                result.append(Stroke(position, step, sign, beat))
                sounding = True
            position += step
    return tuple(result)

"""Bars of drums on the grid: made playable, written as rows of letters, weighed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from composer.training.drum_clips import FEET, LIMBS
from composer.training.drum_grid import STEPS_PER_BAR, STEPS_PER_BEAT, PlacedHit

ACCENT_VELOCITY = 100
GHOST_VELOCITY = 60
_TOMS = ("tom_high", "tom_mid", "tom_low")

_TIME = ("hat", "open_hat", "pedal_hat", "ride")

Rows = tuple[tuple[int, ...], ...]


class Bar(NamedTuple):
    """One bar: a row per limb (in the order of LIMBS) of 16 velocities, 0 for no stroke."""

    clip: str
    rows: Rows

    def row(self, limb: str) -> tuple[int, ...]:
        """The velocities of one limb."""
        return self.rows[LIMBS.index(limb)]

    def strokes(self, *limbs: str) -> int:
        """How many strokes the given limbs play."""
        return sum(velocity > 0 for limb in limbs for velocity in self.row(limb))


def cut_bars(clip: str, placed: Iterable[PlacedHit]) -> list[Bar]:
    """Cuts a clip into bars; of two strokes on one step the louder stays.

    The last bar is left out where it holds nothing but its downbeat.
    """
    bars: defaultdict[int, dict[tuple[str, int], int]] = defaultdict(dict)
    for hit in placed:
        number, step = divmod(hit.step, STEPS_PER_BAR)
        cell = (hit.limb, step)
        bars[number][cell] = max(hit.velocity, bars[number].get(cell, 0))
    last = max(bars, default=-1)
    if last >= 0 and all(step == 0 for _, step in bars[last]):
        last -= 1
    return [Bar(clip, _playable(bars.get(number, {}))) for number in range(last + 1)]


def _playable(cells: Mapping[tuple[str, int], int]) -> Rows:
    """Leaves two hands and two feet at every step, the loudest first.

    The hi-hat is one instrument: its open sound goes before the closed one, and a foot that
    closes it is not heard under the stick.
    """
    grid = {limb: [0] * STEPS_PER_BAR for limb in LIMBS}
    for step in range(STEPS_PER_BAR):
        sounding = {limb: cells[limb, step] for limb in LIMBS if (limb, step) in cells}
        if "open_hat" in sounding:
            sounding.pop("hat", None)
        if "open_hat" in sounding or "hat" in sounding:
            sounding.pop("pedal_hat", None)
        if "snare" in sounding:
            sounding.pop("rim", None)
        hands = [limb for limb in sounding if limb not in FEET]
        hands.sort(key=lambda limb: (-sounding[limb], LIMBS.index(limb)))
        for limb in [*hands[:2], *(foot for foot in FEET if foot in sounding)]:
            grid[limb][step] = sounding[limb]
    return tuple(tuple(grid[limb]) for limb in LIMBS)


def letters(velocities: Sequence[int]) -> str:
    """Writes a row in cells of one beat: `X` accent, `x` normal, `g` ghost, `.` nothing.

    Examples:
        >>> letters([110, 0, 0, 0, 80, 0, 30, 0])
        'X...|x.g.'
    """
    marks = "".join(
        "." if v == 0 else "X" if v >= ACCENT_VELOCITY else "g" if v < GHOST_VELOCITY else "x"
        for v in velocities
    )
    cells = [marks[i : i + STEPS_PER_BEAT] for i in range(0, len(marks), STEPS_PER_BEAT)]
    return "|".join(cells)


def pattern(bar: Bar, beats: int = 4) -> dict[str, str]:
    """The rows of the bar's last beats, limbs that are silent left out."""
    start = STEPS_PER_BAR - beats * STEPS_PER_BEAT
    rows = {limb: bar.row(limb)[start:] for limb in LIMBS}
    return {limb: letters(row) for limb, row in rows.items() if any(row)}


def weight(bar: Bar, beats: int = 4) -> float:
    """How much happens in the bar's last beats: the sum of velocities, in strokes at 100."""
    start = STEPS_PER_BAR - beats * STEPS_PER_BEAT
    return sum(sum(row[start:]) for row in bar.rows) / 100 / beats


def is_beat(bar: Bar, has_backbeat: bool = True) -> bool:
    """Whether a bar can stand as a repeating beat.

    It has a kick and a snare voice, keeps time in both halves, has no crash and is no fill;
    where the style has a backbeat, a snare voice is struck firmly on two, three or four, or
    (in double time) on at least three of the off-beat eighths.

    Args:
        bar: the bar.
        has_backbeat: whether the style is built on a backbeat; others may use the toms.
    """
    kicks = bar.strokes("kick")
    backs = bar.strokes("snare", "rim", *_TOMS)
    if bar.strokes("crash") or kicks == 0 or backs == 0:
        return False
    time = [sum(v > 0 for limb in _TIME for v in bar.row(limb)[half : half + 8]) for half in (0, 8)]
    if min(time) < 2 or sum(time) < 4:
        return False
    if not has_backbeat:
        return True
    snare = [max(pair) for pair in zip(bar.row("snare"), bar.row("rim"), strict=True)]
    firm = sum(velocity >= GHOST_VELOCITY for velocity in snare)
    on_beat = any(snare[step] >= GHOST_VELOCITY for step in (4, 8, 12))
    double_time = sum(snare[step] >= GHOST_VELOCITY for step in (2, 6, 10, 14)) >= 3
    if max(snare[0:2]) >= GHOST_VELOCITY or bar.strokes(*_TOMS) > 1:
        return False
    return (on_beat or double_time) and firm <= 6


def fill_beats(bar: Bar) -> int:
    """How many beats at the end of a bar are a fill: 4, 2, 1, or 0 for none.

    A beat belongs to a fill where toms are struck, or the snare twice or more and louder
    than a ghost note; a fill has at least three strokes on them for two beats.
    """
    busy = []
    strokes = []
    for beat in range(4):
        steps = slice(beat * STEPS_PER_BEAT, (beat + 1) * STEPS_PER_BEAT)
        toms = sum(v > 0 for tom in _TOMS for v in bar.row(tom)[steps])
        snares = sum(v >= GHOST_VELOCITY for v in bar.row("snare")[steps])
        busy.append(toms >= 1 or snares >= 2)
        strokes.append(toms + sum(v > 0 for v in bar.row("snare")[steps]))
    if not any(busy):
        return 0
    beats = 4 if busy[0] or busy[1] else 2 if busy[2] else 1
    if beats == 4 and sum(busy) < 2:
        return 0
    return beats if 2 * sum(strokes[4 - beats :]) >= 3 * beats else 0

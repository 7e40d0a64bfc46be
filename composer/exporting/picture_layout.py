"""Where things stand in the picture of a score: systems, lanes and rows, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.music.score import Part, Score

WIDTH = 1800
LEFT, RIGHT = 150, 30
HEADER = 92
SYSTEM_GAP = 26
SECTION_ROW, ENERGY_ROW, CHORD_ROW = 24, 30, 34
LANE_GAP = 4

# Kit pieces from the top of the lane to the bottom, with their General MIDI percussion keys.
KIT = (
    ("crash", (49, 52, 55, 57)),
    ("ride", (51, 53, 59)),
    ("open hat", (46,)),
    ("hi-hat", (42, 44)),
    ("shaker", (54, 58, 69, 70, 82)),
    ("perc", tuple(k for k in range(56, 82) if k not in (57, 58, 59, 69, 70))),
    ("high tom", (48, 50)),
    ("low tom", (41, 43, 45, 47)),
    ("clap", (39,)),
    ("rim", (37,)),
    ("snare", (38, 40)),
    ("kick", (35, 36)),
)
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Lane:
    """The strip of one part within a system.

    Args:
        part: The part.
        top: Its upper edge, from the top of the system.
        height: Its height.
        low: Lowest pitch shown, for a pitched part.
        high: Highest pitch shown.
        rows: Names of the kit pieces, for a drum part; empty otherwise.
    """

    part: Part
    top: int
    height: int
    low: int
    high: int
    rows: tuple[str, ...]

    def y(self, pitch: int) -> float:
        """Upper edge of a note."""
        if self.rows:
            return self.top + self.rows.index(kit_piece(pitch)) * self.height / len(self.rows)
        return self.top + (self.high - pitch) * self.step

    @property
    def step(self) -> float:
        """Height of a semitone, or of a row."""
        return self.height / (len(self.rows) or self.high - self.low + 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole picture.

    Args:
        bars: Bars in the piece.
        bars_per_system: Bars in a full system.
        bar_quarters: Length of a bar.
        lanes: The lanes of every system.
        head_height: Rows above the lanes of a system.
        system_height: Height of a system without the gap after it.
    """

    bars: int
    bars_per_system: int
    bar_quarters: Fraction
    lanes: tuple[Lane, ...]
    head_height: int
    system_height: int

    @property
    def systems(self) -> int:
        """How many systems there are."""
        return -(-self.bars // self.bars_per_system)

    @property
    def height(self) -> int:
        """Height of the picture."""
        return HEADER + self.systems * (self.system_height + SYSTEM_GAP)

    @property
    def bar_width(self) -> float:
        """Width of a bar."""
        return (WIDTH - LEFT - RIGHT) / self.bars_per_system

    def top(self, system: int) -> int:
        """Upper edge of a system."""
        return HEADER + system * (self.system_height + SYSTEM_GAP)

    def first_bar(self, system: int) -> int:
        """First bar of a system."""
        return system * self.bars_per_system

    def last_bar(self, system: int) -> int:
        """First bar after a system."""
        return min(self.bars, self.first_bar(system) + self.bars_per_system)

    def x(self, system: int, quarters: Fraction | int) -> float:
        """Where a moment stands in a system."""
        bars = quarters / self.bar_quarters - self.first_bar(system)
        return LEFT + float(bars) * self.bar_width


def lay_out(score: Score, *, with_energy: bool) -> Layout:
    """Choose systems and lanes: 16 bars a system, and more in long pieces."""
    bars_per_system = min(
        max(score.bars, 4), 16 if score.bars <= 96 else 32 if score.bars <= 320 else 64
    )
    dense = bars_per_system > 16
    head = SECTION_ROW + CHORD_ROW + (ENERGY_ROW if with_energy else 0)
    lanes: list[Lane] = []
    top = head
    for part in score.parts:
        lane = _lane(part, top, dense=dense)
        lanes.append(lane)
        top += lane.height + LANE_GAP
    return Layout(
        bars=score.bars,
        bars_per_system=bars_per_system,
        bar_quarters=score.meter.bar_quarters,
        lanes=tuple(lanes),
        head_height=head,
        system_height=top,
    )


def kit_piece(pitch: int) -> str:
    """The row of a percussion key."""
    return next((name for name, keys in KIT if pitch in keys), _OTHER)


def _lane(part: Part, top: int, *, dense: bool) -> Lane:
    pitches = [note.pitch.midi for note in part.notes]
    if part.plan.instrument.is_drums:
        used = {kit_piece(pitch) for pitch in pitches}
        rows = tuple(name for name in (*(n for n, _ in KIT), _OTHER) if name in used) or ("kick",)
        return Lane(part, top, len(rows) * (6 if dense else 11), 0, 0, rows)
    low, high = _range(pitches)
    semitone = 2 if dense else 4 if high - low < 30 else 3
    return Lane(part, top, (high - low + 1) * semitone, low, high, ())


def _range(pitches: Sequence[int]) -> tuple[int, int]:
    """The pitches shown: those used, a semitone to spare, and an octave at least."""
    low, high = min(pitches, default=60) - 1, max(pitches, default=60) + 1
    lacking = max(0, 13 - (high - low + 1))
    return low - lacking // 2, high + lacking - lacking // 2

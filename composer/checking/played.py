"""A performance laid out for checking: where a tick lies, and which tracks are drums."""

from __future__ import annotations

from bisect import bisect_right

from composer.checking.report import Violation, Where
from composer.music.performance import MeterChange, Performance, Track
from composer.music.plan import Plan
from composer.music.score import Score

DRUM_CHANNEL = 9
_COMMON_TIME = MeterChange(0, 4, 4)
_DEFAULT_TEMPO = 500_000


class PlayedIndex:
    """A performance, and the score it plays where there is one.

    Args:
        performance: The performance.
        score: Its score; None for a MIDI file.
        plan: Its plan, where that is known: it says what was asked of its time.
    """

    def __init__(
        self, performance: Performance, score: Score | None = None, plan: Plan | None = None
    ) -> None:
        self.performance = performance
        self.score = score
        self.plan = plan
        self._meters = performance.meters or (_COMMON_TIME,)
        self._meter_ticks = [meter.ticks for meter in self._meters]
        self._first_bars = self._count_bars()
        self._tempo_ticks = [tempo.ticks for tempo in performance.tempos]

    @property
    def drum_tracks(self) -> tuple[Track, ...]:
        """The tracks on the drum channel."""
        return tuple(t for t in self.performance.tracks if t.channel == DRUM_CHANNEL)

    @property
    def melodic_tracks(self) -> tuple[Track, ...]:
        """The tracks on other channels."""
        return tuple(t for t in self.performance.tracks if t.channel != DRUM_CHANNEL)

    def violation(self, rule: str, ticks: int, part: str, message: str) -> Violation:
        """A violation at a tick; its beats are those of the time signature's lower number."""
        number = max(bisect_right(self._meter_ticks, ticks) - 1, 0)
        meter = self._meters[number]
        bars, offset = divmod(ticks - meter.ticks, self._bar_ticks(meter))
        beat = 1 + offset * meter.denominator / (4 * self.performance.ticks_per_quarter)
        where = Where(self._first_bars[number] + bars + 1, round(beat, 3), part)
        return Violation(rule, where, message)

    def ticks_within(self, ticks: int, milliseconds: float) -> float:
        """How many ticks pass in some milliseconds, at the tempo of a tick."""
        number = bisect_right(self._tempo_ticks, ticks) - 1
        tempo = _DEFAULT_TEMPO
        if number >= 0:
            tempo = self.performance.tempos[number].microseconds_per_quarter
        return milliseconds * 1000 * self.performance.ticks_per_quarter / max(tempo, 1)

    def _bar_ticks(self, meter: MeterChange) -> int:
        bar = 4 * self.performance.ticks_per_quarter * meter.numerator // meter.denominator
        return max(bar, 1)

    def _count_bars(self) -> list[int]:
        """Bars before each time signature; a bar cut short by a new one counts."""
        bars = [0]
        for i in range(1, len(self._meters)):
            length = self._meters[i].ticks - self._meters[i - 1].ticks
            bars.append(bars[-1] + -(-length // self._bar_ticks(self._meters[i - 1])))
        return bars

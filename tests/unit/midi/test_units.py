from __future__ import annotations

from fractions import Fraction

from composer.midi.units import (
    TempoMap,
    microseconds_from_tempo,
    ticks_from_quarters,
)
from composer.music.performance import TempoChange


def test_quarters_become_whole_ticks() -> None:
    assert ticks_from_quarters(Fraction(7, 3)) == 1120
    assert ticks_from_quarters(4, 96) == 384
    assert ticks_from_quarters(7 / 3) == 1120
    assert [ticks_from_quarters(Fraction(n, 2), 1) for n in range(4)] == [0, 1, 1, 2]


def test_tempi_keep_within_midi() -> None:
    assert microseconds_from_tempo(1) == 0xFFFFFF
    assert microseconds_from_tempo(96) == 625_000


def test_seconds_follow_every_tempo() -> None:
    clock = TempoMap([TempoChange(0, 500_000), TempoChange(480, 250_000), TempoChange(960, 10**6)])
    assert [clock.seconds(t) for t in (0, 480, 720, 960, 1440)] == [0, 0.5, 0.625, 0.75, 1.75]
    assert [clock.ticks(s) for s in (0, 0.5, 0.625, 0.75, 1.75)] == [0, 480, 720, 960, 1440]
    assert clock.frame(720, 48_000) == 30_000


def test_a_map_without_a_tempo_runs_at_120() -> None:
    assert TempoMap([]).seconds(960) == 1.0
    assert TempoMap([TempoChange(480, 250_000)]).seconds(960) == 0.75


def test_a_long_piece_does_not_drift() -> None:
    clock = TempoMap([TempoChange(i * 480, 333_333) for i in range(10_000)])
    assert clock.seconds(10_000 * 480) == 3333.33

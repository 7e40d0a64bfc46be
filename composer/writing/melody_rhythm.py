"""Melodic rhythm: motifs from a learned chain of beats, put together into phrases that breathe.

A rhythm is a list of (onset, duration) in quarters. The chain runs over cells of one beat, so it
serves every meter; order 2 with back-off to order 1 and to the weight of the beat alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from composer.music.seeding import generator, pick, pick_key
from composer.rulebook.learned import Counts
from composer.rulebook.melody_tables import MelodyTable
from composer.theory.meter import Meter

Rhythm = tuple[tuple[Fraction, Fraction], ...]
Random = np.random.Generator
Steps = list[tuple[int, int]]  # onset and length in sixteenths
_STEP = Fraction(1, 4)
_TRIALS = 28
# Share of onsets off the beat that is aimed at, and what syncopation adds to it. In the bands of
# Lakh it is 0.62 in the median of tunes, 0.5 in classical pieces.
_OFF_BEATS, _MORE_OFF = 0.4, 0.35
START = "^"


@dataclass(frozen=True, slots=True)
class RhythmTaste:
    """What a motif should be like.

    Args:
        notes: Notes a bar.
        syncopation: Share of onsets off the beat that are held over it, 0–1.
    """

    notes: float
    syncopation: float


class RhythmChain:
    """Draws rhythms for a meter.

    Args:
        table: Table of simple beats.
        compound: Table of compound beats; only asked where the meter has such beats.
        meter: The meter.
    """

    def __init__(self, table: MelodyTable, compound: MelodyTable, meter: Meter) -> None:
        self.meter = meter
        self.chains = {4: (table.rhythm["simple"], table.rhythm.get("simple2", {}))}
        if 3 in meter.beats:
            own = compound.rhythm
            self.chains[6] = (own["compound"], own.get("compound2", {}))
        self.by_weight: dict[tuple[int, str], Counts] = {}
        for size, (first, _) in self.chains.items():
            for weight in ("1", "2", "w"):
                self.by_weight[size, weight] = self._pooled(first, weight)

    @staticmethod
    def _pooled(chain: Mapping[str, Counts], weight: str) -> Counts:
        pooled: dict[str, float] = {}
        for context, counts in chain.items():
            if context.split()[0] == weight:
                for cell, count in counts.items():
                    pooled[cell] = pooled.get(cell, 0) + count
        return pooled

    def _weight(self, beat: int) -> str:
        if beat == 0:
            return "1"
        return "2" if self.meter.strengths[beat] == 2 else "w"

    def bars(self, count: int, rng: np.random.Generator, before: str = START) -> list[str]:
        """Draw the cells of some bars."""
        cells: list[str] = [before, before]
        for index in range(count * len(self.meter.beats)):
            beat = index % len(self.meter.beats)
            size = 6 if self.meter.beats[beat] == 3 else 4
            weight = self._weight(beat)
            first, second = self.chains[size]
            counts = (
                second.get(f"{weight} {cells[-2]} {cells[-1]}")
                or first.get(f"{weight} {cells[-1]}")
                or self.by_weight[size, weight]
                or self.by_weight[size, "w"]
            )
            cells.append(pick_key(rng, counts))
        return cells[2:]

    def motif(self, bars: int, taste: RhythmTaste, path: Sequence[object], seed: int) -> Rhythm:
        """Draw several rhythms and keep the one nearest to the taste."""
        rng = generator(seed, "motif", *path)
        least = 2 if taste.notes >= 2.2 else 1
        bar = int(self.meter.bar_quarters / _STEP)
        best: tuple[float, Steps] | None = None
        for _ in range(_TRIALS):
            steps = read_steps(self.bars(bars, rng))
            counts = [0] * bars
            for onset, _ in steps:
                counts[onset // bar] += 1
            if min(counts) < least:
                continue
            distance = self._distance(steps, bars, taste) + 0.35 * rng.random()
            if best is None or distance < best[0]:
                best = (distance, steps)
        return in_quarters(best[1] if best is not None else self._beats(bars))

    def _beats(self, bars: int) -> Steps:
        """The beats of some bars, in sixteenths."""
        bar = int(self.meter.bar_quarters / _STEP)
        onsets = [int(onset / _STEP) for onset in self.meter.beat_onsets]
        lengths = [2 * eighths for eighths in self.meter.beats]
        pairs = list(zip(onsets, lengths, strict=True))
        return [(bar * b + onset, length) for b in range(bars) for onset, length in pairs]

    def _distance(self, steps: Steps, bars: int, taste: RhythmTaste) -> float:
        notes = len(steps) / bars
        bar = int(self.meter.bar_quarters / _STEP)
        beats = [onset for onset, _ in self._beats(bars)]
        ends = [*beats[1:], bar * bars]
        places = [bisect_right(beats, onset) - 1 for onset, _ in steps]
        held = sum(
            onset != beats[place] and onset + length > ends[place]
            for (onset, length), place in zip(steps, places, strict=True)
        )
        lengths = {length for _, length in steps}
        sixteenths = [onset for onset, length in steps if length == 1]
        off = sum(onset != beats[place] for (onset, _), place in zip(steps, places, strict=True))
        alone = sum(
            onset - 1 not in sixteenths and onset + 1 not in sixteenths for onset in sixteenths
        )
        return (
            abs(notes - taste.notes) / max(1.5, taste.notes) * 2
            + abs(held / len(steps) - 0.45 * taste.syncopation) * 2.5
            + abs(off / len(steps) - (_OFF_BEATS + _MORE_OFF * taste.syncopation))
            + 0.2 * alone
            + 0.5 * (len(lengths) == 1)
            + 0.15 * max(0, len(lengths) - 4)
            + 1.5 * max(0.0, steps[0][0] / bar - 0.4)
        )


def read_steps(cells: Sequence[str]) -> Steps:
    """Turn cells into onsets and durations in sixteenths.

    >>> read_steps(["o-..", "--oo"])
    [(0, 2), (6, 1), (7, 1)]
    """
    notes: list[tuple[int, int]] = []
    sounding = False
    for position, sign in enumerate("".join(cells)):
        if sign == "o":
            notes.append((position, 1))
            sounding = True
        elif sign == "-" and sounding:
            onset, length = notes[-1]
            notes[-1] = (onset, length + 1)
        else:
            sounding = False
    return notes


def in_quarters(steps: Steps) -> Rhythm:
    """The rhythm with onsets and durations in quarters."""
    return tuple((onset * _STEP, length * _STEP) for onset, length in steps)


def window(rhythm: Rhythm, start: Fraction, end: Fraction) -> Rhythm:
    """The notes that begin in a window, counted from its start and cut at its end."""
    return tuple(
        (onset - start, min(length, end - onset))
        for onset, length in rhythm
        if start <= onset < end
    )


def shifted(rhythm: Rhythm, offset: Fraction) -> list[tuple[Fraction, Fraction]]:
    """The rhythm later by an offset."""
    return [(onset + offset, length) for onset, length in rhythm]


def cadence_bar(
    meter: Meter,
    motif: Rhythm,
    rng: np.random.Generator,
    *,
    final: bool,
    late: bool,
    breath: float = 0.2,
) -> Rhythm:
    """The last bar of a phrase: it arrives, holds, and breathes.

    Args:
        meter: The meter.
        motif: Rhythm to lead in with, where the goal comes in mid-bar.
        rng: Randomness.
        final: The last bar of the piece holds its note to the end.
        late: The goal of the harmony comes in mid-bar.
        breath: How much of it is left open, 0–0.5.
    """
    bar = meter.bar_quarters
    beats = meter.beat_onsets
    if late or (len(beats) > 2 and not final and rng.random() < 0.35):
        goal = meter.middle
        lead = [(o, min(n, goal - o)) for o, n in motif if o < goal]
    else:
        goal, lead = Fraction(0), []
    if final:
        return (*lead, (goal, bar - goal))
    ends = [beat for beat in (*beats, bar) if beat > goal] or [bar]
    weights = [breath * 2 if end == ends[0] else 1 - breath for end in ends[:-1]]
    stop = pick(rng, ends, [*weights, 0.15 if ends[:-1] else 1.0])
    if stop == bar:
        stop = bar - (2 * _STEP if bar - goal >= 1 else _STEP)
    return (*lead, (goal, max(_STEP, stop - goal)))


def vary_tail(rhythm: Rhythm, other: Rhythm, meter: Meter) -> Rhythm:
    """A motif that ends like another one: its second half is exchanged."""
    half = meter.middle if len(meter.beats) > 1 else meter.bar_quarters / 2
    head = [(onset, min(length, half - onset)) for onset, length in rhythm if onset < half]
    tail = [(onset, length) for onset, length in other if onset >= half]
    return tuple(head + tail) or rhythm


def pickup(rng: np.random.Generator, meter: Meter, chance: float) -> list[Fraction]:
    """Onsets of an upbeat before a phrase, negative; none with the chance of none.

    >>> from composer.theory.meter import parse_meter
    >>> pickup(np.random.default_rng(1), parse_meter("4/4"), 0.0)
    []
    """
    if rng.random() >= chance:
        return []
    eighth = Fraction(1, 2)
    options: list[list[Fraction]] = [[-eighth], [-2 * eighth, -eighth], [-Fraction(1)]]
    if len(meter.beats) > 2:
        options.append([-3 * eighth, -2 * eighth, -eighth])
    return pick(rng, options, [2.0, 2.0, 0.7, 1.0][: len(options)])

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
_STEP = Fraction(1, 4)
_TRIALS = 28
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
        compound: Table of compound beats, where the first has none.
        meter: The meter.
    """

    def __init__(self, table: MelodyTable, compound: MelodyTable, meter: Meter) -> None:
        self.meter = meter
        self.chains = {
            4: (table.rhythm["simple"], table.rhythm.get("simple2", {})),
            6: (
                (table if "compound" in table.rhythm else compound).rhythm["compound"],
                (table if "compound" in table.rhythm else compound).rhythm.get("compound2", {}),
            ),
        }
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
        bar = self.meter.bar_quarters
        least = 2 if taste.notes >= 2.2 else 1
        best: tuple[float, Rhythm] | None = None
        for _ in range(_TRIALS):
            rhythm = read_cells(self.bars(bars, rng))
            sparsest = min(len(window(rhythm, bar * b, bar * (b + 1))) for b in range(bars))
            if sparsest < least:
                continue
            distance = self._distance(rhythm, bars, taste) + 0.35 * rng.random()
            if best is None or distance < best[0]:
                best = (distance, rhythm)
        if best is None:
            return tuple((onset, length) for onset, length in self._beats(bars))
        return best[1]

    def _beats(self, bars: int) -> list[tuple[Fraction, Fraction]]:
        bar = self.meter.bar_quarters
        pairs = list(zip(self.meter.beat_onsets, self.meter.beat_quarters, strict=True))
        return [(bar * b + onset, length) for b in range(bars) for onset, length in pairs]

    def _distance(self, rhythm: Rhythm, bars: int, taste: RhythmTaste) -> float:
        notes = len(rhythm) / bars
        beats = [onset for onset, _ in self._beats(bars)]
        ends = [*beats[1:], self.meter.bar_quarters * bars]
        places = (bisect_right(beats, onset) - 1 for onset, _ in rhythm)
        held = sum(
            onset != beats[place] and onset + length > ends[place]
            for (onset, length), place in zip(rhythm, places, strict=True)
        )
        lengths = {length for _, length in rhythm}
        sixteenths = [onset for onset, length in rhythm if length == _STEP]
        alone = sum(
            onset - _STEP not in sixteenths and onset + _STEP not in sixteenths
            for onset in sixteenths
        )
        late = float(rhythm[0][0]) / float(self.meter.bar_quarters)
        return (
            abs(notes - taste.notes) / max(1.5, taste.notes) * 2
            + abs(held / len(rhythm) - 0.45 * taste.syncopation) * 2.5
            + 0.2 * alone
            + 0.5 * (len(lengths) == 1)
            + 0.15 * max(0, len(lengths) - 4)
            + 1.5 * max(0.0, late - 0.4)
        )


def read_cells(cells: Sequence[str]) -> Rhythm:
    """Turn cells of sixteenths into onsets and durations.

    >>> read_cells(["o-..", "--oo"])[0]
    (Fraction(0, 1), Fraction(1, 2))
    """
    notes: list[list[int]] = []
    sounding = False
    for position, sign in enumerate("".join(cells)):
        if sign == "o":
            notes.append([position, 1])
            sounding = True
        elif sign == "-" and sounding:
            notes[-1][1] += 1
        else:
            sounding = False
    return tuple((onset * _STEP, length * _STEP) for onset, length in notes)


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


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a phrase and the motif that fills it.

    Args:
        start: Onset within the phrase.
        motif: ``m`` (the motif), ``v`` (the motif, its end varied), ``n`` (a contrast), ``r`` (a
            bar of rest, for a reply) or ``c`` (the cadence).
        first: Index of its first note in the phrase.
        count: How many notes it has.
    """

    start: Fraction
    motif: str
    first: int
    count: int


# How the bars of a phrase relate, by its number of bars without the cadence bar.
# Source: Schoenberg, Fundamentals of Musical Composition (1967), chapters 5-8; own weights.
_SCHEMES: dict[int, dict[str, float]] = {
    0: {"": 1},
    1: {"m": 1},
    2: {"mm": 2, "mn": 3, "mv": 2},
    3: {"mmn": 2, "mvn": 2, "mnm": 3, "mnv": 2, "mmv": 1},
    4: {"mnmn": 1, "mvmn": 1, "mmnn": 1, "mnmv": 1},
    5: {"mnmvn": 1},
    6: {"mnmvnn": 1},
    7: {"mnmvmnn": 1, "mmnnmvn": 1},
    8: {"mnmvmnmn": 1},
}


def scheme(bars: int, rest: float, rng: np.random.Generator) -> str:
    """Draw how the bars of a phrase relate; a style that leaves room lets bars fall silent.

    >>> scheme(1, 0.0, np.random.default_rng(1))
    'c'
    """
    body = pick_key(rng, _SCHEMES[min(bars - 1, 8)])
    signs = list((body * bars)[: bars - 1])
    for index in range(1, len(signs)):
        if signs[index] in "nv" and rng.random() < rest:
            signs[index] = "r"
    return "".join(signs) + "c"


def cadence_bar(
    meter: Meter, motif: Rhythm, rng: np.random.Generator, *, final: bool, late: bool
) -> Rhythm:
    """The last bar of a phrase: it arrives, holds, and breathes.

    Args:
        meter: The meter.
        motif: Rhythm to lead in with, where the goal comes in mid-bar.
        rng: Randomness.
        final: The last bar of the piece holds its note to the end.
        late: The goal of the harmony comes in mid-bar.
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
    breath = beats[-1] if goal < beats[-1] else bar - _STEP
    if len(beats) > 3 and goal < beats[-2] and rng.random() < 0.4:
        breath = beats[-2]
    return (*lead, (goal, max(_STEP, breath - goal)))


def vary_tail(rhythm: Rhythm, other: Rhythm, meter: Meter) -> Rhythm:
    """A motif that ends like another one: its second half is exchanged."""
    half = meter.middle if len(meter.beats) > 1 else meter.bar_quarters / 2
    head = [(onset, min(length, half - onset)) for onset, length in rhythm if onset < half]
    tail = [(onset, length) for onset, length in other if onset >= half]
    return tuple(head + tail) or rhythm


def pickup(rng: np.random.Generator, meter: Meter) -> list[Fraction]:
    """Onsets of an upbeat before a phrase, negative; often none."""
    eighth = Fraction(1, 2)
    options: list[list[Fraction]] = [[], [-eighth], [-2 * eighth, -eighth], [-Fraction(1)]]
    if len(meter.beats) > 2:
        options.append([-3 * eighth, -2 * eighth, -eighth])
    return pick(rng, options, [4.0, 2.0, 2.0, 0.7, 1.0][: len(options)])

"""The rhythm of a line of text: an onset a syllable, stresses on beats, in the style's own rhythms.

A line is laid over the beats of its phrase by dynamic programming: a state is how many syllables
have been sung and the cell of the beat before; each beat takes a cell of the chain that the style's
melodies were learned into. What is minimised is how rare the cells are in that chain, how ill
stresses and metre agree, holds and rests within words, and how far the last syllable lies from the
downbeat of the last bar. A little noise, drawn once for the lines of one material, lets one of many
good rhythms win, and the same one for lines that scan alike.
Source: Halle and Lerdahl, "A generative textsetting model" (1993), on stresses and grid; Papandreou
and Yuille, "Perturb-and-MAP random fields" (2011), on the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
from numpy.typing import NDArray

from composer.music.seeding import generator
from composer.theory.meter import Meter
from composer.writing.lyric_costs import LineCosts, SungLine
from composer.writing.melody_rhythm import START, Rhythm, RhythmChain, in_quarters, read_steps

Floats = NDArray[np.float64]
_STEP = Fraction(1, 4)
_NEVER = 1e9
_TASTE = 0.55  # weight of the chain against the words
_FLOOR = 2e-3  # likelihood of a cell that the chain has not seen there
_NOISE, _OWN_NOISE = 0.45, 0.25
_PERIOD = 2  # bars after which the noise comes again, so that the bars of a line are alike
_EXTRA = {
    4: ("o---", "o-o-", "oooo", "o-oo", "oo-o", "--o-", "..o-", "-ooo", "----", "...."),
    6: ("o-----", "o---o-", "o-o-o-", "o-o---", "oooooo", "--o-o-", "....o-", "------", "......"),
}


@dataclass(frozen=True, slots=True)
class Beat:
    """A beat of a phrase.

    Args:
        start: Its onset from the start of the phrase in sixteenths; below 0 in a pick-up.
        size: Its length in sixteenths.
        weight: As the chain has it: ``1`` first of the bar, ``2`` strong, ``w`` other.
        place: Which beat of a period of bars it is, for the noise.
    """

    start: int
    size: int
    weight: str
    place: int


class LineSetter:
    """Sets lines of text to rhythm.

    Args:
        chain: The chain of rhythms of the style.
        quarters_per_minute: Tempo.
        seed: The seed.
        syncopation: How readily a stress comes before its beat and is held over it, 0 to 1.
    """

    def __init__(
        self, chain: RhythmChain, quarters_per_minute: float, seed: int, syncopation: float
    ) -> None:
        self.chain = chain
        self.meter: Meter = chain.meter
        self.tempo = quarters_per_minute
        self.seed = seed
        self.syncopation = syncopation
        self.cells = {
            size: tuple(sorted({*_EXTRA[size], *self._seen(size)})) for size in chain.chains
        }
        self._transitions: dict[tuple[int, int, str], Floats] = {}

    def _seen(self, size: int) -> list[str]:
        first, _ = self.chain.chains[size]
        return [cell for counts in first.values() for cell in counts]

    def set(self, line: SungLine, material: str, stem: str) -> Rhythm:
        """The rhythm of a line: one note a syllable.

        Args:
            line: The line and its room.
            material: Whose music its section shares; lines of one material are set alike.
            stem: The label of its phrase without primes.
        """
        beats = self._beats(line)
        costs = LineCosts(line, self.meter, self.tempo, self.syncopation)
        noise = self._noise(beats, material, stem)
        cells = self._cheapest(beats, costs, noise)
        first = beats[0].start
        steps = [(onset + first, length) for onset, length in read_steps(cells)]
        return costs.held(in_quarters(steps))

    def _beats(self, line: SungLine) -> list[Beat]:
        """The beats of a line: those of its pick-up, and those of its phrase."""
        meter = self.meter
        bar = int(meter.bar_quarters / _STEP)
        count = len(meter.beats)
        inside = [
            (int(onset / _STEP), 2 * eighths)
            for onset, eighths in zip(meter.beat_onsets, meter.beats, strict=True)
        ]
        beats = [
            Beat(start - bar, size, self._weight(i), i + count * (_PERIOD - 1))
            for i, (start, size) in enumerate(inside)
            if (start - bar) * _STEP >= -line.pickup
        ]
        for number in range(line.bars):
            beats += [
                Beat(bar * number + start, size, self._weight(i), i + count * (number % _PERIOD))
                for i, (start, size) in enumerate(inside)
            ]
        return beats

    def _weight(self, beat: int) -> str:
        if beat == 0:
            return "1"
        return "2" if self.meter.strengths[beat] == 2 else "w"

    def _noise(self, beats: Sequence[Beat], material: str, stem: str) -> list[Floats]:
        """Noise by beat and cell, the same for the lines of one material, nearly so for its stems.

        It is Gumbel's, under which the cheapest of perturbed paths is a draw.
        """
        result = []
        for beat in beats:
            names = self.cells[beat.size]
            shared = generator(self.seed, "lyric-rhythm", material, beat.place, beat.size)
            own = generator(self.seed, "lyric-rhythm", material, stem, beat.place, beat.size)
            result.append(
                np.array([_NOISE * _gumbel(shared) + _OWN_NOISE * _gumbel(own) for _ in names])
            )
        return result

    def _transition(self, before: int, size: int, weight: str) -> Floats:
        """``[cell before, cell]``: how rare each cell is after another, as minus its logarithm.

        The last row is for a cell at the start.
        """
        key = (before, size, weight)
        if key not in self._transitions:
            names = self.cells[size]
            first, _ = self.chain.chains[size]
            pooled = self.chain.by_weight[size, weight] or self.chain.by_weight[size, "w"]
            rows = []
            for cell in (*self.cells[before], START):
                counts = first.get(f"{weight} {cell}") or pooled
                total = sum(counts.values()) or 1.0
                rows.append(
                    [-_TASTE * log(max(_FLOOR, counts.get(name, 0.0) / total)) for name in names]
                )
            self._transitions[key] = np.array(rows)
        return self._transitions[key]

    def _cheapest(
        self, beats: Sequence[Beat], costs: LineCosts, noise: Sequence[Floats]
    ) -> list[str]:
        """The cells of the cheapest path, found from the last beat back."""
        count = len(costs.line.stresses)
        ahead = np.full((count + 1, len(self.cells[beats[-1].size])), _NEVER)
        ahead[count] = 0.0
        choices: list[NDArray[np.int64]] = []
        for index in range(len(beats) - 1, -1, -1):
            before = beats[index - 1].size if index else beats[index].size
            total = self._totals(beats[index], before, costs, noise[index], ahead)
            choices.append(total.argmin(axis=2))
            ahead = total.min(axis=2)[:, :-1]
        return self._path(beats, choices[::-1])

    def _totals(
        self, beat: Beat, before: int, costs: LineCosts, noise: Floats, ahead: Floats
    ) -> Floats:
        """``[syllables sung, cell before, cell]``: the least cost from a beat to the end.

        Args:
            beat: The beat.
            before: Size of the beat before it.
            costs: The costs of the line.
            noise: Noise by cell.
            ahead: ``[syllables sung, cell]``: the least cost of what follows.
        """
        names, earlier = self.cells[beat.size], (*self.cells[before], START)
        sung = np.arange(len(costs.line.stresses) + 1)
        onsets = np.array([name.count("o") for name in names])
        own = np.array([[costs.cell(beat, name, int(count)) for name in names] for count in sung])
        after = np.minimum(sung[:, None] + onsets[None, :], sung[-1])
        heard = (onsets[None, :] > 0) | ((sung > 0) & (sung < sung[-1]))[:, None]
        here = own + ahead[after, np.arange(len(names))[None, :]]
        here -= np.where(heard, noise[None, :], 0.0)
        empty = np.array(["o" not in name for name in earlier])
        tied = np.array([name.endswith("o-") for name in earlier])
        held = np.array([beat.weight != "w" and name[0] == "-" for name in names])
        twice = empty[:, None] & (onsets == 0)[None, :]
        early = tied[:, None] & held[None, :]
        rare = self._transition(before, beat.size, beat.weight)
        total: Floats = (
            here[:, None, :]
            + np.where(heard[:, None, :], rare[None], 0.0)
            + np.where(twice[None], costs.hold_again[:, None, None], 0.0)
            - np.where(early[None], costs.anticipated[:, None, None], 0.0)
        )
        return total

    def _path(self, beats: Sequence[Beat], choices: Sequence[NDArray[np.int64]]) -> list[str]:
        sung, before, cells = 0, -1, []
        for beat, table in zip(beats, choices, strict=True):
            chosen = int(table[sung, before])
            cells.append(self.cells[beat.size][chosen])
            sung += cells[-1].count("o")
            before = chosen
        return cells


def _gumbel(rng: np.random.Generator) -> float:
    """A draw of Gumbel's distribution, within sober bounds."""
    uniform = min(0.999, max(0.001, rng.random()))
    return -log(-log(uniform))

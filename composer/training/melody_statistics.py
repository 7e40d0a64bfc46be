"""Counts rhythm cells, scale-degree motion and phrases of melodies, and writes the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import floor
from statistics import fmean, pstdev

from composer.training.melodies import Melody, Note
from composer.training.tables import Counts, prune, prune_contexts, shares, toml_table

START = "^"
_MOST_STEPS = 7
_LEAST_COMPOUND_CELLS = 400
_LEAST_BARS = 150

_Chains = dict[str, Counter[str]]


@dataclass(slots=True)
class MelodyStatistics:
    """Everything that is counted for one family; tables are keyed as in the TOML."""

    rhythm: dict[str, _Chains] = field(default_factory=dict)
    bars: dict[str, Counter[str]] = field(default_factory=dict)
    degrees: dict[str, _Chains] = field(default_factory=dict)
    starts: dict[str, Counter[str]] = field(default_factory=dict)
    ends: dict[str, Counter[str]] = field(default_factory=dict)
    intervals: Counter[str] = field(default_factory=Counter)
    phrase_beats: Counter[str] = field(default_factory=Counter)
    notes_per_bar: list[int] = field(default_factory=list)
    ranges: list[int] = field(default_factory=list)
    notes: int = 0
    chromatic: int = 0
    rest_steps: Fraction = Fraction(0)
    steps: Fraction = Fraction(0)


def cells(melody: Melody) -> list[str | None]:
    """Writes the melody's rhythm beat by beat: `o` onset, `-` hold, `.` rest.

    A beat with an onset off the grid of sixteenths is None.
    """
    size = melody.meter.steps_per_beat
    bars = floor(melody.notes[-1].onset_steps / melody.meter.bar_steps) + 1
    steps = ["."] * (bars * melody.meter.bar_steps)
    broken: set[int] = set()
    for note in melody.notes:
        first = floor(note.onset_steps)
        if note.onset_steps.denominator != 1:
            broken.add(first // size)
        for step in range(first, min(len(steps), floor(note.end_steps))):
            steps[step] = "-"
    for note in melody.notes:
        steps[floor(note.onset_steps)] = "o"
    written = ["".join(steps[i : i + size]) for i in range(0, len(steps), size)]
    return [None if beat in broken else cell for beat, cell in enumerate(written)]


def count(melodies: Iterable[Melody]) -> MelodyStatistics:
    """Counts all melodies."""
    statistics = MelodyStatistics()
    for melody in melodies:
        written = cells(melody)
        _count_rhythm(statistics, melody, written)
        _count_bars(statistics, melody, written)
        for phrase in melody.phrases():
            _count_phrase(statistics, melody, phrase)
        _count_summary(statistics, melody)
    return statistics


def _count_rhythm(
    statistics: MelodyStatistics, melody: Melody, written: Sequence[str | None]
) -> None:
    kind = "compound" if melody.meter.is_compound else "simple"
    first = statistics.rhythm.setdefault(kind, {})
    second = statistics.rhythm.setdefault(f"{kind}2", {})
    for position, before2, before1, cell in _contexts(melody, written):
        _add(first, f"{position} {before1}", cell)
        if before2 is not None:
            _add(second, f"{position} {before2} {before1}", cell)


def _contexts(
    melody: Melody, written: Sequence[str | None]
) -> Iterator[tuple[str, str | None, str, str]]:
    """Yields position, the two cells before (`^` at a phrase's start), and the cell.

    Cells of a rest that goes on are passed over, so that a rest is as long as the phrase
    plan says and not a matter of chance.
    """
    before1: str | None = START
    before2: str | None = START
    for beat, cell in enumerate(written):
        resting = cell is not None and set(cell) == {"."}
        if before1 == START and resting:
            continue
        if cell is not None and before1 is not None:
            yield melody.meter.position(beat), before2, before1, cell
        if resting:
            before2 = before1 = START
        else:
            before2, before1 = before1, cell


def _count_bars(
    statistics: MelodyStatistics, melody: Melody, written: Sequence[str | None]
) -> None:
    counter = statistics.bars.setdefault(melody.meter.name, Counter())
    beats = melody.meter.beats
    for start in range(0, len(written), beats):
        bar = [cell for cell in written[start : start + beats] if cell is not None]
        if len(bar) == beats and any(set(cell) != {"."} for cell in bar):
            counter["|".join(bar)] += 1


def _count_phrase(statistics: MelodyStatistics, melody: Melody, phrase: tuple[Note, ...]) -> None:
    mode = melody.mode
    chain = statistics.degrees.setdefault(mode, {})
    heights = [h for h in (melody.height(note.pitch) for note in phrase) if h is not None]
    before = START
    for height, following in pairwise(heights):
        move = max(-_MOST_STEPS, min(_MOST_STEPS, following - height))
        _add(chain, f"{height % 7 + 1} {before}", str(move))
        statistics.intervals[str(move)] += 1
        before = str(move)
    first, last = melody.degree(phrase[0].pitch), melody.degree(phrase[-1].pitch)
    if first is not None:
        statistics.starts.setdefault(mode, Counter())[str(first)] += 1
    if last is not None:
        statistics.ends.setdefault(mode, Counter())[str(last)] += 1
    length = phrase[-1].end_steps - phrase[0].onset_steps
    beats = round(length / melody.meter.steps_per_beat)
    statistics.phrase_beats[str(max(1, min(beats, 32)))] += 1


def _count_summary(statistics: MelodyStatistics, melody: Melody) -> None:
    per_bar = Counter(floor(note.onset_steps / melody.meter.bar_steps) for note in melody.notes)
    statistics.notes_per_bar += per_bar.values()
    pitches = [note.pitch for note in melody.notes]
    statistics.ranges.append(max(pitches) - min(pitches))
    statistics.notes += len(pitches)
    statistics.chromatic += melody.chromatic_notes()
    extent = melody.notes[-1].end_steps - melody.notes[0].onset_steps
    statistics.steps += extent
    statistics.rest_steps += extent - sum(note.length_steps for note in melody.notes)


def _add(chains: _Chains, context: str, following: str) -> None:
    chains.setdefault(context, Counter())[following] += 1


def render_tables(statistics: MelodyStatistics, minimum: int) -> list[str]:
    """Writes the tables of one family as TOML lines; counts below `minimum` are left out."""
    lines: list[str] = []
    for kind in ("simple", "compound"):
        chains = statistics.rhythm.get(kind, {})
        if kind == "compound" and _total(chains) < _LEAST_COMPOUND_CELLS:
            continue
        if chains:
            second = statistics.rhythm[f"{kind}2"]
            lines += toml_table(f"rhythm.{kind}", prune_contexts(chains, minimum, 16))
            lines += toml_table(f"rhythm.{kind}2", prune_contexts(second, minimum + 1, 10))
    for meter in sorted(statistics.bars):
        if sum(statistics.bars[meter].values()) >= _LEAST_BARS:
            lines += toml_table(f"bar_rhythms.{meter}", prune(statistics.bars[meter], 3, 60))
    for mode in sorted(statistics.degrees):
        chain = prune_contexts(statistics.degrees[mode], minimum, 13)
        lines += toml_table(f"degrees.{mode}", dict(sorted(chain.items(), key=_degree_order)))
    for mode in sorted(statistics.starts):
        lines += toml_table(f"starts.{mode}", prune(statistics.starts[mode], 1, 7))
        lines += toml_table(f"ends.{mode}", prune(statistics.ends.get(mode, {}), 1, 7))
    lines += toml_table("intervals", _numeric(statistics.intervals))
    lines += toml_table("phrase_beats", _numeric(statistics.phrase_beats))
    return lines + toml_table("summary", _summary(statistics))


def _summary(statistics: MelodyStatistics) -> dict[str, object]:
    per_bar, ranges = statistics.notes_per_bar or [0], statistics.ranges or [0]
    moves = shares(statistics.intervals)
    return {
        "notes": statistics.notes,
        "notes_per_bar_mean": round(fmean(per_bar), 2),
        "notes_per_bar_sd": round(pstdev(per_bar), 2),
        "chromatic_share": round(statistics.chromatic / max(1, statistics.notes), 4),
        "rest_share": round(float(statistics.rest_steps / max(statistics.steps, Fraction(1))), 4),
        "range_semitones_mean": round(fmean(ranges), 2),
        "range_semitones_sd": round(pstdev(ranges), 2),
        "repeat_share": moves.get("0", 0.0),
        "step_share": round(moves.get("1", 0.0) + moves.get("-1", 0.0), 4),
        "leap_share": round(sum(share for move, share in moves.items() if abs(int(move)) >= 3), 4),
    }


def _total(chains: _Chains) -> int:
    return sum(sum(counts.values()) for counts in chains.values())


def _degree_order(item: tuple[str, object]) -> tuple[int, int]:
    degree, before = item[0].split()
    return int(degree), -99 if before == START else int(before)


def _numeric(counts: Counts) -> dict[str, int]:
    return {name: round(counts[name]) for name in sorted(counts, key=int)}

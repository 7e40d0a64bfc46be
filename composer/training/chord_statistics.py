"""Counts chords, chains of chords, harmonic rhythm and cadences, and writes the tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from composer.training.chord_sections import ChordEvent, Section, merge
from composer.training.chord_tokens import simpler
from composer.training.tables import (
    Counts,
    prune,
    prune_contexts,
    ranked,
    shares,
    toml_table,
)

START = "^"
ANY = "any"
# A section's own chain with fewer contexts would be backed off from at every other chord.
_LEAST_CONTEXTS = 8
DURATIONS_BARS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)

_Weights: TypeAlias = defaultdict[str, float]
_Table: TypeAlias = defaultdict[str, _Weights]


def _table() -> _Table:
    """Makes an empty two-level table of weights."""
    return defaultdict(lambda: defaultdict(float))


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus' pieces and how much each of its counts weighs."""

    songs: Sequence[Sequence[Section]]
    weight: float = 1.0


@dataclass(slots=True)
class ChordStatistics:
    """Everything that is counted for one family; keys are (mode, section) pairs."""

    chords: _Table = field(default_factory=_table)
    chains: dict[tuple[str, str], _Table] = field(default_factory=dict)
    order1: dict[tuple[str, str], _Table] = field(default_factory=dict)
    rhythm: _Table = field(default_factory=_table)
    cadences: _Table = field(default_factory=_table)
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)


def vocabularies(sources: Iterable[Source], size: int) -> dict[str, frozenset[str]]:
    """Finds each mode's most frequent chords, by the number of changes to them."""
    counts = _table()
    for source in sources:
        for song in source.songs:
            for section in distinct(song):
                for event in section.events():
                    if event.token:
                        counts[section.mode][event.token] += source.weight
    return {
        mode: frozenset(name for name, _ in ranked(counter)[:size])
        for mode, counter in counts.items()
    }


def distinct(song: Sequence[Section]) -> list[Section]:
    """Leaves out literal repeats of a section, so that a refrain counts once per song."""
    seen: set[tuple[str, str, tuple[str | None, ...]]] = set()
    kept = []
    for section in song:
        fingerprint = (section.label, section.mode, tuple(e.token for e in section.events()))
        if fingerprint not in seen:
            seen.add(fingerprint)
            kept.append(section)
    return kept


def count(sources: Iterable[Source], size: int) -> ChordStatistics:
    """Counts all sources with a vocabulary of `size` chords per mode.

    A chord outside the vocabulary is replaced by a plainer one of the same root; where none
    is in the vocabulary, the chain breaks there.
    """
    sources = list(sources)
    known = vocabularies(sources, size)
    statistics = ChordStatistics()
    for source in sources:
        for song in source.songs:
            for section in distinct(song):
                _count_section(statistics, _reduce(section, known), source.weight)
    return statistics


def _reduce(section: Section, known: Mapping[str, frozenset[str]]) -> Section:
    vocabulary = known.get(section.mode, frozenset())

    def nearest(event: ChordEvent) -> ChordEvent:
        name = event.token
        while name is not None and name not in vocabulary:
            name = simpler(name)
        return ChordEvent(name, event.bars)

    phrases = tuple(tuple(nearest(event) for event in phrase) for phrase in section.phrases)
    return Section(section.label, section.mode, phrases, section.opens, section.closes)


def _count_section(statistics: ChordStatistics, section: Section, weight: float) -> None:
    labels = (ANY, section.label) if section.label else (ANY,)
    events = section.events()
    for event in events:
        if event.token is None:
            continue
        _add(statistics.chords[section.mode], event.token, weight)
        if event.bars <= 0:  # a pivot chord, heard in two keys: its length is the other's
            continue
        for label in labels:
            _add(statistics.rhythm[label], _duration(event.bars), weight)
    for label in labels:
        statistics.transitions[section.mode, label] += len(events)
    _count_chain(statistics, section, labels, [e.token for e in events], weight)
    for phrase in section.phrases[1:]:
        opening = [event.token for event in merge(phrase)][:2]
        _count_opening(statistics, section, labels, opening, weight)
    _count_cadences(statistics, section, weight)


def _count_chain(
    statistics: ChordStatistics,
    section: Section,
    labels: Sequence[str],
    tokens: Sequence[str | None],
    weight: float,
) -> None:
    before: tuple[str | None, str | None] = (START, START) if section.opens else (None, None)
    for name in tokens:
        if name is not None:
            for label in labels:
                _count_step(statistics, (section.mode, label), before, name, weight)
        before = (before[1], name)


def _count_opening(
    statistics: ChordStatistics,
    section: Section,
    labels: Sequence[str],
    opening: Sequence[str | None],
    weight: float,
) -> None:
    """Counts how an inner phrase starts, besides how it goes on from the one before."""
    if not opening or opening[0] is None:
        return
    for label in labels:
        key = (section.mode, label)
        _count_step(statistics, key, (START, START), opening[0], weight)
        if len(opening) > 1 and opening[1] is not None:
            chain = statistics.chains.setdefault(key, _table())
            _add(chain[f"{START} {opening[0]}"], opening[1], weight)


def _count_step(
    statistics: ChordStatistics,
    key: tuple[str, str],
    before: tuple[str | None, str | None],
    name: str,
    weight: float,
) -> None:
    if before[1] is None:
        return
    order1 = statistics.order1.setdefault(key, _table())
    _add(order1[before[1]], name, weight)
    if before[0] is not None:
        chain = statistics.chains.setdefault(key, _table())
        _add(chain[f"{before[0]} {before[1]}"], name, weight)


def _count_cadences(statistics: ChordStatistics, section: Section, weight: float) -> None:
    ends = len(section.phrases) if section.closes else len(section.phrases) - 1
    for last in range(1, ends + 1):
        heard = merge([event for phrase in section.phrases[:last] for event in phrase])
        final = [event.token for event in heard[-2:]]
        if len(final) == 2 and None not in final:
            _add(statistics.cadences[section.mode], " ".join(t for t in final if t), weight)


def _add(counter: _Weights, name: str, weight: float) -> None:
    counter[name] += weight


def _duration(bars: float) -> str:
    nearest = min(DURATIONS_BARS, key=lambda value: (abs(value - bars), value))
    return f"{nearest:g}"


def render_tables(
    statistics: ChordStatistics,
    minimum: int,
    successors: int = 10,
    least_transitions: int = 400,
) -> list[str]:
    """Writes the tables of one family as TOML lines.

    Args:
        statistics: what was counted.
        minimum: counts below are left out.
        successors: how many next chords a context keeps.
        least_transitions: chords that a section's own chain needs, to be written at all.
    """
    lines: list[str] = []
    for mode in sorted(statistics.chords):
        lines += toml_table(f"chords.{mode}", prune(statistics.chords[mode], minimum, 100))
    for mode, label in _labels(statistics, least_transitions):
        chain = statistics.chains.get((mode, label), _table())
        pruned = prune_contexts(chain, minimum, successors)
        if label == ANY or len(pruned) >= _LEAST_CONTEXTS:
            lines += toml_table(f"chains.{mode}.{label}", pruned)
        order1 = statistics.order1.get((mode, label), _table())
        if label == ANY:
            lines += toml_table(
                f"order1.{mode}.{label}", prune_contexts(order1, minimum, successors)
            )
    for label in _rhythm_labels(statistics.rhythm):
        lines += toml_table(f"harmonic_rhythm.{label}", _rhythm(statistics.rhythm[label]))
    for mode in sorted(statistics.cadences):
        lines += toml_table(f"cadences.{mode}", prune(statistics.cadences[mode], minimum, 40))
    return lines


def _labels(statistics: ChordStatistics, least: int) -> list[tuple[str, str]]:
    keys = [
        key
        for key, transitions in statistics.transitions.items()
        if key[1] == ANY or transitions >= least
    ]
    return sorted(keys, key=lambda key: (key[0], key[1] != ANY, key[1]))


def _rhythm_labels(rhythm: Mapping[str, Counts]) -> list[str]:
    labels = [label for label in rhythm if sum(rhythm[label].values()) >= 200 or label == ANY]
    return sorted(labels, key=lambda label: (label != ANY, label))


def _rhythm(counts: Counts) -> dict[str, float]:
    return dict(sorted(shares(counts).items(), key=lambda item: float(item[0])))

"""The chords that a given tune may have, and how readily one follows another.

They are those of the style's progression table, the triads of the key, dominants of its degrees and
chords of the parallel key, in root position. Costs are whole thousandths of a nat, so that sums and
comparisons are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from composer.rulebook import Rulebook
from composer.rulebook.learned import Counts
from composer.rulebook.progressions import Progressions
from composer.rulebook.styles import Style
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.writing.modes import favour, is_tonal, translation

Costs = NDArray[np.int64]

UNIT = 1000
"""Costs a nat."""

_KINDS = ("", "m", "dim", "aug", "7", "m7", "maj7", "m7b5", "dim7", "6", "m6")
"""Suffixes of the symbols of chords that are chosen from; other colours come afterwards."""
_ORDER1, _ORDER0, _FLOOR = 0.72, 0.26, 0.02
_SAME_ROOT = 450
_RARE = {"aug": 900, "dim7": 700, "dim": 600, "6": 400, "m6": 400}
# A dominant of another degree than the tonic is there to lead to it.
_STRAYED, _LED = 3000, -300
_FOREIGN_SEVENTH = 250  # what a chord foreign to the key costs in every slot
_NEXT = 1000  # what the likeliest step costs, in every style and from every chord
_BORROWED = {"major": ("iv", "bVI", "bVII", "bIII", "iiø7"), "minor": ("V", "V7", "IV", "bII")}
_APPLIED = {
    "major": ("VI7", "II7", "III7", "I7", "VII7", "#iv°7"),
    "minor": ("I7", "bIII7", "bVII7", "bVI7", "II7", "#iv°7", "vii°7"),
}
_EXTRA = 0.004  # share of all chords that one has which the table does not know
_DIATONIC = 0.03


@dataclass(frozen=True, slots=True)
class Palette:
    """Chords to choose from.

    Args:
        chords: The chords, those of the style's table first.
        costs: What each costs by itself.
        steps: What each costs after each other, ``[before, after]``; 0 where it stays.
        degrees: Semitones of each root above the tonic.
    """

    chords: tuple[Chord, ...]
    costs: Costs
    steps: Costs
    degrees: tuple[int, ...]

    def index(self, chord: Chord) -> int:
        """Place of a chord."""
        return self.chords.index(chord)


def palette_of(key: Key, style: Style, book: Rulebook) -> Palette:
    """The chords of a key in a style.

    Args:
        key: The key.
        style: The style.
        book: The rules.
    """
    table = book.progressions(style.harmony.table, style.name)
    parent = Key(key.tonic, book.scales[key.scale.parent])
    counts = table.unigrams[key.scale.parent]
    tokens = translation(counts, key, parent, book.chords, powerless=True)
    favoured = favour(counts, tokens, key, parent, book.chords)
    shares: dict[Chord, float] = {}
    place: dict[str, Chord] = {}
    total = sum(counts.values())
    for token, moved in tokens.items():
        chord = _grounded(book.chords.parse(moved, key.tonic))
        if chord.quality.symbol not in _KINDS:
            continue
        place[token] = chord
        share = counts[token] / total * favoured.get(moved, 1.0)
        shares[chord] = shares.get(chord, 0.0) + share
    for chord in _own(key, book):
        floor = _DIATONIC if _is_plain(chord) and not _has_kin(chord, shares) else _EXTRA
        shares[chord] = max(shares.get(chord, 0.0), floor)
    if is_tonal(key):
        parent_mode = key.scale.parent
        for text in (*_BORROWED[parent_mode], *_APPLIED[parent_mode]):
            shares.setdefault(book.chords.parse(text, key.tonic), _EXTRA)
    chords = tuple(shares)
    steps = _steps(chords, shares, _followers(table, key.scale.parent, place), key)
    degrees = tuple((chord.root.number - key.tonic.number) % 12 for chord in chords)
    costs = np.array([_cost(chord, key) for chord in chords], dtype=np.int64)
    return Palette(chords, costs, steps, degrees)


def _cost(chord: Chord, key: Key) -> int:
    foreign = 0 if chord.numbers <= key.numbers else _FOREIGN_SEVENTH
    return _RARE.get(chord.quality.symbol, 0) + foreign


def _grounded(chord: Chord) -> Chord:
    return replace(chord, bass=chord.root)


def _is_plain(chord: Chord) -> bool:
    return chord.quality.symbol in ("", "m")


def _has_kin(chord: Chord, shares: Mapping[Chord, float]) -> bool:
    """Whether the table has the triad with a seventh often enough."""
    kin = [c for c in shares if c.root == chord.root and c.quality.third == chord.quality.third]
    return sum(shares[c] for c in kin) >= _DIATONIC


def _own(key: Key, book: Rulebook) -> list[Chord]:
    """The triads on the degrees of a key; in minor also the major dominant."""
    names = key.pitch_classes
    by_tones = {q.tones: q for q in reversed(list(book.chords.by_symbol.values()))}
    found = []
    if len(names) == 7:
        for degree, root in enumerate(names):
            tones = tuple(names[(degree + 2 * i) % 7].fifths - root.fifths for i in range(3))
            if tones in by_tones:
                found.append(Chord(root, by_tones[tones], root))
    if key.scale.parent == "minor" and is_tonal(key):
        found.append(book.chords.parse("V", key.tonic))
    return found


def _followers(
    table: Progressions, parent: str, place: Mapping[str, Chord]
) -> dict[Chord, dict[Chord, float]]:
    """Share of each chord after each other, as the table has learned it."""
    found: dict[Chord, dict[Chord, float]] = {}
    for token, counts in table.order1[parent].items():
        if token not in place:
            continue
        row = found.setdefault(place[token], {})
        for following, count in _known(counts, place):
            row[following] = row.get(following, 0.0) + count
    return {chord: _normal(row) for chord, row in found.items() if row}


def _known(counts: Counts, place: Mapping[str, Chord]) -> Iterable[tuple[Chord, float]]:
    return ((place[token], count) for token, count in counts.items() if token in place)


def _normal(row: Mapping[Chord, float]) -> dict[Chord, float]:
    total = sum(row.values())
    return {chord: count / total for chord, count in row.items()}


def _steps(
    chords: tuple[Chord, ...],
    shares: Mapping[Chord, float],
    followers: Mapping[Chord, Mapping[Chord, float]],
    key: Key,
) -> Costs:
    total = sum(shares.values())
    steps = np.zeros((len(chords), len(chords)), dtype=np.int64)
    for i, before in enumerate(chords):
        row = followers.get(before)
        for j, after in enumerate(chords):
            if i == j:
                continue
            learned = row.get(after, 0.0) if row is not None else shares[after] / total
            chance = _ORDER1 * learned + _ORDER0 * shares[after] / total + _FLOOR / len(chords)
            cost = round(-UNIT * log(chance))
            if before.root == after.root:
                cost += _SAME_ROOT
            steps[i, j] = cost + _leading(before, after, key)
        others = np.arange(len(chords)) != i
        steps[i, others] += _NEXT - int(steps[i, others].min())
    return steps


def _leading(before: Chord, after: Chord, key: Key) -> int:
    """What a foreign dominant costs that goes astray; less than nothing where it leads on."""
    if before.quality.symbol not in ("7", "dim7", "") or before.numbers <= key.numbers:
        return 0
    fall = (before.root.number - after.root.number) % 12
    leads = fall == 11 if before.quality.symbol == "dim7" else fall == 7
    if before.quality.symbol == "":
        return 0 if not leads else _LED // 2
    return _LED if leads else _STRAYED

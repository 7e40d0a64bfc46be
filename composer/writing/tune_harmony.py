"""Chords for a given tune: the cheapest line of chords under it, by dynamic programming.

What counts is how the tune's notes fit the chords, how chords follow each other in the style's
table, where chords change, and how phrases end. Phrases that come back have the same chords.
Source: Raphael and Nichols, "Linear Dynamic Programming for Automatic Harmonization" (2009);
Simon, Morris and Basu, "MySong" (2008); Viterbi (1967) for the search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
from numpy.typing import NDArray

from composer.music.tune import TuneNote
from composer.rulebook import Rulebook
from composer.rulebook.styles import Style
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.modes import is_tonal
from composer.writing.tune_chords import Costs, Palette, palette_of
from composer.writing.tune_fit import fit_costs, nats, sung_in
from composer.writing.tune_likeness import TunePhrase, likeness

_STEP_SHARE = 0.55  # how much the table of the style counts beside the tune
_FORBIDDEN = nats(60)
_HOME, _START = nats(-2.2), nats(-3.2)
_ODD_PICKUP = nats(4.0)
_LAST = nats(-6.0)
_AGAIN = nats(-1.6)
_HELD = nats(2.8)  # a chord that comes after a phrase has ended
_DOMINANT, _TONIC = 7, 0
_CLOSES = nats(-0.7)  # a dominant before the tonic that ends a phrase
_FINAL = 5  # times as much at the end of the tune
_ENDS = {0: nats(-0.9), 7: nats(-1.6), 9: nats(-0.1), 8: nats(-0.1), 5: nats(-0.1), 10: 0}
_STRAY = nats(0.7)  # a phrase that ends on another degree
_ALIKE = 85  # likeness of bars, in hundredths, that have the same chords
_INSIDE = 0.6  # how much of its chance's cost a change within a bar has beside the tune
_FAST = 0.3  # share of chords a beat from which a style changes them so


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a tune that has one chord.

    Args:
        onset: Onset in quarters from the first downbeat of the tune.
        change: What it costs to change the chord there.
        stay: What it costs not to.
    """

    onset: Fraction
    change: int
    stay: int


def harmonise(
    notes: Sequence[TuneNote],
    phrases: Sequence[TunePhrase],
    key: Key,
    meter: Meter,
    style: Style,
    book: Rulebook,
    *,
    lead: int = 0,
) -> list[tuple[Fraction, Chord]]:
    """Find the chords of a tune.

    Args:
        notes: Its notes, with onsets from the first downbeat.
        phrases: Its phrases.
        key: Its key.
        meter: The time signature.
        style: The style whose chords are wanted.
        book: The rules.
        lead: Bars of its pick-up, which have chords too.

    Returns:
        Onsets from the first downbeat and chords in order; neighbours may be the same.
    """
    palette = palette_of(key, style, book)
    bars = phrases[-1].start_bar + phrases[-1].bars
    slots = slots_of(-lead, bars, meter, style)
    bounds = [*(slot.onset for slot in slots), meter.bar_quarters * bars]
    costs = fit_costs(sung_in(notes, bounds, meter), palette, key) + palette.costs
    goals = _goals(notes, phrases, slots, meter)
    costs += _wishes(palette, slots, goals, notes, key)
    steps = np.asarray(palette.steps * _STEP_SHARE, dtype=np.int64)
    arrivals = _arrivals(palette, key)
    line = _cheapest(costs, steps, slots, goals, arrivals)
    again = _again(line, phrases, slots, costs.shape[1], notes, meter)
    if again.any():
        line = _cheapest(costs + again, steps, slots, goals, arrivals)
    return [(slot.onset, palette.chords[i]) for slot, i in zip(slots, line, strict=True)]


def slots_of(first: int, end: int, meter: Meter, style: Style) -> list[Slot]:
    """Where chords may change in some bars, and how readily: on bar lines, and within bars."""
    shares = style.harmony.rhythm
    total = sum(shares.values()) or 1.0
    beats = shares.get("0.25", 0.0) / total
    halves = shares.get("0.5", 0.0) / total
    longer = (shares.get("2", 0.0) + shares.get("4", 0.0)) / total
    inside: Mapping[Fraction, tuple[float, float]] = {
        onset: _chance(onset, meter, halves, beats) for onset in _places(meter, beats)
    }
    line = min(0.72, max(0.45, 0.8 - longer * 0.6))
    slots = []
    for bar in range(first, end):
        start = meter.bar_quarters * bar
        slots.append(Slot(start, nats(-log(line)), nats(-log(1 - line))))
        slots += [
            Slot(start + onset, nats(-_INSIDE * log(moves)), nats(-log(stays)))
            for onset, (moves, stays) in inside.items()
        ]
    return slots


def _places(meter: Meter, beats: float) -> list[Fraction]:
    """Onsets within a bar at which chords may change."""
    if beats >= _FAST:
        return list(meter.beat_onsets[1:])
    if len(meter.beats) == 3 and len(set(meter.beats)) == 1:
        return [meter.beat_onsets[2]]  # three beats are two and one
    return [meter.middle] if len(meter.beats) > 1 else []


def _chance(onset: Fraction, meter: Meter, halves: float, beats: float) -> tuple[float, float]:
    """Chance that the chord changes within a bar, and that it does not."""
    weak = beats >= _FAST and onset != meter.middle
    moves = min(0.5, 0.05 + 0.6 * beats) if weak else min(0.6, 0.1 + 0.5 * halves + 0.5 * beats)
    return moves, 1 - moves


def _goals(
    notes: Sequence[TuneNote], phrases: Sequence[TunePhrase], slots: Sequence[Slot], meter: Meter
) -> list[tuple[int, int]]:
    """For each phrase the slot in which it comes to rest, and the first slot after it."""
    onsets = [slot.onset for slot in slots]
    found = []
    for phrase in phrases:
        end = meter.bar_quarters * (phrase.start_bar + phrase.bars)
        stop = next((i for i, onset in enumerate(onsets) if onset >= end), len(onsets))
        first, start = meter.bar_quarters * phrase.start_bar, end - meter.bar_quarters
        sung = [n for n in notes if start <= n.onset_quarters < end]
        sung = sung or [n for n in notes if first <= n.onset_quarters < end][-1:]
        held = max(sung, key=lambda n: (n.duration_quarters, -n.onset_quarters), default=None)
        rest = held.onset_quarters if held is not None else start
        goal = max((i for i in range(stop) if onsets[i] <= rest), default=0)
        found.append((goal, stop))
    return found


def _wishes(
    palette: Palette,
    slots: Sequence[Slot],
    goals: Sequence[tuple[int, int]],
    notes: Sequence[TuneNote],
    key: Key,
) -> Costs:
    """What chords cost by their place: home where the tune begins, a cadence at phrase ends."""
    wishes = np.zeros((len(slots), len(palette.chords)), dtype=np.int64)
    degrees = np.array(palette.degrees)
    diatonic = np.array([chord.numbers <= key.numbers for chord in palette.chords])
    home = (degrees == _TONIC) & np.array([_is_home(chord, key) for chord in palette.chords])
    first = next(i for i, slot in enumerate(slots) if slot.onset >= 0)
    wishes[first, home] += _START
    wishes[:first, ~(home | _dominants(palette, key))] += _ODD_PICKUP
    for goal, _ in goals[:-1]:
        ends = [_ENDS.get(degree, _STRAY) for degree in palette.degrees]
        wishes[goal] += np.array(ends, dtype=np.int64)
        wishes[goal, ~(diatonic | (degrees == _DOMINANT))] += _STRAY
    goal, stop = goals[-1]
    last = notes[-1].pitch.midi % 12
    tonic = {(key.tonic.number + step) % 12 for step in _home_tones(key)}
    wishes[goal:stop, home] += _HOME
    wishes[stop - 1, home] += _LAST
    if last in tonic:
        wishes[stop - 1, ~home] += _FORBIDDEN
    return wishes


def _is_home(chord: Chord, key: Key) -> bool:
    """Whether a chord is the key's own on the tonic, at rest."""
    third = 4 if key.scale.parent == "major" else 3
    return (key.tonic.number + third) % 12 in chord.numbers <= key.numbers


def _home_tones(key: Key) -> tuple[int, ...]:
    return (0, 4, 7) if key.scale.parent == "major" else (0, 3, 7)


def _arrivals(palette: Palette, key: Key) -> Costs:
    """What the step into the end of a phrase is worth, ``[before, after]``."""
    degrees = np.array(palette.degrees)
    arrivals = np.zeros((len(degrees), len(degrees)), dtype=np.int64)
    arrivals[np.ix_(_dominants(palette, key), degrees == _TONIC)] = _CLOSES
    return arrivals


def _dominants(palette: Palette, key: Key) -> NDArray[np.bool_]:
    """Which chords are the dominant; in a mode without a leading tone the minor one serves."""
    kinds = ("", "7") if is_tonal(key) else ("", "7", "m", "m7")
    places = zip(palette.chords, palette.degrees, strict=True)
    return np.array([d == _DOMINANT and chord.quality.symbol in kinds for chord, d in places])


def _cheapest(
    costs: Costs,
    steps: Costs,
    slots: Sequence[Slot],
    goals: Sequence[tuple[int, int]],
    arrivals: Costs,
) -> list[int]:
    """The line of chords that costs least; the first of equals."""
    count = costs.shape[1]
    own = np.arange(count)
    goal_slots = {goal for goal, _ in goals}
    after = {i for goal, stop in goals for i in range(goal + 1, stop)}
    total = costs[0].copy()
    came = np.zeros(costs.shape, dtype=np.int64)
    for i in range(1, len(slots)):
        change = steps + (slots[i].change + (_HELD if i in after else 0))
        if i in goal_slots:
            change = change + (_FINAL * arrivals if i == goals[-1][0] else arrivals)
        change[own, own] = slots[i].stay
        ways = total[:, None] + change
        came[i] = ways.argmin(axis=0)
        total = ways[came[i], own] + costs[i]
    line = [int(total.argmin())]
    for i in range(len(slots) - 1, 0, -1):
        line.append(int(came[i, line[-1]]))
    return line[::-1]


def _again(
    line: Sequence[int],
    phrases: Sequence[TunePhrase],
    slots: Sequence[Slot],
    count: int,
    notes: Sequence[TuneNote],
    meter: Meter,
) -> Costs:
    """What the chords of a phrase are worth where it comes back."""
    wishes = np.zeros((len(slots), count), dtype=np.int64)
    place = {slot.onset: i for i, slot in enumerate(slots)}
    within = [slot.onset for slot in slots if 0 <= slot.onset < meter.bar_quarters]
    for second, first in _models(phrases, notes, meter).items():
        for onset in within:
            model = place[onset + meter.bar_quarters * first]
            wishes[place[onset + meter.bar_quarters * second], line[model]] += _AGAIN
    return wishes


def _models(
    phrases: Sequence[TunePhrase], notes: Sequence[TuneNote], meter: Meter
) -> dict[int, int]:
    """For each bar that comes back the one that it is like: in its phrase's model, or before it.

    Outside of its phrase's model a bar counts only with a neighbour that comes back with it.
    """
    bars = phrases[-1].start_bar + phrases[-1].bars
    alike = likeness(notes, meter, bars) >= _ALIKE
    sung = {int(note.onset_quarters // meter.bar_quarters) for note in notes}
    found: dict[int, int] = {}
    for index, phrase in enumerate(phrases):
        model = phrases[phrase.like]
        for offset in range(phrase.bars):
            second = phrase.start_bar + offset
            first = model.start_bar + offset
            if phrase.like != index and offset < model.bars and alike[first, second]:
                found[second] = first
                continue
            runs = (
                bar
                for bar in range(second % 2, second - 1, 2)
                if bar in sung and alike[bar, second] and _runs_on(alike, bar, second)
            )
            again = next(runs, None)
            if again is not None:
                found[second] = found.get(again, again)
    return found


def _runs_on(alike: NDArray[np.bool_], first: int, second: int) -> bool:
    """Whether a bar comes back together with the one before or after it."""
    neighbours = ((first + step, second + step) for step in (-1, 1))
    return any(one >= 0 and other < len(alike) and alike[one, other] for one, other in neighbours)

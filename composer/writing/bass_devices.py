"""Devices of the bass and of held chords; each lists the ways to rewrite a line by it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.rulebook.devices import DeviceTables
from composer.theory.chord import Chord
from composer.theory.interval import parse_degree
from composer.theory.pitch import PitchClass
from composer.writing.chromatic_devices import is_minor
from composer.writing.steps import Line, Rewrite, Step

_FIFTH = parse_degree("5")
_MAJOR_THIRD = parse_degree("3")
_PEDAL_BARS = 2
_CLICHE_BARS = 2


def pedals(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """Two bars over a held bass: the tonic where a phrase opens, the dominant before its end.

    No chord is held over a bass that lies a semitone under one of its tones.
    Source: Kostka and Payne, chapter 12, on pedal points; Levine, chapter 15, on slash chords.
    """
    found = []
    reach = line.meter.bar_quarters * _PEDAL_BARS
    first = line.steps[0]
    if first.degree == 0 and first.chord.bass == first.chord.root:
        stop = _before(line, reach)
        found += _held(line, 0, stop, first.key.tonic)
    goal = next((i for i, step in enumerate(line.steps) if step.goal), None)
    if goal is not None and line.steps[goal].degree == 7:
        bass = line.steps[goal].chord.root
        start = _before(line, line.steps[goal].onset - reach)
        found += _held(line, start, goal, bass)
    return found


def _before(line: Line, moment: Fraction) -> int:
    """How many steps begin before a moment."""
    return sum(step.onset < moment for step in line.steps)


def _held(line: Line, start: int, stop: int, bass: PitchClass) -> list[Rewrite]:
    """The steps over one bass, where at least two roots move over it and none clashes."""
    steps = line.steps[start:stop]
    if len({step.chord.root for step in steps}) < 2 or any(step.goal for step in steps):
        return []
    if any((bass.number + 1) % 12 in step.chord.numbers for step in steps):
        return []
    if any(step.leads is not None for step in steps):
        return []
    over = tuple(replace(s, chord=replace(s.chord, bass=bass)) for s in steps)
    return [Rewrite(start, stop, over)]


def line_cliches(line: Line, tables: DeviceTables) -> list[Rewrite]:
    """Two bars of the tonic in which one voice moves by step, at the start of a phrase.

    Source: Levine, chapter 13, on the line cliche.
    """
    bar, first = line.meter.bar_quarters, line.steps[0]
    limit = bar * _CLICHE_BARS
    stop = _before(line, limit)
    if first.degree != 0 or first.chord.bass != first.chord.root or line.end < limit + bar:
        return []
    if any(step.goal for step in line.steps[:stop]):
        return []
    rest: tuple[Step, ...] = ()
    if stop == len(line.steps) or line.steps[stop].onset != limit:
        if stop == 1:
            return []
        rest = (replace(line.steps[stop - 1], onset=limit),)
    following = rest[0] if rest else line.steps[stop]
    if following.degree == 0:
        return []
    minor, onsets = is_minor(first.chord), _half_bars(line)
    found = []
    for numerals in tables.cliches["minor" if minor else "major"]:
        steps = tuple(
            replace(first, onset=onset, chord=line.numeral(text, first.key), plain=False)
            for onset, text in zip(onsets, numerals, strict=True)
        )
        found.append(Rewrite(0, stop, (*steps, *rest)))
    return found


def _half_bars(line: Line) -> tuple[Fraction, ...]:
    bar, middle = line.meter.bar_quarters, line.meter.middle
    return (Fraction(0), middle, bar, bar + middle)


def inversions(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """A chord over its third or fifth, where that makes the bass go by step on both sides.

    A chord over its third may also lead up a semitone into the next root.
    Source: Kostka and Payne, chapters 7 to 9; Everett, *The Foundations of Rock* (2009), on bass
    lines.
    """
    found = []
    for index in range(1, len(line.steps) - 1):
        before, step, after = line.steps[index - 1 : index + 2]
        chord = step.chord
        if step.goal or step.leads is not None or chord.bass != chord.root:
            continue
        for tone in chord.quality.tones[1:3]:
            bass = chord.root + tone
            come = _step(before.chord.bass, bass)
            go = _step(bass, after.chord.bass)
            if come and go and (come * go > 0 or tone != _FIFTH):
                weight = 2.0 if come * go > 0 else 0.6
            elif tone == _MAJOR_THIRD and go == 1:
                weight = 0.6
            else:
                continue
            new = replace(step, chord=replace(chord, bass=bass))
            found.append(Rewrite(index, index + 1, (new,), weight))
    return found


def _step(first: PitchClass, second: PitchClass) -> int:
    """Semitones from one pitch class up or down by step to another; 0 where it is no step."""
    distance = (second.number - first.number + 6) % 12 - 6
    return distance if abs(distance) in (1, 2) else 0


def suspensions(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """The fourth before the third, in a major chord or a dominant of a bar or more.

    Source: Kostka and Payne, chapter 11.
    """
    symbols = {"": "sus4", "7": "7sus4", "9": "9sus4"}
    found = []
    for index, step in enumerate(line.steps):
        late, symbol = line.late(index), symbols.get(step.chord.quality.symbol)
        if late is None or symbol is None or step.chord.bass != step.chord.root:
            continue
        fourth = (step.chord.root.number + 5) % 12
        if fourth not in step.key.numbers or step.leads not in (None, step.chord.root):
            late = None
        if late is None:
            continue
        sus = replace(step, chord=line.chord(step.chord.root, symbol), plain=False)
        held = replace(step, onset=late, plain=False)
        weight = 3.0 if step.degree == 7 else 1.0
        found.append(Rewrite(index, index + 1, (replace(sus, leads=step.chord.root), held), weight))
    return found


def picardy(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """A minor tonic that ends the line becomes major.

    Source: Kostka and Payne, chapter 21.
    """
    last = line.steps[-1]
    if not last.goal or last.degree != 0 or not is_minor(last.chord):
        return []
    chord: Chord = line.chord(last.chord.root, "")
    return [
        Rewrite(len(line.steps) - 1, len(line.steps), (replace(last, chord=chord, plain=False),))
    ]

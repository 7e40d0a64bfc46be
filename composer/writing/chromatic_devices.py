"""Devices that bring chords from outside the key; each lists the ways to rewrite a line by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from composer.rulebook.devices import DeviceTables, Substitution
from composer.theory.chord import Chord
from composer.theory.interval import parse_degree
from composer.writing.modes import is_tonal
from composer.writing.steps import Line, Rewrite, Step

_FIFTH = parse_degree("5")
_MAJOR_THIRD = parse_degree("3")
_MINOR_THIRD = parse_degree("b3")
_MINOR_SEVENTH = parse_degree("b7")
_TRITONE_ABOVE = parse_degree("#4")
_TRITONE_BELOW = -_TRITONE_ABOVE
_SEMITONE_BELOW = parse_degree("7")
_SEMITONE_ABOVE = -_SEMITONE_BELOW
_TO_MAJOR = (("9", 2.0), ("13", 2.0), ("7b9", 1.0), ("13b9", 0.5), ("7#9", 0.4))
_TO_MINOR = (("7b9", 3.0), ("7alt", 1.5), ("7b13", 1.0), ("7#9", 1.0))
_SUBSTITUTE = (("9", 1.0), ("7#11", 2.0), ("13", 1.0))


def is_minor(chord: Chord) -> bool:
    """Whether a chord has a minor third."""
    return _MINOR_THIRD in chord.quality.tones


def is_dominant(chord: Chord) -> bool:
    """Whether a chord has a major third and a minor seventh."""
    return {_MAJOR_THIRD, _MINOR_SEVENTH} <= set(chord.quality.tones)


def secondary_dominants(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """V7 of a chord that is not the tonic before it, alone or as ii-V.

    Source: Kostka and Payne, chapters 16 and 17; Levine, chapter 13, on ii-V pairs.
    """
    found = []
    for index in range(1, len(line.steps)):
        step, target = line.steps[index - 1], line.steps[index]
        goal = target.chord
        if target.degree == 0 or _FIFTH not in goal.quality.tones or target.leads is not None:
            continue
        dominant = goal.root + _FIFTH
        if step.goal or step.leads is not None or step.chord.root == dominant:
            continue
        minor, inside = is_minor(goal), goal.root.number in target.key.numbers
        weight = 1.0 if inside else 0.3
        five = replace(
            step, chord=line.chord(dominant, "7"), plain=False, leads=goal.root, goal=False
        )
        late = line.late(index - 1)
        if late is not None:
            found.append(Rewrite(index - 1, index, (step, replace(five, onset=late)), 1.5 * weight))
        if index < 2 or line.length_of(index - 1) < line.meter.middle:
            continue
        found.append(Rewrite(index - 1, index, (five,), 0.6 * weight))
        if late is not None:
            two = line.chord(dominant + _FIFTH, "m7b5" if minor else "m7")
            pair = (
                replace(five, chord=two, leads=dominant),
                replace(five, onset=late),
            )
            found.append(Rewrite(index - 1, index, pair, 1.5 * weight))
    return found


def tritone_substitutes(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """The dominant a tritone away in place of one that resolves, or after it.

    Source: Levine, chapter 13.
    """
    found = []
    for index, target in _resolving(line):
        step = line.steps[index]
        other = line.chord(step.chord.root + _TRITONE_BELOW, "7")
        new = replace(step, chord=other, plain=False, leads=target.chord.root)
        found.append(Rewrite(index, index + 1, (new,), 1.0))
        late = line.late(index)
        if late is not None:
            found.append(Rewrite(index, index + 1, (step, replace(new, onset=late)), 1.0))
    return found


def _resolving(line: Line) -> Iterable[tuple[int, Step]]:
    """Dominants that go down a fifth, by index, with what they go to."""
    for index in range(len(line.steps) - 1):
        step, target = line.steps[index], line.steps[index + 1]
        down = target.chord.root.number == (step.chord.root.number + 5) % 12
        if (
            is_dominant(step.chord)
            and down
            and not step.goal
            and step.chord.bass == step.chord.root
        ):
            yield index, target


def altered_dominants(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """Dominants that resolve get the tensions that their goal allows.

    A minor goal takes b9, #9 and b13, a major one natural ninths and thirteenths as well; one that
    resolves down a semitone a raised eleventh. No b9 stands over a major third but where the
    chord says so.
    Source: Levine, chapters 3 and 7.
    """
    found = []
    for index in range(len(line.steps) - 1):
        step, target = line.steps[index], line.steps[index + 1]
        motion = (target.chord.root.number - step.chord.root.number) % 12
        if step.goal or step.chord.quality.symbol != "7" or step.chord.bass != step.chord.root:
            continue
        if motion == 11:
            symbols: Sequence[tuple[str, float]] = _SUBSTITUTE
        elif motion == 5:
            symbols = _TO_MINOR if is_minor(target.chord) else _TO_MAJOR
        else:
            continue
        for symbol, weight in symbols:
            new = replace(step, chord=line.chord(step.chord.root, symbol), plain=False)
            found.append(Rewrite(index, index + 1, (new,), weight))
    return found


def passing_diminished(line: Line, _tables: DeviceTables) -> list[Rewrite]:
    """A diminished seventh that fills a whole step between two roots, or leads IV back to I.

    Source: Levine, chapter 4; Kostka and Payne, chapter 25, on common-tone diminished sevenths.
    """
    found = []
    for index in range(len(line.steps) - 1):
        step, target = line.steps[index], line.steps[index + 1]
        late = line.late(index)
        if late is None or step.leads is not None or step.chord.bass != step.chord.root:
            continue
        motion = (target.chord.root.number - step.chord.root.number) % 12
        goal, weight = target.chord.root, 1.0
        if motion == 2 and target.chord.bass == goal:
            root = goal + _SEMITONE_BELOW
        elif motion == 10 and is_minor(step.chord) and is_minor(target.chord):
            root = goal + _SEMITONE_ABOVE
        elif motion == 7 and step.degree == 5 and not target.goal:
            root, weight = goal + _TRITONE_ABOVE, 0.6
            target = replace(target, chord=replace(target.chord, bass=goal + _FIFTH))
        else:
            continue
        chord = line.chord(root, "dim7")
        passing = replace(step, onset=late, chord=chord, plain=False, leads=goal, goal=False)
        found.append(Rewrite(index, index + 2, (step, passing, target), weight))
    return found


def borrowed_chords(line: Line, tables: DeviceTables) -> list[Rewrite]:
    """Chords of the parallel mode in place of the key's own."""
    return _substituted(line, tables.borrowed)


def mediants(line: Line, tables: DeviceTables) -> list[Rewrite]:
    """Chords on chromatic mediants in place of the key's own."""
    return _substituted(line, tables.mediant)


def _substituted(line: Line, tables: Mapping[str, tuple[Substitution, ...]]) -> list[Rewrite]:
    found = []
    for index in range(len(line.steps) - 1):
        step, target = line.steps[index], line.steps[index + 1]
        if step.goal or step.leads is not None or step.chord.bass != step.chord.root:
            continue
        if not is_tonal(step.key):
            continue
        for entry in tables[step.key.scale.parent]:
            model = line.numeral(entry.chord, step.key)
            if model.root != step.chord.root or is_minor(model) != is_minor(step.chord):
                continue
            roots = [line.numeral(text, step.key).root for text in entry.before]
            new = line.numeral(entry.becomes, step.key)
            same = new.root == target.chord.root or new.numbers == step.chord.numbers
            if same or (roots and target.chord.root not in roots):
                continue
            other = replace(step, chord=new, plain=False)
            late = line.late(index) if entry.splits else None
            steps = (other,) if late is None else (step, replace(other, onset=late))
            found.append(Rewrite(index, index + 1, steps, entry.weight))
    return found

"""Devices rewrite lines as their names say, and leave cadences and resolutions whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.rulebook.style_harmony import DEVICES as NAMES
from composer.theory.key import Key
from composer.theory.meter import METERS, parse_meter
from composer.writing.bass_devices import (
    inversions,
    line_cliches,
    pedals,
    picardy,
    suspensions,
)
from composer.writing.chromatic_devices import (
    altered_dominants,
    borrowed_chords,
    mediants,
    passing_diminished,
    secondary_dominants,
    tritone_substitutes,
)
from composer.writing.devices import BASS, BODY, DEVICES, TAIL, Device, Deviser, resolved
from composer.writing.steps import Line, Rewrite, Step
from tests.strategies import keys, rules

C = rules().key("C")
A_MINOR = rules().key("Am")


def line_of(
    numerals: str, key: Key = C, meter: str = "4/4", *, goal: bool = False, bars: int = 1
) -> Line:
    """A line of chords, so many bars each; the last one the goal of a cadence, if asked."""
    counted = parse_meter(meter)
    length = counted.bar_quarters * bars
    steps = [
        Step(length * i, rules().chords.parse(text, key.tonic), key)
        for i, text in enumerate(numerals.split())
    ]
    if goal:
        steps[-1] = Step(steps[-1].onset, steps[-1].chord, key, goal=True)
    return Line(tuple(steps), length * len(steps), counted, rules().chords)


def ways(device: Device, line: Line) -> set[str]:
    """All lines that a device makes of one, as symbols."""
    return {symbols(line.rewritten(way)) for way in device(line, rules().devices)}


def symbols(line: Line) -> str:
    """The chords of a line."""
    return " ".join(step.chord.symbol for step in line.steps)


@pytest.mark.parametrize(
    ("device", "numerals", "expected"),
    [
        (secondary_dominants, "I vi ii", "C E7 Am Dm"),
        (secondary_dominants, "I IV ii", "C Em7b5 A7 Dm"),
        (secondary_dominants, "I iii V", "C Am7 D7 G"),
        (tritone_substitutes, "ii7 V7 Imaj7", "Dm7 Db7 Cmaj7"),
        (tritone_substitutes, "ii7 V7 Imaj7", "Dm7 G7 Db7 Cmaj7"),
        (altered_dominants, "V7 I", "G13 C"),
        (altered_dominants, "VI7 ii", "A7b9 Dm"),
        (altered_dominants, "bII7 I", "Db7#11 C"),
        (passing_diminished, "I ii", "C C#dim7 Dm"),
        (passing_diminished, "iii ii", "Em Ebdim7 Dm"),
        (passing_diminished, "IV I V", "F F#dim7 C/G G"),
        (borrowed_chords, "IV I", "F Fm C"),
        (borrowed_chords, "ii V", "Dm7b5 G"),
        (mediants, "vi IV", "Ab F"),
        (inversions, "I V vi", "C G/B Am"),
        (inversions, "vi I IV", "Am C/E F"),
        (suspensions, "V I", "Gsus4 G C"),
        (suspensions, "V7 I", "G7sus4 G7 C"),
        (pedals, "I IV vi V", "C F/C Am G"),
        (line_cliches, "I vi ii V", "C Caug C6 C7 Dm G"),
    ],
)
def test_what_devices_make(device: Device, numerals: str, expected: str) -> None:
    assert expected in ways(device, line_of(numerals))


def test_minor_has_its_own() -> None:
    assert "Am Am/G# Am/G Am/F# Dm E" in ways(line_cliches, line_of("i bVII iv V", A_MINOR))
    assert "D E7 A" not in ways(picardy, line_of("iv V7 i", A_MINOR))
    assert ways(picardy, line_of("iv V7 i", A_MINOR, goal=True)) == {"Dm E7 A"}
    assert "Bb E7" in ways(borrowed_chords, line_of("iv V7", A_MINOR))


def test_a_pedal_never_grinds() -> None:
    """No chord is held over a bass a semitone under one of its tones."""
    assert ways(pedals, line_of("I bII IV I")) == set()
    held = ways(pedals, line_of("IV ii V", goal=True))
    assert held == {"F/G Dm/G G"}


def test_the_modes_keep_their_own_chords() -> None:
    mixolydian = rules().key("G mixolydian")
    assert ways(borrowed_chords, line_of("IV I", mixolydian)) == set()


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
@pytest.mark.parametrize("numerals", ["I IV V7 I", "I vi ii V", "iii VI7 ii7 V7", "I V vi IV"])
def test_goals_stay(device: Device, numerals: str) -> None:
    line = line_of(numerals, goal=True)
    for way in device(line, rules().devices):
        last = line.rewritten(way).steps[-1]
        assert last.goal
        assert last.chord == line.steps[-1].chord
        assert last.chord.bass == line.steps[-1].chord.bass


NUMERALS = ("I", "ii", "iii", "IV", "V", "V7", "vi", "bVII", "iv", "VI7", "ii7", "I/3")


@settings(max_examples=150, deadline=None)
@given(
    numerals=st.lists(st.sampled_from(NUMERALS), min_size=2, max_size=8),
    key=keys(),
    meter=st.sampled_from(METERS),
    goal=st.booleans(),
    name=st.sampled_from(sorted(DEVICES)),
)
def test_rewritings_fill_the_same_time(
    numerals: list[str], key: Key, meter: str, goal: bool, name: str
) -> None:
    line = line_of(" ".join(numerals), key, meter, goal=goal)
    for way in DEVICES[name](line, rules().devices):
        assert way.weight > 0
        new = line.rewritten(way)
        onsets = [step.onset for step in new.steps]
        assert onsets == sorted(set(onsets))
        assert onsets[0] == 0
        assert onsets[-1] < line.end
        assert new.end == line.end
        kept = resolved(new).steps
        for step, following in pairwise(kept):
            assert step.leads is None or step is kept[0] or step.leads == following.chord.root


def test_what_leads_nowhere_is_left_out() -> None:
    line = line_of("I vi IV V")
    lead = line.chord(line.steps[1].chord.root + 1, "7")
    stray = Step(Fraction(2), lead, C, leads=line.steps[1].chord.root)
    right = line.rewritten(Rewrite(0, 1, (line.steps[0], stray)))
    assert resolved(right) == right
    wrong = line.rewritten(Rewrite(0, 2, (line.steps[0], stray)))
    assert symbols(resolved(wrong)) == "C F G"


def deviser(chance: float, colour: float = 0.0, seed: int = 1) -> Deviser:
    """A deviser whose devices all have one chance."""
    return Deviser(seed, dict.fromkeys(NAMES, chance), colour, rules().devices)


@pytest.mark.parametrize("names", [BODY, TAIL, BASS])
def test_no_chance_no_change(names: Sequence[str]) -> None:
    line = line_of("I vi ii V")
    assert deviser(0.0).rewritten(line, ("verse",), names) == line


def test_like_places_are_rewritten_alike() -> None:
    line = line_of("I vi ii V I IV V I")
    first = deviser(0.8).rewritten(line, ("verse", "a"), BODY)
    assert deviser(0.8).rewritten(line, ("verse", "a"), BODY) == first
    others = {symbols(deviser(0.8).rewritten(line, ("verse", i), BODY)) for i in range(8)}
    assert len(others) > 3


def test_more_chance_and_more_colour_rewrite_more() -> None:
    """What is rewritten at a chance is rewritten at any higher one, and in a richer mood."""

    def wanted(chance: float, colour: float = 0.0) -> set[int]:
        one = deviser(chance, colour)
        return {place for place in range(200) if one.wants("tritone", place)}

    assert wanted(0.1) < wanted(0.3) < wanted(0.9)
    assert wanted(0.3, -0.2) < wanted(0.3) < wanted(0.3, 0.2)
    assert wanted(0.0, 0.5) == set()


@pytest.mark.parametrize("chance", [0.2, 0.5])
def test_chances_are_chances(chance: float) -> None:
    one = deviser(chance)
    share = sum(one.wants("borrowed", place) for place in range(2000)) / 2000
    assert share == pytest.approx(chance, abs=0.04)

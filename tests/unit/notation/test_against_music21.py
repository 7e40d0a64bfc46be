"""The same scores read by music21: the same notes at the same time, repeats and ties included."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from composer.notation.lead_sheet import read_lead_sheet
from composer.rulebook import load_rulebook
from tests.scores import attributes, barline, note, notes, part, score

Heard = list[tuple[Fraction, Fraction, int]]
_CLARINET = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"


def ours(data: bytes) -> Heard:
    tune = read_lead_sheet(data, "a.xml", load_rulebook().chords).tune
    start = tune.notes[0].onset_quarters
    return [(n.onset_quarters - start, n.duration_quarters, n.pitch.midi) for n in tune.notes]


def theirs(data: bytes) -> Heard:
    from music21 import converter

    stream: Any = converter.parseData(data.decode(), format="musicxml")
    sounding = stream.toSoundingPitch().parts[0].expandRepeats().stripTies().flatten().notes
    heard = [
        (Fraction(n.offset), Fraction(n.quarterLength), int(n.pitch.midi))
        for n in sounding
        if not n.duration.isGrace
    ]
    start = heard[0][0]
    return [
        (round((on - start) * 48) / Fraction(48), round(length * 48) / Fraction(48), midi)
        for on, length, midi in heard
    ]


def random_bar(rng: random.Random, quarters: int) -> str:
    """A bar of quarters, eighths, dotted figures, triplets and rests."""
    beats = []
    for _ in range(quarters):
        lengths = rng.choice(((12,), (6, 6), (9, 3), (4, 4, 4), (3, 3, 6)))
        for length in lengths:
            name = rng.choice(("C4", "D4", "E4", "F#4", "G4", "Bb4", "C5", "R"))
            tuplet = (
                "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
                "</time-modification>"
            )
            beats.append(note(name, Fraction(length, 12), after=tuplet if length == 4 else ""))
    return "".join(beats)


@pytest.mark.parametrize("seed", range(4))
def test_random_bars(seed: int) -> None:
    rng = random.Random(seed)
    meter = rng.choice((3, 4))
    transpose = _CLARINET if seed % 2 else ""
    head = attributes(f"{meter}/4", fifths=rng.randint(-3, 3), transpose=transpose)
    bars = [head + note("G4", 1), note("A4", meter)]
    bars += [random_bar(rng, meter) for _ in range(4)]
    data = score(part(*bars, implicit=[0]))
    assert ours(data) == theirs(data)


FORMS = {
    "repeat": (
        attributes() + notes("C4:4"),
        barline("left", "forward") + notes("D4:4"),
        notes("E4:4") + barline("right", "backward"),
        notes("F4:4"),
    ),
    "endings": (
        attributes() + barline("left", "forward") + notes("C4:4"),
        barline("left", ending="1") + notes("D4:4") + barline("right", "backward", "1", "stop"),
        barline("left", ending="2") + notes("E4:4") + barline("right", "", "2", "stop"),
        notes("F4:4"),
    ),
    "ties": (
        attributes() + notes("C4:2") + note("D4", 2, tie=["start"]),
        note("D4", 4, tie=["stop", "start"]),
        note("D4", 1, tie=["stop"]) + notes("E4:3"),
    ),
    "three times": (
        attributes() + notes("C4:4"),
        notes("D4:4") + barline("right", "backward", times=3),
        notes("E4:4"),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    data = score(part(*FORMS[name]))
    assert ours(data) == theirs(data)

"""Lead sheets as briefs: chords on the beats that a brief has, counted in full bars."""

from __future__ import annotations

from fractions import Fraction

import pytest

from composer.importing.brought import Brought
from composer.importing.melodies import read_melody
from composer.importing.notated_tunes import chord_bars, notated_tune
from composer.music.brief import Brief
from composer.music.lead_sheet import SheetChord
from composer.rulebook import load_rulebook
from composer.theory.meter import parse_meter
from composer.theory.pitch import PitchClass
from composer.writing.given import place, split_bars
from tests.scores import attributes, harmony, notes, part, score

BOOK = load_rulebook()


def read(data: bytes, brief: Brief | None = None) -> Brought:
    return notated_tune(data, "a.xml", brief or Brief(), BOOK)


def written(text: str, bars: int, meter: str) -> str:
    """Chords given as ``0:C 2:G7``, as a brief has them."""
    sheet = [
        SheetChord(Fraction(onset), BOOK.chords.parse(symbol, PitchClass(0)))
        for onset, symbol in (word.split(":") for word in text.split())
    ]
    return chord_bars(sheet, bars, parse_meter(meter), [])


@pytest.mark.parametrize(
    ("given", "bars", "meter", "text"),
    [
        ("0:C", 2, "4/4", "C | C"),
        ("0:C 2:G", 1, "4/4", "C G"),
        ("0:C 3:G", 1, "4/4", "C C G"),
        ("0:C 1:G", 1, "4/4", "C G G G"),
        ("0:C 2:F 3:G", 1, "4/4", "C F G"),
        ("0:C 1:F", 1, "3/4", "C F"),
        ("0:C 2:F", 1, "3/4", "C C F"),
        ("0:C 3/2:F", 1, "6/8", "C F"),
        ("0:C 1/2:F", 1, "6/8", "F"),
        ("0:C 1:F", 1, "6/8", "C F"),
        ("0:C 2:F", 1, "7/8", "C F"),
        # An anticipation belongs to the bar that it anticipates.
        ("0:C 7/2:F", 2, "4/4", "C | F"),
        # A chord in the pick-up sounds on; one that comes late stands under what is before it.
        ("-1:G 4:C", 2, "4/4", "G | C"),
        ("4:C", 2, "4/4", "C | C"),
    ],
)
def test_chords_lie_on_beats(given: str, bars: int, meter: str, text: str) -> None:
    assert written(given, bars, meter) == text


def test_what_is_written_is_placed_where_it_was() -> None:
    text = written("0:C 1:F 4:G 7:Am 8:Dm 10:G7 11:C", 3, "4/4")
    chords = place(split_bars(text), parse_meter("4/4"), BOOK.key("C"), BOOK.chords)
    assert [(onset, chord.symbol) for onset, chord in chords] == [
        (0, "C"), (1, "F"), (4, "G"), (7, "Am"), (8, "Dm"), (10, "G7"), (11, "C"),
    ]  # fmt: skip


def test_chords_count_the_full_bars_of_a_tune_with_a_pickup() -> None:
    bars = (
        attributes("3/4", 1) + harmony("D", "dominant") + notes("D4:1"),
        harmony("G") + notes("G4:3"),
        harmony("C") + notes("E4:2"),
    )
    found = read(score(part(*bars, implicit=[0])))
    assert (found.chords, found.tune.bars) == ("G | C", 2)
    assert found.key is not None and found.key.name == "G major"


def test_the_last_chord_tells_the_relative_minor() -> None:
    bars = (
        attributes(fifths=-1) + harmony("F") + notes("A4:4"),
        harmony("D", "minor") + notes("F4:4"),
    )
    found = read(score(part(*bars)))
    assert found.key is not None and found.key.name == "D minor"
    told = read(score(part(attributes(fifths=-1, mode="dorian") + notes("G4:4"))))
    assert told.key is not None and told.key.name == "G dorian"


def test_an_asked_meter_counts_the_bars_and_the_chords() -> None:
    bars = (attributes("2/2") + harmony("C") + notes("C4:4"), harmony("G") + notes("D4:4"))
    found = read(score(part(*bars)), Brief(time_signature="2/4"))
    assert (found.tune.bars, found.chords) == (4, "C | C | G | G")


def test_a_melody_leaves_the_chord_symbols() -> None:
    data = score(part(attributes() + harmony("C") + notes("C4:4")))
    found = read_melody(data, "a.xml", Brief(), BOOK)
    assert found.chords is None
    assert "its chord symbols are not used; --lead-sheet takes them as well" in found.notes


def test_without_a_tempo_there_is_none() -> None:
    assert read(score(part(attributes() + notes("C4:4")))).quarters_per_minute is None

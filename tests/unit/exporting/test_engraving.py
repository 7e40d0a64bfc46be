"""Note values, grid, voices, beams and staves: what stands on paper, before any file."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.exporting.engraving.chord_kinds import chord_kind
from composer.exporting.engraving.engrave import engrave
from composer.exporting.engraving.grid import strokes
from composer.exporting.engraving.paper import TYPES, PaperPart, Transposition, Written
from composer.exporting.engraving.staves import clefs, hands, transposition
from composer.exporting.engraving.values import note_values, triplet_values
from composer.theory.meter import COUNTED_METERS, parse_meter
from tests.strategies import rules
from tests.unit.exporting.pieces import made, note, part, pitch, score

LENGTHS = dict(TYPES)


def length(written: Written) -> Fraction:
    """The length that a note value says."""
    assert written.value is not None
    plain = LENGTHS[written.value.type] * Fraction(3 if written.value.dots else 2, 2)
    return plain * (Fraction(2, 3) if written.value.triplet else 1)


def values(content: tuple[Written, ...]) -> list[str]:
    found = []
    for written in content:
        name = "bar" if written.value is None else written.value.type
        dots = "" if written.value is None else "." * written.value.dots
        found.append(("" if written.heads else "r:") + name + dots)
    return found


def bar_of(notes: list[tuple[str, str, int]], meter: str = "4/4") -> tuple[Written, ...]:
    whole = score([part([note(*n) for n in notes])], meter=meter)
    return engrave(whole, whole.parts[0]).bars[0][0].content


@given(st.sampled_from(COUNTED_METERS), st.data())
def test_values_fill_every_span_and_say_its_length(name: str, data: st.DataObject) -> None:
    meter = parse_meter(name)
    last = int(meter.bar_quarters * 8)
    start = data.draw(st.integers(0, last - 1))
    end = data.draw(st.integers(start + 1, last))
    rest = data.draw(st.booleans())
    cut = list(note_values(Fraction(start, 8), Fraction(end, 8), meter, rest=rest))
    assert sum(size for size, _ in cut) == Fraction(end - start, 8)
    assert all(LENGTHS[v.type] * (3 if v.dots else 2) / 2 == size for size, v in cut)


@given(st.integers(0, 23), st.integers(1, 24))
def test_triplet_values_fill_every_span(start: int, size: int) -> None:
    cut = list(triplet_values(Fraction(start, 24), Fraction(start + size, 24)))
    assert sum(length for length, _ in cut) == Fraction(size, 24)


@pytest.mark.parametrize(
    ("notes", "meter", "expected"),
    [
        ([("0", "4", 60)], "4/4", ["whole"]),
        ([("1", "2", 60)], "4/4", ["r:quarter", "half", "r:quarter"]),
        # The middle of the bar is seen.
        ([("1/2", "2", 60)], "4/4", ["r:eighth", "quarter.", "eighth", "r:eighth", "r:quarter"]),
        ([("0", "1/2", 60), ("1/2", "1", 62)], "2/4", ["eighth", "quarter", "r:eighth"]),
        ([("0", "3/2", 60)], "6/8", ["quarter.", "r:quarter."]),
        ([("0", "3", 60)], "6/8", ["half."]),
        ([("0", "7/2", 60)], "7/8", ["half", "quarter."]),
        ([("0", "7/2", 60)], "3+2+2/8", ["quarter.", "half"]),
        ([], "4/4", ["r:bar"]),
        ([("0", "1/3", 60), ("1/3", "2/3", 62)], "2/4", ["eighth", "quarter", "r:quarter"]),
    ],
)
def test_what_a_note_is_written_as(
    notes: list[tuple[str, str, int]], meter: str, expected: list[str]
) -> None:
    assert values(bar_of(notes, meter)) == expected


def test_ties_join_what_one_value_cannot_say() -> None:
    first, second = (w for w in bar_of([("1/2", "2", 60)]) if w.heads)
    assert (first.heads[0].tied_from, first.heads[0].tied_to) == (False, True)
    assert (second.heads[0].tied_from, second.heads[0].tied_to) == (True, False)


def test_a_triplet_begins_and_ends() -> None:
    content = bar_of([("0", "1/3", 60), ("1/3", "1/3", 62), ("2/3", "1/3", 64)], "2/4")
    assert [w.tuplet for w in content] == ["start", "", "stop", ""]
    assert [w.value.triplet for w in content if w.value] == [True, True, True, False]


def test_beams_follow_the_way_a_bar_is_counted() -> None:
    eighths = [(str(Fraction(i, 2)), "1/2", 60) for i in range(7)]
    beams = {meter: [w.beams[0] for w in bar_of(eighths, meter)] for meter in ("7/8", "3+2+2/8")}
    pair, three = ["begin", "end"], ["begin", "continue", "end"]
    assert beams == {"7/8": pair + pair + three, "3+2+2/8": three + pair + pair}


def test_a_played_tune_is_moved_onto_the_grid_on_paper_only() -> None:
    played = [note("0.03", "0.4", 60), note("0.52", "0.45", 62), note("1.02", "0.9", 64)]
    found = strokes(played, parse_meter("4/4"), Fraction(4))
    assert [s.onset_quarters for s in found] == [0, Fraction(1, 2), 1]
    swung = [note("0", "0.64", 60), note("0.655", "0.34", 62)]
    places = [s.onset_quarters for s in strokes(swung, parse_meter("4/4"), Fraction(4))]
    assert places == [0, Fraction(2, 3)]


def test_what_sounds_together_but_not_as_long_is_in_two_voices() -> None:
    notes = [note("0", "4", 60), note("0", "1", 72), note("1", "1", 74)]
    whole = score([part(notes)])
    upper, lower = engrave(whole, whole.parts[0]).bars[0]
    assert values(upper.content)[:2] == ["quarter", "quarter"]
    assert values(lower.content) == ["whole"]


def test_grace_notes_take_no_time() -> None:
    notes = [note("0", "7/8", 60), note("7/8", "1/8", 71, "la", "grace"), note("1", "1", 72)]
    whole = score([part(notes)], meter="2/4")
    first, second = engrave(whole, whole.parts[0]).bars[0][0].content
    assert values((first, second)) == ["quarter", "quarter"]
    assert second.graces == (pitch(71),) and second.lyric == "la"


@pytest.mark.parametrize(
    ("instrument", "pitches", "signs"),
    [
        ("violin", [60, 70], "G"),
        ("viola", [60, 70], "C"),
        ("cello", [40, 50], "F"),
        ("finger-bass", [30, 40], "F"),
        ("steel-guitar", [40, 70], "G"),
        ("piano", [36, 72], "GF"),
        ("piano", [60, 80], "G"),
        ("piano", [30, 50], "F"),
        ("drums", [36, 42], "percussion"),
    ],
)
def test_clefs_follow_instrument_and_range(instrument: str, pitches: list[int], signs: str) -> None:
    notes = [note(str(i), "1", midi) for i, midi in enumerate(pitches)]
    found = clefs(part(notes, instrument))
    assert "".join(clef.sign for clef in found) == signs


def test_transposing_instruments_read_few_sharps() -> None:
    players = rules().instruments
    assert transposition(players["clarinet"]) == Transposition(2, 2)
    assert transposition(players["tenor-sax"]).semitones == 14
    # B major: D flat rather than C sharp, so five flats rather than seven sharps.
    assert transposition(players["clarinet"], [5]) == Transposition(-10, 2)
    assert transposition(players["steel-guitar"], [5]) == Transposition(0, 12)


def test_hands_part_wide_chords_and_keep_narrow_ones() -> None:
    wide = [note("0", "1", m) for m in (40, 52, 64, 67)]
    narrow = [note("1", "1", m) for m in (57, 60, 64)]
    upper, lower = hands([*wide, *narrow])
    assert [n.pitch.midi for n in upper] == [64, 67, 57, 60, 64]
    assert [n.pitch.midi for n in lower] == [40, 52]


@pytest.mark.parametrize(
    ("symbol", "kind", "degrees"),
    [
        ("m7b5", "half-diminished", []),
        ("7b5", "dominant", [(5, -1, "alter")]),
        ("7sus4", "suspended-fourth", [(7, 0, "add")]),
        ("9sus4", "suspended-fourth", [(7, 0, "add"), (9, 0, "add")]),
        ("11", "dominant-11th", []),
        ("13b9", "dominant-13th", [(9, -1, "alter")]),
        ("7alt", "dominant", [(9, 1, "add"), (13, -1, "add")]),
        ("mMaj7", "major-minor", []),
        ("6/9", "major-sixth", [(9, 0, "add")]),
        ("5", "power", []),
    ],
)
def test_chord_kinds(symbol: str, kind: str, degrees: list[tuple[int, int, str]]) -> None:
    found, extra = chord_kind(rules().chords.by_symbol[symbol])
    assert (found, [(d.value, d.alter, d.type) for d in extra]) == (kind, degrees)


def papers(style: str, meter: str | None) -> list[PaperPart]:
    whole = made(style, meter=meter).score
    return [engrave(whole, p) for p in whole.parts]


@pytest.mark.parametrize(
    ("style", "meter"),
    [("pop", None), ("jazz-swing", "5/4"), ("slow-blues", None), ("folk", "3+2+2/8")],
)
def test_every_voice_of_every_bar_is_full_and_says_its_lengths(
    style: str, meter: str | None
) -> None:
    bar = made(style, meter=meter).score.meter.bar_quarters
    for paper in papers(style, meter):
        for voices in paper.bars:
            for voice in voices:
                now = Fraction(0)
                for written in voice.content:
                    assert written.onset_quarters == now
                    now = written.end_quarters
                    if written.value is not None:
                        assert length(written) == written.duration_quarters
                assert now == bar


@given(
    st.lists(st.sampled_from(["1/2", "1", "3/2", "2", "3"]), min_size=2, max_size=12),
    st.lists(st.sampled_from([-13, -11, -7, 7, 11, 13]), min_size=12, max_size=12),
    st.sampled_from([Fraction(17, 20), Fraction(9, 10), Fraction(24, 25)]),
)
def test_a_played_tune_is_written_without_the_breath_between_its_notes(
    lengths: list[str], late: list[int], held: Fraction
) -> None:
    at, played, written = Fraction(4), [], []
    for size, ticks in zip(map(Fraction, lengths), late, strict=False):
        sounding = (size - Fraction(1, 20)) * held
        played.append(note(str(at + Fraction(ticks, 480)), str(sounding), 60))
        written.append((at, at + size))
        at += size
    found = strokes(played, parse_meter("4/4"), at + 4)
    assert [s.onset_quarters for s in found] == [start for start, _ in written]
    assert [s.end_quarters for s in found[:-1]] == [end for _, end in written[:-1]]
    assert abs(found[-1].end_quarters - written[-1][1]) <= Fraction(1, 2)

"""Each harmony corpus is read into the right chords, lengths, sections and keys."""

from __future__ import annotations

import pytest

from composer.training import billboard, jazz_charts, pop909_chords, when_in_rome
from composer.training.chord_sections import Section
from composer.training.chord_tokens import simpler, token
from composer.training.corpora import Tally
from composer.training.harte import parse_harte
from composer.training.jazz_symbols import parse_symbol
from composer.training.roman_text import roman_token

SONG = """\
# title: Made up
# metre: 4/4
# tonic: D

0.0\tsilence
0.5\tA, intro, | D:maj | D:maj G:maj |, (guitar
4.0\tB, verse, | D:maj | A:7/3 . . B:min | (2/4) G:maj | N |, guitar)
8.0\t| E:min7 | A:sus4(b7) | x2
12.0\tC, middle eight, | D:maj | * |
16.0\tsilence
20.0\tend
"""


def _tokens(section: Section) -> list[str | None]:
    return [event.token for event in section.events()]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("C:maj", "I"),
        ("A:min7", "vi7"),
        ("G:7/3", "V7/3"),
        ("Bb:maj", "bVII"),
        ("F:maj/2", "IV"),
        ("C:maj/b7", "I7/b7"),
        ("D:sus4(b7,9)", "II7sus4"),
        ("B:hdim7", "viiø7"),
        ("C#:dim7", "#i°7"),
        ("E:7(#9)", "III7#9"),
        ("G:5", "V5"),
        ("C:maj(9)", "Iadd9"),
        ("F:minmaj7", "ivmaj7"),
        ("A:1(b3,b7,11,9)", "vi11"),
        ("C:sus2/2", "Isus2"),
    ],
)
def test_harte_labels(label: str, expected: str) -> None:
    chord = parse_harte(label)
    assert chord is not None
    assert chord.token(0) == expected


@pytest.mark.parametrize("label", ["N", "X", "*", "&pause", "H:maj", "C:quux", ""])
def test_labels_that_are_no_chords(label: str) -> None:
    assert parse_harte(label) is None


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("CM7", "Imaj7"),
        ("Dm7", "ii7"),
        ("G7alt", "V7#9"),
        ("G13b9", "V7b9"),
        ("G7#11", "V7"),
        ("Bm7b5", "viiø7"),
        ("F#o7", "#iv°7"),
        ("Eb69", "bIII6"),
        ("AmM7", "vimaj7"),
        ("G9sus4", "V7sus4"),
        ("C7/E", "I7/3"),
        ("Db+", "bII+"),
    ],
)
def test_jazz_symbols(symbol: str, expected: str) -> None:
    chord = parse_symbol(symbol)
    assert chord is not None
    assert chord.token(0) == expected


@pytest.mark.parametrize(
    ("numeral", "minor", "expected"),
    [
        ("I6", False, "I/3"),
        ("V6/5", False, "V7/3"),
        ("V2", True, "V7/b7"),
        ("IVM7", False, "IVmaj7"),
        ("I7", False, "Imaj7"),
        ("ii/o65", True, "iiø7/b3"),
        ("viio7", True, "vii°7"),
        ("#viio43", True, "vii°7/b5"),
        ("VI", True, "bVI"),
        ("VII7", True, "bVII7"),
        ("bVI", True, "bVI"),
        ("viio7/V", False, "#iv°7"),
        ("V7/ii", False, "VI7"),
        ("V/V/V", False, "VI"),
        ("Cad64", True, "i/5"),
        ("N6", True, "bII/3"),
        ("Ger65", False, "bVI7"),
        ("V[no3][add4]", False, "Vsus4"),
        ("III+6", True, "bIII+/3"),
        ("V7[addb9]", True, "V7b9"),
        ("nonsense", False, None),
        ("m12", False, None),
    ],
)
def test_roman_text_numerals(numeral: str, minor: bool, expected: str | None) -> None:
    assert roman_token(numeral, minor) == expected


def test_every_token_gets_plainer_until_it_is_a_triad() -> None:
    name: str | None = token(7, {"3", "5", "b7", "b9"}, 4)
    seen = []
    while name is not None:
        seen.append(name)
        name = simpler(name)
    assert seen == ["V7b9/3", "V7b9", "V7", "V"]


def test_billboard_sections_chords_and_lengths() -> None:
    intro, verse, bridge = billboard.parse_song(SONG)
    assert [s.label for s in (intro, verse, bridge)] == ["intro", "verse", "bridge"]
    assert {s.mode for s in (intro, verse, bridge)} == {"major"}
    assert [tuple(event) for event in intro.events()] == [("I", 1.5), ("IV", 0.5)]
    assert [tuple(event) for event in verse.phrases[0]] == [
        ("I", 1.0), ("V7/3", 0.25), ("V7/3", 0.25), ("V7/3", 0.25), ("vi", 0.25),
        ("IV", 0.5), (None, 1.0),
    ]  # fmt: skip
    assert [event.token for event in verse.phrases[1]] == ["ii7", "V7sus4", "ii7", "V7sus4"]
    assert _tokens(bridge) == ["I", None]


def test_billboard_minor_is_heard_from_the_tonic_chord() -> None:
    text = SONG.replace("D:maj", "D:min")
    assert {section.mode for section in billboard.parse_song(text)} == {"minor"}
    assert _tokens(billboard.parse_song(text)[0]) == ["i", "IV"]


def test_billboard_song_without_tonic_is_dropped() -> None:
    tally = Tally("mcgill-billboard")
    songs = billboard.read_billboard({"x/salami_chords.txt": b"0.0\t| C:maj |"}, tally)
    assert songs == []
    assert tally.used == 0
    assert sum(tally.dropped.values()) == 1


def test_pop909_chords_are_cut_at_the_phrases() -> None:
    chords = "G:maj [7] 7 6\nC:maj [0] 0 2\nD:7 [2] 2 4\nE:min [4] 4 4\n"
    sections = pop909_chords.parse_song(chords, "i1A3\n", "G:maj")
    assert not isinstance(sections, str)
    intro, phrase = sections
    assert (intro.label, phrase.label) == ("intro", "")
    assert [tuple(event) for event in intro.events()] == [("I", 1.0)]
    assert [tuple(event) for event in phrase.events()] == [
        ("I", 0.5), ("IV", 0.5), ("V7", 1.0), ("vi", 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "key", "reason"),
    [
        ("i1A3", "G:maj\nA:maj", "several keys"),
        ("i1A3", "", "no key"),
        ("i1A9", "G:maj", "chords and phrase lengths disagree"),
    ],
)
def test_pop909_songs_that_cannot_be_used(labels: str, key: str, reason: str) -> None:
    assert pop909_chords.parse_song("G:maj [7] 7 16\n", labels, key) == reason


def test_jazz_chart_in_major_and_its_phrases() -> None:
    text = "Title = T\nDBKeySig = C\nTimeSig = 4 4\nBars = 16\n" + (
        "Gm7 | C7 | FM7 | Dm7 |\n Gm7 | C7 | FM7 | FM7 |\n" * 2
    )
    chart = jazz_charts.parse_chart(text)
    key = jazz_charts.estimate_key(chart)
    assert key == (5, "major")  # the chords say F, whatever the header says
    section = jazz_charts.chart_section(chart, key)
    assert len(section.phrases) == 2
    assert _tokens(section)[:4] == ["ii7", "V7", "Imaj7", "vi7"]


def test_jazz_chart_in_minor() -> None:
    text = "DBKeySig = Eb\n" + "Cm7 | Fm7 | Dm7b5 G7b9 | Cm7 |\n" * 2
    chart = jazz_charts.parse_chart(text)
    assert jazz_charts.estimate_key(chart) == (0, "minor")
    section = jazz_charts.chart_section(chart, jazz_charts.estimate_key(chart))
    assert _tokens(section)[:5] == ["i7", "iv7", "iiø7", "V7b9", "i7"]
    assert section.events()[2].bars == 0.5


def test_roman_text_keys_copies_and_double_bars() -> None:
    text = """\
Composer: Nobody
Time Signature: 3/4
m1 G: I b3 V6
m1var1 ii
m2 I
m3-4 = m1-2
m5 V || b3 I e: i
m6 V
m7 i
"""
    first, second, third = when_in_rome.parse_analysis(text)
    assert [e.token for e in first.events()] == ["I", "V/3", "I", "V/3", "I", "V"]
    assert first.events()[0].bars == pytest.approx(2 / 3)
    assert (first.mode, first.opens, first.closes) == ("major", True, True)
    assert (_tokens(second), second.opens, second.closes) == (["I"], True, False)
    assert (third.mode, third.opens, third.closes) == ("minor", False, True)
    assert _tokens(third) == ["i", "V", "i"]

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.rulebook.book import bundled_rules
from composer.theory.meter import parse_meter
from composer.writing.choices import resolve
from composer.writing.given import parse_form, place, split_bars
from tests.laws.pieces import compose
from tests.strategies import rules

F = Fraction
SONG = rules().form("song").sections


@pytest.mark.parametrize(
    ("text", "bars", "sections"),
    [
        ("intro:4 verse:8 chorus:8", None, "intro:4 verse:8 chorus:8"),
        ("Intro:4, Verse:8", None, "intro:4 verse:8"),
        ("verse chorus", None, "verse:8 chorus:8"),
        ("verse:1", None, "verse:1"),
        ("pre-chorus:4", None, "prechorus:4"),
        ("drop:8 break:4", None, "chorus:8 bridge:4"),
        ("AABA", 32, "verse:8 verse:8 bridge:8 verse:8"),
        ("aaba", None, "verse:8 verse:8 bridge:8 verse:8"),
        ("AABA", 30, "verse:8 verse:8 bridge:7 verse:7"),
        ("AABA", 7, "verse:2 verse:2 bridge:2 verse:1"),
        ("AB", 7, "verse:4 chorus:3"),
        ("ABAB", 4, "verse:1 chorus:1 verse:1 chorus:1"),
        ("ABCA", 8, "verse:2 chorus:2 bridge:2 verse:2"),
        ("A", 5, "verse:5"),
    ],
)
def test_forms_as_people_type_them(text: str, bars: int | None, sections: str) -> None:
    expected = tuple((kind, int(n)) for kind, n in (s.split(":") for s in sections.split()))
    assert parse_form(text, bars, SONG) == expected


@pytest.mark.parametrize(
    ("text", "bars", "message"),
    [
        ("", None, 'form: is empty; write "intro:4 verse:8 chorus:8" or AABA'),
        ("verze:8", None, 'form: "verze" is no section; did you mean "verse"?'),
        ("verse:", None, None),
        ("verse:x", None, 'form: "verse:x": the length must be a number of bars, as in verse:8'),
        ("verse:0", None, "the length must be a number of bars"),
        ("verse:-4", None, "the length must be a number of bars"),
        ("verse:2000", None, "the length must be a number of bars"),
        ("AABA", 3, "form: AABA has 4 sections, more than the 3 bars"),
    ],
)
def test_wrong_forms_are_refused(text: str, bars: int | None, message: str | None) -> None:
    if message is None:
        assert parse_form(text, bars, SONG) == (("verse", 8),)
        return
    with pytest.raises(BriefError, match=re.escape(message)):
        parse_form(text, bars, SONG)


@pytest.mark.parametrize("style", rules().style_names)
@pytest.mark.parametrize("form", ["intro:4 verse:8 chorus:8 bridge:8 chorus:8", "AABA", "ABACA"])
def test_every_style_understands_a_common_form(style: str, form: str) -> None:
    known = rules().form(rules().style(style).form).sections
    sections = parse_form(form, None, known)
    assert all(kind in known for kind, _ in sections)
    letters = {letter: kind for letter, (kind, _) in zip(form, sections, strict=False)}
    if form == "AABA":
        assert sections[0] == sections[1] == sections[3] != sections[2]
    elif form == "ABACA":
        assert len({letters[letter] for letter in "ABC"}) == 3


FORMS = sorted(path.stem for path in (bundled_rules() / "forms").glob("*.toml"))


@pytest.mark.parametrize("name", FORMS)
def test_every_form_understands_the_words_of_all_others(name: str) -> None:
    known = rules().form(name).sections
    words = {kind for form in FORMS for kind in rules().form(form).sections}
    words |= {"introduction", "pre-chorus", "instrumental", "middle", "ending"}
    for word in sorted(words):
        ((kind, bars),) = parse_form(f"{word}:4", None, known)
        assert kind in known
        assert bars == 4
        assert word not in known or kind == word
    apart = parse_form("verse chorus", None, known)
    assert apart[0][0] != apart[1][0]


def test_a_given_form_is_kept() -> None:
    piece = compose(Brief(form="intro:4 verse:8 chorus:8 bridge:4 chorus:8", seed=6))
    found = [(section.kind, section.bars) for section in piece.plan.sections]
    assert found == [("intro", 4), ("verse", 8), ("chorus", 8), ("bridge", 4), ("chorus", 8)]
    assert [s.name for s in piece.plan.sections][2::2] == ["chorus 1", "chorus 2"]
    assert piece.choices.bars == 32


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("Am7 | F | C/E G | %", [["Am7"], ["F"], ["C/E", "G"], ["C/E", "G"]]),
        ("| C | G |", [["C"], ["G"]]),
        ("C\nG", [["C"], ["G"]]),
        ("C | % | %", [["C"]] * 3),
        ("C6/9", [["C6/9"]]),
        ("  ii7   V7|I  ", [["ii7", "V7"], ["I"]]),
    ],
)
def test_bars_of_chords_are_split(text: str, bars: list[list[str]]) -> None:
    assert split_bars(text) == bars


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'chords: is empty; write bars such as "Am7 | F | C/E G | %"'),
        (" | ", "chords: is empty"),
        ("% | C", "chords: bar 1 is %, but there is no bar before it to repeat"),
        ("C | | G", "chords: bar 2 is empty; repeat a bar with %"),
        ("C || G", "chords: bar 2 is empty; repeat a bar with %"),
    ],
)
def test_wrong_bars_are_refused(text: str, message: str) -> None:
    with pytest.raises(BriefError, match=re.escape(message)):
        split_bars(text)


@pytest.mark.parametrize(
    ("meter", "count", "onsets"),
    [
        ("4/4", 1, [0]),
        ("4/4", 2, [0, 2]),
        ("4/4", 3, [0, 2, 3]),
        ("4/4", 4, [0, 1, 2, 3]),
        ("3/4", 2, [0, 1]),
        ("3/4", 3, [0, 1, 2]),
        ("2/4", 2, [0, 1]),
        ("6/8", 2, [0, F(3, 2)]),
        ("7/8", 2, [0, 2]),
        ("7/8", 3, [0, 1, 2]),
        ("5/4", 2, [0, 3]),
        ("12/8", 3, [0, 3, F(9, 2)]),
    ],
)
def test_chords_of_a_bar_fall_on_beats(meter: str, count: int, onsets: list[Fraction]) -> None:
    symbols = ["C", "Dm", "Em", "F"][:count]
    placed = place([["G"], symbols], parse_meter(meter), rules().key("C"), rules().chords)
    bar = parse_meter(meter).bar_quarters
    assert [onset - bar for onset, _ in placed[1:]] == onsets
    assert [chord.symbol for _, chord in placed[1:]] == symbols


def test_a_chord_that_stays_is_one_chord() -> None:
    placed = place([["C"], ["C", "G"], ["G"]], parse_meter("4/4"), rules().key("C"), rules().chords)
    assert [(onset, chord.symbol) for onset, chord in placed] == [(0, "C"), (6, "G")]


@pytest.mark.parametrize(
    ("bars", "meter", "message"),
    [
        ([["C"], ["Hm"]], "4/4", 'chords: bar 2: "Hm" is not a chord; write Am7'),
        ([["Cfoo"]], "4/4", 'chords: bar 1: "Cfoo" has an unknown chord quality "foo"'),
        ([["C"] * 5], "4/4", "chords: bar 1 has 5 chords; 4/4 takes 4 at most"),
        ([["C"] * 3], "6/8", "chords: bar 1 has 3 chords; 6/8 takes 2 at most"),
    ],
)
def test_wrong_chords_are_refused(bars: list[list[str]], meter: str, message: str) -> None:
    with pytest.raises(BriefError, match=re.escape(message)):
        place(bars, parse_meter(meter), rules().key("C"), rules().chords)


def test_given_chords_are_kept_exactly() -> None:
    text = "Am7 | F | C/E G | % | Dm7 G7 | Cmaj7 | Bm7b5 E7 | Am"
    piece = compose(Brief(key="A minor", chords=text, seed=3))
    assert piece.plan.chords_given
    symbols = " ".join(span.chord.symbol for span in piece.plan.chords)
    assert symbols == "Am7 F C/E G C/E G Dm7 G7 Cmaj7 Bm7b5 E7 Am"
    assert [span.roman_numeral for span in piece.plan.chords][:3] == ["i7", "bVI", "bIII/3"]
    assert not piece.report.violations


def test_short_chords_go_round() -> None:
    choices = resolve(Brief(key="C", chords="C | Am | F | G", bars=16), rules())
    assert choices.notes == ("4 bars of chords are played 4 times to fill 16 bars",)
    assert choices.chords is not None
    assert [str(chord) for _, chord in choices.chords] == ["C", "Am", "F", "G"] * 4


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("Am7 | F | C/E G | %", "A minor"),
        ("Dm7 | G7 | Cmaj7 | %", "C major"),
        ("Em9 | Cmaj7 | Am7 | B7", "E minor"),
        ("Bb | Gm | Eb | F", "Bb major"),
        ("Fm | Db | Ab | Eb", "F minor"),
        ("D | A | Bm | G", "D major"),
        ("Cbm | Fbm | Cbm", "B minor"),
    ],
)
def test_the_key_is_heard_from_the_chords(chords: str, key: str) -> None:
    choices = resolve(Brief(chords=chords), rules())
    assert choices.key.name == key
    assert choices.notes == (f"the chords are heard in {key}; --key says otherwise",)


def test_a_given_key_outweighs_the_chords_and_numerals_say_nothing() -> None:
    asked = resolve(Brief(chords="Am | F | C | G", key="C"), rules())
    assert (asked.key.name, asked.notes) == ("C major", ())
    numerals = resolve(Brief(chords="I | V | vi | IV"), rules())
    assert numerals.notes == ()

"""Scores on paper as tunes that sound: what each sign means, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from composer.errors import NotationError
from composer.music.lead_sheet import LeadSheet
from composer.notation.lead_sheet import read_lead_sheet
from composer.rulebook import load_rulebook
from tests.mutations import LEAD_SHEET, TIMEWISE
from tests.scores import attributes, barline, harmony, note, notes, part, score

Q = Fraction


def sheet(data: bytes, name: str | None = None) -> LeadSheet:
    return read_lead_sheet(data, "a.xml", load_rulebook().chords, part=name)


def sung(data: bytes) -> list[str]:
    """Onset, length and pitch of every note."""
    return [" ".join(n.text.split()[:3]) for n in sheet(data).tune.notes]


def refused(data: bytes, name: str | None = None) -> str:
    with pytest.raises(NotationError) as caught:
        sheet(data, name)
    assert str(caught.value).startswith("a.xml: ")
    return str(caught.value)


def test_a_short_first_measure_is_a_pickup() -> None:
    tune = sheet(
        score(part(attributes("3/4") + notes("G4:1"), notes("C5:3"), notes("B4:2"), implicit=[0]))
    ).tune
    assert [n.onset_quarters for n in tune.notes] == [-1, 0, 3]
    assert (tune.pickup_quarters, tune.bars) == (1, 2)


def test_a_pickup_that_rests_fill_up_is_one_too() -> None:
    tune = sheet(score(part(attributes() + notes("R:3 G4:1"), notes("C5:4")))).tune
    assert [n.onset_quarters for n in tune.notes] == [-1, 0]
    tune = sheet(score(part(attributes() + notes("R:1 G4:3"), notes("C5:4")))).tune
    assert [n.onset_quarters for n in tune.notes] == [1, 4]


def test_empty_bars_before_the_tune_are_left_out_unless_chords_stand_in_them() -> None:
    bars = (notes("R:4"), notes("R:4"), notes("C5:4"))
    bare = sheet(score(part(attributes() + bars[0], *bars[1:])))
    assert bare.tune.notes[0].onset_quarters == 0 and bare.tune.bars == 1
    assert "the 2 bars of rest before it are left out" in bare.notes
    led = sheet(score(part(attributes() + harmony("C") + bars[0], *bars[1:])))
    assert led.tune.notes[0].onset_quarters == 8 and led.tune.bars == 3


@pytest.mark.parametrize(("rests", "bars"), [(0, 1), (1, 2), (2, 3), (3, 1)])
def test_a_bar_or_two_of_rest_at_the_end_belong_to_the_tune(rests: int, bars: int) -> None:
    found = sheet(score(part(attributes() + notes("C5:4"), *[notes("R:4")] * rests)))
    assert found.tune.bars == bars


def test_ties_are_joined_and_grace_notes_left_out() -> None:
    tied = (
        attributes() + note("C4", 4, tie=["start"]),
        note("C4", 2, tie=["stop", "start"]) + note("C4", 1, tie=["stop"]) + note("D4", 1),
    )
    assert sung(score(part(*tied))) == ["0 7 C4", "7 1 D4"]
    grace = note("B3", 0, inner="<grace/>") + note("C4", 4)
    found = sheet(score(part(attributes() + grace)))
    assert len(found.tune.notes) == 1
    assert "left out: grace note" in found.notes


def test_a_tie_to_another_pitch_or_over_a_gap_joins_nothing() -> None:
    other = note("C4", 2, tie=["start"]) + note("D4", 2, tie=["stop"])
    assert sung(score(part(attributes() + other))) == ["0 2 C4", "2 2 D4"]
    gap = note("C4", 1, tie=["start"]) + notes("R:1") + note("C4", 2, tie=["stop"])
    assert sung(score(part(attributes() + gap))) == ["0 1 C4", "2 2 C4"]


def test_tuplets_count_by_their_durations() -> None:
    triplet = "".join(note(pitch, Q(1, 3)) for pitch in ("C4", "D4", "E4"))
    assert sung(score(part(attributes("2/4") + triplet + note("C4", 1)))) == [
        "0 1/3 C4", "1/3 1/3 D4", "2/3 1/3 E4", "1 1 C4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("chromatic", "diatonic", "written", "sounding", "fifths", "key"),
    [
        (-2, "<diatonic>-1</diatonic>", "D5", "C5", 2, 0),
        (-2, "", "F#4", "E4", 3, 1),
        (-9, "<diatonic>-5</diatonic>", "C5", "Eb4", 0, -3),
        (3, "<diatonic>2</diatonic>", "C5", "Eb5", 1, -2),
        (-3, "<diatonic>-2</diatonic>", "Ab4", "F4", -4, -1),
    ],
)
def test_transposing_instruments_sound(
    chromatic: int, diatonic: str, written: str, sounding: str, fifths: int, key: int
) -> None:
    transpose = f"<transpose>{diatonic}<chromatic>{chromatic}</chromatic></transpose>"
    head = attributes(fifths=fifths, transpose=transpose)
    chord = harmony(written.rstrip("45"))
    found = sheet(score(part(head + chord + note(written, 4))))
    assert found.tune.notes[0].pitch.name == sounding
    assert found.signature == key
    assert found.chords[0].chord.symbol == sounding.rstrip("45")


def test_octaves_of_a_transposition() -> None:
    transpose = "<transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>"
    assert sung(score(part(attributes(transpose=transpose) + note("E4", 4)))) == ["0 4 E3"]


def test_repeats_and_endings_are_written_out_with_their_verses() -> None:
    verses = "".join(
        f'<lyric number="{n}"><text>{text}</text></lyric>' for n, text in ((1, "one"), (2, "two"))
    )
    first = note("C4", 4).replace("</note>", f"{verses}</note>")
    found = sheet(
        score(
            part(
                attributes() + barline("left", "forward") + first,
                barline("left", ending="1")
                + note("D4", 4)
                + barline("right", "backward", "1", "stop"),
                barline("left", ending="2") + note("E4", 4),
            )
        )
    )
    assert [n.pitch.name for n in found.tune.notes] == ["C4", "D4", "C4", "E4"]
    assert [n.lyric for n in found.tune.notes] == ["one", "", "two", ""]
    assert "its repeats are written out: 4 bars of 3" in found.notes


def test_a_repeat_that_cuts_a_bar_keeps_the_bar_lines() -> None:
    found = sheet(
        score(
            part(
                attributes() + notes("G4:1"),
                notes("C5:4"),
                notes("B4:3") + barline("right", "backward"),
                notes("A4:1"),
                notes("C5:4"),
                implicit=[0, 3],
            )
        )
    )
    onsets = [n.onset_quarters for n in found.tune.notes]
    # pick-up, bar, three quarters and the pick-up again, bar, three quarters and their rest, bar
    assert onsets == [-1, 0, 4, 7, 8, 12, 15, 16]


def test_lyrics_with_hyphens_and_one_syllable_over_several_notes() -> None:
    words = note("C4", 1, lyric="Hal-") + note("D4", 1, lyric="le-") + note("E4", 2)
    assert [n.lyric for n in sheet(score(part(attributes() + words))).tune.notes] == [
        "Hal-", "le-", "",
    ]  # fmt: skip


def test_two_notes_at_once_are_refused_with_their_place() -> None:
    chord = note("C4", 2) + note("E4", 2, inner="<chord/>") + note("D4", 2)
    told = refused(score(part(attributes() + notes("C4:4"), chord)))
    assert "two notes sound together in bar 2, beat 1 (C4 and E4)" in told
    second = note("C4", 4) + "<backup><duration>24</duration></backup>"
    second += note("A3", 2, after="<voice>2</voice>")
    told = refused(score(part(attributes() + second)))
    assert "two voices sound together in bar 1, beat 3 (C4 and A3)" in told


def test_a_second_voice_may_sound_where_the_first_rests() -> None:
    both = notes("C4:2 R:2") + "<backup><duration>24</duration></backup>"
    both += note("A3", 2, after="<voice>2</voice>")
    assert sung(score(part(attributes() + both))) == ["0 2 C4", "2 2 A3"]


def test_lower_staves_and_cues_are_left_out() -> None:
    staves = note("C4", 4, after="<staff>1</staff>") + "<backup><duration>48</duration></backup>"
    staves += note("C3", 4, after="<staff>2</staff>")
    found = sheet(score(part(attributes() + staves)))
    assert [n.pitch.name for n in found.tune.notes] == ["C4"]
    assert "left out: note of a lower staff" in found.notes


def test_meters_of_other_names() -> None:
    cut = sheet(score(part(attributes("2/2") + notes("C4:4"))))
    assert (cut.meter.name, cut.notated) == ("4/4", "2/2")
    pairs = sheet(score(part(attributes("3/8") + notes("C4:3/2"), notes("D4:3/2"), notes("E4:1"))))
    assert (pairs.meter.name, pairs.tune.bars) == ("6/8", 2)


@pytest.mark.parametrize(
    ("bars", "told"),
    [
        ((attributes("5/8") + notes("C4:5/2"),), "its time signature 5/8 is none that we write"),
        (
            (attributes() + notes("C4:4"), attributes("3/4") + notes("C4:3")),
            "changes from 4/4 to 3/4 in bar 2; a tune keeps to one",
        ),
        ((attributes() + notes("C4:5"), notes("C4:4")), "bar 1 holds 5 quarters; 4/4 takes 4"),
        ((attributes("x/4") + notes("C4:4"),), "bar 1: the time signature x/4 cannot be read"),
        ((attributes() + notes("R:4"),), "holds no notes"),
        (
            (attributes() + notes("C4:4") + "<note><rest/></note>",),
            "bar 1: a <note> has no <duration>",
        ),
        (
            (attributes() + note("C4", 4).replace("<octave>4", "<octave>x"),),
            "<octave> is no number",
        ),
        ((attributes() + harmony("C", "majr") + notes("C4:4"),), 'did you mean "major"'),
    ],
    ids=["meter", "change", "overfull", "letters", "silent", "no length", "octave", "kind"],
)
def test_what_is_refused(bars: tuple[str, ...], told: str) -> None:
    assert told in refused(score(part(*bars)))


def test_a_meter_that_is_not_written_is_read_off_the_bars() -> None:
    bare = re.sub("<time>.*</time>", "", attributes())
    found = sheet(score(part(bare + notes("C4:3"), notes("D4:3"), notes("E4:2"))))
    assert (found.meter.name, found.tune.bars) == ("3/4", 3)
    assert "it has no time signature; 3/4 is read" in found.notes


def test_bars_that_are_not_full_end_in_rests() -> None:
    found = sheet(score(part(attributes() + notes("C4:4"), notes("D4:1"), notes("E4:4"))))
    assert [n.onset_quarters for n in found.tune.notes] == [0, 4, 8]
    assert "1 bar is not full and ends in rests" in found.notes


def test_the_part_with_words_or_the_one_asked_for() -> None:
    lead = part(attributes() + note("C4", 4, lyric="la"))
    piano = part(attributes() + harmony("F", "minor") + note("A3", 4))
    data = score(piano, lead, names=("Piano", "Soprano"))
    assert sheet(data).tune.notes[0].pitch.name == "C4"
    # Chord symbols over another part hold for it as well.
    assert [c.chord.symbol for c in sheet(data).chords] == ["Fm"]
    for asked in ("piano", "pi", "1"):
        assert sheet(data, asked).tune.notes[0].pitch.name == "A3"
    assert 'has no part "flute"' in refused(data, "flute")
    told = refused(data, "3")
    assert 'it has 1 "Piano" (1 note), 2 "Soprano" (1 note)' in told


def test_tempo_by_sound_or_by_metronome() -> None:
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<per-minute>c. 60</per-minute></metronome></direction-type>{}</direction>"
    )
    for inner, tempo in (("", 90.0), ('<sound tempo="72"/>', 72.0)):
        found = sheet(score(part(attributes() + mark.format(inner) + notes("C4:4"))))
        assert found.tempos == ((0, tempo),)


def test_written_measure_by_measure() -> None:
    found = sheet(TIMEWISE.encode())
    assert [n.text for n in found.tune.notes] == [
        "0 4 Bb4 -", "4 7/2 G4 -", "15/2 1/2 F4 -",
    ]  # fmt: skip
    assert found.signature == -2 and found.tempos == ((0, 120.0),)


def test_all_at_once() -> None:
    """A clarinet's lead sheet: pick-up, repeat with endings, tie, triplet, D.C., chord symbols."""
    found = sheet(LEAD_SHEET.encode())
    assert found.title == "Test" and found.signature == -1
    assert [(n.onset_quarters, n.pitch.name, n.lyric) for n in found.tune.notes][:4] == [
        (-1, "C4", "Hel-"), (0, "F4", "lo"), (2, "G4", ""), (Q(8, 3), "E4", ""),
    ]  # fmt: skip
    assert [c.chord.symbol for c in found.chords][:2] == ["F", "Gb7b9/Bb"]

"""MusicXML as music21 reads it back: the same notes, keys, meters, chords, words and drums."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from composer.exporting.engraving.drum_kit import drum
from composer.exporting.musicxml import musicxml
from composer.music.score import Part, Score
from tests.strategies import rules
from tests.unit.exporting.pieces import made, note, part, score

Heard = Counter[tuple[Fraction, int]]


def read(data: bytes) -> Any:
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return converter.parseData(data.decode(), format="musicxml").toSoundingPitch()


def tree(whole: Score, swing: float = 0.5) -> ET.Element:
    return ET.fromstring(musicxml(whole, swing))  # noqa: S314 - our own


def sounding(staves: list[Any]) -> Heard:
    """Onsets and pitches of staves that music21 read; grace notes at the note that they lead to."""
    from music21.harmony import ChordSymbol

    found: Heard = Counter()
    for staff in staves:
        for element in staff.stripTies().flatten().notes:
            if not isinstance(element, ChordSymbol):
                onset = Fraction(element.offset).limit_denominator(96)
                found.update((onset, pitch.midi) for pitch in element.pitches)
    return found


def written(whole: Part) -> Heard:
    return Counter(
        (n.end_quarters if n.mark == "grace" else n.onset_quarters, n.pitch.midi)
        for n in whole.notes
    )


@pytest.mark.parametrize(
    ("style", "meter"),
    [("string-quartet", None), ("jazz-swing", "5/4"), ("slow-blues", None), ("folk", "3+2+2/8")],
)
def test_music21_reads_the_same_notes(style: str, meter: str | None) -> None:
    whole = made(style, meter=meter).score
    back = read(musicxml(whole))
    staves: dict[str, list[Any]] = {}
    for staff in back.parts:
        staves.setdefault(staff.partName, []).append(staff)
    assert list(staves) == [p.plan.name for p in whole.parts]
    for one in whole.parts:
        assert {len(s.getElementsByClass("Measure")) for s in staves[one.plan.name]} == {whole.bars}
        if not one.plan.instrument.is_drums:
            assert sounding(staves[one.plan.name]) == written(one), one.plan.name


def test_drums_are_struck_by_the_instruments_that_are_named() -> None:
    whole = made("pop").score
    kit = next(p for p in whole.parts if p.plan.instrument.is_drums)
    root = tree(whole)
    number = whole.parts.index(kit) + 1
    keys = {
        e.get("id"): int(e.findtext("midi-unpitched", "0")) - 1
        for e in root.findall(f"part-list/score-part[@id='P{number}']/midi-instrument")
    }
    notes = root.findall(f"part[@id='P{number}']/measure/note")
    struck = [n for n in notes if n.find("unpitched") is not None]
    heard = Counter(keys[element.find("instrument").get("id")] for element in struck)  # type: ignore[union-attr]
    assert heard == Counter(n.pitch.midi for n in kit.notes)
    for element in struck:
        shape = element.findtext("notehead", "normal")
        key = keys[element.find("instrument").get("id")]  # type: ignore[union-attr]
        assert shape == drum(key).head
        assert element.findtext("stem") == ("down" if key in (35, 36, 44) else "up")


def test_keys_of_a_modulation_are_written_for_each_part_as_it_reads() -> None:
    tune = [note(str(4 * i), "4", 66) for i in range(3)]
    lines = [part(tune), part(tune, "alto-sax", name="Sax")]
    chords = [("0", "D"), ("4", "D"), ("8", "Eb")]
    whole = score(lines, bars=3, key="D", chords=chords, keys=[("8", "Eb")])
    root = tree(whole)
    found = [
        [(m.get("number"), m.findtext("attributes/key/fifths")) for m in p.findall("measure")]
        for p in root.findall("part")
    ]
    assert found[0] == [("1", "2"), ("2", None), ("3", "-3")]
    assert found[1] == [("1", "5"), ("2", None), ("3", "0")]
    back = read(musicxml(whole))
    assert {p.midi for s in back.parts for p in s.pitches if not p.isTwelveTone()} <= {66}


def test_a_meter_is_written_as_it_is_counted() -> None:
    for meter, beats in (("7/8", "7"), ("3+2+2/8", "3+2+2"), ("2+3/4", "2+3"), ("12/8", "12")):
        root = tree(score([part([note("0", "1", 60)])], meter=meter))
        assert root.findtext("part/measure/attributes/time/beats") == beats
    root = tree(score([part([])], meter="6/8"))
    mark = root.find("part/measure/direction/direction-type/metronome")
    assert mark is not None and mark.find("beat-unit-dot") is not None
    assert mark.findtext("per-minute") == "64"


def test_every_chord_of_the_rule_book_is_named() -> None:
    qualities = {q.name: q for q in rules().chords.by_symbol.values()}
    chords = [(str(i), f"Eb{q.symbol}") for i, q in enumerate(qualities.values())]
    whole = score([part([])], bars=len(chords) // 4 + 1, chords=chords)
    harmonies = tree(whole).findall(".//harmony")
    assert len(harmonies) == len(chords)
    for harmony, quality in zip(harmonies, qualities.values(), strict=True):
        kind = harmony.find("kind")
        assert kind is not None and kind.get("text") == quality.symbol
        assert (harmony.findtext("root/root-step"), harmony.findtext("root/root-alter")) == (
            "E",
            "-1",
        )


def test_chord_symbols_have_bass_and_place() -> None:
    from music21.harmony import ChordSymbol

    tune = [note("0", "4", 60)]
    whole = score([part(tune)], bars=2, chords=[("0", "C"), ("3", "G7/B"), ("4", "Am7")])
    found = read(musicxml(whole)).parts[0].flatten().getElementsByClass(ChordSymbol)
    assert [(c.offset, c.figure) for c in found] == [(0.0, "C"), (3.0, "G7/B"), (4.0, "Am7")]


def test_words_are_parted_into_syllables() -> None:
    words = ["hel-", "lo,", "my", "won-", "der-", "ful", "月", "亮"]
    tune = [note(str(i), "1", 60, word) for i, word in enumerate(words)]
    lyrics = tree(score([part(tune)], bars=2)).findall(".//lyric")
    assert [(e.findtext("syllabic"), e.findtext("text")) for e in lyrics] == [
        ("begin", "hel"),
        ("end", "lo,"),
        ("single", "my"),
        ("begin", "won"),
        ("middle", "der"),
        ("end", "ful"),
        ("single", "月"),
        ("single", "亮"),
    ]


def test_a_syllable_over_a_tie_stands_on_its_first_note() -> None:
    tune = [note("7/2", "2", 60, "long")]
    notes = tree(score([part(tune)], bars=2)).findall(".//note")
    assert [n.findtext("lyric/text") for n in notes if n.find("pitch") is not None] == [
        "long",
        None,
    ]


def test_accidentals_stand_where_key_and_bar_do_not_say_them() -> None:
    # F sharp, again, F natural in G major; in the next bar the sharp is the key's again.
    tune = [note(str(i), "1", midi) for i, midi in enumerate((65, 66, 66, 65, 66))]
    notes = tree(score([part(tune)], bars=2, key="G")).findall(".//note")
    found = [n.findtext("accidental") for n in notes if n.find("pitch") is not None]
    assert found == ["natural", "sharp", None, "natural", None]


def test_sections_swing_and_title_are_written() -> None:
    whole = made("jazz-swing")
    root = tree(whole.score, 0.64)
    assert root.findtext("work/work-title") == whole.score.title
    assert [e.text for e in root.iter("rehearsal")] == [s.name for s in whole.score.sections]
    assert "Swing" in [e.text for e in root.iter("words")]
    assert "Swing" not in [e.text for e in tree(whole.score, 0.5).iter("words")]


def test_concert_pitch_is_written_as_it_sounds() -> None:
    whole = score([part([note("0", "4", 70)], "clarinet")])
    plain = ET.fromstring(musicxml(whole, concert_pitch=True))  # noqa: S314 - our own
    assert plain.find(".//transpose") is None and plain.findtext(".//pitch/step") == "B"
    assert tree(whole).findtext(".//pitch/step") == "C"


def test_the_same_piece_gives_the_same_bytes_without_dates() -> None:
    whole = made("pop").score
    assert musicxml(whole) == musicxml(whole)
    assert b"encoding-date" not in musicxml(whole)


def test_what_xml_cannot_hold_is_left_out() -> None:
    whole = replace(score([part([note("0", "1", 60)])]), title='a\x00<b> & "c"\ud800')
    assert tree(whole).findtext("work/work-title") == 'a<b> & "c"'


def test_an_empty_part_has_bars_of_rest() -> None:
    root = tree(score([part([], "drums", "drums")], bars=2))
    rests = root.findall("part/measure/note/rest")
    assert [rest.get("measure") for rest in rests] == ["yes", "yes"]

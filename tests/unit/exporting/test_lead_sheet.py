from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from composer.exporting.lead_sheet import LeadSheet, lead_sheet, tune_score
from composer.exporting.svg_paths import Stroke, path_strokes
from composer.exporting.svg_pdf import pdf_of_pages
from composer.music.score import Score
from tests.unit.exporting.pieces import made, note, part, score

WORDS = ("hel-", "lo", "月", "亮", "sharp")


def song() -> Score:
    tune = [note(str(i), "1", 60 + i % 12, WORDS[i % len(WORDS)]) for i in range(16)]
    chords = [("0", "F#m7b5"), ("4", "Bb7"), ("8", "Cm(add9)"), ("12", "F/A")]
    return score([part(tune, "clarinet")], bars=4, key="Bb", chords=chords)


@pytest.fixture(scope="module")
def sheet() -> LeadSheet:
    return lead_sheet(song())


def texts(page: str) -> str:
    root = ET.fromstring(page)  # noqa: S314 - our own
    return "".join("".join(e.itertext()) for e in root.iter() if str(e.tag).endswith("}text"))


def test_the_page_has_chords_words_and_title(sheet: LeadSheet) -> None:
    assert len(sheet.pages) == 1
    shown = re.sub(r"\s+", "", texts(sheet.pages[0]))
    assert "Atitle" in shown
    for word in ("hel", "lo", "月", "亮", "sharp", "m7b5", "m(add9)"):
        assert word in shown, word
    # The degree is in the text of the kind, and not written a second time.
    assert "(add9)(add9)" not in shown


def test_the_tune_is_written_as_it_sounds(sheet: LeadSheet) -> None:
    root = ET.fromstring(sheet.musicxml)  # noqa: S314 - our own
    assert len(root.findall("part")) == 1 and root.find(".//transpose") is None
    assert [e.text for e in root.iter("octave")] == ["4"] * 16
    assert len(root.findall(".//harmony")) == 4


def test_pdf_and_pages_are_the_same_each_time(sheet: LeadSheet) -> None:
    again = lead_sheet(song())
    assert (again.pdf, again.pages) == (sheet.pdf, sheet.pages)
    assert sheet.pdf.startswith(b"%PDF-") and sheet.pdf.rstrip().endswith(b"%%EOF")
    assert sheet.pdf.count(b"/Type /Page\n") == 1
    assert b"STSong-Light" in sheet.pdf and b"Times-Roman" in sheet.pdf


def test_a_long_piece_has_several_pages() -> None:
    tune = [note(str(Fraction(i, 2)), "1/2", 60 + i % 7) for i in range(8 * 48)]
    long = lead_sheet(score([part(tune)], bars=48))
    assert len(long.pages) > 1
    assert long.pdf.count(b"/Type /Page\n") == len(long.pages)


def test_the_tune_is_that_of_the_part_that_leads() -> None:
    first = part([note("0", "4", 72), note("8", "4", 74)], name="First")
    second = part([note("0", "4", 60), note("4", "2", 62)], "violin", name="Second")
    comping = part([note("0", "12", 48)], "piano", "comping", "Piano")
    tune = tune_score(score([comping, first, second], bars=3))
    assert [(n.onset_quarters, n.pitch.midi) for n in tune.parts[0].notes] == [
        (0, 72),
        (4, 62),
        (8, 74),
    ]


def test_a_tune_of_chords_becomes_one_voice() -> None:
    chords = part([note("0", "4", 60), note("0", "2", 67), note("1", "1", 64)])
    tune = tune_score(score([chords])).parts[0].notes
    assert [(n.onset_quarters, n.duration_quarters, n.pitch.midi) for n in tune] == [
        (0, 1, 67),
        (1, 1, 64),
    ]


def test_without_a_tune_the_chords_are_left() -> None:
    whole = score([part([note("0", "1", 36)], "drums", "drums")])
    assert tune_score(whole).parts[0].notes == ()
    assert lead_sheet(whole).pages


@pytest.mark.parametrize("style", ["ballad", "jazz-waltz"])
def test_composed_pieces_have_lead_sheets(style: str) -> None:
    whole = made(style).score
    assert lead_sheet(whole, 0.6).pages
    leading = [n for p in whole.parts if p.plan.role == "melody" for n in p.notes]
    kept = tune_score(whole).parts[0].notes
    assert {n.onset_quarters for n in kept} <= {n.onset_quarters for n in leading}


def test_path_data() -> None:
    assert list(path_strokes("M1 2h3v-1zl1 1")) == [
        Stroke("M", ((1, 2),)),
        Stroke("L", ((4, 2),)),
        Stroke("L", ((4, 1),)),
        Stroke("Z"),
        Stroke("L", ((2, 3),)),
    ]
    assert list(path_strokes("M0 0 2 2")) == [Stroke("M", ((0, 0),)), Stroke("L", ((2, 2),))]
    smooth = list(path_strokes("M0 0c1 0 2 1 2 2s1 2 2 2"))[-1]
    assert smooth.points == ((2, 3), (3, 4), (4, 4))
    quadratic = list(path_strokes("M0 0Q3 3 6 0"))[-1]
    assert quadratic.points == ((2, 2), (4, 2), (6, 0))
    with pytest.raises(ValueError, match="no path"):
        list(path_strokes("M0 0 A 1 1"))


def test_a_page_without_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="view box"):
        pdf_of_pages(['<svg xmlns="http://www.w3.org/2000/svg"/>'], tmp_path)


def test_the_pdf_opens_and_its_text_is_text(sheet: LeadSheet) -> None:
    # Letters lie in the streams as letters, so that viewers can search and copy them.
    import zlib
    from base64 import a85decode

    streams = re.findall(rb"stream\r?\n(.*?)endstream", sheet.pdf, re.S)
    drawn = b"".join(
        zlib.decompress(a85decode(s.strip(), adobe=False))
        for s in [stream.strip().removesuffix(b"~>") for stream in streams]
        if s
    )
    assert b"(hel) Tj" in drawn and io.BytesIO(drawn).readable()


def test_titles_of_any_script(sheet: LeadSheet) -> None:
    for title in ("Größe", "月亮", "Žluťoučký", "🎵"):
        assert lead_sheet(replace(song(), title=title)).pdf

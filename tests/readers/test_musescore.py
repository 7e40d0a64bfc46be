"""MuseScore opens our MusicXML and our MIDI: measures, keys, clefs, notes, drums, chords, words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from composer.exporting.musicxml import musicxml
from composer.midi.encode import encode
from composer.music.score import Score
from tests.readers.programs import run
from tests.unit.exporting.pieces import made, note, part, score


def opened(data: bytes, suffix: str, folder: Path) -> ET.Element:
    """What MuseScore makes of a file: its own uncompressed format."""
    (folder / f"piece.{suffix}").write_bytes(data)
    run("musescore", "-o", "piece.mscx", f"piece.{suffix}", folder=folder)
    return ET.parse(folder / "piece.mscx").getroot()  # noqa: S314 - from MuseScore


def staves(root: ET.Element) -> list[list[ET.Element]]:
    """The staves of each part, with their music."""
    music = {s.get("id"): s for s in root.findall("Score/Staff")}
    return [[music[s.get("id")] for s in p.findall("Staff")] for p in root.findall("Score/Part")]


def begun(staff: ET.Element) -> Counter[int]:
    """Sounding pitches of notes that are not tied on from others."""
    tied = {"prev"}
    return Counter(
        int(n.findtext("pitch", "0"))
        for n in staff.iter("Note")
        if not any(child.tag in tied for s in n.findall("Spanner") for child in s)
    )


def heard(part_staves: list[ET.Element]) -> Counter[int]:
    return sum((begun(staff) for staff in part_staves), Counter[int]())


@pytest.mark.parametrize(
    ("style", "meter"),
    [("pop", None), ("jazz-swing", "5/4"), ("string-quartet", None), ("folk", "3+2+2/8")],
)
def test_musicxml(style: str, meter: str | None, tmp_path: Path) -> None:
    whole = made(style, meter=meter).score
    root = opened(musicxml(whole), "musicxml", tmp_path)
    found = staves(root)
    assert len(found) == len(whole.parts)
    for one, written in zip(found, whole.parts, strict=True):
        assert {len(s.findall("Measure")) for s in one} == {whole.bars}
        # Drums too: MuseScore plays the keys that we strike.
        assert heard(one) == Counter(n.pitch.midi for n in written.notes), written.plan.name
    signature = found[0][0].find(".//TimeSig")
    assert signature is not None
    size = int(signature.findtext("sigN", "0")), int(signature.findtext("sigD", "0"))
    assert size == (whole.meter.numerator, whole.meter.denominator)
    texts = ["".join(e.itertext()).strip() for e in root.iter("RehearsalMark")]
    assert texts == [s.name for s in whole.sections]


def everything() -> Score:
    """Words, chords, a change of key, a transposing instrument, two staves and a drum kit."""
    words = ["hel-", "lo", "月", "亮"]
    tune = [note(str(i), "1", 64 + i % 5, words[i % 4]) for i in range(12)]
    wide = [note(str(2 * i), "2", m) for i in range(6) for m in (40, 52, 67, 71)]
    kit = [note(str(Fraction(i, 2)), "1/2", (36, 42, 38, 46)[i % 4]) for i in range(24)]
    lines = [
        part(tune, "alto-sax", name="Sax"),
        part(wide, "piano", "comping", "Piano"),
        part(kit, "drums", "drums", "Drums"),
    ]
    chords = [("0", "D"), ("4", "F#m7b5/C"), ("8", "Eb13sus4")]
    whole = score(lines, bars=3, key="D", chords=chords, keys=[("8", "Eb")])
    return replace(whole, title="Títle 月亮")


def test_keys_clefs_chords_and_words(tmp_path: Path) -> None:
    whole = everything()
    root = opened(musicxml(whole), "musicxml", tmp_path)
    sax, piano, drums = staves(root)
    keys = [k.findtext("accidental", "0") for k in piano[0].iter("KeySig")]
    assert keys == ["2", "-3"]
    clefs = [s.findtext(".//Clef/concertClefType") for s in (*sax, *piano, *drums)]
    assert clefs == ["G", "G", "F", "PERC"]
    for one, written in zip((sax, piano, drums), whole.parts, strict=True):
        assert heard(one) == Counter(n.pitch.midi for n in written.notes)
    assert len(list(sax[0].iter("Harmony"))) == 3
    names = [h.findtext("name") for h in sax[0].iter("Harmony")]
    assert names[1:] == ["m7b5", "13sus4"]
    words = [(w.findtext("syllabic", "single"), w.findtext("text")) for w in sax[0].iter("Lyrics")]
    assert words[:4] == [("begin", "hel"), ("end", "lo"), ("single", "月"), ("single", "亮")]
    kit = root.findall("Score/Part")[2]
    named = {d.get("pitch"): d.findtext("head") for d in kit.iter("Drum")}
    assert {"36", "38", "42", "46"} <= set(named)
    assert (named["36"], named["42"]) == ("normal", "cross")
    assert root.findtext("Score/Staff/VBox/Text/text") == whole.title


def test_midi(tmp_path: Path) -> None:
    one = made("string-quartet")
    found = staves(opened(encode(one.performance), "mid", tmp_path))
    assert {len(s.findall("Measure")) for p in found for s in p} == {one.score.bars}
    pitches: Any = sum((heard(p) for p in found), Counter[int]())
    assert pitches == Counter(n.pitch for t in one.performance.tracks for n in t.notes)
    keys = {k.findtext("accidental", "0") for p in found for s in p for k in s.iter("KeySig")}
    assert keys == {str(one.score.key.signature)}

"""DAWproject: valid by the published schema, and holding what the piece holds."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree

from composer.errors import OutputError
from composer.exporting.audio import write_audio
from composer.exporting.dawproject import metadata_xml, write_dawproject
from composer.exporting.dawproject_xml import project_xml
from composer.exporting.files import FileSet
from composer.exporting.mixes import Stem
from composer.music.audio import Audio
from composer.music.performance import MeterChange, TempoChange
from tests.unit.exporting.pieces import Made, made

SCHEMAS = Path(__file__).parents[2] / "data" / "dawproject"
STEM = Stem("Violin", "stems/01-violin.wav", 2, 44_100, 4410)


@pytest.fixture(scope="module")
def piece() -> Made:
    return made("pop")


def valid(data: bytes, schema: str) -> Any:
    """The root, after the published schema has been asked."""
    root = etree.fromstring(data)
    etree.XMLSchema(etree.parse(SCHEMAS / schema)).assertValid(root)
    return root


def write(folder: Path, piece: Made, stems: tuple[Stem, ...] = ()) -> zipfile.ZipFile:
    with FileSet(folder) as files:
        for stem in stems:
            sound = Audio(np.zeros((2, stem.frames), np.float32), stem.sample_rate)
            write_audio(sound, files.path(stem.file))
        write_dawproject(files, piece.score, piece.performance, stems, "pop & soul")
    return zipfile.ZipFile(folder / "piece.dawproject")


@pytest.mark.parametrize("style", ["pop", "string-quartet", "slow-blues"])
def test_what_is_written_keeps_to_the_published_schema(style: str) -> None:
    one = made(style)
    valid(project_xml(one.score, one.performance), "Project.xsd")
    placed = [(STEM, "audio/01-violin.wav")]
    valid(project_xml(one.score, one.performance, placed), "Project.xsd")
    valid(metadata_xml(one.score.title, "a < b"), "MetaData.xsd")


def test_the_schema_refuses_what_is_wrong() -> None:
    one = made("pop")
    broken = project_xml(one.score, one.performance).replace(b'unit="bpm"', b'unit="beatles"')
    with pytest.raises(etree.DocumentInvalid):
        valid(broken, "Project.xsd")


def test_every_note_is_there_in_beats(piece: Made) -> None:
    root = valid(project_xml(piece.score, piece.performance), "Project.xsd")
    for number, track in enumerate(piece.performance.tracks, start=1):
        notes = root.findall(f".//Lanes[@track='notes-{number}']//Note")
        found = Counter(
            (round(float(n.get("time")) * 480), int(n.get("key")), int(n.get("channel")))
            for n in notes
        )
        assert found == Counter((n.onset_ticks, n.pitch, track.channel) for n in track.notes)
        lengths = [round(float(n.get("duration")) * 480) for n in notes]
        assert sorted(lengths) == sorted(n.duration_ticks for n in track.notes)
        loud = [round(float(n.get("vel")) * 127) for n in notes]
        assert sorted(loud) == sorted(n.velocity for n in track.notes)


def test_controllers_are_automation_but_for_the_mixers(piece: Made) -> None:
    root = valid(project_xml(piece.score, piece.performance), "Project.xsd")
    for number, track in enumerate(piece.performance.tracks, start=1):
        found = Counter[int]()
        for points in root.findall(f".//Lanes[@track='notes-{number}']//Points"):
            target = points.find("Target")
            if target.get("expression") == "channelController":
                found[int(target.get("controller"))] += len(points.findall("RealPoint"))
        assert found == Counter(c.controller for c in track.controls if c.controller not in (7, 10))


def test_tracks_have_names_colours_and_levels(piece: Made) -> None:
    root = valid(project_xml(piece.score, piece.performance), "Project.xsd")
    tracks = root.findall("Structure/Track")
    names = [track.get("name") for track in tracks]
    assert names == [*(t.name for t in piece.performance.tracks), "Chords", "Master"]
    parts = tracks[: len(piece.performance.tracks)]
    assert len({track.get("color") for track in parts}) == len(parts)
    for element, track in zip(parts, piece.performance.tracks, strict=True):
        volume = next(c.value for c in track.controls if c.controller == 7)
        level = float(element.find("Channel/Volume").get("value"))
        assert level == pytest.approx((volume / 127) ** 2, abs=1e-5)
        assert 0 <= float(element.find("Channel/Pan").get("value")) <= 1
        assert f"program {track.program + 1}" in element.get("comment")


def test_sections_are_markers_and_chords_a_track(piece: Made) -> None:
    root = valid(project_xml(piece.score, piece.performance), "Project.xsd")
    bar = piece.score.meter.bar_quarters
    markers = root.findall("Arrangement/Markers/Marker")
    assert [(m.get("name"), Fraction(m.get("time"))) for m in markers] == [
        (s.name, s.start_bar * bar) for s in piece.score.sections
    ]
    lane = root.find(".//Lanes[@track='chords']")
    wanted = [span.chord.symbol for span in piece.score.chords]
    assert [m.get("name") for m in lane.findall("markers/Marker")] == wanted
    assert [c.get("name") for c in lane.findall("Clips/Clip")] == wanted
    first = {int(n.get("key")) % 12 for n in lane.find("Clips/Clip").iter("Note")}
    assert first == piece.score.chords[0].chord.numbers


def test_tempo_and_meter_map() -> None:
    one = made("pop")
    played = replace(
        one.performance,
        tempos=(TempoChange(0, 500_000), TempoChange(1920, 400_000)),
        meters=(MeterChange(0, 7, 8),),
    )
    root = valid(project_xml(one.score, played), "Project.xsd")
    assert root.find("Transport/Tempo").get("value") == "120"
    points = root.findall("Arrangement/TempoAutomation/RealPoint")
    found = [(p.get("time"), p.get("value"), p.get("interpolation")) for p in points]
    assert found == [("0", "120", "hold"), ("4", "150", "hold")]
    meter = root.find("Arrangement/TimeSignatureAutomation/TimeSignaturePoint")
    assert (meter.get("numerator"), meter.get("denominator")) == ("7", "8")


def test_stems_sound_and_notes_are_muted(tmp_path: Path) -> None:
    one = made("string-quartet")
    with write(tmp_path, one, (STEM,)) as archive:
        root = valid(archive.read("project.xml"), "Project.xsd")
        audio = root.find(".//Lanes[@track='audio-1']/Clips")
        # In seconds, so that no tempo map moves it.
        assert audio.get("timeUnit") == "seconds"
        assert audio.find("Clip").get("duration") == audio.find("Clip/Audio").get("duration")
        path = audio.find("Clip/Audio/File").get("path")
        assert archive.read(path) == (tmp_path / STEM.file).read_bytes()
        muted = {
            track.get("id"): track.find("Channel/Mute").get("value")
            for track in root.findall("Structure/Track")
        }
    assert muted["audio-1"] == "false" and muted["master"] == "false"
    assert all(value == "true" for name, value in muted.items() if name.startswith("notes"))


def test_without_stems_the_notes_sound(piece: Made) -> None:
    root = valid(project_xml(piece.score, piece.performance), "Project.xsd")
    for track in root.findall("Structure/Track"):
        muted = track.find("Channel/Mute").get("value")
        assert muted == str(track.get("id") == "chords").lower()


def test_the_archive_is_the_same_each_time(tmp_path: Path) -> None:
    one = made("string-quartet")
    for folder in ("a", "b"):
        write(tmp_path / folder, one, (STEM,)).close()
    first, second = (tmp_path / n / "piece.dawproject" for n in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        metadata = valid(archive.read("metadata.xml"), "MetaData.xsd")
    assert metadata.findtext("Title") == one.score.title
    assert metadata.findtext("Genre") == "pop & soul"


def test_a_missing_stem_leaves_nothing(tmp_path: Path) -> None:
    one = made("string-quartet")
    with pytest.raises(OutputError), FileSet(tmp_path / "out") as files:
        write_dawproject(files, one.score, one.performance, (STEM,))
    assert not (tmp_path / "out").exists()

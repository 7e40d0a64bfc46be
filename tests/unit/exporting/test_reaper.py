"""REAPER projects, read by a parser that is not ours."""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import rpp

from composer.exporting.mixes import Stem
from composer.exporting.reaper import quoted, reaper_project
from composer.midi.units import tempo_map
from composer.music.performance import LyricEvent, MeterChange, TempoChange, Track
from tests.unit.exporting.pieces import Made, made

STEMS = (Stem("Violin", "stems/01-violin.flac", 2, 48_000, 96_000),)


@pytest.fixture(scope="module")
def piece() -> Made:
    return made("pop")


def read(text: str) -> Any:
    root = rpp.loads(text)
    assert root.tag == "REAPER_PROJECT"
    return root


def lines(block: Any, key: str) -> list[list[str]]:
    return [line[1:] for line in block if isinstance(line, list) and line[0] == key]


def events(track: Any) -> list[tuple[int, int, int, int]]:
    """Tick, status, and two values of the events of a track's item."""
    found, now = [], 0
    for delta, *data in lines(track.find("ITEM").find("SOURCE"), "E"):
        now += int(delta)
        status, first, second = (int(byte, 16) for byte in data)
        found.append((now, status, first, second))
    return found


def test_every_note_is_there_in_ticks(piece: Made) -> None:
    root = read(reaper_project(piece.score, piece.performance))
    blocks = root.findall("TRACK")
    assert len(blocks) == len(piece.performance.tracks)
    for block, track in zip(blocks, piece.performance.tracks, strict=True):
        found = events(block)
        on = [(t, key, loud) for t, status, key, loud in found if status == 0x90 | track.channel]
        off = [(t, key) for t, status, key, _ in found if status == 0x80 | track.channel]
        notes = track.notes
        assert Counter(on) == Counter((n.onset_ticks, n.pitch, n.velocity) for n in notes)
        assert Counter(off) == Counter((n.end_ticks, n.pitch) for n in notes)
        assert (0, 0xC0 | track.channel, track.program, 0) in found
        controls = [(t, c, v) for t, status, c, v in found if status == 0xB0 | track.channel]
        kept = {(c.ticks, c.controller, c.value) for c in track.controls}
        assert {c for c in controls if c[1] not in (0, 123)} == {
            c for c in kept if c[1] not in (7, 10)
        }
        # The last event says how long the item's source is.
        assert found[-1] == (piece.performance.end_ticks, 0xB0 | track.channel, 123, 0)


def test_notes_end_before_others_begin_at_one_tick(piece: Made) -> None:
    root = read(reaper_project(piece.score, piece.performance))
    for block in root.findall("TRACK"):
        sounding: set[int] = set()
        for _, status, key, _ in events(block):
            if status >> 4 == 9:
                assert key not in sounding
                sounding.add(key)
            elif status >> 4 == 8:
                sounding.remove(key)
        assert not sounding


def test_tracks_have_names_colours_and_levels(piece: Made) -> None:
    blocks = read(reaper_project(piece.score, piece.performance)).findall("TRACK")
    assert [lines(b, "NAME")[0][0] for b in blocks] == [t.name for t in piece.performance.tracks]
    colours = [int(lines(b, "PEAKCOL")[0][0]) for b in blocks]
    assert len(set(colours)) == len(colours) and all(c & 0x1000000 for c in colours)
    for block, track in zip(blocks, piece.performance.tracks, strict=True):
        gain, pan, *_ = (float(value) for value in lines(block, "VOLPAN")[0])
        volume = next(c.value for c in track.controls if c.controller == 7)
        assert gain == pytest.approx((volume / 127) ** 2) and -1 <= pan <= 1
        assert block.attrib == lines(block, "TRACKID")[0]
    assert len({block.attrib[0] for block in blocks}) == len(blocks)


def test_tempo_meter_and_markers_follow_the_tempo_map(piece: Made) -> None:
    played = replace(
        piece.performance,
        tempos=(TempoChange(0, 500_000), TempoChange(1920, 1_000_000)),
        meters=(MeterChange(0, 4, 4), MeterChange(3840, 7, 8)),
    )
    root = read(reaper_project(piece.score, played))
    assert lines(root, "TEMPO") == [["120", "4", "4"]]
    assert lines(root.find("TEMPOENVEX"), "PT") == [
        ["0", "120", "1", str(4 << 16 | 4)],
        ["2", "60", "1"],
        ["6", "60", "1", str(8 << 16 | 7)],
    ]
    clock = tempo_map(played)
    bar = int(piece.score.meter.bar_quarters * 480)
    markers = lines(root, "MARKER")
    regions = [(m[2], float(m[1])) for m in markers if m[3] == "1" and m[2]]
    assert regions == [
        (s.name, pytest.approx(clock.seconds(s.start_bar * bar))) for s in piece.score.sections
    ]
    chords = [(m[2], float(m[1])) for m in markers if m[3] == "0"]
    assert chords == [
        (span.chord.symbol, pytest.approx(clock.seconds(int(span.onset_quarters * 480))))
        for span in piece.score.chords
    ]
    for region in {m[0] for m in markers if m[3] == "1"}:
        assert sum(m[0] == region and m[3] == "1" for m in markers) == 2


def test_stems_sound_and_midi_is_muted() -> None:
    one = made("string-quartet")
    root = read(reaper_project(one.score, one.performance, STEMS))
    *midi, audio = root.findall("TRACK")
    assert [lines(b, "MUTESOLO")[0][0] for b in midi] == ["1"] * len(midi)
    assert lines(audio, "MUTESOLO")[0][0] == "0"
    item = audio.find("ITEM")
    assert item.find("SOURCE").attrib == ["FLAC"]
    assert lines(item.find("SOURCE"), "FILE") == [["stems/01-violin.flac"]]
    assert lines(item, "LENGTH") == [["2"]]
    # Sound keeps its time, notes keep their beats, whatever is done to the tempo.
    assert (lines(item, "BEAT"), lines(midi[0].find("ITEM"), "BEAT")) == ([["0"]], [["1"]])
    plain = read(reaper_project(one.score, one.performance))
    assert {lines(b, "MUTESOLO")[0][0] for b in plain.findall("TRACK")} == {"0"}


def test_syllables_are_lyric_events(piece: Made) -> None:
    first = piece.performance.tracks[0]
    words = (LyricEvent(first.notes[0].onset_ticks, "hel-"), LyricEvent(1920, "月"))
    sung: Track = replace(first, lyrics=words)
    text = reaper_project(piece.score, replace(piece.performance, tracks=(sung,)))
    source = read(text).find("TRACK").find("ITEM").find("SOURCE")
    data = [
        b64decode(x[0]) if isinstance(x, list) else b64decode(x)
        for x in (block.children[0] for block in source.findall("X"))
    ]
    assert data == [b"\xff\x05hel-", "\xff\x05".encode("latin-1") + "月".encode()]


def test_the_same_piece_gives_the_same_text(piece: Made) -> None:
    assert reaper_project(piece.score, piece.performance) == reaper_project(
        piece.score, piece.performance
    )


@pytest.mark.parametrize("name", ["a b", 'a "b"', "a 'b' \"c\"", "a\nb", "`'\"", ""])
def test_any_name_is_one_word(name: str, piece: Made) -> None:
    tracks = (replace(piece.performance.tracks[0], name=name),)
    root = read(reaper_project(piece.score, replace(piece.performance, tracks=tracks)))
    assert len(lines(root.find("TRACK"), "NAME")[0]) == 1
    assert "\n" not in quoted(name)

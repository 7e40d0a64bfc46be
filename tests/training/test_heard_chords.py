"""Chords are heard in MIDI files by genre, and counted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import mido
import pytest

from composer.training.heard_chords import hear_song
from composer.training.learn_genre_harmony import main

BLOCKS = {
    "C": (48, 64, 67, 72),
    "F": (53, 65, 69, 72),
    "G": (55, 62, 67, 71),
    "Am": (57, 64, 69, 72),
}
INDEX = ("md5", "source_genre", "masd", "drums", "tracks")


def band(path: Path, symbols: str, bars: int = 32) -> Path:
    """Block chords, a bar each, in four tracks with drums."""
    midi = mido.MidiFile(ticks_per_beat=480)
    chords = [BLOCKS[name] for name in symbols.split()]
    for voice in range(4):
        track = mido.MidiTrack([mido.Message("program_change", channel=voice, program=0)])
        for bar in range(bars):
            note = chords[bar % len(chords)][voice]
            track.append(mido.Message("note_on", channel=voice, note=note, velocity=90, time=0))
            track.append(mido.Message("note_off", channel=voice, note=note, time=1920))
        midi.tracks.append(track)
    drums = mido.MidiTrack()
    for _ in range(bars * 4):
        drums.append(mido.Message("note_on", channel=9, note=36, velocity=90, time=0))
        drums.append(mido.Message("note_off", channel=9, note=36, time=480))
    midi.tracks.append(drums)
    path.parent.mkdir(parents=True, exist_ok=True)
    midi.save(path)
    return path


def test_a_song_gives_its_chords(tmp_path: Path) -> None:
    (section,) = hear_song(band(tmp_path / "a.mid", "C Am F G").read_bytes())
    assert section.mode == "major"
    assert [event.token for event in section.events()][:4] == ["I", "vi", "IV", "V"]
    assert len(section.phrases) == 8
    assert section.events()[0].bars == pytest.approx(1)


def test_what_is_no_song_gives_nothing() -> None:
    assert hear_song(b"MThd") == []


def test_command_writes_a_family_a_genre(tmp_path: Path) -> None:
    corpora = tmp_path / "corpora"
    rows = ["\t".join(INDEX)]
    genres = ["country", "rnb_soul", "rap_hip_hop", "Dance", "Metal_Heavy"]
    for number, genre in enumerate(genres):
        md5 = f"{number:032x}"
        band(corpora / "lakh-verified" / str(number) / f"{md5}.mid", "C Am F G")
        masd = genre if genre[0].isupper() else ""
        rows.append("\t".join((md5, "" if masd else genre, masd, "1", "5")))
    index = corpora / "lakh-verified" / "index.tsv"
    index.write_text("\n".join(rows) + "\n", encoding="utf-8")
    flags = ["--corpora", str(corpora), "--date", "2026-11-21", "--out", str(tmp_path / "rules")]
    assert main(flags) == 0
    written = {path.stem: path for path in (tmp_path / "rules" / "progressions").iterdir()}
    assert set(written) == {"country", "soul", "electronic", "metal", "hip-hop"}
    table = tomllib.loads(written["metal"].read_text("utf-8"))
    assert table["order1"]["major"]["any"]["I"]["vi"] >= 7
    assert table["provenance"]["pieces_used"] == {"lakh-verified": 1}

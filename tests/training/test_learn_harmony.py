"""Chords are counted as written in the tables' contract, and the command writes TOML."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Sequence
from pathlib import Path

import mido
import pytest

from composer.training import billboard, folk_chords
from composer.training.chord_sections import ChordEvent, Section
from composer.training.chord_statistics import Source, count, render_tables
from composer.training.learn_harmony import main

SONG = """\
# metre: 4/4
# tonic: C

0.0\tA, verse, | C:maj | F:maj | G:7 | C:maj |
4.0\t| F:maj | C:maj | G:7 | G:7 |
8.0\tB, chorus, | A:min | F:maj | C:maj | G:maj |
12.0\tA, verse, | C:maj | F:maj | G:7 | C:maj |
16.0\t| F:maj | C:maj | G:7 | G:7 |
20.0\tend
"""


def _section(*tokens: str | None, label: str = "", opens: bool = True) -> Section:
    return Section(label, "major", (tuple(ChordEvent(t, 1.0) for t in tokens),), opens)


def test_made_song_gives_the_expected_counts() -> None:
    statistics = count([Source([billboard.parse_song(SONG)])], size=45)
    order1 = statistics.order1["major", "any"]
    assert order1["IV"] == {"V7": 1, "I": 2}
    assert order1["I"] == {"IV": 2, "V7": 1, "V": 1}
    verse = statistics.chains["major", "verse"]
    assert verse["^ ^"] == {"I": 1, "IV": 1}  # the section, and its second line
    assert verse["^ I"] == {"IV": 1}
    assert verse["IV V7"] == {"I": 1}
    assert statistics.chains["major", "chorus"]["^ ^"] == {"vi": 1}
    # The second verse repeats the first and counts no more.
    assert statistics.chords["major"]["IV"] == 3
    assert statistics.cadences["major"] == {"V7 I": 1, "I V7": 1, "I V": 1}
    assert statistics.rhythm["verse"] == {"1": 6, "2": 1}


def test_weights_scale_a_source() -> None:
    statistics = count([Source([[_section("I", "V")]], weight=2.5)], size=45)
    assert statistics.chords["major"] == {"I": 2.5, "V": 2.5}


def test_rare_chords_become_plainer_ones_or_break_the_chain() -> None:
    common = [[_section("I", "V7", "I", label=str(i))] for i in range(3)]
    rare = [[_section("I", "V7b9/3", "I"), _section("#IV°7", "V7", opens=False)]]
    statistics = count([Source(common + rare)], size=2)
    order1 = statistics.order1["major", "any"]
    assert order1["I"] == {"V7": 4}
    assert "#IV°7" not in order1
    assert sum(order1["^"].values()) == 4


def test_section_that_goes_on_from_another_key_has_no_start() -> None:
    statistics = count([Source([[_section("V", "I", opens=False)]])], size=45)
    assert ("major", "any") not in statistics.chains
    assert statistics.order1["major", "any"] == {"V": {"I": 1}}


def test_rare_counts_are_left_out_of_the_tables() -> None:
    songs = [[_section("I", "IV", label=f"s{i}")] for i in range(3)] + [[_section("I", "V")]]
    text = "\n".join(render_tables(count([Source(songs)], size=45), minimum=2))
    tables = tomllib.loads(text)
    assert tables["order1"]["major"]["any"]["I"] == {"IV": 3}
    assert tables["chains"]["major"]["any"]["^ ^"] == {"I": 4}


def _corpora(root: Path) -> Path:
    files = {
        "mcgill-billboard/billboard-2.0-salami_chords/0001/salami_chords.txt": SONG,
        "mcgill-billboard/billboard-2.0-salami_chords/0002/salami_chords.txt": "nothing",
        "pop909/structure/POP909/001/finalized_chord.txt": "C:maj [0] 0 8\nF:maj [5] 5 8\n",
        "pop909/structure/POP909/001/human_label1.txt": "A4",
        "pop909/structure/POP909/001/analyzed_key.txt": "C:maj",
        "nc-jazz-chords/SongDB/Songs[H-O]/Tune.txt": "DBKeySig = C\n"
        + "Dm7 | G7 | CM7 | CM7 |\n" * 4,
        "when-in-rome/Corpus/A/B/C/1/analysis.txt": "Time Signature: 4/4\n"
        + "\n".join(f"m{i} C: I b3 V7" for i in range(1, 9)),
        "when-in-rome/Corpus/A/Debussy,_Claude/C/1/analysis.txt": "m1 C: I",
    }
    for inner, text in files.items():
        path = root / inner
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    tune = root / "nottingham" / "MIDI" / "jigs1.mid"
    tune.parent.mkdir(parents=True)
    tune.write_bytes(_tune())
    return root


def _tune(chords: Sequence[Sequence[int]] = ((55, 59, 62), (54, 57, 60, 62)) * 8) -> bytes:
    """A tune in G of eight bars after an upbeat, over a chord a bar."""
    midi = mido.MidiFile(ticks_per_beat=480)
    melody, harmony = mido.MidiTrack(), mido.MidiTrack()
    melody.append(mido.MetaMessage("key_signature", key="G"))
    melody.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    for pitch in (67, *(67, 71, 74, 67) * len(chords)):
        melody.append(mido.Message("note_on", note=pitch, velocity=80, time=0))
        melody.append(mido.Message("note_off", note=pitch, velocity=0, time=480))
    wait = 480
    for pitches in chords:
        for index, pitch in enumerate(pitches):
            time = 0 if index else wait
            harmony.append(mido.Message("note_on", note=pitch, velocity=80, time=time))
        for index, pitch in enumerate(pitches):
            time = 0 if index else 1800
            harmony.append(mido.Message("note_off", note=pitch, velocity=0, time=time))
        wait = 120
    midi.tracks += [melody, harmony]
    stream = io.BytesIO()
    midi.save(file=stream)
    return stream.getvalue()


def test_folk_tunes_give_their_chords() -> None:
    section = folk_chords.parse_chords(_tune())
    assert isinstance(section, Section)
    assert section.mode == "major"
    assert len(section.phrases) == 4
    assert [event.token for event in section.phrases[0]] == ["I", "V7/3", "I", "V7/3"]
    assert section.phrases[0][0].bars == pytest.approx(1, abs=0.1)


def test_folk_tunes_without_known_chords_break_the_chain() -> None:
    section = folk_chords.parse_chords(_tune([(55, 56, 57)] * 8))
    assert isinstance(section, Section)
    assert {event.token for event in section.events()} == {None}
    assert folk_chords.parse_chords(b"") == "unreadable file"


def test_command_writes_five_families(tmp_path: Path) -> None:
    corpora = _corpora(tmp_path / "corpora")
    flags = ["--corpora", str(corpora), "--date", "2026-11-21", "--out"]
    assert main([*flags, str(tmp_path / "rules")]) == 0
    written = {path.stem: path for path in (tmp_path / "rules" / "progressions").iterdir()}
    assert set(written) == {"pop", "rock", "jazz", "classical", "folk"}
    tables = {name: tomllib.loads(path.read_text("utf-8")) for name, path in written.items()}
    provenance = tables["rock"]["provenance"]
    assert provenance["pieces_used"] == {"mcgill-billboard": 1}
    assert provenance["pieces_dropped"] == {"mcgill-billboard: no tonic or no chords": 1}
    assert provenance["learned_on"] == "2026-11-21"
    assert tables["pop"]["provenance"]["corpus"] == ["pop909", "mcgill-billboard"]
    assert tables["jazz"]["chains"]["major"]["any"]["ii7 V7"] == {"Imaj7": 4}
    assert tables["classical"]["order1"]["major"]["any"]["I"] == {"V7": 8}
    assert tables["folk"]["order1"]["major"]["any"]["I"] == {"V7/3": 8}
    assert tables["classical"]["harmonic_rhythm"]["any"] == {"0.5": 1.0}

    assert main([*flags, str(tmp_path / "again")]) == 0
    for name, path in written.items():
        again = tmp_path / "again" / "progressions" / f"{name}.toml"
        assert again.read_bytes() == path.read_bytes()

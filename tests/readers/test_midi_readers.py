"""What others read in ``piece.mid``: midi2ly, timidity, and four libraries that agree."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import replace
from pathlib import Path

import mido
import pytest

from composer.midi.encode import encode
from composer.midi.units import tempo_map
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.performing import perform
from tests.laws.pieces import compose
from tests.readers.programs import run
from tests.strategies import rules
from tests.unit.exporting.pieces import made

_DRUMS = 9
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_NOTE = re.compile(r"(?<![\w\\])([a-g])((?:is|es)*)[',]*(?=[\d*\s>])")


def exact(style: str) -> Performance:
    """A piece played as it is written, so that who quantises hears the same notes."""
    piece = compose(Brief(style=style, bars=8, seed=3, humanize=0.0, writer="rules"))
    return perform(piece.plan, piece.score, rules())


def lilypond_pitch(match: re.Match[str]) -> int:
    """The pitch class of a note; its octave is counted from the note before."""
    step, accidentals = match.groups()
    return (_STEPS[step] + accidentals.count("is") - accidentals.count("es")) % 12


def test_midi2ly_writes_our_notes(tmp_path: Path) -> None:
    played = exact("string-quartet")
    (tmp_path / "piece.mid").write_bytes(encode(played))
    run("midi2ly", "-o", "piece.ly", "piece.mid", folder=tmp_path)
    source = (tmp_path / "piece.ly").read_text(encoding="utf-8")
    voices = re.findall(r"^track[B-Z]channelB = \\relative c \{(.*?)^\}", source, re.M | re.S)
    assert len(voices) == len(played.tracks)
    for voice, track in zip(voices, played.tracks, strict=True):
        assert f'"{track.name}"' in source
        music = re.sub(r'%.*|\\[a-zA-Z]+(?:\.\w+)?|"[^"]*"', "", voice)
        found = [lilypond_pitch(match) for match in _NOTE.finditer(music)]
        assert found == [note.pitch % 12 for note in track.notes], track.name


def test_timidity_plays_it_to_its_end(tmp_path: Path) -> None:
    import pretty_midi
    import soundfile

    played = made("pop").performance
    (tmp_path / "piece.mid").write_bytes(encode(played))
    font = Path(pretty_midi.__file__).parent / "TimGM6mb.sf2"
    if not font.is_file():
        pytest.skip("pretty_midi came without its SoundFont")
    (tmp_path / "timidity.cfg").write_text(f'soundfont "{font}"\n')
    said = run(
        "timidity",
        *("-c", "timidity.cfg", "-Ow", "--preserve-silence", "-o", "piece.wav", "piece.mid"),
        folder=tmp_path,
    )
    assert "Notes lost totally: 0" in said, said
    sound, rate = soundfile.read(tmp_path / "piece.wav")
    clock = tempo_map(played)
    last = clock.seconds(max(n.end_ticks for t in played.tracks for n in t.notes))
    assert last - 0.1 <= len(sound) / rate <= last + 12
    assert abs(sound).max() > 0.01


@pytest.mark.parametrize("style", ["pop", "slow-blues"])
def test_four_libraries_read_the_same(style: str) -> None:
    import pretty_midi
    import symusic
    from music21 import converter

    played = made(style).performance
    data = encode(played)
    wanted = sorted((n.onset_ticks, n.pitch) for t in played.tracks for n in t.notes)

    raw = mido.MidiFile(file=io.BytesIO(data))
    found = []
    for track in raw.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                found.append((now, message.note))
    assert sorted(found) == wanted

    scored = symusic.Score.from_midi(data)
    assert sorted((n.time, n.pitch) for t in scored.tracks for n in t.notes) == wanted

    pretty = pretty_midi.PrettyMIDI(io.BytesIO(data))
    heard = [(pretty.time_to_tick(n.start), n.pitch) for i in pretty.instruments for n in i.notes]
    assert sorted(heard) == wanted
    assert pretty.get_tempo_changes()[1][0] == pytest.approx(
        60_000_000 / played.tempos[0].microseconds_per_quarter
    )
    assert len(pretty.instruments) == len(played.tracks)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score = converter.parse(data, format="midi", quantizePost=False)
    # music21 moves notes onto a grid, ties them over bar lines and takes pitches from drums: which
    # pitches each part has stays.
    for part, track in zip(score.parts, played.tracks, strict=True):
        assert part.partName == track.name
        if track.channel != _DRUMS:
            assert {p.midi for p in part.pitches} == {n.pitch for n in track.notes}


def test_lyrics_and_markers_are_read_by_others() -> None:
    from composer.music.performance import LyricEvent

    played = made("pop").performance
    first = played.tracks[0]
    words = tuple(LyricEvent(n.onset_ticks, f"la{i}") for i, n in enumerate(first.notes[:5]))
    sung = replace(played, tracks=(replace(first, lyrics=words), *played.tracks[1:]))
    raw = mido.MidiFile(file=io.BytesIO(encode(sung)))
    assert [m.text for m in raw.tracks[1] if m.type == "lyrics"] == [w.text for w in words]
    markers = [m.text for m in raw.tracks[0] if m.type == "marker"]
    assert markers == [t.text for t in played.texts if t.kind == "marker"]

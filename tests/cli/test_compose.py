"""`compose` itself: every flag, and what it writes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import pytest
import soundfile
from PIL import Image

from composer import read_midi
from tests.cli.conftest import Compose, run_process

Quick = Callable[..., tuple[Path, dict[str, Any]]]


def midi_of(folder: Path) -> mido.MidiFile:
    return mido.MidiFile(folder / "piece.mid")


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


@pytest.fixture
def quick(compose: Compose, tmp_path: Path) -> Quick:
    """Compose without audio; returns the folder and the JSON that was printed."""

    def run(*arguments: object) -> tuple[Path, dict[str, Any]]:
        out = tmp_path / "out"
        result = compose(*arguments, "--no-audio", "--json", "--out", out)
        assert result.code == 0 and result.err == "", result.err
        data: dict[str, Any] = json.loads(result.out)
        return out, data

    return run


def test_writes_all_files_and_says_where(piece: Path) -> None:
    assert {path.name for path in piece.iterdir()} == {
        "piece.mid",
        "piano-roll.png",
        "report.json",
        "brief.toml",
        "manifest.json",
        "mix.wav",
        "stems",
    }
    assert midi_of(piece).type == 1 and midi_of(piece).ticks_per_beat == 480
    with Image.open(piece / "piano-roll.png") as picture:
        assert picture.width == 1800
    report = report_of(piece)
    assert (report["key"], report["bars"], report["seed"]) == ("Eb major", 4, 3)
    assert report["rules"]["ok"] is True
    assert tomllib.loads((piece / "brief.toml").read_text())["key"] == "Eb major"


def test_stems_are_as_long_as_the_mix_and_one_a_track(piece: Path) -> None:
    mix = soundfile.info(piece / "mix.wav")
    assert (mix.channels, mix.samplerate, mix.subtype) == (2, 44_100, "PCM_24")
    stems = sorted((piece / "stems").iterdir())
    assert {soundfile.info(stem).frames for stem in stems} == {mix.frames}
    assert len(stems) == len(read_midi(piece / "piece.mid").tracks)
    assert stems[0].name.startswith("01-")


def test_the_closing_table(compose: Compose, tmp_path: Path) -> None:
    out = tmp_path / ("a folder with quite a long name " * 3).strip()
    result = compose("--key", "F#m", "--bars", 4, "--no-audio", "--out", out)
    assert result.code == 0 and result.err == ""
    lines = result.out.splitlines()
    facts = dict(line.split(maxsplit=1) for line in lines[1:-6])
    assert set(facts) >= {"length", "key", "tempo", "form", "parts", "rules", "took"}
    assert facts["length"].startswith("4 bars of 4/4, 0:")
    assert facts["key"] == "F# minor"
    assert facts["rules"].startswith("all hold")
    assert lines[-6] == "files"
    paths = [Path(line.strip()) for line in lines[-5:]]
    assert paths[0] == out / "piece.mid" and all(path.is_file() for path in paths)


@pytest.mark.parametrize(
    ("text", "name"),
    [("C", "C major"), ("F#m", "F# minor"), ("Bb minor", "Bb minor"), ("D dorian", "D dorian")],
)
def test_key(quick: Quick, text: str, name: str) -> None:
    assert quick("--key", text, "--bars", 2)[1]["key"] == name


def test_bars_tempo_and_time_signature(quick: Quick) -> None:
    out, data = quick("--bars", 7, "--tempo", 90, "--time-signature", "7/8")
    assert (data["bars"], data["tempo"], data["time_signature"]) == (7, 90.0, "7/8")
    # 7 bars of 3.5 quarters at 90 a minute
    assert data["seconds"] == pytest.approx(7 * 3.5 * 60 / 90, abs=0.01)
    performance = read_midi(out / "piece.mid")
    assert performance.end_ticks == 7 * 7 * 240
    assert performance.tempos[0].microseconds_per_quarter == 666_667
    assert (performance.meters[0].numerator, performance.meters[0].denominator) == (7, 8)


def test_style_and_mood(quick: Quick) -> None:
    out, data = quick("--style", "jazz-swing", "--mood", "melancholic", "--bars", 4)
    brief = tomllib.loads((out / "brief.toml").read_text())
    assert (brief["style"], brief["mood"]) == ("jazz-swing", "-0.6,-0.4")
    assert str(data["title"]).startswith("Jazz swing in ")


def test_form_in_sections_and_in_letters(quick: Quick) -> None:
    _, data = quick("--form", "intro:2 verse:4 chorus:4")
    assert [s["bars"] for s in data["form"]] == [2, 4, 4]
    assert data["bars"] == 10
    _, data = quick("--form", "AABA", "--bars", 8)
    assert [s["bars"] for s in data["form"]] == [2, 2, 2, 2]


def test_chords_are_kept_and_repeated(quick: Quick) -> None:
    _, data = quick("--key", "C", "--chords", "Am7 | F | C/E G | %", "--bars", 8)
    assert data["chords"] == ["Am7", "F", "C/E", "G", "C/E", "G"] * 2
    assert data["notes"] == ["4 bars of chords are played 2 times to fill 8 bars"]
    _, data = quick("--key", "D", "--chords", "I | vi7 | ii | V7/V V")
    assert data["bars"] == 4 and data["chords"] == ["D", "Bm7", "Em", "E7", "A"]


def test_parts_with_and_without_roles(quick: Quick) -> None:
    _, data = quick("--parts", "flute, piano, bass=cello, drums", "--bars", 4)
    parts = {part["name"]: part["role"] for part in data["parts"]}
    assert parts == {"Flute": "melody", "Piano": "comping", "Cello": "bass", "Drums": "drums"}


def test_swing_moves_the_off_beats(quick: Quick) -> None:
    flags = ("--style", "jazz-swing", "--key", "C", "--bars", 4, "--humanize", 0)
    straight = (quick(*flags, "--swing", 0.5)[0] / "piece.mid").read_bytes()
    swung = (quick(*flags, "--swing", 0.66)[0] / "piece.mid").read_bytes()
    assert straight != swung


def test_humanize_0_leaves_every_note_on_the_grid(quick: Quick) -> None:
    out, _ = quick("--key", "C", "--bars", 4, "--humanize", 0, "--swing", 0.5)
    performance = read_midi(out / "piece.mid")
    assert all(n.onset_ticks % 40 == 0 for track in performance.tracks for n in track.notes)
    assert not any(c.controller == 64 for track in performance.tracks for c in track.controls)


def test_seeds_make_other_pieces(quick: Quick) -> None:
    flags = ("--key", "C", "--bars", 4, "--seed")
    first = (quick(*flags, 1)[0] / "piece.mid").read_bytes()
    second = (quick(*flags, 2)[0] / "piece.mid").read_bytes()
    again = (quick(*flags, 1)[0] / "piece.mid").read_bytes()
    assert first == again != second


def test_variations_count_seeds_up(compose: Compose, tmp_path: Path) -> None:
    result = compose(
        "--bars", 2, "--seed", 5, "--variations", 3, "--no-audio", "--json", "--out", tmp_path
    )
    assert result.code == 0
    pieces = [json.loads(line) for line in result.out.splitlines()]
    assert [piece["seed"] for piece in pieces] == [5, 6, 7]
    folders = [tmp_path / f"variation-0{n}" for n in (1, 2, 3)]
    assert sorted(tmp_path.iterdir()) == folders
    for piece, folder in zip(pieces, folders, strict=True):
        assert str(folder / "piece.mid") in piece["files"]
    single = tmp_path / "single"
    compose("--bars", 2, "--seed", 6, "--no-audio", "--quiet", "--out", single)
    assert (single / "piece.mid").read_bytes() == (folders[1] / "piece.mid").read_bytes()


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("--style", "bossa-nova", "--mood", "calm", "--bars", 11),
        ("--chords", "Am7 | D7 | G | %", "--key", "G", "--bars", 8),
        ("--form", "AABA", "--bars", 9, "--parts", "piano,flute"),
        ("--humanize", 0.5, "--swing", 0.6, "--tempo", 97.5, "--time-signature", "6/8"),
    ],
)
def test_a_saved_brief_repeats_the_piece(
    compose: Compose, tmp_path: Path, flags: tuple[object, ...]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    bars = () if "--bars" in flags else ("--bars", 5)
    options = ("--no-audio", "--quiet", "--out")
    assert compose(*bars, *flags, "--seed", 11, *options, first).code == 0
    assert compose("--brief", first / "brief.toml", *options, second).code == 0
    for name in ("piece.mid", "brief.toml", "report.json", "piano-roll.png"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_flags_go_over_a_saved_brief(compose: Compose, tmp_path: Path) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text('key = "C"\nbars = 4\nparts = ["piano", "flute"]\n')
    result = compose(
        "--brief", brief, "--key", "Dm", "--no-audio", "--json", "--out", tmp_path / "out"
    )
    data = json.loads(result.out)
    assert (data["key"], data["bars"], len(data["parts"])) == ("D minor", 4, 2)


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    trees = []
    for number in ("1", "2"):
        out = tmp_path / number
        result = run_process(
            "--style", "cinematic", "--bars", 6, "--seed", 9, "--stems", "--quiet", "--out", out,
            PYTHONHASHSEED=number, COMPOSER_SYNTH="builtin",
        )  # fmt: skip
        assert result.code == 0, result.err
        files = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
        trees.append({name: (out / name).read_bytes() for name in files})
    assert trees[0].keys() == trees[1].keys()
    assert [name for name in trees[0] if trees[0][name] != trees[1][name]] == []


@pytest.mark.parametrize(("kind", "subtype"), [("flac", "PCM_24"), ("OGG", "VORBIS")])
def test_format_and_sample_rate(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, subtype: str
) -> None:
    monkeypatch.setenv("COMPOSER_SYNTH", "builtin")
    result = compose(
        "--bars", 1, "--parts", "piano", "--tempo", 200, "--format", kind,
        "--sample-rate", 48000, "--quiet", "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 0 and result.err == "", result.err
    info = soundfile.info(tmp_path / f"mix.{kind.lower()}")
    assert (info.samplerate, info.subtype) == (48_000, subtype)


def test_soundfont_by_name(compose: Compose, tmp_path: Path) -> None:
    result = compose(
        "--bars", 1, "--parts", "piano", "--tempo", 200, "--soundfont", "timgm6mb",
        "--json", "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 0
    audio = json.loads(result.out)["audio"]
    assert audio["warning"] is None and "TimGM6mb" in audio["synthesiser"]
    assert audio["true_peak_dbtp"] <= -1.0


def test_without_fluidsynth_it_plays_all_the_same_and_says_so(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer.rendering.synth.fluid_available", lambda: False)
    flags = ("--bars", 1, "--parts", "piano", "--tempo", 200, "--out", tmp_path)
    result = compose(*flags)
    assert result.code == 0
    assert result.err.startswith("warning: FluidSynth cannot be loaded; ")
    assert "install" in result.err and result.err.count("\n") == 1
    assert (tmp_path / "mix.wav").is_file()
    quiet = compose(*flags, "--quiet")
    assert (quiet.out, quiet.err) == ("", "")


def test_older_audio_in_the_folder_is_pointed_out(compose: Compose, tmp_path: Path) -> None:
    (tmp_path / "stems").mkdir()
    (tmp_path / "stems" / "09-tuba.wav").write_bytes(b"old")
    result = compose("--bars", 1, "--no-audio", "--out", tmp_path)
    assert "from an earlier run" in result.out and "stems/09-tuba.wav" in result.out
    assert (tmp_path / "stems" / "09-tuba.wav").read_bytes() == b"old"


@pytest.mark.parametrize("text", ["Ünïcødé 音楽", "emoji 🎹"])
def test_folders_of_any_name(compose: Compose, tmp_path: Path, text: str) -> None:
    result = compose("--bars", 1, "--no-audio", "--out", tmp_path / text)
    assert result.code == 0 and (tmp_path / text / "piece.mid").is_file()
    assert text in result.out


def test_the_default_folder_is_out(tmp_path: Path) -> None:
    assert run_process("--bars", 1, "--no-audio", "--quiet", cwd=tmp_path).code == 0
    assert (tmp_path / "out" / "piece.mid").is_file()


def test_long_pieces_of_every_awkward_length(quick: Quick) -> None:
    for bars in (1, 31, 257):
        assert quick("--bars", bars, "--key", "C")[1]["bars"] == bars

"""`compose check`, `render`, `styles` and `soundfonts`, `--help` and `--version`."""

from __future__ import annotations

import json
from pathlib import Path

import mido
import pytest
import soundfile

from composer import __version__
from composer.rulebook import Rulebook
from tests.cli.conftest import Compose, run_process


def foreign_midi(path: Path, *, pitches: tuple[int, ...] = (60, 64, 67, 72)) -> Path:
    """A file as another program writes it: type 0, 96 ticks, running over two channels."""
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    track.append(mido.MetaMessage("key_signature", key="C"))
    track.append(mido.Message("program_change", program=0))
    for pitch in pitches:
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=0))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=96))
    file = mido.MidiFile(type=0, ticks_per_beat=96)
    file.tracks.append(track)
    file.save(path)
    return path


def test_check_our_own_piece(compose: Compose, piece: Path) -> None:
    result = compose("check", piece / "piece.mid")
    assert result.code == 0 and result.err == ""
    assert "holds" in result.out and "violated" not in result.out
    data = json.loads(compose("check", piece / "piece.mid", "--json").out)
    assert data["ok"] is True and data["file"] == str(piece / "piece.mid")
    assert {rule["verdict"] for rule in data["rules"]} <= {"holds", "waived", "not applicable"}


def test_check_a_good_foreign_file(compose: Compose, tmp_path: Path) -> None:
    assert compose("check", foreign_midi(tmp_path / "scale.mid")).code == 0


def test_check_a_file_that_breaks_rules(compose: Compose, tmp_path: Path) -> None:
    # The lowest D of MIDI, an octave below a piano's last key.
    file = foreign_midi(tmp_path / "bad.mid", pitches=(60, 2, 64))
    result = compose("check", file)
    assert result.code == 1 and result.err == ""
    assert "violated" in result.out and "range (bar 1" in result.out
    data = json.loads(compose("check", file, "--json").out)
    assert data["ok"] is False


def test_check_in_a_process(piece: Path, tmp_path: Path) -> None:
    assert run_process("check", piece / "piece.mid").code == 0
    assert run_process("check", foreign_midi(tmp_path / "b.mid", pitches=(2,))).code == 1
    assert run_process("check", tmp_path / "none.mid").code == 2


def test_render_a_foreign_file_with_stems(compose: Compose, tmp_path: Path) -> None:
    file = foreign_midi(tmp_path / "scale.mid")
    out = tmp_path / "out"
    result = compose("render", file, "--stems", "--format", "flac", "--out", out)
    assert result.code == 0 and result.err == ""
    paths = [Path(line) for line in result.out.splitlines()]
    assert [path.name for path in paths] == ["mix.flac", "01-channel-1.flac"]
    assert len({soundfile.info(path).frames for path in paths}) == 1
    assert soundfile.info(paths[0]).duration > 2.0


def test_render_json_and_quiet(compose: Compose, tmp_path: Path) -> None:
    file = foreign_midi(tmp_path / "scale.mid")
    data = json.loads(compose("render", file, "--json", "--out", tmp_path).out)
    assert data["files"] == [str(tmp_path / "mix.wav")]
    assert data["audio"]["sample_rate"] == 44_100
    quiet = compose("render", file, "--quiet", "--sample-rate", 48000, "--out", tmp_path)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert soundfile.info(tmp_path / "mix.wav").samplerate == 48_000


def test_render_what_compose_wrote_sounds_as_long(
    compose: Compose, piece: Path, tmp_path: Path
) -> None:
    assert compose("render", piece / "piece.mid", "--quiet", "--out", tmp_path).code == 0
    again = soundfile.info(tmp_path / "mix.wav").frames
    assert again == soundfile.info(piece / "mix.wav").frames


def test_render_tracks_with_terrible_names(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSER_SYNTH", "builtin")
    file = mido.MidiFile(type=1)
    for name in ("../../evil", "x" * 400, "", "a/b\\c", "a/b\\c"):
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name=name))
        track.append(mido.Message("note_on", note=60, velocity=90))
        track.append(mido.Message("note_off", note=60, time=240))
        file.tracks.append(track)
    file.save(tmp_path / "names.mid")
    out = tmp_path / "out"
    result = compose("render", tmp_path / "names.mid", "--stems", "--out", out)
    assert result.code == 0, result.err
    names = sorted(path.name for path in (out / "stems").iterdir())
    assert len(names) == 5 and names[0] == "01-evil.wav" and max(map(len, names)) < 100
    assert not (tmp_path / "evil").exists()


def test_styles(compose: Compose) -> None:
    result = compose("styles")
    assert result.code == 0
    for name in (
        "pop",
        "rock",
        "jazz-swing",
        "bossa-nova",
        "lofi-hip-hop",
        "cinematic",
        "classical",
    ):
        assert name in result.out
    rows = json.loads(compose("styles", "--json").out)
    assert len(rows) >= 7
    assert set(rows[0]) == {"name", "title", "description", "tempo", "time_signatures", "parts"}


def test_soundfonts(compose: Compose) -> None:
    result = compose("soundfonts")
    assert result.code == 0
    data = json.loads(compose("soundfonts", "--json").out)
    assert any(font["name"] == "TimGM6mb" for font in data["found"])
    # Paths are whole, however wide the terminal is.
    for font in data["found"]:
        assert font["path"] in result.out
    assert "apt-get install" in result.out or not data["missing"]


def test_help_and_version(compose: Compose) -> None:
    help_text = compose("--help")
    assert help_text.code == 0 and "--time-signature" in help_text.out
    assert compose("-h").out == help_text.out
    assert compose("--version").out.strip() == f"composer, version {__version__}"
    for command in ("check", "render", "styles", "soundfonts"):
        assert command in help_text.out
        assert compose(command, "--help").code == 0


def test_a_style_of_the_users_own(compose: Compose, tmp_path: Path, book: Rulebook) -> None:
    rules = tmp_path / "rules"
    (rules / "styles").mkdir(parents=True)
    text = (book.folders[0] / "styles" / "pop.toml").read_text()
    text = text.replace('title = "Pop"', 'title = "Slow pop"').replace("[94, 124]", "[50, 54]")
    (rules / "styles" / "slow-pop.toml").write_text(text)
    assert "slow-pop" in compose("styles", "--rules", rules).out
    result = compose(
        "--style", "slow-pop", "--rules", rules, "--bars", 4, "--no-audio", "--json",
        "--out", tmp_path / "out",
    )  # fmt: skip
    data = json.loads(result.out)
    assert str(data["title"]).startswith("Slow pop in ") and 50 <= data["tempo"] <= 54
    assert compose("check", tmp_path / "out" / "piece.mid", "--rules", rules).code == 0
    assert 'did you mean "rock"' not in compose("--style", "slow-pop").refused()

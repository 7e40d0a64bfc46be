"""Files and folders that are not what they should be: one line, and nothing half there."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from composer.rendering.soundfont import bundled_folder
from composer.rulebook import Rulebook
from tests.cli.conftest import COMMAND, Compose, Result, tree

NO_AUDIO = ("--bars", 2, "--no-audio")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


# -- SoundFonts -------------------------------------------------------------------------------


def hollow_soundfont() -> bytes:
    """A RIFF file with all parts of a SoundFont, and nothing in them."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data

    parts = b"".join(chunk(b"LIST", name) for name in (b"INFO", b"sdta", b"pdta"))
    return chunk(b"RIFF", b"sfbk" + parts)


def bundled() -> bytes:
    folder = bundled_folder()
    assert folder is not None
    return (folder / "TimGM6mb.sf2").read_bytes()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is not a SoundFont"),
        (b"hello, I am no SoundFont", "is not a SoundFont"),
        (b"RIFF\x04\x00\x00\x00WAVE", "is not a SoundFont"),
        (None, "is cut short"),
    ],
    ids=["empty", "text", "wave", "truncated"],
)
def test_soundfont_of_another_kind(
    compose: Compose, tmp_path: Path, out: Path, data: bytes | None, told: str
) -> None:
    font = tmp_path / "font.sf2"
    font.write_bytes(bundled()[:100_000] if data is None else data)
    message = compose("--bars", 2, "--soundfont", font, "--out", out).refused()
    assert str(font) in message and told in message
    assert not out.exists()


def test_hollow_soundfont(compose: Compose, tmp_path: Path, out: Path) -> None:
    font = tmp_path / "hollow.sf2"
    font.write_bytes(hollow_soundfont())
    message = compose("--bars", 2, "--soundfont", font, "--out", out).refused()
    assert str(font) in message
    assert not out.exists()


def test_soundfont_that_is_not_there(compose: Compose, tmp_path: Path, out: Path) -> None:
    flags = ("--bars", 2, "--out", out, "--soundfont")
    assert "no such file" in compose(*flags, tmp_path / "none.sf2").refused()
    assert "is a folder" in compose(*flags, tmp_path).refused()
    assert 'did you mean "TimGM6mb"' in compose(*flags, "TimGM6").refused()
    assert not out.exists()


def test_unknown_synthesiser(compose: Compose, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_SYNTH", "fluid")
    message = compose("--bars", 2, "--out", out).refused()
    assert "COMPOSER_SYNTH" in message and 'did you mean "fluidsynth"' in message


# -- rules --------------------------------------------------------------------------------------

POP_EDITS = [
    ("title = ", "title == ", "is not valid TOML"),
    ("phrase_bars", "phrase_barz", 'phrase_barz: is not a known key; did you mean "phrase_bars"'),
    ("tempo = [94, 124]", 'tempo = "fast"', "tempo: must be two rising numbers from 20 to 400"),
    ("tempo = [94, 124]", "tempo = [124, 94]", "tempo: must be two rising numbers"),
    ("saw-lead", "saw-led", 'did you mean "saw-lead"'),
    ('role = "pad"', 'role = "pads"', 'did you mean "pad"'),
    ('form = "song"', 'form = "sonf"', 'did you mean "song"'),
    ("major = 4", "majr = 4", 'did you mean "major"'),
    ("R---|----|R---|----", "Q---|----|R---|----", '"Q" is no sign for bass'),
    ("R---|----|R---|----", "R---|---|R---|----", "a beat must have four signs"),
]


@pytest.mark.parametrize(("old", "new", "told"), POP_EDITS, ids=[new for _, new, _ in POP_EDITS])
def test_wrong_style_file(
    compose: Compose, tmp_path: Path, out: Path, book: Rulebook, old: str, new: str, told: str
) -> None:
    text = (book.folders[0] / "styles" / "pop.toml").read_text()
    assert old in text
    (tmp_path / "rules" / "styles").mkdir(parents=True)
    (tmp_path / "rules" / "styles" / "pop.toml").write_text(text.replace(old, new))
    message = compose(*NO_AUDIO, "--rules", tmp_path / "rules", "--out", out).refused()
    assert told in message, message
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("styles/pop.toml", b"", "styles/pop.toml, source: is missing"),
        ("styles/pop.toml", b"\xff\xfe", "styles/pop.toml: is not valid TOML"),
        ("forms/song.toml", b'source = "x"\n[grammar]\n', "forms/song.toml, sections: is missing"),
        ("chords.toml", b"[chords.major]\nsymbol = 3\n", "chords.major.symbol: must be a text"),
        ("instruments.toml", b"[instruments.kazoo]\n", "instruments.kazoo.range: is missing"),
        ("progressions/pop.toml", b'family = "pop"\n', "progressions/pop.toml, chains: is missing"),
        ("grooves/pop.toml", b'family = "pop"\n[feel]\n', "grooves/pop.toml, beats: is missing"),
    ],
)
def test_wrong_rule_files(
    compose: Compose, tmp_path: Path, out: Path, name: str, data: bytes, told: str
) -> None:
    file = tmp_path / "rules" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    message = compose(*NO_AUDIO, "--rules", tmp_path / "rules", "--out", out).refused()
    assert told in message, message
    assert not out.exists()


@pytest.mark.parametrize("command", [(*NO_AUDIO,), ("styles",), ("check", "a.mid")])
def test_rules_folder_that_is_none(
    compose: Compose, tmp_path: Path, command: tuple[object, ...]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for place in (tmp_path / "none", file):
        message = compose(*command, "--rules", place).refused()
        assert f"{place}: is no folder" in message


# -- briefs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"key = ", "is not a TOML file"),
        (b"\xff", "is not a TOML file"),
        (b'kee = "C"', '"kee" is not a field of a brief; did you mean "key"'),
        (b"bars = 4.0", "bars must be a whole number"),
        (b"bars = true", "bars must be a whole number"),
        (b'tempo = "fast"', "tempo must be a number"),
        (b"tempo = nan", "tempo: must be from 20 to 400, not nan"),
        (b'parts = "piano"', "parts must be a list of texts"),
        (b"key = 3", "key must be a text in quotes"),
        (b"seed = -1", "seed: must be from 0"),
    ],
)
def test_wrong_brief(compose: Compose, tmp_path: Path, out: Path, data: bytes, told: str) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_bytes(data)
    message = compose("--brief", brief, "--no-audio", "--out", out).refused()
    assert told in message, message
    assert not out.exists()


def test_brief_that_is_not_there(compose: Compose, tmp_path: Path, out: Path) -> None:
    for place in (tmp_path / "none.toml", tmp_path):
        message = compose("--brief", place, "--no-audio", "--out", out).refused()
        assert str(place) in message and "cannot be read" in message


# -- MIDI --------------------------------------------------------------------------------------


def bad_midi(piece: Path) -> dict[str, tuple[bytes, str]]:
    good = (piece / "piece.mid").read_bytes()
    return {
        "empty": (b"", "is empty"),
        "garbage": (bytes(range(256)) * 4, "is not a MIDI file"),
        "truncated": (good[: len(good) // 2], "is cut short"),
        "header alone": (good[:14], "is cut short"),
        "half a header": (good[:9], "is cut short or damaged within its header"),
        "data bytes over 127": (good[:-20] + b"\xff" * 20, ""),
        "type 2": (good[:9] + b"\x02" + good[10:], "is of MIDI type 2"),
        "smpte": (good[:12] + b"\xe7\x28" + good[14:], "SMPTE"),
    }


@pytest.mark.parametrize("command", ["check", "render"])
@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "garbage",
        "truncated",
        "header alone",
        "half a header",
        "data bytes over 127",
        "type 2",
        "smpte",
    ],
)
def test_bad_midi(
    compose: Compose, piece: Path, tmp_path: Path, out: Path, command: str, kind: str
) -> None:
    data, told = bad_midi(piece)[kind]
    file = tmp_path / "bad.mid"
    file.write_bytes(data)
    flags = ("--out", out) if command == "render" else ()
    message = compose(command, file, *flags).refused()
    assert message.startswith(f"{file}: ") and told in message, message
    assert not out.exists()


@pytest.mark.parametrize("command", ["check", "render"])
def test_midi_that_is_no_file(compose: Compose, tmp_path: Path, command: str) -> None:
    assert "no such file" in compose(command, tmp_path / "none.mid").refused()
    assert "is a folder" in compose(command, tmp_path).refused()
    assert "is empty" in compose(command, os.devnull).refused()


# -- where to write ------------------------------------------------------------------------------


def test_a_file_where_a_folder_should_be(compose: Compose, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for place in (file, file / "deeper"):
        message = compose(*NO_AUDIO, "--out", place).refused()
        assert "a file stands where a folder is needed" in message
    assert tree(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_place_where_nobody_can_write(compose: Compose, piece: Path) -> None:
    assert "/proc/composer" in compose(*NO_AUDIO, "--out", "/proc/composer").refused()
    message = compose("render", piece / "piece.mid", "--out", "/proc/composer").refused()
    assert "/proc/composer" in message


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EACCES, "no permission to write there"),
        (errno.EROFS, "read-only file system"),
        (errno.EDQUOT, "quota"),
    ],
)
def test_a_folder_that_refuses(
    compose: Compose,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    told: str,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("composer.exporting.files.tempfile.mkdtemp", refuse)
    # It is seen before any work is done.
    monkeypatch.setattr("composer.pipeline.make_plan", None)
    message = compose(*NO_AUDIO, "--out", out).refused()
    assert told in message and str(out) in message
    assert not out.exists()


def test_a_name_that_is_too_long(compose: Compose, tmp_path: Path) -> None:
    assert "too long" in compose(*NO_AUDIO, "--out", tmp_path / ("x" * 300)).refused()
    assert list(tmp_path.iterdir()) == []


def test_full_disk(compose: Compose, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compose(*NO_AUDIO, "--quiet", "--out", out).code == 0
    before = tree(out)
    write = Path.write_bytes

    def fills_up(path: Path, data: bytes) -> int:
        if path.name == "report.json":
            write(path, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fills_up)
    message = compose(*NO_AUDIO, "--seed", 5, "--out", out).refused()
    assert "the disk is full" in message and "report.json" in message
    assert ".composer-" not in message
    assert tree(out) == before
    message = compose(*NO_AUDIO, "--out", out.parent / "new").refused()
    assert not (out.parent / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_audio_that_does_not_fit(tmp_path: Path) -> None:
    """A real failure in the middle of a write: files may not grow past 200 kB."""
    import subprocess

    out = tmp_path / "out"
    limited = (
        "import resource, sys; from composer.cli import main; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); main(sys.argv[1:])"
    )
    flags = ["--bars", "2", "--parts", "piano", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", limited, *flags],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COMPOSER_SYNTH": "builtin"},
    )
    message = Result(done.returncode, done.stdout, done.stderr).refused()
    assert "mix.wav" in message and ".composer-" not in message
    assert not out.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("flags", [["--help"], ["styles"], ["soundfonts", "--json"]])
def test_output_that_cannot_be_printed(flags: list[str]) -> None:
    import subprocess

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *flags], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    message = Result(done.returncode, "", done.stderr).refused()
    assert message.startswith("cannot print: ")


def test_a_reader_that_goes_away() -> None:
    import subprocess

    with subprocess.Popen(
        [*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1

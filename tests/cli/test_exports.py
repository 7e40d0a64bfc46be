"""``--export``: which files come, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import mido
import pytest
import rpp

from composer.exporting import exports
from tests.cli.conftest import Compose

BRIEF = ("--bars", "2", "--style", "string-quartet", "--writer", "rules", "--seed", "3")


def test_all_exports_are_written_without_audio(compose: Compose, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = compose(*BRIEF, "--no-audio", "--export", "all", "--quiet", "--out", out)
    assert (result.code, result.err) == (0, "")
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names >= {
        "piece.musicxml",
        "piece.dawproject",
        "piece.rpp",
        "lead-sheet.musicxml",
        "lead-sheet.pdf",
        "lead-sheet-1.svg",
        "parts/01-violin.mid",
        "parts/04-cello.mid",
    }
    assert mido.MidiFile(out / "parts" / "01-violin.mid").type == 1
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_stems_are_in_the_projects(compose: Compose, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--stems", "--format", "flac", "--export", "dawproject,reaper", "--quiet")
    result = compose(*BRIEF, *options, "--out", out)
    assert (result.code, result.err) == (0, "")
    with zipfile.ZipFile(out / "piece.dawproject") as archive:
        inside = [name for name in archive.namelist() if name.startswith("audio/")]
        assert inside == [f"audio/{path.name}" for path in sorted((out / "stems").iterdir())]
        root = ET.fromstring(archive.read("project.xml"))  # noqa: S314 - our own
    assert {e.get("path") for e in root.iter("File")} == set(inside)
    tracks = rpp.loads((out / "piece.rpp").read_text()).findall("TRACK")
    files = [t.find("ITEM").find("SOURCE").find("FILE") for t in tracks]
    named = [file[1] for file in files if file is not None]
    assert named and all((out / name).is_file() for name in named)


def test_exports_are_the_same_each_time(compose: Compose, tmp_path: Path) -> None:
    for name in ("a", "b"):
        compose(*BRIEF, "--no-audio", "--export", "all", "--quiet", "--out", tmp_path / name)
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            other = tmp_path / "b" / path.relative_to(tmp_path / "a")
            assert other.read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ("musicxlm", 'did you mean "musicxml"?'),
        ("reaper,bitwig", '"bitwig" is no export'),
        ("reaper,,musicxml", "a name is empty"),
        (" ", "is empty"),
    ],
)
def test_unknown_names_are_refused_before_any_work(
    compose: Compose, tmp_path: Path, names: str, hint: str
) -> None:
    result = compose("--export", names, "--out", tmp_path / "out")
    message = result.refused()
    assert message.startswith("export: ") and hint in message
    assert not (tmp_path / "out").exists()


def test_a_missing_library_is_named_with_what_to_install(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "find_spec", lambda name: None)
    message = compose("--export", "lead-sheet", "--out", tmp_path / "out").refused()
    assert "verovio" in message and 'pip install "symbolic-composer[notation]"' in message
    # The others need nothing that is not there anyway.
    result = compose(
        *BRIEF, "--no-audio", "--export", "musicxml", "--quiet", "--out", tmp_path / "out"
    )
    assert result.code == 0 and (tmp_path / "out" / "piece.musicxml").is_file()


def test_what_cannot_be_written_leaves_nothing(compose: Compose, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "parts").write_text("a file where a folder is needed")
    result = compose(*BRIEF, "--no-audio", "--export", "midi-parts", "--out", out)
    assert "parts" in result.refused()
    assert [path.name for path in out.iterdir()] == ["parts"]

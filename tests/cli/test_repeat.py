"""`compose repeat`: a run made again from its manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Compose, Result, run_process, tree

QUICK = ("--bars", 2, "--writer", "rules", "--no-audio", "--quiet")


@pytest.fixture
def made(compose: Compose, tmp_path: Path) -> Path:
    out = tmp_path / "made"
    assert compose(*QUICK, "--prompt", "calm jazz in D minor", "--out", out) == Result(0, "", "")
    return out


def test_every_file_is_the_same(compose: Compose, made: Path, tmp_path: Path) -> None:
    result = compose("repeat", made / "manifest.json", "--out", tmp_path / "again")
    assert result.code == 0 and result.err == ""
    lines = [line.split() for line in result.out.splitlines()]
    assert [line[0] for line in lines] == ["same"] * 4
    assert tree(tmp_path / "again") == tree(made)


def test_audio_in_another_process_is_the_same(piece: Path) -> None:
    result = run_process("repeat", piece, "--json")
    assert result.code == 0 and result.err == ""
    data = json.loads(result.out)
    assert data["same"] is True and set(data["files"].values()) == {"same"}
    assert {"mix.wav", "piece.mid"} <= set(data["files"])


def test_another_byte_is_exit_code_1(compose: Compose, made: Path) -> None:
    path = made / "manifest.json"
    data = json.loads(path.read_text())
    data["files"]["piece.mid"]["sha256"] = "0" * 64
    data["ingredients"]["rules"] = "1" * 64
    path.write_text(json.dumps(data))
    result = compose("repeat", made)
    assert result.code == 1 and result.err == ""
    assert "different       piece.mid" in result.out
    assert " here and was 111111111111\n" in result.out
    assert compose("repeat", made, "--quiet") == Result(1, "", "")


def test_bad_input_is_one_line(compose: Compose, made: Path, tmp_path: Path) -> None:
    assert "cannot be read" in compose("repeat", tmp_path / "nothing").refused()
    (made / "manifest.json").write_text("{}")
    assert "is no manifest of composer" in compose("repeat", made).refused()
    assert "is empty" in compose("repeat", "").refused()
    assert "Missing argument" in compose("repeat").refused()

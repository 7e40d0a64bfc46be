"""`compose batch`: many briefs at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Compose, tree


@pytest.fixture
def briefs(tmp_path: Path) -> Path:
    folder = tmp_path / "briefs"
    folder.mkdir()
    for seed in (1, 2, 3):
        (folder / f"piece-{seed}.toml").write_text(f'bars = 2\nseed = {seed}\nwriter = "rules"\n')
    return folder


def test_each_brief_has_a_folder_of_its_name(
    compose: Compose, briefs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = compose("batch", briefs, "--no-audio", "--jobs", 1, "--out", out)
    assert result.code == 0 and result.err == ""
    assert len(result.out.splitlines()) == 3
    assert {path.name for path in out.iterdir()} == {"piece-1", "piece-2", "piece-3"}
    alone = tmp_path / "alone"
    compose("--brief", briefs / "piece-2.toml", "--no-audio", "--quiet", "--out", alone)
    assert tree(out / "piece-2") == tree(alone)


def test_failures_are_named_and_the_rest_is_written(
    compose: Compose, briefs: Path, tmp_path: Path
) -> None:
    (briefs / "bad.toml").write_text("bars = 0\n")
    (briefs / "worse.toml").write_text("barz = 1\n")
    out = tmp_path / "out"
    result = compose("batch", briefs, "--no-audio", "--jobs", 1, "--out", out)
    assert result.code == 2
    errors = result.err.splitlines()
    assert len(errors) == 2 and all(line.startswith("error: ") for line in errors)
    assert any(line.startswith("error: bad: bars: must be from 1") for line in errors)
    assert len(list(out.iterdir())) == 3
    listed = compose("batch", briefs, "--no-audio", "--jobs", 1, "--out", out, "--json")
    data = [json.loads(line) for line in listed.out.splitlines()]
    assert {entry["name"]: entry["error"] is None for entry in data} == {
        **dict.fromkeys(("piece-1", "piece-2", "piece-3"), True),
        **dict.fromkeys(("bad", "worse"), False),
    }


def test_bad_input_is_one_line(compose: Compose, briefs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "Missing argument" in compose("batch").refused()
    assert "one is empty" in compose("batch", "", "--out", out).refused()
    (tmp_path / "none").mkdir()
    assert "is a folder without briefs" in compose("batch", tmp_path / "none").refused()
    again = compose("batch", briefs, briefs / "piece-1.toml", "--no-audio", "--out", out)
    assert "has the name of" in again.refused()
    few = compose("batch", briefs, "--no-audio", "--jobs", 0, "--out", out)
    assert few.refused() == "jobs: must be from 1 to 256, not 0"
    assert "whole number" in compose("batch", briefs, "--jobs", "x").refused()
    assert not out.exists()


def test_variations_at_once_are_those_made_one_by_one(compose: Compose, tmp_path: Path) -> None:
    quick = ("--prompt", "calm, 2 bars", "--writer", "rules", "--no-audio", "--variations", 2)
    shown = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        result = compose(*quick, "--jobs", jobs, "--json", "--out", out)
        assert result.code == 0 and result.err == ""
        shown.append(result.out.replace(f"out{jobs}", "out"))
    assert shown[0] == shown[1]
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2")
    refused = compose("--variations", 2, "--jobs", 2, "--bars", 0, "--no-audio", "--out", out)
    assert refused.refused() == "variation-01: bars: must be from 1 to 1024, not 0"
    assert compose("--jobs", 0).refused() == "jobs: must be from 1 to 256, not 0"


def test_ctrl_c_leaves_whole_pieces_only(tmp_path: Path) -> None:
    briefs, out = tmp_path / "briefs", tmp_path / "out"
    briefs.mkdir()
    for seed in range(40):
        (briefs / f"{seed}.toml").write_text(f'bars = 16\nseed = {seed}\nwriter = "rules"\n')
    process = subprocess.Popen(
        [*COMMAND, "batch", briefs, "--no-audio", "--jobs", "2", "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "of 40 pieces were written to" in err and "Traceback" not in err
    folders = list(out.iterdir())
    assert 1 <= len(folders) < 40
    assert all(len(list(folder.iterdir())) == 5 for folder in folders)

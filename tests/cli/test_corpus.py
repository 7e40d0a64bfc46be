"""`compose corpus prepare`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from composer.training.corpus import workers
from tests.cli.conftest import COMMAND, Compose, run_process, tree
from tests.training.corpus_files import folder_of, song, write


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """All work is done in this process."""
    monkeypatch.setattr(workers, "LocalProcesses", lambda jobs: workers.ThisProcess())


@pytest.mark.usefixtures("here")
def test_a_folder(compose: Compose, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "midi")
    result = compose("corpus", "prepare", folder, "--out", tmp_path / "out")
    assert result.code == 0 and result.err == ""
    assert result.out.startswith("6 of 13 files are in ")
    assert "valid: 1 songs" in result.out and "2 is no MIDI file" in result.out
    again = compose("corpus", "prepare", folder, "--out", tmp_path / "out", "--json")
    data = json.loads(again.out)
    assert data["songs"] == 6 and data["corpus"] == str(tmp_path / "out")
    quiet = compose("corpus", "prepare", folder, "--out", tmp_path / "out", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_help(compose: Compose) -> None:
    assert "prepare" in compose("corpus").out
    assert "--scheduler" in compose("corpus", "prepare", "--help").out


@pytest.mark.usefixtures("here")
def test_what_is_refused(compose: Compose, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    assert "is no folder" in compose("corpus", "prepare", tmp_path / "none", *out).refused()
    (tmp_path / "midi").mkdir()
    folder = tmp_path / "midi"
    assert "holds no MIDI file" in compose("corpus", "prepare", folder, *out).refused()
    write(folder / "a.mid", song(1, parts=1))
    assert "none of 1 files can be used" in compose("corpus", "prepare", folder, *out).refused()
    assert (
        "jobs: must be 1 to 256"
        in compose("corpus", "prepare", folder, *out, "--jobs", 0).refused()
    )
    assert (
        "leave it or --scheduler out"
        in compose(
            "corpus", "prepare", folder, *out, "--jobs", 2, "--scheduler", "tcp://x:1"
        ).refused()
    )
    (tmp_path / "file").write_text("")
    assert (
        "a file stands where"
        in compose("corpus", "prepare", folder, "--out", tmp_path / "file").refused()
    )
    other = ("--out", tmp_path / "out", "--title", "other")
    assert "has the title" in compose("corpus", "prepare", folder, *other).refused()
    assert "is no command" in compose("corpus", "unpack").refused()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
@pytest.mark.usefixtures("here")
def test_folders_without_permission(compose: Compose, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "midi", 2)
    folder.chmod(0)
    try:
        refused = compose("corpus", "prepare", folder, "--out", tmp_path / "out").refused()
    finally:
        folder.chmod(0o755)
    assert "Permission denied" in refused


def test_without_dask(compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = folder_of(tmp_path / "midi", 2)
    refused = compose(
        "corpus", "prepare", folder, "--out", tmp_path / "out", "--scheduler", "tcp://x:1"
    ).refused()
    assert "not installed" in refused and "[train]" in refused


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "midi"
    for number in range(80):
        write(folder / f"{number}.mid", song(number, bars=120))
    arguments = ["corpus", "prepare", str(folder), "--out", str(tmp_path / "out"), "--quiet"]
    process = subprocess.Popen(
        [*COMMAND, *arguments], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out/survey/00000.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == "error: interrupted; run it again to go on where it was\n"
    assert run_process(*arguments).code == 0
    assert run_process(*arguments[:-2], str(tmp_path / "whole"), "--quiet").code == 0
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")

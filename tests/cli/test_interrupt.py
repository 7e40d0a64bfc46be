"""Ctrl-C, and what the terminal shows meanwhile."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, tree


def interrupted(*arguments: str, ready: str, **variables: str) -> tuple[int, str]:
    """Run on a terminal, press Ctrl-C when it shows a step; returns exit code and stderr."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **variables},
    )
    os.close(theirs)
    shown = b""
    sent = False
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            block = os.read(ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not block:
            break
        shown += block
        if not sent and ready.encode() in shown:
            process.send_signal(signal.SIGINT)
            sent = True
    os.close(ours)
    assert sent, shown
    return process.wait(timeout=60), shown.decode()


@pytest.mark.parametrize("step", ["write", "render"])
def test_ctrl_c_leaves_nothing(tmp_path: Path, step: str) -> None:
    out = tmp_path / "out"
    flags = ["--bars", "512", "--key", "C", "--stems", "--out", str(out)]
    if step == "write":
        flags[1] = "1024"
    code, shown = interrupted(*flags, ready=step)
    assert code == 130
    assert shown.rstrip().endswith("error: interrupted; nothing was written")
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_an_earlier_run_alone(tmp_path: Path) -> None:
    (tmp_path / "piece.mid").write_bytes(b"an earlier piece")
    (tmp_path / "notes.txt").write_text("mine")
    before = tree(tmp_path)
    code, _ = interrupted("--bars", "512", "--out", str(tmp_path), ready="render")
    assert code == 130
    assert tree(tmp_path) == before


def test_ctrl_c_among_variations_says_how_many_are_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = ["--bars", "2", "--no-audio", "--variations", "100", "--out", str(out)]
    code, shown = interrupted(*flags, ready="3/100")
    assert code == 130
    folders = sorted(path.name for path in out.iterdir())
    assert folders == [f"variation-{n + 1:02d}" for n in range(len(folders))]
    assert f"error: interrupted; {len(folders)} of 100 pieces were written to" in shown
    assert all(len(list(folder.iterdir())) == 5 for folder in out.iterdir())


def test_ctrl_c_without_a_terminal_is_one_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = ["--bars", "4", "--no-audio", "--quiet", "--variations", "100", "--out", str(out)]
    process = subprocess.Popen(
        [*COMMAND, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (out / "variation-02" / "piece.mid").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    count = len(list(out.iterdir()))
    assert errors == f"error: interrupted; {count} of 100 pieces were written to {out}\n"


def terminal(*arguments: str) -> tuple[str, str]:
    """Run on a terminal of 60 columns; returns what stdout and stderr showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "60"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(ours)
    assert process.stdout is not None
    printed = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    return printed, shown.decode()


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    printed, shown = terminal("--bars", "8", "--no-audio", "--out", str(tmp_path))
    for step in ("plan", "write", "perform", "check", "files"):
        assert step in shown
    assert "\x1b" not in printed and str(tmp_path / "piece.mid") in printed


@pytest.mark.parametrize("flag", ["--quiet", "--json"])
def test_progress_is_silent_when_asked(tmp_path: Path, flag: str) -> None:
    printed, shown = terminal("--bars", "8", "--no-audio", flag, "--out", str(tmp_path))
    assert shown == ""
    assert bool(printed) == (flag == "--json")


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--bars", "1", "--key", "Eb", "--no-audio", "--out", str(tmp_path / "ü")],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0 and done.stderr == b""
    assert b"Eb major" in done.stdout

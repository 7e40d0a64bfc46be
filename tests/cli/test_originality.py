"""`compose originality` and `compose index`, as a user types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Compose
from tests.unit.evaluating.pieces import midi


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Werke ü")
    for seed in range(4):
        (folder / f"{seed}.mid").write_bytes(midi("classical", seed))
    (folder / "bad.mid").write_bytes(b"MThd and no more")
    return folder


def test_index_and_look_up(compose: Compose, works: Path, tmp_path: Path) -> None:
    out = tmp_path / "index"
    made = compose("index", works, "--out", out, "--jobs", 1)
    assert made.code == 0 and made.err == ""
    assert "4 works" in made.out and "left out: bad.mid" in made.out
    found = compose("originality", works / "2.mid", "--index", out)
    assert found.code == 0, found.err
    assert "2.mid" in found.out and "no band of real pieces" in found.out
    data = json.loads(compose("originality", works / "2.mid", "--index", out, "--json").out)
    assert data["strongest"]["work"] == "2.mid" and data["near_match_share"] > 0.9


def test_against_the_training_corpus(compose: Compose, works: Path) -> None:
    found = compose("originality", works / "1.mid")
    assert found.code == 0 and "8,009 works" in found.out and "borrow" in found.out


def test_index_as_json_and_quiet(compose: Compose, works: Path, tmp_path: Path) -> None:
    data = json.loads(compose("index", works, "--out", tmp_path / "a", "--json").out)
    assert data["pieces"] == 4 and data["unreadable"][0][0] == "bad.mid"
    quiet = compose("index", works, "--out", tmp_path / "b", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_refusals(compose: Compose, works: Path, tmp_path: Path) -> None:
    assert "no such file" in compose("originality", tmp_path / "none.mid").refused()
    bad = compose("originality", works / "bad.mid").refused()
    assert "bad.mid" in bad
    missing = compose("originality", works / "1.mid", "--index", tmp_path).refused()
    assert "holds no index" in missing
    assert "holds no MIDI file" in compose("index", tmp_path, "--out", tmp_path / "x").refused()
    many = compose("index", works, "--out", tmp_path / "x", "--jobs", 0).refused()
    assert many.startswith("jobs: must be 1 to 64")
    assert "--out" in compose("index", works).refused()
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9")
def test_a_build_that_is_killed_goes_on(compose: Compose, tmp_path: Path) -> None:
    folder, out = tmp_path / "works", tmp_path / "index"
    folder.mkdir()
    data = midi("pop", 1)
    for number in range(1200):
        (folder / f"{number:04d}.mid").write_bytes(data)
    words = [*COMMAND, "index", str(folder), "--out", str(out), "--jobs", "1"]
    with subprocess.Popen(words) as process:
        building = out / ".building"
        until = time.monotonic() + 60
        while not list(building.glob("0*.npz")) and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not (out / "manifest.json").exists()
    made = compose("index", folder, "--out", out)
    assert made.code == 0
    assert "had been read by an earlier run" in made.out and "1,200 works" in made.out

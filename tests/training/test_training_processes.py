"""Training as a user starts it: two processes, killed in the middle, interrupted by Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.training.runs import CHECKPOINT, read_log
from tests.training.prepared import make_corpus

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")
safetensors_numpy = pytest.importorskip("safetensors.numpy")

pytestmark = pytest.mark.slow

STEPS = 12
WAIT_SECONDS = 600


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus"))


_STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """No process outlives its test."""
    yield
    while _STARTED:
        run = _STARTED.pop()
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


@pytest.fixture(scope="module")
def whole(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process that nothing interrupts."""
    out = tmp_path_factory.mktemp("whole") / "run"
    finish(start(corpus, out))
    return out


def start(corpus: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """Start a run of five rows a step, a checkpoint after every step."""
    words = (
        *("--corpus", str(corpus), "--out", str(out), "--size", "tiny", "--steps", str(STEPS)),
        *("--rows", "5", "--longest", "200", "--warm-up", "2", "--seed", "3", "--pad", "32"),
        *("--validate-every", "4", "--validation-rows", "2", "--log-every", "1"),
        *("--checkpoint-seconds", "0", "--threads", "1"),
        *("--accelerator", "cpu", "--precision", "32-true"),
        *(more or ("--devices", "1")),
    )
    run = subprocess.Popen(
        [sys.executable, "-m", "composer.training.train_transformer", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    _STARTED.append(run)
    return run


def finish(run: subprocess.Popen[str]) -> None:
    """Wait until a run is done."""
    errors = run.communicate(timeout=WAIT_SECONDS)[1]
    assert run.returncode == 0, errors


def losses(out: Path) -> list[dict[str, Any]]:
    """The log without what depends on the clock."""
    return [{n: v for n, v in line.items() if n != "tokens_per_second"} for line in read_log(out)]


def wait_for_step(run: subprocess.Popen[str], step: int) -> None:
    """Read what a run prints until a step is done."""
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("{") and json.loads(line)["step"] >= step:
            return
    raise AssertionError(run.communicate()[1])


def same(one: Path, other: Path) -> None:
    assert losses(one) == losses(other)
    assert (one / CHECKPOINT).read_bytes() == (other / CHECKPOINT).read_bytes()


@pytest.mark.parametrize("step", [2, 7])
def test_a_killed_run_goes_on_as_if_it_had_not_been(
    corpus: Path, whole: Path, tmp_path: Path, step: int
) -> None:
    killed = start(corpus, tmp_path / "run")
    wait_for_step(killed, step)
    killed.kill()
    killed.wait()
    assert killed.returncode == -signal.SIGKILL
    finish(start(corpus, tmp_path / "run"))
    same(tmp_path / "run", whole)


def test_ctrl_c_ends_a_run_between_two_steps(corpus: Path, whole: Path, tmp_path: Path) -> None:
    run = start(corpus, tmp_path / "run", "--checkpoint-seconds", "9999", "--devices", "1")
    wait_for_step(run, 3)
    os.killpg(run.pid, signal.SIGINT)
    errors = run.communicate(timeout=WAIT_SECONDS)[1].splitlines()
    assert run.returncode == 130, errors
    assert errors == ["interrupted; the same command goes on from the checkpoint"]
    done = losses(tmp_path / "run")[-1]["step"]
    assert 3 <= done < STEPS
    with safetensors_numpy.safe_open(tmp_path / "run" / CHECKPOINT, framework="numpy") as file:
        assert file.metadata() == {"step": str(done)}
    finish(start(corpus, tmp_path / "run"))
    same(tmp_path / "run", whole)


def test_two_processes_learn_what_one_learns(corpus: Path, whole: Path, tmp_path: Path) -> None:
    """Five rows of unequal length on two processes: three and two."""
    out = tmp_path / "run"
    both = ("--strategy", "ddp", "--devices", "2")
    run = start(corpus, out, *both)
    wait_for_step(run, 3)
    time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)
    errors = run.communicate(timeout=WAIT_SECONDS)[1]
    assert run.returncode in (130, 0), errors
    assert errors.count("interrupted") == int(run.returncode == 130)
    finish(start(corpus, out, *both))
    for line, other in zip(losses(out), losses(whole), strict=True):
        assert line["step"] == other["step"]
        if "valid" in line:
            assert line["valid"] == pytest.approx(other["valid"], rel=2e-3)
        else:
            assert line["tokens"] == other["tokens"]
            assert line["bits_per_token"] == pytest.approx(other["bits_per_token"], abs=3e-3)
    first = [line["bits_per_token"] for line in losses(out) if "valid" not in line][:3]
    assert first == pytest.approx(
        [line["bits_per_token"] for line in losses(whole) if "valid" not in line][:3], abs=2e-4
    )
    one, two = (safetensors_numpy.load_file(folder / CHECKPOINT) for folder in (whole, out))
    assert one.keys() == two.keys()
    for name in one:
        if name.startswith("model."):  # Muon rounds to bfloat16: single weights may differ more
            assert np.abs(one[name] - two[name]).mean() < 2e-3, name


def test_more_processes_than_rows(corpus: Path, tmp_path: Path) -> None:
    words = ("--strategy", "ddp", "--devices", "2", "--rows", "1")
    run = start(corpus, tmp_path / "run", *words)
    errors = run.communicate(timeout=WAIT_SECONDS)[1].splitlines()
    assert run.returncode == 2
    assert len(errors) == 1
    assert "--rows: 1 are too few for 2 processes" in errors[0]

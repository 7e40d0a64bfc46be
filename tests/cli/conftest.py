"""The command line, called in this process (fast) or as a process of its own (real)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from composer.cli import main

COMMAND = [sys.executable, "-m", "composer"]


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    def refused(self) -> str:
        """The message, after making sure that it is one line and that nothing else was said."""
        assert self.code == 2, (self.code, self.err)
        assert self.err.startswith("error: "), self.err
        assert self.err.count("\n") == 1 and self.err.endswith("\n"), self.err
        assert "Traceback" not in self.err and "a fault of composer" not in self.err, self.err
        assert self.out == ""
        return self.err.removeprefix("error: ").rstrip("\n")


Compose = Callable[..., Result]


@pytest.fixture
def compose(capsys: pytest.CaptureFixture[str]) -> Compose:
    """`compose …` by its entry point, in this process."""

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        code = exit_info.value.code
        assert isinstance(code, int)
        return Result(code, out, err)

    return run


def run_process(
    *arguments: object, cwd: Path | None = None, timeout: float = 120, **variables: str
) -> Result:
    """`compose …` in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=timeout,
        env={**os.environ, **variables},
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a short run writes, audio and stems included; not to be written to."""
    folder = tmp_path_factory.mktemp("piece")
    result = run_process(
        "--key", "Eb", "--bars", 4, "--seed", 3, "--stems", "--quiet", "--out", folder
    )
    assert result == Result(0, "", ""), result
    return folder


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, with its bytes; None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }

"""Every example script runs, quietly on stderr, and writes where it is told to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.rglob("*.py"))
SMALL = {
    "12_loop_pack.py": ("--count", "5", "--bars", "2"),
    "13_film_cue.py": ("--seconds", "14", "--hits", "6.5"),
    "16_batch.py": ("--count", "2", "--bars", "2", "--jobs", "2"),
}
"""What makes long examples short."""


def test_there_are_examples() -> None:
    assert len(SCRIPTS) >= 5


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_example(script: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, str(script), "--out", str(out), *SMALL.get(script.name, ())],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout
    assert any(path.is_file() and path.stat().st_size for path in out.rglob("*"))
    # Nothing beside what it was told to write.
    assert list(tmp_path.iterdir()) == [out]


def test_every_example_is_described() -> None:
    listing = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for script in SCRIPTS:
        assert script.relative_to(EXAMPLES).as_posix() in listing

"""The runnable blocks of the README and the docs run, in order, in one folder a file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from composer.cli import cli
from tests.examples.blocks import Block, runnable_blocks

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]


def run_block(block: Block, folder: Path) -> None:
    if block.language == "python":
        command = [sys.executable, "-c", block.code]
    else:
        assert block.language in ("sh", "bash"), f"{block}: cannot run {block.language}"
        command = ["bash", "-euo", "pipefail", "-c", block.code]
    # `compose` and `python` are those that run the tests.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=240,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, f"{block}: {done.stderr or done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_runnable_blocks(page: Path, tmp_path: Path) -> None:
    blocks = runnable_blocks(page)
    if page == ROOT / "README.md":
        assert {block.language for block in blocks} >= {"python", "sh"}
    for block in blocks:
        run_block(block, tmp_path)


def test_the_extractor(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n```sh run\necho 1\n```\n```python\nno\n```\n```python run\nx = 1\n```\n")
    assert runnable_blocks(page) == [
        Block("page.md", 3, "sh", "echo 1\n"),
        Block("page.md", 9, "python", "x = 1\n"),
    ]


def table_flags(text: str, heading: str) -> list[str]:
    """Flags in the first column of the table under a heading."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `(--[a-z-]+)", section, re.MULTILINE)


def test_the_table_of_flags_is_that_of_the_command_line() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    flags = [max(param.opts, key=len) for param in cli.params]
    listed = table_flags(text, "## The brief") + table_flags(text, "## Start from what you have")
    assert sorted(listed) == sorted(set(flags) - {"--version", "--help"})


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_its_flags_are_described(name: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`compose {name}" in text
    for param in cli.commands[name].params:
        for opt in param.opts:
            if opt.startswith("--"):
                assert f"`{opt}" in text, f"{name} {opt}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

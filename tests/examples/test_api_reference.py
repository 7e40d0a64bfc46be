"""The reference of the API is built without a warning, and names everything that is public."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import composer

SCRIPT = Path(__file__).parents[2] / "scripts" / "api_reference.py"


def test_the_reference_of_the_api(tmp_path: Path) -> None:
    pytest.importorskip("pdoc")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT), "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"{len(composer.__all__)} names: ")
    page = (tmp_path / "composer.html").read_text(encoding="utf-8")
    assert "Many briefs" not in page  # modules beside the public face are left out
    for name in composer.__all__:
        assert f'id="{name}"' in page

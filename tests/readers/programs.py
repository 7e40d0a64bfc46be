"""The programs of others that read our files, where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = {
    "musescore": ("musescore3", "mscore3", "mscore", "musescore"),
    "midi2ly": ("midi2ly",),
    "timidity": ("timidity",),
}
_SECONDS = 120


def program(name: str) -> str:
    """Its path; skips the test where it is not installed."""
    found = next((path for n in _NAMES[name] if (path := shutil.which(n))), None)
    if found is None:
        pytest.skip(f"{name} is not installed; scripts/install_readers.sh does it")
    return found


def run(name: str, *arguments: object, folder: Path) -> str:
    """Run it in a folder and return what it says; it must end well."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    environment["XDG_RUNTIME_DIR"] = str(folder)
    command = [program(name), *(str(argument) for argument in arguments)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=_SECONDS, check=False
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, said
    return said

"""Write constraints.txt: one exact version for everything that the extras bring.

The oldest and the newest Python that are found here are each asked what pip would install. Where
they differ, because the newer release of a package wants a newer Python, both pins are written,
each with its marker. Left out is what torch itself pins (CUDA libraries and triton).

    make constraints
    make constraints PYTHONS="python3.11 /path/to/python3.13"
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
OLDEST = "python3.11"
# Newest first. 3.14 is the last for which torch 2.13 has wheels.
NEWEST = ("python3.14", "python3.13", "python3.12")
PINNED_BY_TORCH = re.compile(r"(nvidia|cuda)-.*|triton")
HEADER = """\
# Exact versions for repeatable installs of the package and its extras [train] and [dev].
# Written by `make constraints`: do not edit by hand. What torch itself pins is left out.
"""


class Pin(NamedTuple):
    """One version, and the oldest Python 3 minor version that its metadata allows."""

    version: str
    oldest_minor: int


def requirements() -> list[str]:
    """Everything that pyproject.toml asks for."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [*project["dependencies"], *(line for lines in extras.values() for line in lines)]


def works(python: str) -> bool:
    """Whether this interpreter is here and has pip."""
    if shutil.which(python) is None:
        return False
    command = [python, "-m", "pip", "-V"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def resolve(python: str) -> dict[str, Pin]:
    """What pip would install for this interpreter, by normalised name."""
    print(f"asking pip of {python} …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                *(python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"),
                *("--disable-pip-version-check", "--only-binary=:all:", "--report", str(report)),
                *requirements(),
            ],
            check=True,
        )
        entries = json.loads(report.read_text(encoding="utf-8"))["install"]
    pins = {}
    for entry in entries:
        metadata = entry["metadata"]
        name = re.sub(r"[-_.]+", "-", metadata["name"]).lower()
        found = re.search(r">=\s*3\.(\d+)", metadata.get("requires_python", ""))
        # A local part, as in 2.13.0+cpu, names a build, not a version.
        version = metadata["version"].partition("+")[0]
        if not PINNED_BY_TORCH.fullmatch(name):
            pins[name] = Pin(version, int(found[1]) if found else 0)
    return pins


def lines(old: dict[str, Pin], new: dict[str, Pin]) -> list[str]:
    """The file's lines; raises SystemExit where two versions have no Python to tell them apart."""
    written = []
    for name in sorted(old | new):
        before, after = old.get(name), new.get(name)
        if before is None or after is None or before.version == after.version:
            pin = before or after
            assert pin is not None  # noqa: S101 - the name comes from one of the two
            written.append(f"{name}=={pin.version}")
            continue
        if after.oldest_minor <= before.oldest_minor:
            raise SystemExit(
                f"{name}: {before.version} and {after.version} both allow the same Pythons; "
                "give it a bound in pyproject.toml"
            )
        boundary = f"3.{after.oldest_minor}"
        written.append(f'{name}=={before.version} ; python_version < "{boundary}"')
        written.append(f'{name}=={after.version} ; python_version >= "{boundary}"')
    return written


def main() -> None:
    """Asks both interpreters and writes the file."""
    named = sys.argv[1:] or [OLDEST, *NEWEST]
    oldest, newest = named[0], next((python for python in named[1:] if works(python)), None)
    if not works(oldest) or newest is None:
        raise SystemExit(f"needed with pip: {oldest} and one of {', '.join(named[1:])}")
    pinned = lines(resolve(oldest), resolve(newest))
    (REPOSITORY / "constraints.txt").write_text(HEADER + "\n".join(pinned) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(pinned)} pins")


if __name__ == "__main__":
    main()

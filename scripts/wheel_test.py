"""Build the wheel, install it into bare environments and run it away from the repository.

Two environments: one with the pins of constraints.txt, one with the lower bound of every
dependency. In both the default install must stay light and the commands must find their data.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DATA = ("rules/**/*", "soundfonts/manifest.toml")
BYTES_ALLOWED = 500 * 1000 * 1000
# The oldest releases that we allow are older than Python 3.13 and have no wheels for it.
NEWEST_PYTHON_FOR_LOWER_BOUNDS = (3, 12)


class WheelTestError(Exception):
    """The wheel is not what it should be; the message says how."""


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Runs a command with a clean environment; returns what it printed."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    environment["PYTHONNOUSERSITE"] = "1"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = " ".join(str(word) for word in command)
        raise WheelTestError(f"`{words}` ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def build(folder: Path) -> Path:
    """Builds the sdist, and the wheel from the sdist alone; returns the wheel."""
    run([sys.executable, "-m", "build", "--outdir", folder, REPOSITORY], folder)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1 or len(list(folder.glob("*.tar.gz"))) != 1:
        raise WheelTestError(f"one wheel and one sdist were expected, not {list(folder.iterdir())}")
    return wheels[0]


def wanted_in_wheel() -> set[str]:
    """The package's files and the data folders' files, by their path in the wheel."""
    wanted = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "composer").rglob("*")
        if path.is_file() and not {"__pycache__", "_data"} & set(path.parts)
    }
    for pattern in DATA:
        found = [path for path in REPOSITORY.glob(pattern) if path.is_file()]
        if not found:
            raise WheelTestError(f"{pattern} matches no file to be carried in the wheel")
        wanted |= {f"composer/_data/{path.relative_to(REPOSITORY).as_posix()}" for path in found}
    return wanted


def check_contents(wheel: Path) -> None:
    """Nothing of the package, its data or its licence is missing; nothing else is there."""
    with zipfile.ZipFile(wheel) as archive:
        there = set(archive.namelist())
    if missing := sorted(wanted_in_wheel() - there):
        raise WheelTestError(f"not in the wheel: {', '.join(missing)}")
    tops = {path.partition("/")[0] for path in there}
    if strange := sorted(t for t in tops if t != "composer" and not t.endswith(".dist-info")):
        raise WheelTestError(f"does not belong into the wheel: {', '.join(strange)}")
    for name in ("licenses/LICENSE", "licenses/NOTICE", "entry_points.txt"):
        if not any(path.endswith(f".dist-info/{name}") for path in there):
            raise WheelTestError(f"{name} is not in the wheel's metadata")


def lower_bounds() -> list[str]:
    """The lower bound of every dependency, those for evaluating too, read from pyproject.toml."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = []
    for requirement in (*project["dependencies"], *project["optional-dependencies"]["evaluate"]):
        found = re.fullmatch(r"([\w-]+)>=([\w.]+),<[\w.]+", requirement)
        if found is None:
            raise WheelTestError(f"{requirement!r} needs a lower and an upper bound")
        pins.append(f"{found[1]}=={found[2]}")
    return pins


def check_size(environment: Path) -> int:
    """What was installed beside pip stays under the limit; returns it in bytes."""
    size = sum(
        path.stat().st_size
        for path in environment.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not {"pip", "setuptools"} & set(path.parts[len(environment.parts) :])
    )
    if size >= BYTES_ALLOWED:
        raise WheelTestError(f"the default install takes {size / 1e6:.0f} MB")
    return size


def check_environment(label: str, wheel: Path, constraints: Path, folder: Path) -> None:
    """Installs the wheel into a fresh environment and runs the commands from `folder`."""
    started = time.monotonic()
    environment = folder / f"environment-{label}"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "--only-binary=:all:", "-c", constraints, wheel], folder)
    run([*pip, "check"], folder)
    size = check_size(environment)
    run([python, "-c", "import sys, composer; sys.exit('torch' in sys.modules)"], folder)

    compose = environment / "bin" / "compose"
    run([compose, "--help"], folder)
    if not run([compose, "styles"], folder).strip():
        raise WheelTestError("`compose styles` lists nothing: are the rules in the wheel?")
    brief = ("--key", "C", "--bars", "4", "--out")
    for out, flags, suffixes, absent in (
        (folder / f"{label}-midi", ("--no-audio",), (".mid", ".json"), (".wav",)),
        (folder / f"{label}-audio", (), (".mid", ".json", ".wav"), ()),
    ):
        run([compose, *brief, out, *flags], folder)
        written = {path.suffix for path in out.rglob("*") if path.is_file() and path.stat().st_size}
        if not set(suffixes) <= written or set(absent) & written:
            raise WheelTestError(f"{out.name} holds {sorted(written)}, not {suffixes}")
    check_evaluating(label, wheel, constraints, pip, compose, folder)
    seconds = time.monotonic() - started
    print(f"  {label}: {size / 1e6:.0f} MB installed, commands run, {seconds:.0f} s", flush=True)


def check_evaluating(
    label: str,
    wheel: Path,
    constraints: Path,
    pip: Sequence[str | Path],
    compose: Path,
    folder: Path,
) -> None:
    """Measuring works with its extra, and without it says in one line what to install."""
    piece = folder / f"{label}-midi"
    if '"longest"' not in run([compose, "originality", piece / "piece.mid", "--json"], folder):
        raise WheelTestError("`compose originality` reports no passage: is its index in the wheel?")
    words = [compose, "evaluate", piece, "--out", folder / f"{label}-evaluation", "--jobs", "1"]
    try:
        run(words, folder)
    except WheelTestError as error:
        lines = str(error).strip().splitlines()[1:]
        if len(lines) != 1 or "symbolic-composer[evaluate]" not in lines[0]:
            raise WheelTestError(f"without its extra, evaluating says: {error}") from None
    else:
        raise WheelTestError("evaluating ran without its extra: it need not be one")
    run([*pip, "install", "--only-binary=:all:", "-c", constraints, f"{wheel}[evaluate]"], folder)
    if "Lakh" not in run(words, folder):
        raise WheelTestError("`compose evaluate` compares with nothing: are its tables there?")


def main() -> int:
    """Runs the whole test; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="wheel-test-") as name:
        folder = Path(name)
        try:
            started = time.monotonic()
            (folder / "dist").mkdir()
            wheel = build(folder / "dist")
            check_contents(wheel)
            print(f"  {wheel.name}: complete, {time.monotonic() - started:.0f} s", flush=True)
            check_environment("pinned", wheel, REPOSITORY / "constraints.txt", folder)
            if sys.version_info[:2] <= NEWEST_PYTHON_FOR_LOWER_BOUNDS:
                lowest = folder / "lowest.txt"
                lowest.write_text("\n".join(lower_bounds()) + "\n", encoding="utf-8")
                check_environment("lowest", wheel, lowest, folder)
            else:
                print("  lowest: left out, the lower bounds have no wheels for this Python")
        except WheelTestError as error:
            print(f"wheel test FAILED: {error}", file=sys.stderr)
            return 1
    print("wheel test passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Time the commands as a user runs them: whole processes, medians, each beside a baseline.

    python benchmarks/run.py            every figure, some minutes
    python benchmarks/run.py --smoke    small and quick, to see that it all runs
    python benchmarks/run.py --json     for a machine
    python benchmarks/run.py --write README.md    and put the tables there

Nothing here passes or fails by the clock: a machine may be busy. A command that fails ends the run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PYTHON = ("python -c pass", [sys.executable, "-c", "pass"])
NUMPY = ("import numpy", [sys.executable, "-c", "import numpy"])
BEGIN = "<!-- figures: begin (written by benchmarks/run.py --write README.md) -->"
END = "<!-- figures: end -->"
_SCRIPT = Path(sys.executable).with_name("compose")
COMPOSE = [str(_SCRIPT)] if _SCRIPT.exists() else [sys.executable, "-m", "composer"]
# ru_maxrss counts KiB on Linux and bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """One process: wall-clock seconds, processor seconds, peak memory in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass
class Case:
    """A command to time.

    Args:
        name: What it is called in the report.
        arguments: What follows ``compose``; ``{out}`` becomes an empty folder.
        baseline: Name and command of what it is shown beside.
        runs: How often it is run, after one run that is not counted.
        target_seconds: The figure to reach; None for none.
        target_bytes: The memory to stay under; None for none.
    """

    name: str
    arguments: list[str]
    baseline: tuple[str, list[str]]
    runs: int
    target_seconds: float | None = None
    target_bytes: int | None = None
    measured: list[Run] = field(default_factory=list)
    beside: list[Run] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Middle of the wall-clock seconds."""
        return statistics.median(run.seconds for run in self.measured)

    @property
    def peak_bytes(self) -> int:
        """Highest memory of any run."""
        return max(run.peak_bytes for run in self.measured)

    def to_dict(self) -> dict[str, Any]:
        """The case for JSON."""
        return {
            "name": self.name,
            "command": "compose " + " ".join(self.arguments),
            "runs": len(self.measured),
            "median_seconds": round(self.median, 3),
            "lowest_seconds": round(min(run.seconds for run in self.measured), 3),
            "highest_seconds": round(max(run.seconds for run in self.measured), 3),
            "median_cpu_seconds": round(
                statistics.median(run.cpu_seconds for run in self.measured), 3
            ),
            "peak_mib": round(self.peak_bytes / 2**20, 1),
            "target_seconds": self.target_seconds,
            "target_mib": self.target_bytes and self.target_bytes / 2**20,
            "baseline": self.baseline[0],
            "baseline_median_seconds": round(
                statistics.median(run.seconds for run in self.beside), 3
            ),
        }


def measure(command: Sequence[str]) -> Run:
    """Run a process to its end.

    Raises:
        SystemExit: If it fails.
    """
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            message = errors.read().decode(errors="replace").strip()
            raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}: {message}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT)


def time_case(case: Case, folder: Path) -> None:
    """Run a case and its baseline in turns, so that a busy moment meets both."""
    for count in range(case.runs + 1):
        beside = measure(case.baseline[1])
        out = folder / "out"
        run = measure([*COMPOSE, *(word.replace("{out}", str(out)) for word in case.arguments)])
        shutil.rmtree(out, ignore_errors=True)
        if count:  # the first run warms the file cache
            case.measured.append(run)
            case.beside.append(beside)


def cases(*, smoke: bool, runs: int | None) -> list[Case]:
    """What is timed."""

    def times(usual: int) -> int:
        return runs or (1 if smoke else usual)

    bars, long = ("8", "32") if smoke else ("32", "1024")
    midi = ["--key", "C", "--no-audio", "--quiet", "--out", "{out}", "--bars"]
    wav = ["--key", "C", "--stems", "--quiet", "--out", "{out}", "--bars"]
    rules = ["--writer", "rules"]
    goals = (None,) * 5 if smoke else (0.3, 4.0, 1.5, 6.0, 20.0)
    most, gib = (None, None) if smoke else (400 * 10**6, 2**30)
    by_rules = f"{bars} bars to MIDI, rules alone"
    return [
        Case("compose --help", ["--help"], PYTHON, times(11), goals[0]),
        Case(f"{bars} bars to MIDI", [*midi, bars], NUMPY, times(9), goals[1], most),
        Case(by_rules, [*rules, *midi, bars], NUMPY, times(9), goals[2]),
        Case(
            f"{bars} bars to WAV with stems, rules", [*rules, *wav, bars], NUMPY, times(5), goals[3]
        ),
        Case(f"{bars} bars to WAV with stems", [*wav, bars], NUMPY, times(5)),
        Case(f"{long} bars to MIDI, rules", [*rules, *midi, long], NUMPY, times(3), goals[4], gib),
    ]


def growth_cases(*, smoke: bool, runs: int | None) -> list[Case]:
    """The lengths over which growth is measured, one bar first: what any piece costs."""
    lengths = (1, 8, 16, 32) if smoke else (1, 32, 64, 128)
    midi = ["--key", "C", "--no-audio", "--quiet", "--out", "{out}", "--bars"]
    count = runs or (1 if smoke else 2)
    return [Case(f"{n} bars", [*midi, str(n)], NUMPY, count) for n in lengths]


def growth_exponent(lengths: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of log time over log length, by least squares: 1 is linear, 2 quadratic.

    >>> round(growth_exponent([1, 2, 4], [3.0, 6.0, 12.0]), 6)
    1.0
    """
    x = [math.log(length) for length in lengths]
    y = [math.log(max(value, 1e-9)) for value in seconds]
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return over / sum((a - mean_x) ** 2 for a in x)


def machine() -> dict[str, Any]:
    """Where the figures were measured, and how busy it was."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def _growth(timed: Sequence[Case]) -> dict[str, Any]:
    lengths = [int(case.arguments[-1]) for case in timed]
    single = timed[0].median
    net = [max(case.median - single, 1e-3) for case in timed[1:]]
    return {
        "start_seconds": round(single, 3),
        "bars": lengths[1:],
        "median_seconds": [round(case.median, 3) for case in timed[1:]],
        "milliseconds_per_bar": [
            round(1000 * seconds / length, 2)
            for seconds, length in zip(net, lengths[1:], strict=True)
        ],
        "exponent": round(growth_exponent(lengths[1:], net), 2),
    }


def markdown(result: dict[str, Any]) -> str:
    """The result as tables."""
    place, growth = result["machine"], result["growth"]
    lines = [
        f"{place['system']}, {place['cores']} cores, Python {place['python']}, "
        f"load average {place['load_average']} when done.",
        "",
        "| command | median | lowest | target | peak memory | beside it |",
        "|---|---|---|---|---|---|",
    ]
    for case in result["cases"]:
        target = f"{case['target_seconds']:g} s" if case["target_seconds"] else "–"
        memory = f"{case['peak_mib']:.0f} MiB"
        if case["target_mib"]:
            memory += f" (target {case['target_mib']:.0f})"
        lines.append(
            f"| {case['name']} | {case['median_seconds']:.2f} s | {case['lowest_seconds']:.2f} s | "
            f"{target} | {memory} | {case['baseline']}: {case['baseline_median_seconds']:.2f} s |"
        )
    lines += ["", "| bars to MIDI | median | a bar, without the start |", "|---|---|---|"]
    columns = (growth[name] for name in ("bars", "median_seconds", "milliseconds_per_bar"))
    for bars, seconds, each in zip(*columns, strict=True):
        lines.append(f"| {bars} | {seconds:.2f} s | {each:.1f} ms |")
    lines += [
        "",
        f"The start (one bar) takes {growth['start_seconds']:.2f} s; the rest grows as the number "
        f"of bars to the power {growth['exponent']:.2f} (1 is linear).",
    ]
    return "\n".join(lines) + "\n"


def write_between_marks(path: Path, text: str) -> None:
    """Put the tables into a Markdown file, between the two comments that mark their place.

    Raises:
        SystemExit: If the marks are not there.
    """
    old = path.read_text(encoding="utf-8")
    if old.count(BEGIN) != 1 or old.count(END) != 1:
        raise SystemExit(f"{path}: needs the lines {BEGIN} and {END}, once each")
    head, rest = old.split(BEGIN)
    path.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time the commands as a user runs them.")
    parser.add_argument("--smoke", action="store_true", help="small pieces, one run each")
    parser.add_argument("--runs", type=int, help="runs of each case instead of the usual number")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--write", type=Path, help="put the tables into this Markdown file too")
    options = parser.parse_args(arguments)
    if options.runs is not None and options.runs < 1:
        parser.error("--runs must be 1 or more")
    timed = cases(smoke=options.smoke, runs=options.runs)
    lengths = growth_cases(smoke=options.smoke, runs=options.runs)
    with tempfile.TemporaryDirectory(prefix="composer-benchmark-") as folder:
        for case in [*timed, *lengths]:
            print(f"{case.name}: {case.runs} + 1 runs", file=sys.stderr, flush=True)
            time_case(case, Path(folder))
    result = {
        "machine": machine(),
        "cases": [case.to_dict() for case in timed],
        "growth": _growth(lengths),
    }
    print(json.dumps(result, indent=1) if options.json else "\n" + markdown(result))
    if options.write:
        write_between_marks(options.write, markdown(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

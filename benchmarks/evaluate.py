"""Times `compose evaluate` as a whole process on pieces of ours.

    python benchmarks/evaluate.py             # 100 pieces of 32 bars
    python benchmarks/evaluate.py --smoke     # 12 of 8 bars, to see that it runs

The baseline is one process (`--jobs 1`); beside it stands what starting and importing take.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMPOSE = [sys.executable, "-m", "composer"]
TARGET_SECONDS = 60.0
IMPORTS = "import numpy, scipy.stats, sklearn.ensemble, matplotlib.figure, jinja2, symusic"


def timed(command: list[str]) -> float:
    """Seconds of a whole process.

    Raises:
        CalledProcessError: If it fails.
    """
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="few and short pieces")
    flags = parser.parse_args()
    count, bars = (12, 8) if flags.smoke else (100, 32)
    with tempfile.TemporaryDirectory(prefix="evaluate-") as name:
        folder = Path(name)
        pieces = folder / "pieces"
        writer = [sys.executable, str(Path(__file__).with_name("pieces.py"))]
        timed([*writer, "--count", str(count), "--bars", str(bars), "--out", str(pieces)])
        imports = timed([sys.executable, "-c", IMPORTS])
        command = [*COMPOSE, "evaluate", str(pieces), "--out", str(folder / "report"), "--quiet"]
        alone = timed([*command, "--jobs", "1"])
        both = timed([*command, "--jobs", "2"])
    print(f"{count} pieces of {bars} bars, references that ship, HTML and JSON written")
    print(f"imports alone            {imports:6.1f} s")
    print(f"one process (baseline)   {alone:6.1f} s")
    print(f"two processes            {both:6.1f} s, {both / alone:.2f} of the baseline")
    if not flags.smoke:
        print(f"target                   {TARGET_SECONDS:6.1f} s")


if __name__ == "__main__":
    main()

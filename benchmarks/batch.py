"""How much sooner many briefs are done in several processes, and whether they are the same.

python benchmarks/batch.py            # a hundred pieces of 32 bars, one process and two
python benchmarks/batch.py --smoke    # small: continuous integration
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from composer.batch import compose_many
from composer.music.brief import Brief
from composer.rulebook import load_rulebook


def briefs(count: int, bars: int, writer: str) -> list[Brief]:
    """Every style in turn, each with a seed of its own."""
    styles = load_rulebook().style_names
    return [
        Brief(style=styles[n % len(styles)], bars=bars, seed=n, writer=writer) for n in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--bars", type=int, default=32)
    parser.add_argument("--writer", default="rules")
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--audio", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.smoke:
        options.count, options.bars = 4, 2
    asked = briefs(options.count, options.bars, options.writer)
    print(f"{options.count} pieces of {options.bars} bars, {options.writer}; ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    first: list[bytes] = []
    seconds: dict[int, float] = {}
    for jobs in options.jobs:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            made = compose_many(asked, Path(folder), jobs=jobs, audio=options.audio)
            seconds[jobs] = time.perf_counter() - started
            assert all(outcome.ok for outcome in made)
            midi = [(outcome.folder / "piece.mid").read_bytes() for outcome in made]
        first = first or midi
        ratio = seconds[options.jobs[0]] / seconds[jobs]
        same = "the same to the byte" if midi == first else "NOT THE SAME"
        print(f"jobs {jobs}: {seconds[jobs]:6.1f} s, {ratio:.2f} times as fast, {same}")
        assert midi == first


if __name__ == "__main__":
    main()

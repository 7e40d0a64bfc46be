"""A hundred briefs in parallel: every style and many seeds, a folder a piece.

The pieces are the same however many processes write them. The processes import this file, which is
why what it does stands in a function.

python examples/16_batch.py --jobs 4 --out out/batch
"""

import argparse
from pathlib import Path

from composer import Brief, Outcome, compose_many, styles


def told(done: int, total: int, outcome: Outcome) -> None:
    """Say what became of a piece."""
    print(f"{done}/{total} {outcome.name}: {outcome.title or outcome.error}")


def main() -> None:
    """Compose the batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/16"))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--jobs", type=int, help="default: as many as there are cores")
    options = parser.parse_args()
    known = styles()
    briefs = {
        f"{number:03d}-{known[number % len(known)]}": Brief(
            style=known[number % len(known)], bars=options.bars, seed=number, writer="rules"
        )
        for number in range(options.count)
    }
    # A brief that cannot be is reported, and stops nothing.
    briefs["999-impossible"] = Brief(bars=0)
    made = compose_many(briefs, options.out, jobs=options.jobs, progress=told)
    print(f"{sum(outcome.ok for outcome in made)} of {len(made)} were written")


if __name__ == "__main__":
    main()

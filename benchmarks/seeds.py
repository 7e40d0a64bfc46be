"""How many bars two pieces of one brief share that differ by the seed alone, drums aside.

    python benchmarks/seeds.py --seeds 50                 # each style, 32 bars in C
    python benchmarks/seeds.py --seeds 50 --style blues

Bars are compared as they sound together, transposed (`composer.evaluating.diversity.bars_of`). Of
two pieces the share is taken of the one with fewer bars that the other has too; the largest share
of all pairs is told, and the mean.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import combinations

from composer import Brief, compose, song_of, styles
from composer.evaluating.diversity import bars_of
from composer.evaluating.windows import opening


def bars(seed: int, style: str, length: int, writer: str) -> tuple[bytes, ...]:
    """The bars of one piece."""
    brief = Brief(key="C", bars=length, style=style, seed=seed, writer=writer)
    return bars_of(opening(song_of(compose(brief).performance)))


def shares(pieces: list[tuple[bytes, ...]]) -> list[float]:
    """For every pair the share of bars in common."""
    found = []
    for one, other in combinations(pieces, 2):
        common = [sum(bar in set(b) for bar in a) / len(a) for a, b in ((one, other), (other, one))]
        found.append(max(common))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--bars", type=int, default=32)
    parser.add_argument("--style", action="append", help="again for more; default: all")
    parser.add_argument("--writer", default="rules")
    parser.add_argument("--most", type=float, default=0.2, help="share that is a failure")
    parser.add_argument("--jobs", type=int, default=2)
    flags = parser.parse_args()
    worst = 0.0
    with ProcessPoolExecutor(flags.jobs) as pool:
        for style in flags.style or styles():
            work = partial(bars, style=style, length=flags.bars, writer=flags.writer)
            found = shares([b for b in pool.map(work, range(flags.seeds)) if b])
            worst = max(worst, *found)
            above = sum(share > flags.most for share in found)
            print(
                f"{style:18} largest {max(found):.3f}  mean {sum(found) / len(found):.4f}  "
                f"above {flags.most:g}: {above} of {len(found)} pairs",
                flush=True,
            )
    print(f"largest of all: {worst:.3f}")
    return int(worst > flags.most)


if __name__ == "__main__":
    raise SystemExit(main())

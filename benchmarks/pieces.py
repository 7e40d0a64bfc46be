"""Writes many pieces in all styles, one run folder each: what `compose evaluate` is tried on.

    python benchmarks/pieces.py --count 200 --out DIR
    compose evaluate DIR

Piece n has the style n modulo the number of styles and the seed n; all else is left to the style.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.progress import track

from composer import Brief, compose, save
from composer.rulebook import load_rulebook


def write(
    number: int, out: Path, styles: tuple[str, ...], about: Brief, model: Path | None
) -> None:
    """Composes and saves one piece."""
    style = styles[number % len(styles)]
    piece = compose(replace(about, style=style, seed=number), model=model)
    save(piece, out / f"{number:04d}-{style}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first piece")
    parser.add_argument("--bars", type=int, default=32)
    parser.add_argument("--writer", help="rules, transformer or hybrid; default: hybrid")
    parser.add_argument("--candidates", type=int)
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--top-p", type=float)
    parser.add_argument("--model", type=Path, help="folder of another transformer")
    parser.add_argument("--humanize", type=float)
    parser.add_argument("--style", help="one style only")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    flags = parser.parse_args()
    styles = (flags.style,) if flags.style else tuple(load_rulebook().style_names)
    about = Brief(
        bars=flags.bars,
        writer=flags.writer,
        candidates=flags.candidates,
        temperature=flags.temperature,
        top_p=flags.top_p,
        humanize=flags.humanize,
    )
    work = partial(write, out=flags.out, styles=styles, about=about, model=flags.model)
    numbers = range(flags.first, flags.first + flags.count)
    with ProcessPoolExecutor(flags.jobs) as pool:
        for _ in track(pool.map(work, numbers), description="pieces", total=flags.count):
            pass


if __name__ == "__main__":
    main()

"""Trains small variants one after the other and compares them: what each idea is worth.

    python -m composer.training.ablate --corpus DIR --out DIR --steps N

Every variant sees as many windows, drawn with one seed, and is validated on the same windows of
the held-out split (with the keys of the files: on those windows, in those keys). Each is a run of
`composer.training.train_transformer` in a folder of its own, so that the same command goes on after
an interruption and measures no finished run again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.errors import ComposerError, CorpusError
from composer.training.runs import RunConfig, read_log
from composer.training.train_transformer import add_speed, at_least, train_command


@dataclass(frozen=True, slots=True)
class Variant:
    """One run of the comparison.

    Args:
        name: Its name, and that of its folder.
        meaning: What it is, in the table.
        changes: What differs from the first variant's `RunConfig`.
    """

    name: str
    meaning: str
    changes: dict[str, Any]


VARIANTS = (
    Variant("1m", "size 1m, all as it is", {}),
    Variant("no-plan", "not told the plan", {"plan": False}),
    Variant("file-keys", "in the keys of the files", {"normalised": False}),
    Variant("no-infilling", "no fill-in-the-middle", {"mask": "all"}),
    Variant("tiny", "size tiny", {"size": "tiny"}),
    Variant("5m", "size 5m", {"size": "5m"}),
)
"""What is compared; the first is what the others are held against."""


def config_for(variant: Variant, flags: argparse.Namespace) -> RunConfig:
    """What a variant's run is asked for; of a short run the first tenth warms up."""
    steps: int = flags.steps
    values: dict[str, Any] = {
        "size": "1m",
        "steps": steps,
        "warm_up": min(100, max(steps // 10, 1)),
        "validate_every": steps,
        "rows": flags.rows,
        "longest": flags.longest,
        "seed": flags.seed,
        "validation_rows": flags.validation_rows,
    }
    return RunConfig(**{**values, **variant.changes})


def main(argv: Sequence[str] | None = None) -> int:
    """Train and compare; returns the exit status."""
    parser = _parser()
    flags = parser.parse_args(argv)
    chosen = [variant for variant in VARIANTS if not flags.only or variant.name in flags.only]
    try:
        results = []
        for variant in chosen:
            print(f"{variant.name}: {variant.meaning}", flush=True)
            run = argparse.Namespace(**{**vars(flags), "out": flags.out / variant.name})
            status = train_command(config_for(variant, flags), run)
            if status:
                return status
            results.append((variant, _last_validation(run.out)))
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from the last checkpoint", file=sys.stderr)
        return 130
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(table(results))
    return 0


def table(results: Sequence[tuple[Variant, dict[str, float]]]) -> str:
    """The results as text, with the difference to the first."""
    lines = [f"{'variant':<14}{'bits a note':>12}{'a bar':>8}{'than the first':>16}"]
    base = results[0][1]["bits_per_note"]
    for variant, valid in results:
        note, bar = valid["bits_per_note"], valid["bits_per_bar"]
        change = "" if variant is results[0][0] else f"{note / base - 1.0:+.1%}"
        lines.append(f"{variant.name:<14}{note:>12.3f}{bar:>8.1f}{change:>16}  {variant.meaning}")
    return "\n".join(lines)


def _last_validation(folder: Path) -> dict[str, float]:
    """What a run's last validation says."""
    found: list[dict[str, float]] = [line["valid"] for line in read_log(folder) if "valid" in line]
    if not found:
        raise CorpusError(f"{folder}: its log holds no validation")
    return found[-1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m composer.training.ablate")
    defaults = RunConfig()
    add = parser.add_argument
    add("--corpus", type=Path, required=True, help="a prepared corpus")
    add("--out", type=Path, required=True, help="folder of the runs")
    add("--steps", type=at_least(1, int), required=True, help="steps of each run")
    add("--rows", type=at_least(1, int), default=defaults.rows, help="rows of a batch")
    add("--longest", type=at_least(1, int), default=defaults.longest, help="tokens of a row")
    add("--seed", type=at_least(0, int), default=defaults.seed, help="seed of weights and windows")
    add("--validation-rows", type=at_least(1, int), default=defaults.validation_rows, help="rows")
    names = [variant.name for variant in VARIANTS]
    add("--only", nargs="+", choices=names, help="train these variants alone")
    add_speed(parser)
    parser.set_defaults(start=None, devices="1", nodes=1, strategy="auto", stop_after=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())

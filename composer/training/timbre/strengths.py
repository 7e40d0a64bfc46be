"""Chooses how strongly each program is refined, from what was judged on validation pairs.

``python -m composer.training.timbre.strengths --figures 100.json 70.json 50.json --out FILE``

Every file is what `composer.training.timbre.judging.judge --ungated` wrote at one strength. A
program gets the strength that comes nearest to the real sound among those at which a transcriber
hears the notes of every stem; where there is none, of two thirds of them; where none brings the
sound nearer, the program stays dry (strength 0). The cheap checks have no say here: they are made
on every output, which goes down to half the strength by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.errors import ComposerError, CorpusError

_MOST = 2 / 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A stem at a strength.

    Args:
        program: 0–128.
        strength: 0 to 1.
        keeps_notes: Whether the transcriber hears its notes.
        mel_ratio: Distance to the real sound as a share of dry's.
    """

    program: int
    strength: float
    keeps_notes: bool
    mel_ratio: float


def choose(judged: Sequence[Judged]) -> dict[int, float]:
    """The strength of each program; 0 where it is better dry."""
    programs: dict[int, dict[float, list[Judged]]] = defaultdict(lambda: defaultdict(list))
    for item in judged:
        programs[item.program][item.strength].append(item)
    return {program: _best(at) for program, at in sorted(programs.items())}


def _best(at: Mapping[float, Sequence[Judged]]) -> float:
    kept = {s: sum(i.keeps_notes for i in items) / len(items) for s, items in at.items()}
    allowed = [s for s, share in kept.items() if share == 1]
    allowed = allowed or [s for s, share in kept.items() if share >= _MOST]
    ratios = {s: sum(i.mel_ratio for i in at[s]) / len(at[s]) for s in allowed}
    nearest = min(ratios, key=lambda strength: ratios[strength], default=0.0)
    return nearest if ratios.get(nearest, 1.0) < 1 else 0.0


def read_judged(path: Path) -> list[Judged]:
    """The stems of a file of figures.

    Raises:
        CorpusError: If it is none.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        strength = float(data["trial"]["strength"])
        return [
            Judged(
                int(stem["program"]),
                strength,
                bool(stem["notes_ok"]),
                float(stem["mel_ratio"]),
            )
            for stem in data["stems"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}: holds no figures of a judge: {error!r}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.strengths")
    parser.add_argument("--figures", type=Path, nargs="+", required=True, help="judged strengths")
    parser.add_argument("--out", type=Path, required=True, help="JSON table to write")
    flags = parser.parse_args(argv)
    try:
        chosen = choose([item for path in flags.figures for item in read_judged(path)])
        table = {str(program): {"strength": strength} for program, strength in chosen.items()}
        text = json.dumps({"programs": table}, indent=1) + "\n"
        part = flags.out.with_name(f".{flags.out.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(flags.out)
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    for program, strength in chosen.items():
        print(f"{program:3}: {strength:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

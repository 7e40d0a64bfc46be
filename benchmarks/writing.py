"""How many notes a second the model's writer makes, masks and checks included.

    python benchmarks/writing.py           # one piece of every style, by candidates
    python benchmarks/writing.py --smoke   # one short piece
    python benchmarks/writing.py --model DIR

A note counts once, however many candidates it was chosen from. Beside it stand the rule writers,
which write the draft of the same piece. Opening the model is timed by itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from composer import Brief
from composer.rulebook import load_rulebook
from composer.writers import Model, open_model, write_by_rules, write_with_model
from composer.writing.choices import resolve
from composer.writing.plan import make_plan


class Stopwatch:
    """A network that notes how long it was asked."""

    def __init__(self, network) -> None:
        self._network = network
        self.seconds = 0.0

    def _timed(self, ask, *arguments):
        begun = time.perf_counter()
        found = ask(*arguments)
        self.seconds += time.perf_counter() - begun
        return found

    def start(self, *arguments):
        """Reads given tokens."""
        return self._timed(self._network.start, *arguments)

    def extend(self, *arguments):
        """Reads a step."""
        return self._timed(self._network.extend, *arguments)

    def select(self, *arguments):
        """Goes on with some rows."""
        return self._timed(self._network.select, *arguments)


def measure(style: str, bars: int, candidates: int, model: Model) -> dict[str, float]:
    """One piece."""
    book = load_rulebook()
    brief = Brief(style=style, bars=bars, seed=1, writer="transformer", candidates=candidates)
    choices = resolve(brief, book)
    plan = make_plan(choices, book)
    begun = time.perf_counter()
    draft, _ = write_by_rules(plan, book, "A benchmark", plain=False)
    rules = time.perf_counter() - begun
    watch = Stopwatch(model.network)
    begun = time.perf_counter()
    _, authorship = write_with_model(
        plan, book, "A benchmark", choices.brief, Model(watch, model.about)
    )
    seconds = time.perf_counter() - begun - rules  # the draft is part of it
    notes = sum(own for own, _ in authorship.notes.values())
    return {
        "notes": notes,
        "notes_per_second": notes / seconds,
        "tokens_per_second": authorship.tokens / seconds,
        "network_share": watch.seconds / seconds,
        "rules_notes_per_second": sum(len(part.notes) for part in draft.parts) / rules,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--json", action="store_true")
    flags = parser.parse_args()
    begun = time.perf_counter()
    model = open_model(flags.model)
    opening = time.perf_counter() - begun
    styles = ("pop",) if flags.smoke else tuple(load_rulebook().style_names)
    bars = 4 if flags.smoke else flags.bars
    measure(styles[0], 4, 1, model)
    result = {"open_seconds": round(opening, 3), "candidates": {}}
    for candidates in (1,) if flags.smoke else (1, 2, 4):
        found = [measure(style, bars, candidates, model) for style in styles]
        result["candidates"][candidates] = {
            name: round(statistics.median(one[name] for one in found), 3) for name in found[0]
        }
    if flags.json:
        print(json.dumps(result, indent=1))
        return
    print(f"opening the model: {opening:.2f} s; medians over {len(styles)} pieces of {bars} bars")
    for candidates, row in result["candidates"].items():
        print(
            f"{candidates} candidate(s): {row['notes_per_second']:.0f} notes/s "
            f"({row['tokens_per_second']:.0f} tokens/s, {row['network_share']:.0%} of the time in "
            f"the network); the rule writers: {row['rules_notes_per_second']:.0f} notes/s"
        )


if __name__ == "__main__":
    main()

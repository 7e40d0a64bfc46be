"""Validates `compose evaluate` on real music: what is spoiled must be told from what is not.

    python -m composer.training.validate_metrics --corpora DIR

Half of the bands in the valid split of lakh-verified are spoiled in one way after another and
compared with the other half; the first row compares the two halves unspoiled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from composer.errors import ComposerError
from composer.evaluating.comparing import compare
from composer.evaluating.measuring import Measured, measure_song, table_of
from composer.evaluating.metrics import METRICS
from composer.midi.songs import song_from_bytes
from composer.training.damage import DAMAGES
from composer.training.measure_reference import lakh_bands

_SHOWN = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, spoil, compare and print; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m composer.training.validate_metrics", description=__doc__
    )
    parser.add_argument("--corpora", type=Path, required=True, help="folder with the packs")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    flags = parser.parse_args(argv)
    try:
        _validate(flags.corpora, flags.jobs)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


def spoiled(data: bytes, name: str, damage: str) -> Measured | None:
    """A song after a damage, measured; ``none`` leaves it as it is; None if it cannot be."""
    try:
        song = song_from_bytes(data, name)
        if damage != "none":
            song = DAMAGES[damage](song, np.random.default_rng(len(data)))
        return measure_song(song, name)
    except ComposerError:
        return None


def _validate(corpora: Path, jobs: int) -> None:
    files = lakh_bands(corpora)
    names = list(files)
    kept, changed = names[::2], names[1::2]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:

        def measured(chosen: Sequence[str], damage: str) -> list[Measured]:
            data = [files[name] for name in chosen]
            found = pool.map(spoiled, data, chosen, [damage] * len(chosen), chunksize=4)
            return [one for one in found if one is not None]

        real = table_of(measured(kept, "none"), "opening")
        for damage in ("none", *DAMAGES):
            ours = table_of(measured(changed, damage), "opening")
            found = compare(ours, real, METRICS, reference="Lakh", place="opening")
            print(f"\n{damage}: {len(ours)} spoiled songs against {len(real)}")
            for test in found.tests:
                print(
                    f"  {test.features:12} {test.model:20} "
                    f"AUC {test.auc:.3f} [{test.low:.3f}, {test.high:.3f}]"
                )
                for giveaway in test.giveaways[:_SHOWN]:
                    sign = "higher" if giveaway.higher else "lower"
                    print(f"      {giveaway.metric} {sign} (alone {giveaway.alone:.2f})")


if __name__ == "__main__":
    sys.exit(main())

"""Reader of ``progressions/*.toml``: chains of chords, learned from corpora."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.learned import Counts, chain, finish
from composer.rulebook.reader import Table


@dataclass(frozen=True, slots=True)
class Progressions:
    """Chord chains of a style family.

    Args:
        family: Name of the family.
        unigrams: Counts of chords by mode.
        order1: Successors by mode and chord.
        order2: Successors by (mode, section kind or ``any``) and "before-last last".
        rhythm: Share of chords by length in bars, by section kind or ``any``.
    """

    family: str
    unigrams: Mapping[str, Counts]
    order1: Mapping[str, Mapping[str, Counts]]
    order2: Mapping[tuple[str, str], Mapping[str, Counts]]
    rhythm: Mapping[str, Counts]


def read_progressions(file: Table) -> Progressions:
    """Read ``progressions/*.toml``."""
    chains = {
        (mode, kind): chain(kinds.table(kind))
        for mode, kinds in file.table("chains").items()
        for kind in kinds.data
    }
    for mode in ("major", "minor"):
        if (mode, "any") not in chains:
            raise file.fail(f"chains.{mode}.any", "is missing")
    progressions = Progressions(
        family=file.text("family"),
        unigrams={mode: file.table("chords").weights(mode) for mode in ("major", "minor")},
        order1={
            mode: chain(file.table("order1").table(mode).table("any"))
            for mode in ("major", "minor")
        },
        order2=chains,
        rhythm={
            kind: file.table("harmonic_rhythm").weights(kind)
            for kind in file.raw("harmonic_rhythm")
        },
    )
    finish(file, "cadences")
    return progressions

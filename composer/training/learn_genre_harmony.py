"""Learns chord grammars by genre from chords heard in MIDI files: `rules/progressions/*.toml`.

Run it as `python -m composer.training.learn_genre_harmony --corpora DIR --out rules`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from composer.training.chord_statistics import Source
from composer.training.command import Request, run
from composer.training.corpora import Tally
from composer.training.heard_chords import GENRES, PACK, read_heard_chords
from composer.training.learn_harmony import write_family
from composer.training.measure_reference import lakh_rows

MODULE = "composer.training.learn_genre_harmony"

_NOTE = (
    "Key and chords as our own detectors hear them (their accuracy stands in docs/evaluation.md),"
    " in 32 bars from the beginning and 32 from the middle of each song that the index states the"
    " genre of; phrases are four bars; a bass on the fifth is not written. "
)


def learn(request: Request) -> None:
    """Hears the songs of each genre and writes its family.

    Raises:
        ComposerError: the pack is missing or unreadable, or a file cannot be written.
    """
    files, rows = lakh_rows(request.corpora)
    for family in GENRES:
        tally = Tally(PACK)
        songs = read_heard_chords(files, rows, family, tally)
        write_family(request, family, [Source(songs)], [tally], _NOTE)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with the given flags, or those of the process."""
    return run(MODULE, "Learn chord grammars by genre from heard chords.", learn, argv)


if __name__ == "__main__":
    sys.exit(main())

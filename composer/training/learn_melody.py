"""Learns melodic rhythm and motion from corpora: `rules/melody/*.toml`.

Run it as `python -m composer.training.learn_melody --corpora DIR --out rules`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from composer.training import folk_tunes, jazz_solos, lead_sheets, pop909_melody
from composer.training.command import Request, run
from composer.training.corpora import Tally, read_pack
from composer.training.melodies import Melody
from composer.training.melody_statistics import count, render_tables
from composer.training.tables import fit, toml_document, toml_table

MODULE = "composer.training.learn_melody"

_LIMIT_BYTES = 58_000
_MINIMUMS = (3, 4, 5, 6, 8, 10, 12, 15, 20, 30)

_COMMENT = """\
Learned melody tables; written by a command, see [provenance]. Counts, not music.
rhythm: cells of one beat, a character per sixteenth: o onset, - hold, . rest; context is the
weight of the beat (1 first of the bar, 2 secondary strong, w other) and the cell before
("^" after a rest of a beat or more); simple2 and compound2: two cells before; compound cells
are dotted quarters. degrees: "degree motion-before" -> scale steps to the next note (-7 to
7); a phrase ends before a rest of a beat or after a note of three quarters. phrase_beats:
phrases by length in beats. summary: notes_per_bar over bars with an onset; leaps are a
fourth and more."""

_NOTES: Mapping[str, str] = {
    "pop": "Vocal melodies of POP909 as quantised by its structure analysis, 4/4 and 3/4;"
    " a rest of one sixteenth between notes counts as held; phrases end at the longest gap"
    " near a labelled boundary too.",
    "lead": "First part of each lead sheet; repeats not unfolded; minor where the last chord"
    " is the relative minor tonic; 2/2 counted as 4/4.",
    "folk": "Melody track of each tune; parts that are repeated count each time; the first"
    " chord marks a downbeat; minor where the last note is the relative minor tonic.",
    "jazz": "Improvised solos of the Weimar Jazz Database; swung eighths are written straight; keys"
    " heard from notes and chord roots; phrases as annotated.",
}


def learn(request: Request) -> None:
    """Reads the four packs and writes a file for each.

    Raises:
        ComposerError: a pack is missing or unreadable, or a file cannot be written.
    """
    tally = Tally(pop909_melody.PACK)
    files = read_pack(request.corpora, tally.corpus, pop909_melody.wanted)
    _write(request, "pop", pop909_melody.read_pop909_melodies(files, tally), tally)

    tally = Tally(lead_sheets.PACK)
    files = read_pack(request.corpora, tally.corpus, lead_sheets.wanted)
    _write(request, "lead", lead_sheets.read_lead_sheets(files, tally), tally)

    tally = Tally(folk_tunes.PACK)
    files = read_pack(request.corpora, tally.corpus, folk_tunes.wanted)
    _write(request, "folk", folk_tunes.read_folk_tunes(files, tally), tally)

    tally = Tally(jazz_solos.PACK)
    files = read_pack(request.corpora, tally.corpus, jazz_solos.wanted)
    _write(request, "jazz", jazz_solos.read_jazz_solos(files, tally), tally)


def _write(request: Request, family: str, melodies: Sequence[Melody], tally: Tally) -> None:
    statistics = count(melodies)

    def render(minimum: int) -> str:
        note = (
            f"{_NOTES[family]} Chromatic notes are passed over in degrees. Counts below"
            f" {minimum} left out."
        )
        lines = toml_table("provenance", request.provenance([tally], note))
        lines += render_tables(statistics, minimum)
        return toml_document({"family": family}, lines, _COMMENT)

    request.write(f"melody/{family}.toml", fit(render, _LIMIT_BYTES, _MINIMUMS))


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with the given flags, or those of the process."""
    return run(MODULE, "Learn melodic rhythm and motion from corpora.", learn, argv)


if __name__ == "__main__":
    sys.exit(main())

"""Learns chord grammars from corpora: `rules/progressions/*.toml`.

Run it as `python -m composer.training.learn_harmony --corpora DIR --out rules`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from composer.training import billboard, folk_chords, jazz_charts, pop909_chords, when_in_rome
from composer.training.chord_sections import Section
from composer.training.chord_statistics import (
    ChordStatistics,
    Source,
    count,
    distinct,
    render_tables,
)
from composer.training.command import Request, run
from composer.training.corpora import Tally, read_pack
from composer.training.tables import fit, toml_document, toml_table

MODULE = "composer.training.learn_harmony"

_VOCABULARY = 42
_LIMIT_BYTES = 36_000
_MINIMUMS = (3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 25, 30, 40)

_Songs = list[list[Section]]

_COMMENT = """\
Learned chord grammar; written by a command, see [provenance]. Counts, not music.
Tokens: numeral relative to the major scale of the tonic, quality, bass as a degree above
the chord's root. "^" is the start of a phrase. chains: the two chords before -> next chord;
order1: the chord before -> next chord; harmonic_rhythm: share of chords by length in bars;
cadences: the last two chords of a phrase."""

_REDUCTION = (
    "Equal neighbours merged; a section repeated literally within a song counted once;"
    " rarer chords reduced to plainer ones of the same root."
)
_NOTES: Mapping[str, str] = {
    "pop": "POP909 and all of Billboard, weighted so that both have the same number of chords"
    " (Billboard names no genres, so pop and rock share it; POP909 sets pop apart); phrases:"
    " POP909 human labels, Billboard lines; section names: Billboard's, and POP909's intro and"
    " outro. ",
    "rock": "All of Billboard (hits of 1958-1991, no genre labels), mode judged by the third of"
    " the tonic chords; a line of the annotation is a phrase. ",
    "jazz": "Key estimated: chord-profile fit with votes of the first and last chord,"
    " resolving dominants and the stated signature; phrases of 8 (or 12) bars; repeats are"
    " written out in the charts. ",
    "folk": "The chord track of the Nottingham tunes; mode by the last note of the tune; a phrase"
    " is four bars. ",
    "classical": "Applied chords written as altered numerals of the local key; Italian and"
    " German sixths as bVI7, French as bVI7b5, Neapolitan as bII; phrases end at double bars,"
    " repeat signs (chorales: fermatas) and the end; chains run within one key. ",
}


def learn(request: Request) -> None:
    """Reads the packs of annotated chords and writes their families.

    Raises:
        ComposerError: a pack is missing or unreadable, or a file cannot be written.
    """
    rock, rock_tally = _read(request.corpora, billboard.PACK)
    pop, pop_tally = _read(request.corpora, pop909_chords.PACK)
    weight = _chords(pop) / max(1, _chords(rock))
    write_family(request, "pop", [Source(pop), Source(rock, weight)], [pop_tally, rock_tally])
    write_family(request, "rock", [Source(rock)], [rock_tally])
    jazz, jazz_tally = _read(request.corpora, jazz_charts.PACK)
    write_family(request, "jazz", [Source(jazz)], [jazz_tally])
    classical, classical_tally = _read(request.corpora, when_in_rome.PACK)
    write_family(request, "classical", [Source(classical)], [classical_tally])
    folk, folk_tally = _read(request.corpora, folk_chords.PACK)
    write_family(request, "folk", [Source(folk)], [folk_tally])


_READERS: Mapping[str, Callable[[Mapping[str, bytes], Tally], _Songs]] = {
    billboard.PACK: billboard.read_billboard,
    pop909_chords.PACK: pop909_chords.read_pop909,
    jazz_charts.PACK: jazz_charts.read_jazz_charts,
    when_in_rome.PACK: when_in_rome.read_when_in_rome,
    folk_chords.PACK: folk_chords.read_folk_chords,
}
_WANTED: Mapping[str, Callable[[str], bool]] = {
    billboard.PACK: billboard.wanted,
    pop909_chords.PACK: pop909_chords.wanted,
    jazz_charts.PACK: jazz_charts.wanted,
    when_in_rome.PACK: when_in_rome.wanted,
    folk_chords.PACK: folk_chords.wanted,
}


def _read(corpora: Path, pack: str) -> tuple[_Songs, Tally]:
    tally = Tally(pack)
    return _READERS[pack](read_pack(corpora, pack, _WANTED[pack]), tally), tally


def _chords(songs: Sequence[Sequence[Section]]) -> int:
    return sum(len(section.events()) for song in songs for section in distinct(song))


def write_family(
    request: Request,
    family: str,
    sources: Sequence[Source],
    tallies: Sequence[Tally],
    note: str = "",
) -> None:
    """Counts what the sources hold, and writes a family's file.

    Args:
        request: where to.
        family: the name of the file.
        sources: the pieces.
        tallies: what was used and dropped.
        note: how the pieces were read; that of the family where empty.
    """
    statistics = count(sources, _VOCABULARY)
    note = (note or _NOTES[family]) + _REDUCTION

    def render(minimum: int) -> str:
        return _document(request, family, statistics, tallies, note, minimum)

    request.write(f"progressions/{family}.toml", fit(render, _LIMIT_BYTES, _MINIMUMS))


def _document(
    request: Request,
    family: str,
    statistics: ChordStatistics,
    tallies: Sequence[Tally],
    note: str,
    minimum: int,
) -> str:
    provenance = request.provenance(tallies, f"{note} Counts below {minimum} left out.")
    lines = toml_table("provenance", provenance) + render_tables(statistics, minimum)
    return toml_document({"family": family}, lines, _COMMENT)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with the given flags, or those of the process."""
    return run(MODULE, "Learn chord grammars from corpora.", learn, argv)


if __name__ == "__main__":
    sys.exit(main())

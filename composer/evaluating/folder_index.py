"""Index a user's own folder, with the band of its own works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from composer.errors import EvaluationError, MidiError
from composer.evaluating.index_file import Index
from composer.evaluating.indexing import Built, Source, Tell, build_index
from composer.evaluating.originality import bands
from composer.midi.files import MIDI_SUFFIXES, midi_files
from composer.midi.songs import read_song
from composer.music.song import Song

_MOST_MEASURED = 200


def index_folder(
    folder: Path, out: Path, title: str, *, processes: int = 1, tell: Tell | None = None
) -> Built:
    """Index all MIDI files below a folder.

    The band is measured on at most 200 of the works, evenly spread, each against all others; with
    fewer than twenty there is none.

    Args:
        folder: The folder; paths below it become the works' identifiers.
        out: Folder of the index; it may lie in the first.
        title: Whose works these are.
        processes: How many read files at a time.
        tell: Is told how many files are done.

    Raises:
        EvaluationError: If the folder holds no MIDI file, or none that can be read.
        OutputError: If the index cannot be written.
    """
    sources = sources_in(folder)

    def finish(index: Index) -> dict[str, Any]:
        words = f"works of {title}, each against all others"
        return {"bands": bands(_sample(sources, index), index, words)}

    return build_index(sources, out, title, processes=processes, tell=tell, finish=finish)


def sources_in(folder: Path) -> list[Source]:
    """The MIDI files below a folder, by name; those that begin with a point are left out.

    Raises:
        EvaluationError: If it is no folder, cannot be read, or holds no MIDI file.
    """
    if not folder.is_dir():
        raise EvaluationError(f"{folder}: is no folder; give the folder of your MIDI files")
    found = [
        Source(path.relative_to(folder).as_posix(), str(path))
        for path in midi_files(folder)
        if path.is_file()
    ]
    if not found:
        raise EvaluationError(
            f"{folder}: holds no MIDI file (looked for {', '.join(MIDI_SUFFIXES)})"
        )
    return sorted(found, key=lambda source: source.name)


def _sample(sources: list[Source], index: Index) -> Iterator[tuple[Song, int]]:
    """Some works with their numbers in the index."""
    paths = {source.name: source.path for source in sources}
    step = max(index.pieces // _MOST_MEASURED, 1)
    numbers = list(range(0, index.pieces, step))[:_MOST_MEASURED]
    for number, name in zip(numbers, index.identifiers(numbers), strict=True):
        try:
            yield read_song(paths[name]), number
        except MidiError:
            continue

"""Makes the index of the training corpus, the list of common figures, and the bands.

    python -m composer.training.index_corpus --corpora DIR --out DIR

The works are the files of ``lakh-verified`` whose split is ``train``, numbered by their md5; the
bands are measured on those whose split is ``valid``, which share no near-duplicate cluster with
them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import ComposerError, CorpusError, MidiError
from composer.evaluating.fingerprints import Hashes, fingerprints
from composer.evaluating.hits import common_limit
from composer.evaluating.index_file import Index
from composer.evaluating.indexing import Source, build_index
from composer.evaluating.originality import bands
from composer.midi.songs import read_song
from composer.music.song import Song

PACK = "lakh-verified"
TITLE = "md5-verified subset of 8,009 files of the Lakh MIDI Dataset (train split)"
_CHUNK = 64


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.index_corpus")
    parser.add_argument("--corpora", type=Path, required=True, help="folder with unpacked packs")
    parser.add_argument("--out", type=Path, required=True, help="folder of the index")
    parser.add_argument("--jobs", type=int, default=2, help="default: 2")
    flags = parser.parse_args(argv)
    try:
        index = index_corpus(flags.corpora, flags.out, flags.jobs)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    each = index.bytes // index.pieces
    print(
        f"{index.pieces:,} works, {index.postings:,} figures, {index.bytes:,} bytes: {each:,} each"
    )
    return 0


def index_corpus(corpora: Path, out: Path, processes: int) -> Index:
    """Make all files of the folder.

    Raises:
        CorpusError: If the pack is not there.
        OutputError: If the folder cannot be written to.
    """
    works, held_out = split_of(corpora, "train"), split_of(corpora, "valid")
    common = _common(works, processes)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "common.npy", common, allow_pickle=False)
    print(f"{len(common):,} common figures in more than {common_limit(len(works))} works")
    title = f"{len(held_out)} held-out files of the same subset (valid split)"

    def finish(index: Index) -> dict[str, Any]:
        pieces = ((song, -1) for song in _songs(held_out))
        return {"licence": "CC BY 4.0 (the compilation)", "bands": bands(pieces, index, title)}

    built = build_index(
        works, out, TITLE, processes=processes, tell=_tell, finish=finish, common=common
    )
    return built.index


def split_of(corpora: Path, split: str) -> list[Source]:
    """The files of a split of the pack, by md5.

    Raises:
        CorpusError: If its table or a file of it is not there.
    """
    folder = corpora / PACK
    try:
        with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except OSError as error:
        raise CorpusError(f"{folder / 'index.tsv'}: cannot be read: {error.strerror}") from None
    names = sorted(row["md5"] for row in rows if row["split"] == split)
    sources = [Source(name, str(folder / name[0] / f"{name}.mid")) for name in names]
    missing = [source.path for source in sources if not Path(source.path).is_file()]
    if missing or not sources:
        raise CorpusError(f"{folder}: {len(missing)} files are not there, such as {missing[:1]}")
    return sources


def _common(works: list[Source], processes: int) -> Hashes:
    """Hashes that are in so many works that they say nothing."""
    chunks = [works[start : start + _CHUNK] for start in range(0, len(works), _CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        found = np.concatenate(list(pool.map(_distinct, chunks)))
    hashes, count = np.unique(found, return_counts=True)
    return hashes[count > common_limit(len(works))]


def _distinct(works: list[Source]) -> Hashes:
    """The distinct hashes of each work, one work after the other."""
    return np.concatenate([np.unique(fingerprints(song).hashes) for song in _songs(works)])


def _songs(works: list[Source]) -> Iterator[Song]:
    for source in works:
        try:
            yield read_song(source.path)
        except MidiError as error:
            print(error, file=sys.stderr)


def _tell(done: int, total: int) -> None:
    print(f"{done:,} of {total:,} files", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

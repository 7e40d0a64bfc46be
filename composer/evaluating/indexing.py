"""Makes the index of a folder of MIDI files.

Files are read in shards of 256. A finished shard is kept on disk under a name that depends on the
files in it, so that a run that was killed goes on where it stopped; a file that cannot be read is
listed, and the rest goes on. The result does not depend on the number of processes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import EvaluationError, MidiError, OutputError
from composer.evaluating.fingerprints import Hashes
from composer.evaluating.index_file import (
    MANIFEST,
    VERSION,
    Index,
    open_index,
    postings_arrays,
    write_index,
    write_manifest,
)
from composer.evaluating.sampling import SAMPLING, Shard, common_figures, shard_of
from composer.evaluating.workers import end_with_parent, survives
from composer.midi.songs import read_song
from composer.music.song import Song

_SHARD_FILES = 256
_BUILDING = ".building"
_PAUSE_UNITS = 96  # between two works, so that no passage runs from one into the next

Tell = Callable[[int, int], None]
"""Called with files done and files in all."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index: its path below the folder, and where it lies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Built:
    """What was built.

    Args:
        index: The finished index, open.
        unreadable: Path and reason of every file that was left out.
        reused: How many files had been read by an earlier run.
    """

    index: Index
    unreadable: tuple[tuple[str, str], ...]
    reused: int


def build_index(
    sources: Sequence[Source],
    out: Path,
    title: str,
    *,
    processes: int = 1,
    tell: Tell | None = None,
    finish: Callable[[Index], dict[str, Any]] | None = None,
    common: Hashes | None = None,
) -> Built:
    """Index files; a run that was stopped goes on.

    Args:
        sources: The files, in the order in which they are numbered.
        out: Folder of the index; what else lies there is left alone.
        title: Whose works these are.
        processes: How many read files at a time; with more than one, call it below
            ``if __name__ == "__main__":``.
        tell: Is told how far it is.
        finish: Makes more entries of the manifest, such as bands, out of the index.
        common: Hashes to leave out, ascending; None are those that come with composer.

    Raises:
        EvaluationError: If no file can be read.
        OutputError: If the folder cannot be written to.
    """
    common = common_figures() if common is None else common
    building = out / _BUILDING
    with _output_errors(out):
        building.mkdir(parents=True, exist_ok=True)
        paths = _shard_paths(sources, building, common)
        reused = _read_all(sources, paths, common, processes, tell)
        shards = [_load(path) for path in paths]
        if not sum(len(shard.names) for shard in shards):
            shutil.rmtree(building, ignore_errors=True)
            raise EvaluationError(f"{out}: none of {len(sources)} files can be read as MIDI")
        made = building / "index"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        unreadable = [pair for shard in shards for pair in shard.unreadable]
        _write(made, title, shards, unreadable)
        if finish is not None:
            index = open_index(made)
            write_manifest(made, {**index.manifest, **finish(index)})
            del index
        _move(made, out)
        shutil.rmtree(building, ignore_errors=True)
    return Built(open_index(out), tuple(unreadable), reused)


@contextmanager
def _output_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(
            f"{out}: the index cannot be written there: {reason}; choose another folder"
        ) from None


def _read_all(
    sources: Sequence[Source],
    paths: Sequence[Path],
    common: Hashes,
    processes: int,
    tell: Tell | None,
) -> int:
    """Make the shards that are not there yet; returns how many files were there already."""
    todo = []
    done = 0
    for number, path in enumerate(paths):
        part = sources[number * _SHARD_FILES : (number + 1) * _SHARD_FILES]
        if _sound(path):
            done += len(part)
        else:
            todo.append((part, path))
    reused = done
    if tell is not None:
        tell(done, len(sources))
    for files in _made(todo, common, processes):
        done += files
        if tell is not None:
            tell(done, len(sources))
    return reused


def _made(
    todo: list[tuple[Sequence[Source], Path]],
    common: Hashes,
    processes: int,
) -> Iterator[int]:
    """Make shards, in this process or in others; yields the number of files of each."""
    if processes <= 1 or len(todo) < 2:
        for part, path in todo:
            yield _make(part, path, common)
        return
    context = get_context("spawn")
    try:
        with ProcessPoolExecutor(min(processes, len(todo)), context, end_with_parent) as pool:
            jobs = [pool.submit(_make, part, path, common) for part, path in todo]
            try:
                for job in as_completed(jobs):
                    yield job.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    except BrokenProcessPool:
        # A file brought its reader down: those shards again, each file in a process of its own.
        for part, path in todo:
            if not _sound(path):
                yield _make(part, path, common, alone=True)


def _make(
    part: Sequence[Source],
    path: Path,
    common: Hashes,
    alone: bool = False,
) -> int:
    """Read the files of one shard and keep what is found."""
    read: list[tuple[str, Song | str]] = []
    for source in part:
        if alone and not survives(source.path):
            read.append((source.name, "brings the reader of MIDI files down"))
            continue
        try:
            read.append((source.name, read_song(source.path)))
        except MidiError as error:
            reason = str(error).removeprefix(f"{source.path}: ")
            read.append((source.name, reason))
    _save(path, shard_of(read, common))
    return len(part)


def _shard_paths(sources: Sequence[Source], building: Path, common: Hashes) -> list[Path]:
    """Where the shards lie; a name stands for its files and for how they are read."""
    how = hashlib.sha256(f"{VERSION} {SAMPLING}".encode() + common.tobytes()).hexdigest()
    paths = []
    for number in range(0, len(sources), _SHARD_FILES):
        states = [_state(source) for source in sources[number : number + _SHARD_FILES]]
        digest = hashlib.sha256(json.dumps([how, states]).encode("ascii")).hexdigest()
        paths.append(building / f"{number:09d}-{digest[:16]}.npz")
    return paths


def _state(source: Source) -> tuple[str, int, int]:
    """What tells whether a file has changed since it was read."""
    try:
        state = Path(source.path).stat()
    except OSError:
        return source.name, -1, -1
    return source.name, state.st_size, state.st_mtime_ns


def _sound(path: Path) -> bool:
    """Whether a shard is there and whole."""
    try:
        with zipfile.ZipFile(path) as file:
            return file.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def _save(path: Path, shard: Shard) -> None:
    words = json.dumps({"names": shard.names, "unreadable": shard.unreadable}).encode("ascii")
    temporary = path.with_name(f".{path.name}")
    with temporary.open("wb") as file:
        arrays: dict[str, Any] = {"words": np.frombuffer(words, dtype=np.uint8), **shard.arrays}
        np.savez(file, **arrays)
    temporary.replace(path)


def _load(path: Path) -> Shard:
    with np.load(path, allow_pickle=False) as file:
        words = json.loads(file["words"].tobytes())
        arrays = {name: file[name] for name in file.files if name != "words"}
    unreadable = [(str(name), str(reason)) for name, reason in words["unreadable"]]
    return Shard(list(words["names"]), unreadable, arrays)


def _write(
    folder: Path, title: str, shards: Sequence[Shard], unreadable: list[tuple[str, str]]
) -> None:
    """All shards as one index."""
    column = {
        name: np.concatenate([shard.arrays[name] for shard in shards]) for name in shards[0].arrays
    }
    lengths = column["length"].astype(np.int64) + _PAUSE_UNITS
    starts = np.append(0, np.cumsum(lengths))
    piece = np.repeat(np.arange(len(lengths)), column["postings"])
    places = starts[piece] + column["onset"]
    bits, arrays = postings_arrays(column["hash"], places, column["pitch_class"].astype(np.int64))
    arrays |= {"starts": starts, "bar_units": column["bar_units"]}
    names = [name for shard in shards for name in shard.names]
    more = {"unreadable": len(unreadable), "unreadable_files": unreadable[:1000]}
    write_index(folder, title, bits, arrays, names, more)


def _move(made: Path, out: Path) -> None:
    """Put a finished index in place, its manifest last."""
    (out / MANIFEST).unlink(missing_ok=True)
    files = sorted(made.iterdir(), key=lambda path: (path.name == MANIFEST, path.name))
    for path in files:
        path.replace(out / path.name)

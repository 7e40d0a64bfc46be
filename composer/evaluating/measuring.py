"""Many files measured in parallel; what cannot be read is listed, never fatal."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np

from composer.errors import ComposerError, EvaluationError
from composer.evaluating.metrics import METRIC_NAMES, measure
from composer.evaluating.results import MetricTable, Skipped
from composer.evaluating.windows import Window, middle, opening
from composer.evaluating.workers import end_with_parent
from composer.midi.files import MIDI_SUFFIXES, midi_files
from composer.midi.songs import read_song, song_from_bytes
from composer.music.song import Floats, Song

_GROUP = 8  # files a process, after a break

Progress = Callable[[int, int], None]
"""Takes how many files are done, and how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A song with its windows and their metrics.

    Args:
        path: Where it was read, relative to the folder that was measured.
        song: Its notes.
        opening: Its first window.
        opening_row: ``[metrics]`` of the first window.
        middle: Its middle window, if it is long enough.
        middle_row: ``[metrics]`` of the middle window.
    """

    path: str
    song: Song
    opening: Window
    opening_row: Floats
    middle: Window | None
    middle_row: Floats | None


def find_files(folder: Path) -> tuple[Path, ...]:
    """All MIDI files in a folder and those in it, in order of their paths; or the file itself.

    Raises:
        EvaluationError: If there is no such folder, it cannot be listed, or it holds none.
    """
    if folder.is_file():
        return (folder,)
    if not folder.is_dir():
        raise EvaluationError(f"{folder}: no such folder; give one that holds MIDI files")
    refused: list[OSError] = []
    found = midi_files(folder, refused.append)
    if not found:
        reason = f": {refused[0].strerror}" if refused else ""
        raise EvaluationError(f"{folder}: holds no MIDI file ({', '.join(MIDI_SUFFIXES)}){reason}")
    return found


def measure_song(song: Song, path: str) -> Measured:
    """Cut a song's windows and measure them.

    Raises:
        EvaluationError: If it is too short to be measured.
    """
    first, central = opening(song), middle(song)
    return Measured(
        path,
        song,
        first,
        measure(first),
        central,
        None if central is None else measure(central),
    )


def measure_files(
    folder: Path, *, jobs: int = 1, progress: Progress | None = None
) -> tuple[tuple[Measured, ...], tuple[Skipped, ...]]:
    """Measure all MIDI files of a folder.

    Args:
        folder: A folder, or one file.
        jobs: How many processes; 1 works in this one.
        progress: Told after every file.

    Returns:
        What was measured and what was not, each in the order of their paths.

    Raises:
        EvaluationError: If the folder holds no MIDI file.
    """
    base = folder if folder.is_dir() else folder.parent
    paths = find_files(folder)
    work = [(path, str(path.relative_to(base))) for path in paths]
    found: list[Measured] = []
    skipped: list[Skipped] = []
    with closing(_results(work, min(jobs, len(work)))) as results:
        for done, result in enumerate(results, start=1):
            if isinstance(result, Skipped):
                skipped.append(result)
            else:
                found.append(result)
            if progress is not None:
                progress(done, len(work))
    found.sort(key=lambda measured: measured.path)
    skipped.sort(key=lambda one: one.path)
    return tuple(found), tuple(skipped)


def measure_bytes(data: bytes, name: str) -> Measured | Skipped:
    """Measure the bytes of one MIDI file; what is wrong with it is in the result."""
    try:
        return measure_song(song_from_bytes(data, name), name)
    except ComposerError as error:
        return Skipped(name, _reason(error, name))


def table_of(measured: Sequence[Measured], place: str) -> MetricTable:
    """The rows of one place: ``opening``, or ``middle`` with the songs that have one."""
    rows = [
        (one.path, row)
        for one in measured
        if (row := one.opening_row if place == "opening" else one.middle_row) is not None
    ]
    values = np.array([row for _, row in rows]).reshape(len(rows), len(METRIC_NAMES))
    return MetricTable(METRIC_NAMES, values, tuple(path for path, _ in rows))


def _results(
    work: Sequence[tuple[Path, str]], jobs: int
) -> Generator[Measured | Skipped, None, None]:
    if jobs <= 1:
        yield from (_measure_file(path, name) for path, name in work)
        return
    left = dict(enumerate(work))
    try:
        yield from _pooled(left, jobs)
    except BrokenProcessPool:
        # A file took its process down, or somebody did: on in small groups, and those of a group
        # that breaks again one by one, so that only the file itself is lost.
        while left:
            yield from _careful(dict(islice(left.items(), jobs * _GROUP)), left, jobs)


def _careful(
    group: dict[int, tuple[Path, str]], left: dict[int, tuple[Path, str]], jobs: int
) -> Iterator[Measured | Skipped]:
    for index in group:
        del left[index]
    try:
        yield from _pooled(group, jobs)
    except BrokenProcessPool:
        for index, (path, name) in list(group.items()):
            try:
                yield from _pooled({index: (path, name)}, 1)
            except BrokenProcessPool:
                yield Skipped(name, "the process that read it was ended")


def _pooled(left: dict[int, tuple[Path, str]], jobs: int) -> Iterator[Measured | Skipped]:
    """Results as they come; what is done leaves ``left``."""
    context = get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(stop,))
    try:
        futures: dict[Future[Measured | Skipped | None], int] = {
            pool.submit(_measure_unless_stopped, path, name): index
            for index, (path, name) in left.items()
        }
        for future in as_completed(futures):
            result = future.result()
            del left[futures.pop(future)]
            if result is not None:
                yield result
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


_stop: list[Event] = []
"""In a worker: set when the run was interrupted."""


def _begin(stop: Event) -> None:
    """Make a worker ready: Ctrl-C is its parent's business, and it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    _stop.append(stop)


def _measure_unless_stopped(path: Path, name: str) -> Measured | Skipped | None:
    return None if _stop[0].is_set() else _measure_file(path, name)


def _measure_file(path: Path, name: str) -> Measured | Skipped:
    try:
        return measure_song(read_song(path), name)
    except ComposerError as error:
        return Skipped(name, _reason(error, str(path)))


def _reason(error: ComposerError, name: str) -> str:
    return str(error).removeprefix(f"{name}: ")

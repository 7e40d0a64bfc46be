"""Many briefs at once, each in a folder of its own, in as many processes as there are cores.

Every piece has its own seed and nothing in common with the others: however many processes write
them, and in whatever order, they are the same to the byte. A brief that fails stops no other.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import active_children, get_context
from pathlib import Path
from types import FrameType

from composer import pipeline
from composer.errors import BriefError, ComposerError
from composer.exporting.files import rehearse
from composer.music.brief import Brief
from composer.sounding.options import Refining

MAX_JOBS = 256
_ENDED = "its process was ended from outside; there may be too little memory for so many jobs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a brief.

    Args:
        name: Its name.
        folder: Where its piece lies, or would.
        title: The piece's title; empty where there is none.
        files: What was written.
        error: Why there is no piece; empty where there is one.
    """

    name: str
    folder: Path
    title: str = ""
    files: tuple[Path, ...] = ()
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the piece was written."""
        return not self.error

    def to_dict(self) -> dict[str, object]:
        """As plain data."""
        return {
            "name": self.name,
            "folder": str(self.folder),
            "title": self.title,
            "files": [str(path) for path in self.files],
            "error": self.error or None,
        }


Progress = Callable[[int, int, Outcome], None]
"""Takes how many are done, of how many, and what became of the last one."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A brief, and how its piece is written."""

    name: str
    folder: Path
    brief: Brief
    rules: Path | str | None
    model: Path | str | None
    audio: bool
    soundfont: str | None
    sample_rate: int
    refine: bool | Refining
    stems: bool
    audio_format: str
    exports: tuple[str, ...]
    notes: tuple[str, ...]


def compose_many(
    briefs: Mapping[str, Brief] | Sequence[Brief],
    folder: Path | str,
    *,
    jobs: int | None = None,
    rules: Path | str | None = None,
    model: Path | str | None = None,
    audio: bool = False,
    soundfont: str | None = None,
    sample_rate: int = 44_100,
    refine: bool | Refining = False,
    stems: bool = False,
    audio_format: str = "wav",
    exports: Sequence[str] = (),
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Outcome, ...]:
    """Compose and save a piece for each of many briefs, in several processes.

    The processes are started anew (``spawn``): a script that calls this with more than one job
    does so under ``if __name__ == "__main__":``, as `multiprocessing` asks for. Ctrl-C ends all of
    them, and leaves no piece half written.

    Args:
        briefs: The briefs, by the names of their folders; those of a list are numbered from 1.
        folder: Where the folders of the pieces go.
        jobs: How many at a time, 1 to 256; None for as many as there are cores.
        rules: As `composer.compose` takes it.
        model: As `composer.compose` takes it.
        audio: Whether to render the pieces as well; what follows is then as `composer.render` and
            `composer.save` take it.
        soundfont: Path or name of a SoundFont.
        sample_rate: 44100 or 48000.
        refine: Whether to refine the stems, or how; its seed is that of each brief.
        stems: Whether to write them.
        audio_format: ``wav``, ``flac`` or ``ogg``.
        exports: The forms in which to export each piece as well.
        notes: What stands before the notes of every piece, such as those of a prompt.
        progress: Told whenever a piece is done.

    Returns:
        What became of each, in the order of the briefs.

    Raises:
        BriefError: If ``jobs`` is out of range, or a name is no name of a folder.
        OutputError: If the folder cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = compose_many([Brief(bars=2), Brief(bars=0)], folder, jobs=1)
    >>> made[0].ok, made[1].error
    (True, 'bars: must be from 1 to 1024, not 0')
    """
    if jobs is not None and not 1 <= jobs <= MAX_JOBS:
        raise BriefError("jobs", f"must be from 1 to {MAX_JOBS}, not {jobs}")
    rehearse(folder)
    named = briefs if isinstance(briefs, Mapping) else _numbered(briefs)
    tasks = [
        _Task(
            name=_checked(name),
            folder=Path(folder) / name,
            brief=brief,
            rules=rules,
            model=model,
            audio=audio,
            soundfont=soundfont,
            sample_rate=sample_rate,
            refine=refine,
            stems=stems,
            audio_format=audio_format,
            exports=tuple(exports),
            notes=tuple(notes),
        )
        for name, brief in named.items()
    ]
    workers = min(jobs or os.cpu_count() or 1, max(len(tasks), 1))
    found: dict[str, Outcome] = {}
    for outcome in _outcomes(tasks, workers):
        found[outcome.name] = outcome
        if progress is not None:
            progress(len(found), len(tasks), outcome)
    return tuple(found[task.name] for task in tasks)


def _numbered(briefs: Sequence[Brief]) -> dict[str, Brief]:
    digits = max(3, len(str(len(briefs))))
    return {f"{number:0{digits}d}": brief for number, brief in enumerate(briefs, start=1)}


def _checked(name: str) -> str:
    if not name or name != Path(name).name or name.startswith(".") or "\0" in name:
        raise BriefError("name", f'"{name}" is no name of a folder; leave slashes and dots out')
    return name


def _outcomes(tasks: Sequence[_Task], workers: int) -> Iterator[Outcome]:
    """What becomes of each task, in the order in which they end."""
    if workers == 1:
        yield from map(_done, tasks)
        return
    left = {task.name: task for task in tasks}
    for outcome in _in_processes(tasks, workers):
        del left[outcome.name]
        yield outcome
    # A process was killed, and took the pool with it: who was in it goes on alone.
    for task in left.values():
        yield from list(_in_processes([task], 1)) or [Outcome(task.name, task.folder, error=_ENDED)]


def _in_processes(tasks: Sequence[_Task], workers: int) -> Iterator[Outcome]:
    """What becomes of each task in a pool of processes, until one of them is killed."""
    others = set(active_children())
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin)
    try:
        jobs: list[Future[Outcome]] = [pool.submit(_done, task) for task in tasks]
        for job in as_completed(jobs):
            yield job.result()
    except BrokenProcessPool:
        return
    except BaseException:
        # Ctrl-C: each process undoes what it was writing.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _StoppedError(SystemExit):
    """Ends the work of a process, so that what it was writing is undone; or an idle process."""


_stopped = False


def _begin() -> None:
    """A process leaves Ctrl-C to its parent, and stops tidily when it is told to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    global _stopped  # noqa: PLW0603 (a signal's handler has nobody else to tell)
    if not _stopped:
        _stopped = True
        raise _StoppedError(0)


def _done(task: _Task) -> Outcome:
    """Compose, render and save; what fails is said."""
    failed = Outcome(task.name, task.folder, error="interrupted")
    if _stopped:
        return failed
    try:
        return _written(task)
    except _StoppedError:
        return failed
    except ComposerError as error:
        message = str(error)
    except MemoryError:
        message = "out of memory; fewer --jobs or --bars need less"
    except Exception as error:
        message = f"a fault of composer, not of yours: {type(error).__name__}: {error}"
    return Outcome(task.name, task.folder, error=" ".join(message.split()))


def _written(task: _Task) -> Outcome:
    piece = pipeline.compose(task.brief, rules=task.rules, model=task.model)
    piece = replace(piece, notes=(*task.notes, *piece.notes))
    rendering = None
    refining = Refining() if task.refine is True else task.refine
    if task.audio:
        rendering = pipeline.render(
            piece.performance,
            soundfont=task.soundfont,
            sample_rate=task.sample_rate,
            refine=replace(refining, seed=task.brief.seed) if refining else False,
            length_seconds=piece.plan.length_seconds,
            loop=piece.plan.loop,
        )
    files = pipeline.save(
        piece,
        task.folder,
        rendering=rendering,
        stems=task.stems,
        audio_format=task.audio_format,
        exports=task.exports,
    )
    return Outcome(task.name, task.folder, piece.score.title, files)

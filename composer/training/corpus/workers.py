"""Who does the work: this process, processes beside it, or a Dask cluster.

Work comes in groups of files, results come back in the order of the groups. A file may end the
process that reads it: its group is then tried again alone, and halved until only that file is lost.
Nothing else depends on who works, so that the shards do not either.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from composer.evaluating.workers import end_with_parent
from composer.training.corpus.reading import Source

Result = TypeVar("Result")
Work = Callable[[Sequence[Source]], list[Result]]

GROUP = 32
"""Files that are sent to a worker at a time."""

_WAITING = 4  # groups a worker, so that none waits for the one that is yielded next
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class LostError(Exception):
    """The process that worked on a group has ended."""


class Workers(Protocol):
    """Those who work on groups of files."""

    @property
    def width(self) -> int:
        """How many work at a time."""

    def submit(self, work: Work[Result], group: Sequence[Source]) -> Any:
        """Hand in a group; returns what `result` takes."""

    def result(self, handle: Any) -> list[Any]:
        """Wait for a group.

        Raises:
            LostError: If its process has ended.
        """

    def settle(self, handles: Sequence[Any]) -> None:
        """Wait until all of some groups are done or lost."""

    def alone(self, work: Work[Result], group: Sequence[Source]) -> list[Result]:
        """Work on a group while no other can disturb it.

        Raises:
            LostError: If its process has ended.
        """

    def close(self) -> None:
        """Let go of the workers, and of what they have not begun."""


def in_order(
    workers: Workers,
    work: Work[Result],
    groups: Sequence[Sequence[Source]],
    lost: Callable[[Source], Result],
) -> Iterator[list[Result]]:
    """Results of groups, in the order of the groups.

    Args:
        workers: Who works.
        work: A function of a module, so that other processes find it.
        groups: Files.
        lost: Makes the result of a file that ends its process.
    """
    flying: dict[int, Any] = {}
    sent = 0
    for number, group in enumerate(groups):
        while sent < min(len(groups), number + workers.width * _WAITING):
            flying[sent] = workers.submit(work, groups[sent])
            sent += 1
        try:
            found = workers.result(flying.pop(number))
        except LostError:
            workers.settle(list(flying.values()))
            found = _careful(workers, work, group, lost)
        yield found


def _careful(
    workers: Workers,
    work: Work[Result],
    group: Sequence[Source],
    lost: Callable[[Source], Result],
) -> list[Result]:
    """The results of a group that ended its process, or stood beside one that did."""
    try:
        return workers.alone(work, group)
    except LostError:
        if len(group) == 1:
            return [lost(group[0])]
    middle = len(group) // 2
    halves = group[:middle], group[middle:]
    return [one for half in halves for one in _careful(workers, work, half, lost)]


class ThisProcess:
    """Works here, when asked for the result; a file that ends the process ends the run."""

    width = 1

    def submit(self, work: Work[Result], group: Sequence[Source]) -> Any:
        """Keep the group for later."""
        return work, group

    def result(self, handle: Any) -> list[Any]:
        """Work on it."""
        work, group = handle
        found: list[Any] = work(group)
        return found

    def settle(self, handles: Sequence[Any]) -> None:
        """Nothing flies."""

    def alone(self, work: Work[Result], group: Sequence[Source]) -> list[Result]:
        """Work on it."""
        return work(group)

    def close(self) -> None:
        """There is nothing to let go of."""


class LocalProcesses:
    """Processes on this machine, each with one thread; they end with this one.

    Args:
        jobs: How many.
    """

    def __init__(self, jobs: int) -> None:
        self.width = jobs
        self._pool = _pool(jobs)

    def submit(self, work: Work[Result], group: Sequence[Source]) -> Any:
        """Hand in a group; after a process has ended, to new ones."""
        with _one_thread_each():
            try:
                return self._pool.submit(work, group)
            except BrokenProcessPool:
                self._pool = _pool(self.width)
                return self._pool.submit(work, group)

    def result(self, handle: Any) -> list[Any]:
        """Wait for a group."""
        return _result(handle)

    def settle(self, handles: Sequence[Any]) -> None:
        """Wait until all of some groups are done or lost."""
        wait(handles)

    def alone(self, work: Work[Result], group: Sequence[Source]) -> list[Result]:
        """Work on a group in a process of its own."""
        with _one_thread_each(), _pool(1) as pool:
            return _result(pool.submit(work, group))

    def close(self) -> None:
        """Let go of what has not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin)


def _result(future: Future[list[Result]]) -> list[Result]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise LostError from None


def _begin() -> None:
    """Make a worker ready: Ctrl-C is its parent's business, and it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that start meanwhile use one thread, where the user has not said otherwise."""
    added = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)

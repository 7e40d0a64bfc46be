"""Workers of a Dask cluster: the folder must lie under the same path on every machine.

Dask comes with the extra ``[train]`` and is imported only here, when a scheduler is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from composer.errors import CorpusError
from composer.training.corpus.reading import Source
from composer.training.corpus.shards import VERSION
from composer.training.corpus.workers import LostError, Result, Work

_PATIENCE_SECONDS = 10


class DaskWorkers:
    """The workers of a Dask scheduler.

    Args:
        address: Of the scheduler, as ``tcp://host:8786``.
        folder: The corpus; every worker must see it.

    Raises:
        CorpusError: If Dask is not installed, no scheduler answers, it has no workers, or one of
            them has other versions installed or does not see the folder.
    """

    def __init__(self, address: str, folder: Path) -> None:
        self._address = address
        self._distributed = _dask()
        # What goes wrong is said in one line of our own.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self._client = self._connected(address)
        try:
            self.width = self._checked(folder.resolve())
        except BaseException:
            self.close()
            raise

    def submit(self, work: Work[Result], group: Sequence[Source]) -> Any:
        """Hand in a group."""
        return self._client.submit(work, list(group), pure=False)

    def result(self, handle: Any) -> list[Any]:
        """Wait for a group.

        Raises:
            LostError: If the workers that had it have ended.
            CorpusError: If the scheduler is gone.
        """
        try:
            found: list[Any] = handle.result()
        except self._distributed.KilledWorker:
            raise LostError from None
        except (
            self._distributed.CancelledError,
            self._distributed.comm.CommClosedError,
            OSError,
        ):
            raise CorpusError(
                f"{self._address}: the scheduler is gone; run it again to go on"
            ) from None
        return found

    def settle(self, handles: Sequence[Any]) -> None:
        """Wait until all of some groups are done or lost."""
        for handle in handles:
            with suppress(LostError, CorpusError):
                self.result(handle)

    def alone(self, work: Work[Result], group: Sequence[Source]) -> list[Result]:
        """Work on a group while nothing else is handed in."""
        return self.result(self.submit(work, group))

    def close(self) -> None:
        """Leave the scheduler."""
        self._client.close(timeout=_PATIENCE_SECONDS)

    def _connected(self, address: str) -> Any:
        try:
            return self._distributed.Client(
                address, timeout=_PATIENCE_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, TypeError) as error:
            reason = " ".join(str(error).split())[:120]
            raise CorpusError(
                f"{address}: no Dask scheduler answers there ({reason}); start one with "
                "`dask scheduler` and give the address that it prints"
            ) from None

    def _checked(self, folder: Path) -> int:
        """Number of threads of all workers, after a look at each."""
        try:
            states: Mapping[str, tuple[str, bool]] = self._client.run(_state, str(folder))
        except Exception as error:  # whatever a worker without composer raises
            raise CorpusError(
                f"{self._address}: a worker cannot run composer: {type(error).__name__}: {error}; "
                "install the same one on every machine"
            ) from None
        if not states:
            raise CorpusError(
                f"{self._address}: the scheduler has no workers; start some with "
                f"`dask worker {self._address}`"
            )
        ours = _installed()
        for worker, (theirs, seen) in sorted(states.items()):
            if theirs != ours:
                raise CorpusError(f"{worker}: has {theirs}, not {ours}; install the same")
            if not seen:
                raise CorpusError(
                    f"{worker}: does not see {folder}; every worker must, under the same path"
                )
        return sum(self._client.nthreads().values())


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise CorpusError(
            "--scheduler needs Dask, which is not installed: "
            'pip install "symbolic-composer[train]", or leave --scheduler out'
        ) from None
    return distributed


def _state(folder: str) -> tuple[str, bool]:
    """On a worker: what is installed, and whether it sees the folder."""
    return _installed(), Path(folder).is_dir()


def _installed() -> str:
    """The versions that the bytes of a shard depend on."""
    found = [f"shards {VERSION}"]
    for name in ("symbolic-composer", "numpy", "symusic"):
        with suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return ", ".join(found)

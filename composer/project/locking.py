"""One process at a time in a project: the second is told at once who is there.

The lock is the system's on an open file, so it goes with the process that holds it, however that
ends; who holds it stands in a file beside it, for people only.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from composer.errors import ProjectError
from composer.project.disk import disk_errors

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK, _OWNER = ".lock", ".owner"
_LONGEST = 200


class ProjectLock:
    """The lock of a project's folder.

    Args:
        folder: The folder; it must be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: BaseFileLock | None = None

    def take(self) -> None:
        """Take the lock, or say who has it.

        Raises:
            ProjectError: If another process, or another `Project` of this one, has it, or the
                folder cannot be written to.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._folder / _LOCK, timeout=0)
        with disk_errors(self._folder):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise ProjectError(
                    f"{self._folder}: is open elsewhere{self._owner()}; "
                    "close it there, or wait until it is done"
                ) from None
            except NotImplementedError:
                raise ProjectError(
                    f"{self._folder}: lies where files cannot be locked; move it to a local disk"
                ) from None
        self._lock = lock
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        with contextlib.suppress(OSError):
            (self._folder / _OWNER).write_text(f"process {os.getpid()} since {since}\n", "utf-8")

    def release(self) -> None:
        """Let the lock go; again is no harm."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                (self._folder / _OWNER).unlink()
            self._lock.release()
            self._lock = None

    def _owner(self) -> str:
        try:
            words = (self._folder / _OWNER).read_text("utf-8", "replace")[:_LONGEST].split()
        except OSError:
            return ""
        return f", by {' '.join(words)}" if words else ""

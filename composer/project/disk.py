"""Files that survive a crash: written whole under another name, flushed, and renamed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from composer.errors import OutputError, ProjectError
from composer.exporting.files import output_errors

LARGEST_BYTES = 32_000_000
"""No file of a project is larger."""

_NEW, _OLD = ".new-", ".old-"
_LEFT_OVER = re.compile(r"\.(new|old)-.*")


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of the block into a `ProjectError` of one clear line about the path."""
    try:
        with output_errors(path):
            yield
    except OutputError as error:
        raise ProjectError(str(error)) from None


def read_bytes(path: Path, asked_by: str = "") -> bytes:
    """Read a file of a project.

    Raises:
        ProjectError: If it is missing, too large or cannot be read; the message names it.
    """
    try:
        # A pipe would never end, and a file may grow while it is read.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProjectError(f"{path}: is no regular file{asked_by}")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ProjectError(f"{path}: is missing{asked_by}") from None
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST_BYTES:
        raise ProjectError(f"{path}: is larger than {LARGEST_BYTES // 1_000_000} MB{asked_by}")
    return data


def refuse_links(folder: Path, own: re.Pattern[str]) -> None:
    """Refuse a project with links: what is written or removed through one lies elsewhere.

    Args:
        folder: The project's folder, which may be a link itself.
        own: Names in the folder that are the project's, with all that lies below them.

    Raises:
        ProjectError: If there is a link; the message names it.
    """
    places = [path for path in folder.iterdir() if own.fullmatch(path.name)]
    while places:
        path = places.pop()
        if path.is_symlink():
            raise ProjectError(f"{path}: is a link; a project keeps its files in its own folder")
        if path.is_dir():
            places += path.iterdir()


def write_flushed(path: Path, data: bytes) -> None:
    """Write a file and have it on the disk when this returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in the place of another, or of none: whoever reads finds the one or the other.

    Raises:
        ProjectError: If it cannot be written.
    """
    with disk_errors(path):
        staged = path.with_name(f"{_NEW}{path.name}")
        write_flushed(staged, data)
        staged.replace(path)
        _flush_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with files, which is there whole or not at all.

    Args:
        folder: Where; there must be none.
        files: Contents by path within the folder.

    Raises:
        ProjectError: If it cannot be written.
    """
    with disk_errors(folder):
        staged = folder.with_name(f"{_NEW}{folder.name}")
        if staged.exists():
            shutil.rmtree(staged)
        folders = {staged / name for name in ("", *(str(Path(file).parent) for file in files))}
        for place in sorted(folders):
            place.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_flushed(staged / name, data)
        for place in folders:
            _flush_folder(place)
        staged.rename(folder)
        _flush_folder(folder.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder: from one moment to the next it is gone, then its files go."""
    with contextlib.suppress(OSError):
        aside = folder.with_name(f"{_OLD}{folder.name}")
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def remove_left_overs(folder: Path) -> None:
    """Remove what a crash left half-way in a folder."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not _LEFT_OVER.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def _flush_folder(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can."""
    with contextlib.suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)

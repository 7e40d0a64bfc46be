"""Writing files so that nothing is ever half there.

A file is written under a temporary name in its own folder and then renamed; a set of files is
written into a temporary folder and then moved into place together. Whatever ends a run early, an
error or Ctrl-C, leaves what was there before.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from composer.errors import OutputError

_REASONS = {
    errno.EACCES: "no permission to write there; choose another folder",
    errno.EPERM: "no permission to write there; choose another folder",
    errno.EROFS: "is on a read-only file system; choose another folder",
    errno.ENOSPC: "the disk is full; make room or choose another folder",
    errno.EDQUOT: "the disk quota is used up; make room or choose another folder",
    errno.ENOTDIR: "a file stands where a folder is needed; choose another name",
    errno.EEXIST: "a file stands where a folder is needed; choose another name",
    errno.EISDIR: "a folder stands where a file is needed; choose another name",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of the block into an `OutputError` of one clear line about the path."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or f"cannot be written: {error.strerror or error}"
        raise OutputError(f"{path}: {reason}") from None


def write_file(path: Path | str, data: bytes | str) -> Path:
    """Write one file, whole or not at all.

    Args:
        path: Where to; missing folders are made.
        data: Bytes, or text that is written as UTF-8.

    Raises:
        OutputError: If it cannot be written.
    """
    path = Path(path)
    with FileSet(path.parent) as files:
        files.write(path.name, data)
    return path


def is_within(name: str) -> bool:
    """Whether a file's name, taken from a file of anyone's, stays within the folder it is for.

    >>> is_within("stems/01-bass.wav"), is_within("../bass.wav"), is_within("C:/bass.wav")
    (True, False, False)
    """
    kinds = (PurePosixPath(name), PureWindowsPath(name))
    leads_out = any(path.anchor or ".." in path.parts or not path.parts for path in kinds)
    return not leads_out and "\0" not in name


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A written file.

    Args:
        name: Its name within its folder, such as ``stems/01-bass.wav``.
        size_bytes: Its length.
        sha256: Its checksum, in hexadecimal digits.
    """

    name: str
    size_bytes: int
    sha256: str


class FileSet:
    """A set of files for one folder, which appear together or not at all.

    Used in a ``with`` statement: files are written to the paths that `path` gives, or by `write`;
    when the block ends well they move into place, over older ones of the same names. When it ends
    with any exception, Ctrl-C included, the folder is as it was.

    Args:
        folder: The folder; it is made, with its parents, if it is missing.

    Raises:
        OutputError: From the ``with`` statement, if a folder or file cannot be written.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._names: list[str] = []
        self._made: list[Path] = []
        self._staging: Path | None = None

    def __enter__(self) -> FileSet:
        with self._undone_on_error(), output_errors(self.folder):
            self._make_folder(self.folder)
            self._staging = Path(tempfile.mkdtemp(prefix=".composer-", dir=self.folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if kind is not None:
            staged = str(self._staged(""))
            self._clean_up(failed=True)
            if isinstance(error, OutputError) and staged in str(error):
                # The user knows the file by the name that it would have had.
                raise OutputError(str(error).replace(staged, str(self.folder))) from None
            return
        with self._undone_on_error():
            self._move_all()
        self._clean_up(failed=False)

    def path(self, name: str) -> Path:
        """Where to write a file of the set.

        Args:
            name: Its name within the folder, such as ``stems/bass.wav``.

        Raises:
            ValueError: If the name leads out of the folder.
            OutputError: If its temporary folder cannot be made.
        """
        relative = Path(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f'"{name}" leads out of the folder')
        target = self._staged(relative.as_posix())
        with output_errors(self.folder):
            target.parent.mkdir(parents=True, exist_ok=True)
        if relative.as_posix() not in self._names:
            self._names.append(relative.as_posix())
        return target

    def write(self, name: str, data: bytes | str) -> None:
        """Write a file of the set.

        Raises:
            OutputError: If it cannot be written.
        """
        target = self.path(name)
        with output_errors(self.folder / name):
            target.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files of the set will lie, in the order in which they were begun."""
        return tuple(self.folder / name for name in self._names)

    def digests(self) -> tuple[FileDigest, ...]:
        """Lengths and checksums of the files of the set so far, in the order of `paths`.

        Raises:
            OutputError: If one was begun and is not there, or cannot be read.
        """
        return tuple(self._digest(name) for name in self._names)

    def _digest(self, name: str) -> FileDigest:
        with output_errors(self.folder / name), self._staged(name).open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
            return FileDigest(name, file.tell(), checksum)

    def _staged(self, name: str) -> Path:
        if self._staging is None:
            raise ValueError("a FileSet is written to within its with statement")
        return self._staging / "new" / name

    def _move_all(self) -> None:
        """Put new files in place, old ones aside; should that fail half-way, put all back."""
        moved: list[tuple[Path, Path | None]] = []
        try:
            for name in self._names:
                source, target = self._staged(name), self.folder / name
                with output_errors(target):
                    if target.is_dir():
                        raise IsADirectoryError(errno.EISDIR, "is a folder")
                    self._make_folder(target.parent)
                    aside = None
                    if target.exists():
                        aside = source.with_name(f"{source.name}.old")
                        # A second name first: the target is never missing.
                        _link_or_copy(target, aside)
                    moved.append((target, aside))
                    source.replace(target)
        except BaseException:
            for target, aside in reversed(moved):
                with contextlib.suppress(OSError):
                    if aside is not None:
                        aside.replace(target)
                    elif not self._staged(target.relative_to(self.folder).as_posix()).exists():
                        target.unlink()
            raise

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            self._made.append(place)
        if not (missing or folder.is_dir()):
            raise NotADirectoryError(errno.ENOTDIR, "is not a folder")

    @contextlib.contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._clean_up(failed=True)
            raise

    def _clean_up(self, *, failed: bool) -> None:
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging = None
        if failed:
            for folder in reversed(self._made):
                with contextlib.suppress(OSError):
                    folder.rmdir()


def rehearse(folder: Path | str) -> None:
    """See, before any work, that files can be written to a folder; leaves no trace.

    Raises:
        OutputError: If they cannot.
    """
    with contextlib.suppress(_RehearsalError), FileSet(folder):
        raise _RehearsalError


class _RehearsalError(Exception):
    """Ends a rehearsal, so that all is undone."""


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

"""Reads the corpus packs: a `tar.xz` file, or an unpacked folder of the same name.

A pack is handed on as a plain mapping of inner path to bytes, sorted by path, so that
every command sees the same pieces in the same order however the pack is stored.
"""

from __future__ import annotations

import lzma
import tarfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from composer.errors import CorpusError

# Packs whose folder is named otherwise than the pack file.
_FOLDER_NAMES: Mapping[str, tuple[str, ...]] = {
    "jazz-chords": ("jazz-chords", "nc-jazz-chords"),
}

LICENCES: Mapping[str, str] = {
    "groove": "CC BY 4.0",
    "lakh-verified": "CC BY 4.0 for the compilation; the songs stay under copyright",
    "jazz-chords": "not stated: derived counts only",
    "mcgill-billboard": "CC0",
    "nottingham": "GPLv3: counts only",
    "openewld": "public domain scores, MIT for the rest",
    "pop909": "MIT",
    "when-in-rome": "CC BY-SA 4.0",
    "wjazzd-mcsv": "ODbL 1.0 for the database: counts only; MIT for its repository",
}


@dataclass(slots=True)
class Tally:
    """Counts the pieces of one corpus: how many were used, and why others were dropped."""

    corpus: str
    used: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def drop(self, reason: str) -> None:
        """Counts one piece that is left out.

        Args:
            reason: a few words, which end up in the provenance table.
        """
        self.dropped[reason] += 1


def read_pack(corpora: Path, name: str, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Reads the files of one pack whose inner path is wanted.

    Args:
        corpora: the folder that holds the packs.
        name: the pack, e.g. `groove`.
        wanted: says of an inner path (without the pack's own folder) whether to read it.

    Returns:
        Inner path to content, sorted by path.

    Raises:
        CorpusError: the pack is missing or unreadable, or none of its files is wanted.
    """
    archive = corpora / f"{name}.tar.xz"
    if archive.is_file():
        files = _read_archive(archive, wanted)
        where = archive
    else:
        folders = [corpora / folder for folder in _FOLDER_NAMES.get(name, (name,))]
        where = next((folder for folder in folders if folder.is_dir()), archive)
        if where == archive:
            raise CorpusError(
                f"corpus pack '{name}' not found: neither {archive} nor a folder {folders[0]}"
            )
        files = _read_folder(where, wanted)
    if not files:
        raise CorpusError(f"corpus pack '{name}' at {where} holds none of the expected files")
    return dict(sorted(files.items()))


def _read_archive(archive: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:xz") as tar:
            for member in tar:
                inner = member.name.partition("/")[2]
                if not member.isfile() or not wanted(inner):
                    continue
                stream = tar.extractfile(member)
                if stream is not None:
                    files[inner] = stream.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        raise CorpusError(f"corpus pack {archive} cannot be read: {error}") from error
    return files


def _read_folder(folder: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        for path in folder.rglob("*"):
            inner = path.relative_to(folder).as_posix()
            if path.is_file() and wanted(inner):
                files[inner] = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"corpus pack {folder} cannot be read: {error}") from error
    return files

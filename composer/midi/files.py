"""The bytes of a file that is said to be MIDI, with one clear line where they cannot be had."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from composer.errors import MidiError

MIDI_SUFFIXES = (".kar", ".mid", ".midi", ".rmi", ".smf")
"""Endings of files that are taken for MIDI, in any case."""

LARGEST_BYTES = 64_000_000
"""No MIDI file of music is larger."""


def midi_bytes(
    path: Path | str, most_bytes: int = LARGEST_BYTES, *, regular: bool = False
) -> bytes:
    """Read a file.

    Args:
        path: Where it lies.
        most_bytes: A larger one is refused; of a pipe or a device no more is read.
        regular: Refuse pipes and devices, which a folder may hold and nobody may write to.

    Raises:
        MidiError: If there is no such file, it cannot be opened or is refused.
    """
    path = Path(path)
    too_large = f"{path}: is larger than {most_bytes // 1_000_000} MB"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise MidiError(f"{path}: is a folder; give the path of a MIDI file (.mid)")
        if regular and not stat.S_ISREG(status.st_mode):
            raise MidiError(f"{path}: is no regular file; give the path of a MIDI file (.mid)")
        if status.st_size > most_bytes:
            raise MidiError(too_large)
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise MidiError(f"{path}: no such file; give the path of a MIDI file (.mid)") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MidiError(f"{path}: cannot be opened: {reason}") from None
    if len(data) > most_bytes:
        raise MidiError(too_large)
    return data


def midi_files(folder: Path, refused: Callable[[OSError], None] | None = None) -> tuple[Path, ...]:
    """The files in a folder and the folders in it whose names end as MIDI's do, by their paths.

    Hidden ones are left out, and folders that are links are not followed.

    Args:
        folder: The folder.
        refused: Told of each folder that cannot be listed.
    """
    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(root) / name
            for name in names
            if name.lower().endswith(MIDI_SUFFIXES) and not name.startswith(".")
        ]
    return tuple(sorted(found))

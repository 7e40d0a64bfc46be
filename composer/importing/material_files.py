"""The bytes of what the user brings, and what kind of file they are."""

from __future__ import annotations

import stat
from pathlib import Path

from composer.errors import ComposerError

LARGEST_BYTES = 10_000_000
"""No tune, lead sheet or text is larger; of a pipe or a device no more is read."""

MIDI, MUSICXML, OTHER = "MIDI", "MusicXML", "other"

_MIDI_STARTS = (b"MThd", b"RIFF")
_XML_STARTS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0", b"\0<")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def material_bytes(
    path: Path, wanted: str, error: type[ComposerError], most_bytes: int = LARGEST_BYTES
) -> bytes:
    """Read a file.

    Args:
        path: Where it lies.
        wanted: What would be right, such as ``a MIDI file (.mid)``.
        error: What to raise.
        most_bytes: A larger one is refused.

    Raises:
        ComposerError: As asked, if there is no such file, it cannot be opened, is empty or too
            large.
    """
    too_large = f"{path}: is larger than {most_bytes / 1_000_000:g} MB; give {wanted}"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise error(f"{path}: is a folder; give {wanted}")
        if stat.S_ISREG(status.st_mode) and status.st_size > most_bytes:
            raise error(too_large)
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise error(f"{path}: no such file; give {wanted}") from None
    except (OSError, ValueError) as reason:
        told = getattr(reason, "strerror", None) or reason
        raise error(f"{path}: cannot be opened: {told}") from None
    if len(data) > most_bytes:
        raise error(too_large)
    if not data:
        raise error(f"{path}: is empty; give {wanted}")
    return data


def kind_of(data: bytes) -> str:
    r"""What the bytes of a file are, whatever its name says: `MIDI`, `MUSICXML` or `OTHER`.

    A compressed score is an archive, and an archive is taken for one.

    >>> kind_of(b"MThd"), kind_of(b"\xef\xbb\xbf\n<?xml"), kind_of(b"PK"), kind_of(b"hello")
    ('MIDI', 'MusicXML', 'MusicXML', 'other')
    """
    if data.startswith(_MIDI_STARTS):
        return MIDI
    head = data[:64].removeprefix(_BYTE_ORDER_MARK).lstrip()
    if data.startswith(b"PK") or head.startswith(_XML_STARTS):
        return MUSICXML
    return OTHER

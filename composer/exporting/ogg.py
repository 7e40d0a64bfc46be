"""Ogg streams with a serial number that is not drawn by lot.

An encoder gives every stream a random number, so that streams may be chained; without another
hand the same audio would become another file each time. Source: RFC 3533, section 6.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from composer.exporting.files import output_errors

_SERIAL = int.from_bytes(b"comp", "big")
_HEAD = 27
_SERIAL_AT, _CHECKSUM_AT, _SEGMENTS_AT = 14, 22, 26
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def renumber(path: Path, serial: int = _SERIAL) -> None:
    """Give all pages of an Ogg file of one stream a serial number, and their checksums anew.

    Args:
        path: The file.
        serial: From 0 to 2**32 - 1.

    Raises:
        OutputError: If the file cannot be read or written.
    """
    with output_errors(path):
        data = bytearray(path.read_bytes())
        at = 0
        while data[at : at + 4] == b"OggS":
            table = at + _HEAD
            body = table + data[at + _SEGMENTS_AT]
            end = body + sum(data[table:body])
            struct.pack_into("<I", data, at + _SERIAL_AT, serial)
            struct.pack_into("<I", data, at + _CHECKSUM_AT, 0)
            struct.pack_into("<I", data, at + _CHECKSUM_AT, checksum(bytes(data[at:end])))
            at = end
        path.write_bytes(data)


def checksum(page: bytes) -> int:
    """The checksum of a page whose own field is 0.

    It is the CRC of zlib with every byte and the result mirrored, and nothing added at either end:
    zlib's is as much as a hundred times as fast as a loop.

    >>> f"{checksum(b'123456789'):08x}"  # as CRC-32/MPEG-2, but begun at 0
    '89a1897f'
    """
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)

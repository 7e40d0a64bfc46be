"""Where a loop begins and ends, told in the file itself: samplers and game engines read it.

A WAV file gets a ``smpl`` chunk with one forward loop over all of it; FLAC and Ogg Vorbis get the
comments ``LOOPSTART`` and ``LOOPLENGTH``, in frames. libsndfile writes neither.
Source: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications" (1991), and
MMA, "DLS Level 1" (1997), on the chunk; RFC 9639, section 8, and the Vorbis I specification,
section 5, on comments; RFC 3533 on Ogg pages.
"""

from __future__ import annotations

import struct
from pathlib import Path

from composer.errors import OutputError
from composer.exporting.files import output_errors
from composer.exporting.ogg import checksum

_MIDDLE_C = 60
_NANOSECONDS = 1_000_000_000
_COMMENTS = 4  # type of a FLAC block
_LAST = 0x80  # flag of the last of them
_PAGE_HEAD = 27
_SEGMENT = 255
_SEQUENCE_AT, _CHECKSUM_AT, _SEGMENTS_AT = 18, 22, 26
_VORBIS_COMMENTS = b"\x03vorbis"
_HEADERS = 2  # packets after the first one, which has a page of its own


def mark_loop(path: Path, frames: int, sample_rate: int, audio_format: str) -> None:
    """Write into an audio file that all of it is a loop.

    Args:
        path: The file, as `composer.exporting.audio.write_audio` has written it.
        frames: Its length.
        sample_rate: Frames a second.
        audio_format: ``wav``, ``flac`` or ``ogg``.

    Raises:
        OutputError: If the file cannot be read or written.
    """
    with output_errors(path):
        match audio_format:
            case "wav":
                _append(path, _sampler_chunk(frames, sample_rate))
            case "flac":
                path.write_bytes(_flac(path.read_bytes(), _loop_comments(frames)))
            case "ogg":
                path.write_bytes(_ogg(path.read_bytes(), _loop_comments(frames)))
            case _:
                raise OutputError(f"{path}: loops are marked in wav, flac and ogg only")


def _sampler_chunk(frames: int, sample_rate: int) -> bytes:
    """The chunk ``smpl``: nine numbers on the sample, six on its loop, which never ends."""
    period = _NANOSECONDS // sample_rate
    about = struct.pack("<9I", 0, 0, period, _MIDDLE_C, 0, 0, 0, 1, 0)
    loop = struct.pack("<6I", 0, 0, 0, frames - 1, 0, 0)
    return b"smpl" + struct.pack("<I", len(about + loop)) + about + loop


def _append(path: Path, chunk: bytes) -> None:
    """Add a chunk to the end of a RIFF file, and to the length that its head tells."""
    with path.open("r+b") as file:
        end = file.seek(0, 2)
        file.write(b"\0" * (end % 2) + chunk)
        length = file.tell() - 8
        file.seek(4)
        file.write(struct.pack("<I", length))


def _loop_comments(frames: int) -> list[bytes]:
    return [b"LOOPSTART=0", b"LOOPLENGTH=%d" % frames]


def _with_comments(block: bytes, added: list[bytes]) -> bytes:
    """A block of Vorbis comments (vendor, count, comments) with more of them, in their order."""
    at = 4 + int.from_bytes(block[:4], "little")
    count = int.from_bytes(block[at : at + 4], "little")
    end = at + 4
    for _ in range(count):
        end += 4 + int.from_bytes(block[end : end + 4], "little")
    more = b"".join(struct.pack("<I", len(comment)) + comment for comment in added)
    number = struct.pack("<I", count + len(added))
    return block[:at] + number + block[at + 4 : end] + more + block[end:]


def _flac(data: bytes, added: list[bytes]) -> bytes:
    """A FLAC file with more comments."""
    at, last = 4, False
    while not last:
        last, kind = bool(data[at] & _LAST), data[at] & ~_LAST
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        if kind == _COMMENTS:
            block = _with_comments(data[at + 4 : at + 4 + size], added)
            head = data[at : at + 1] + len(block).to_bytes(3, "big")
            return data[:at] + head + block + data[at + 4 + size :]
        at += 4 + size
    return data


def _ogg(data: bytes, added: list[bytes]) -> bytes:
    """An Ogg Vorbis file with more comments: its head's pages are laid out anew."""
    first = _page_end(data, 0)
    packets: list[bytes] = []
    at, pages, open_packet = first, 0, b""
    while len(packets) < _HEADERS:
        body = at + _PAGE_HEAD + data[at + _SEGMENTS_AT]
        for size in data[at + _PAGE_HEAD : body]:
            open_packet += data[body : body + size]
            body += size
            if size < _SEGMENT:
                packets.append(open_packet)
                open_packet = b""
        at, pages = body, pages + 1
    if not packets[0].startswith(_VORBIS_COMMENTS) or open_packet:
        return data
    mark = len(_VORBIS_COMMENTS)
    packets[0] = packets[0][:mark] + _with_comments(packets[0][mark:], added)
    head = _paged(data[first : first + _PAGE_HEAD], packets)
    result = data[:first] + b"".join(head)
    shift = len(head) - pages
    while at < len(data):
        end = _page_end(data, at)
        page = data[at:end]
        result += _sealed(page, _sequence(page) + shift) if shift else page
        at = end
    return result


def _page_end(data: bytes, at: int) -> int:
    body = at + _PAGE_HEAD + data[at + _SEGMENTS_AT]
    return body + sum(data[at + _PAGE_HEAD : body])


def _sequence(page: bytes) -> int:
    return int.from_bytes(page[_SEQUENCE_AT : _SEQUENCE_AT + 4], "little")


def _paged(model: bytes, packets: list[bytes]) -> list[bytes]:
    """Packets on pages with the head of a given one, numbered from its number on."""
    sizes: list[int] = []
    for packet in packets:
        sizes += [_SEGMENT] * (len(packet) // _SEGMENT) + [len(packet) % _SEGMENT]
    content = b"".join(packets)
    pages: list[bytes] = []
    at = 0
    for start in range(0, len(sizes), _SEGMENT):
        table = sizes[start : start + _SEGMENT]
        goes_on = start > 0 and sizes[start - 1] == _SEGMENT
        head = model[:5] + bytes([int(goes_on)]) + model[6:_SEGMENTS_AT] + bytes([len(table)])
        page = head + bytes(table) + content[at : at + sum(table)]
        pages.append(_sealed(page, _sequence(model) + len(pages)))
        at += sum(table)
    return pages


def _sealed(page: bytes, number: int) -> bytes:
    """A page with its number and its checksum."""
    blank = page[:_SEQUENCE_AT] + struct.pack("<II", number, 0) + page[_CHECKSUM_AT + 4 :]
    sum_ = struct.pack("<I", checksum(blank))
    return blank[:_CHECKSUM_AT] + sum_ + blank[_CHECKSUM_AT + 4 :]

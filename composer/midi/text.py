"""Text in MIDI files: bytes of no declared encoding, Latin-1 in old files and UTF-8 in new ones."""

from __future__ import annotations

ROLE_PREFIX = "role="


def text_to_bytes(text: str) -> bytes:
    r"""Latin-1, or UTF-8 where Latin-1 cannot say it or would be taken for UTF-8.

    >>> text_to_bytes("Café"), text_to_bytes("♭")
    (b'Caf\xe9', b'\xe2\x99\xad')
    """
    utf8 = text.encode("utf-8", errors="replace")
    try:
        latin1 = text.encode("latin-1")
    except UnicodeEncodeError:
        return utf8
    return latin1 if text_from_bytes(latin1) == text else utf8


def text_from_bytes(data: bytes) -> str:
    r"""UTF-8 where the bytes are valid UTF-8, or else Latin-1; so it undoes `text_to_bytes`.

    >>> text_from_bytes(b"Caf\xe9"), text_from_bytes(b"Caf\xc3\xa9")
    ('Café', 'Café')
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")

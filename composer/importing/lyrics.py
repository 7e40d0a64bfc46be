"""Words that the user brings as a text file, for `Brief.lyrics`."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path

from composer.errors import BriefError, ComposerError
from composer.importing.material_files import material_bytes
from composer.music.brief import Brief, Taken

LARGEST_BYTES = 200_000
"""A song has a few thousand; an opera's libretto fits."""
MOST_LINES = 4000

_WANTED = "a text file, a line a line, stanzas apart"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALLOWED = "\n\t"


class _UnreadableError(ComposerError):
    """The file cannot be had; the message names it."""


def take_lyrics(path: Path, brief: Brief, rules: Path | None) -> Taken:
    """Fill the words of a brief from a text file.

    Args:
        path: A text file: UTF-8, or UTF-16 with its mark in front.
        brief: What was asked for; words of a saved brief give way to those of the file.
        rules: Not asked; every kind of material is taken with the same arguments.

    Raises:
        BriefError: If the file cannot be read, is no text, or holds no words.
    """
    try:
        data = material_bytes(path, _WANTED, _UnreadableError, LARGEST_BYTES)
    except _UnreadableError as error:
        raise BriefError("lyrics", str(error)) from None
    text = lyrics_text(data, str(path))
    from composer.prosody.read import read_verses

    try:
        lines = read_verses(text).lines
    except BriefError as error:
        raise BriefError("lyrics", f"{path}: {str(error).removeprefix('lyrics: ')}") from None
    count = f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}"
    syllables = sum(len(line.syllables) for line in lines)
    said = f"{path.name}: {count} of words, {syllables} syllables"
    return Taken(replace(brief, lyrics=text), (said,))


def lyrics_text(data: bytes, name: str) -> str:
    r"""The text in the bytes of a file: lines without spaces at their ends, one break between them.

    Raises:
        BriefError: If they are no text, or hold no words.

    >>> lyrics_text(b"\xef\xbb\xbfTwinkle, twinkle \r\nlittle star\r\n", "words.txt")
    'Twinkle, twinkle\nlittle star'
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BriefError(
            "lyrics", f"{name}: is no UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from None
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    control = next(
        (c for c in text if not c.isprintable() and c not in _ALLOWED and ord(c) < 32), None
    )
    if control is not None:
        raise BriefError("lyrics", f"{name}: is no text (it holds {control!r}); give {_WANTED}")
    if not any(c.isalnum() for c in text):
        raise BriefError("lyrics", f"{name}: holds no words; give {_WANTED}")
    if text.count("\n") >= MOST_LINES:
        raise BriefError("lyrics", f"{name}: has more than {MOST_LINES:,} lines")
    return text

"""One file of a corpus, from its bytes to what stands in a shard, or to why it was left out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from composer.errors import MidiError
from composer.midi.files import midi_bytes
from composer.midi.songs import song_from_bytes
from composer.music.song import Song
from composer.training.corpus.cleaning import DroppedError, clean
from composer.training.corpus.hearing import Heard, listen

_LARGEST_BYTES = 8_000_000
_MOST_NOTES = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the corpus.

    Args:
        name: Its path below the folder, with slashes.
        path: Where it lies.
        md5: Of its bytes, where known.
        split: ``train``, ``valid``, or empty where it is yet to be decided.
        style: 0 where unknown, else 1 + index in `composer.transformer.conditions.STYLES`.
    """

    name: str
    path: str
    md5: str = ""
    split: str = ""
    style: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that is left out.

    Args:
        name: Its path below the folder.
        md5: Of its bytes, where known.
        reason: As it is counted.
        detail: What more there is to say.
    """

    name: str
    md5: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A file that can be used.

    Args:
        source: The file, with the md5 of its bytes.
        heard: What stands in the shard.
        mended: How often each thing was mended.
    """

    source: Source
    heard: Heard
    mended: Counter[str] = field(default_factory=Counter)


def read(source: Source) -> tuple[Source, Song] | Dropped:
    """Read a file: the source with its md5, and its notes."""
    md5 = source.md5
    try:
        data = midi_bytes(source.path, _LARGEST_BYTES, regular=True)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        song = song_from_bytes(data, source.path)
    except MidiError as error:
        return _dropped(source, md5, str(error).removeprefix(f"{source.path}: "))
    if source.md5 and md5 != source.md5:
        return Dropped(source.name, md5, "is not the file that the index names", source.md5)
    if song.notes > _MOST_NOTES:
        return Dropped(source.name, md5, f"over {_MOST_NOTES:,} notes", f"{song.notes:,}")
    return replace(source, md5=md5), song


def prepare_files(sources: Sequence[Source]) -> list[Read | Dropped]:
    """Read, clean and hear some files; what is wrong with one of them is in its result."""
    return [_prepare_file(source) for source in sources]


def _prepare_file(source: Source) -> Read | Dropped:
    result = read(source)
    if isinstance(result, Dropped):
        return result
    source, song = result
    try:
        cleaned = clean(song)
        return Read(source, listen(cleaned.window), +cleaned.mended)
    except DroppedError as error:
        return Dropped(source.name, source.md5, str(error))
    except Exception as error:  # one file in a hundred thousand ends no run of hours
        detail = f"{type(error).__name__}: {error}"
        return Dropped(source.name, source.md5, "cannot be heard", " ".join(detail.split()))


def ended(source: Source) -> Dropped:
    """The result of a file that ended the process that read it."""
    return Dropped(source.name, source.md5, "ended the process that read it")


def lost(source: Source) -> Read | Dropped:
    """As `ended`, for `prepare_files`."""
    return ended(source)


def _dropped(source: Source, md5: str, message: str) -> Dropped:
    """The first words of a message are the reason; what follows is said beside it."""
    reason, _, detail = re.sub(r"[:;(]", "\n", message, count=1).partition("\n")
    return Dropped(source.name, md5, reason.strip(), " ".join(detail.split()).rstrip(")"))

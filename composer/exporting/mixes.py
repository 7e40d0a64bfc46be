"""A mix and its stems to files."""

from __future__ import annotations

from composer.exporting.audio import write_audio_files, write_master
from composer.exporting.files import FileSet
from composer.rendering.mixdown import CEILING_DBTP, Mix

_MAX_STEM_NAME = 80


def write_mix(files: FileSet, mix: Mix, title: str, *, stems: bool, audio_format: str) -> None:
    """Write ``mix.*``, and with stems ``stems/*``, to a set of files.

    Args:
        files: The set.
        mix: What to write.
        title: Stored in the files.
        stems: Whether to write the stems.
        audio_format: ``wav``, ``flac`` or ``ogg``.

    Raises:
        OutputError: If a file cannot be written.
    """
    title = valid_title(title)
    master = files.path(f"mix.{audio_format}")
    audio = {}
    if stems:
        for index, (name, stem) in enumerate(mix.stems.items(), start=1):
            audio[files.path(f"stems/{index:02d}-{file_stem(name)}.{audio_format}")] = stem
    write_audio_files(audio, audio_format, title)
    write_master(mix.master, master, audio_format, title, CEILING_DBTP)


def valid_title(title: str) -> str:
    """A title as valid Unicode: a file's name, which may become one, need not be."""
    return title.encode("utf-8", "replace").decode("utf-8")


def file_stem(name: str) -> str:
    """A track's name as a file's: letters, digits and single dashes.

    >>> file_stem("Clean Guitar 2"), file_stem("../..")
    ('clean-guitar-2', 'part')
    """
    words = "".join(c if c.isalnum() else " " for c in name.lower()).split()
    return "-".join(words)[:_MAX_STEM_NAME] or "part"

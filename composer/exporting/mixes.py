"""A mix and its stems to files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from composer.exporting.audio import write_audio_files, write_master
from composer.exporting.files import FileSet
from composer.exporting.loop_marks import mark_loop
from composer.music.audio import Audio
from composer.rendering.mixdown import CEILING_DBTP, Mix

_MAX_STEM_NAME = 80


@dataclass(frozen=True, slots=True)
class Stem:
    """A part's sound, as it lies among the files.

    Args:
        name: Name of its track.
        file: Path within the folder, with forward slashes, such as ``stems/01-bass.wav``.
        channels: How many it has.
        sample_rate: Frames a second.
        frames: Length.
    """

    name: str
    file: str
    channels: int
    sample_rate: int
    frames: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


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
        for stem in stems_of(mix, audio_format):
            audio[files.path(stem.file)] = mix.stems[stem.name]
    write_audio_files(audio, audio_format, title)
    write_master(mix.master, master, audio_format, title, CEILING_DBTP)
    if mix.loop:
        for path in (master, *audio):
            mark_loop(path, mix.master.frames, mix.master.sample_rate, audio_format)


def stems_of(mix: Mix, audio_format: str) -> tuple[Stem, ...]:
    """The stems of a mix as they are written, in their order."""
    files = numbered_names(mix.stems)
    return tuple(
        Stem(name, f"stems/{file}.{audio_format}", *_shape(audio))
        for file, (name, audio) in zip(files, mix.stems.items(), strict=True)
    )


def _shape(audio: Audio) -> tuple[int, int, int]:
    return int(audio.samples.shape[0]), audio.sample_rate, audio.frames


def numbered_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of tracks as those of files, which sort as the tracks do.

    >>> numbered_names(["Flute", "Clean Guitar 2"])
    ('01-flute', '02-clean-guitar-2')
    """
    return tuple(f"{index:02d}-{file_stem(name)}" for index, name in enumerate(names, start=1))


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

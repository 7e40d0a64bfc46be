"""A piece as a DAWproject: a zip of XML and sound that Bitwig Studio, Studio One and Cubase open.

Source: the DAWproject format, version 1.0, https://github.com/bitwig/dawproject.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from composer.exporting.dawproject_xml import project_xml, xml_bytes
from composer.exporting.files import FileSet, output_errors
from composer.exporting.mixes import Stem
from composer.exporting.musicxml import printable
from composer.music.performance import Performance
from composer.music.score import Score
from composer.version import __version__

_FILE = "piece.dawproject"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_UNIX = 3


def write_dawproject(
    files: FileSet,
    score: Score,
    performance: Performance,
    stems: Sequence[Stem] = (),
    style: str = "",
) -> None:
    """Write ``piece.dawproject`` to a set of files.

    Notes, controllers and bends of every part, names, colours, levels, the tempo and meter map,
    sections as markers, chords as clips and markers of a track of their own. Stems lie inside as
    audio tracks; the note tracks are then muted, so that nothing sounds twice.

    Args:
        files: The set, in which the stems lie already.
        score: The written piece.
        performance: The played piece.
        stems: The stems to put in.
        style: Its style, for the genre.

    Raises:
        OutputError: If it cannot be written.
    """
    inside = tuple(f"audio/{PurePosixPath(stem.file).name}" for stem in stems)
    target = files.path(_FILE)
    with output_errors(files.folder / _FILE), zipfile.ZipFile(target, "w") as archive:
        archive.writestr(_entry("metadata.xml"), metadata_xml(score.title, style))
        project = project_xml(score, performance, list(zip(stems, inside, strict=True)))
        archive.writestr(_entry("project.xml"), project)
        for stem, name in zip(stems, inside, strict=True):
            source = files.path(stem.file)
            with source.open("rb") as sound, archive.open(_entry(name), "w") as entry:
                shutil.copyfileobj(sound, entry, 1 << 20)


def metadata_xml(title: str, style: str = "") -> bytes:
    """What the project says of itself.

    >>> b"<Title>Blues</Title>" in metadata_xml("Blues")
    True
    """
    root = ET.Element("MetaData")
    ET.SubElement(root, "Title").text = printable(title)
    if style:
        ET.SubElement(root, "Genre").text = printable(style)
    ET.SubElement(root, "Comment").text = f"composer {__version__}"
    ET.indent(root, " ")
    return xml_bytes(root)


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry that is the same on every machine: no date, nothing compressed."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = _UNIX
    entry.external_attr = _READABLE
    return entry

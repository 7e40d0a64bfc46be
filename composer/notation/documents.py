"""The bytes of a MusicXML file as elements: bounded in size, number and depth, nothing expanded.

An entity is refused where it is declared, before it can grow; a DOCTYPE that names the DTD on the
web, as most files have it, is read over and never fetched. A compressed file (.mxl) is a ZIP
archive of which two members are unpacked, each up to a limit.
Source: W3C Music Notation Community Group, *MusicXML 4.0* (2021).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from composer.errors import NotationError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_BYTES = 10_000_000
"""A file may not be larger, nor what is packed in one."""
MOST_ELEMENTS = 250_000
"""A lead sheet has a few thousand; a page of an orchestra's score ten thousand."""
DEEPEST = 64
"""MusicXML nests a dozen deep."""
_MOST_MEMBERS = 10_000
_CONTAINER = "META-INF/container.xml"
_CONTAINER_BYTES = 100_000
_SCORES = ("score-partwise", "score-timewise")


def document(data: bytes, name: str) -> Element:
    """Read a score, compressed or not.

    Args:
        data: The bytes of the file.
        name: What messages call it.

    Returns:
        The root, ``score-partwise`` or ``score-timewise``, without namespaces.

    Raises:
        NotationError: If it is too large, no XML, declares entities, or is no score.
    """
    if len(data) > LARGEST_BYTES:
        raise NotationError(f"{name}: is larger than {LARGEST_BYTES // 1_000_000} MB")
    if data.startswith(b"PK"):
        data = _unpacked(data, name)
    root = _parsed(data, name)
    if root.tag not in _SCORES:
        what = "a list of scores; give one of them" if root.tag == "opus" else f"<{root.tag[:40]}>"
        raise NotationError(f"{name}: is XML but no MusicXML score: it is {what}")
    return root


class _Bounded(ElementTree.TreeBuilder):
    """Builds a tree, and stops where it grows past all reason."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.count += 1
        self.depth += 1
        if self.count > MOST_ELEMENTS:
            raise NotationError(
                f"holds more than {MOST_ELEMENTS:,} elements; export the part alone"
            )
        if self.depth > DEEPEST:
            raise NotationError(f"nests its elements more than {DEEPEST} deep")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag.rpartition("}")[2])


def _parsed(data: bytes, name: str) -> Element:
    from defusedxml.common import DefusedXmlException, EntitiesForbidden
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=False, forbid_entities=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except NotationError as error:
        raise NotationError(f"{name}: {error}") from None
    except EntitiesForbidden as error:
        raise NotationError(
            f"{name}: declares the entity {str(error.name)[:40]!r}; entities are not expanded, "
            "save it without"
        ) from None
    except DefusedXmlException:
        raise NotationError(f"{name}: refers to other files, which are not read") from None
    except ElementTree.ParseError as error:
        raise NotationError(f"{name}: is no readable XML: {_one_line(error)}") from None
    except (ValueError, LookupError, AssertionError, UnicodeError) as error:
        raise NotationError(f"{name}: is no readable XML: {_one_line(error)}") from None
    return root


def _unpacked(data: bytes, name: str) -> bytes:
    """The score in a compressed file: what its container names, or the first score there is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: info for info in archive.infolist()[:_MOST_MEMBERS]}
            inner = None
            if _CONTAINER in members:
                container = _member(archive, members[_CONTAINER], _CONTAINER_BYTES, name)
                inner = _root_file(container, name)
            if inner not in members:
                inner = _first_score(members)
            return _member(archive, members[inner], LARGEST_BYTES, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise NotationError(f"{name}: is no readable .mxl archive: {_one_line(error)}") from None
    except KeyError:
        raise NotationError(f"{name}: holds no MusicXML score") from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, name: str) -> bytes:
    """Unpack a member up to a limit; other ways to pack than MusicXML's are refused.

    Raises:
        NotationError: If it is larger, or packed in a way that may ask for any memory.
    """
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotationError(f"{name}: is packed in a way that .mxl files are not")
    with archive.open(info) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise NotationError(f"{name}: unpacks to more than {most / 1_000_000:g} MB")
    return data


def _root_file(container: bytes, name: str) -> str | None:
    """The score that a container names; None where it names none, or is no XML itself.

    Programs write names with an unmasked apostrophe into it; the score is there all the same.
    """
    try:
        root = _parsed(container, name)
    except NotationError:
        return None
    # The first one is the score; others are the same score as PDF or sound.
    file = next(root.iter("rootfile"), None)
    return None if file is None else file.get("full-path")


def _first_score(members: dict[str, zipfile.ZipInfo]) -> str:
    """The first member that may be a score; a `KeyError` where there is none."""
    for member in members:
        if member.lower().endswith((".xml", ".musicxml")) and not member.startswith("META-INF"):
            return member
    raise KeyError


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__

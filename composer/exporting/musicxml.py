"""A score as MusicXML 4.0: what notation programs open.

Written with the standard library alone: the bytes are the same wherever the piece is, and no date
or chance identifier is in them. Why not through a library for notation: decision 0022.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from composer.exporting.engraving.drum_kit import drum
from composer.exporting.engraving.engrave import engrave
from composer.exporting.engraving.paper import PaperPart
from composer.exporting.musicxml_measures import Measures, texts_by_bar
from composer.music.score import Score
from composer.version import __version__

_DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
# Height of a staff by how many stand together: Gould, Behind Bars (2011), page 483.
_STAFF_MM = ((2, 7.0), (4, 6.2), (7, 5.0), (10, 4.4), (64, 3.7))
_MARGIN_MM = 12
_DRUM_CHANNEL = 10
_CHANNELS = tuple(channel for channel in range(1, 17) if channel != _DRUM_CHANNEL)


def musicxml(score: Score, swing: float = 0.5, *, concert_pitch: bool = False) -> bytes:
    """Write a score as MusicXML.

    Transposing instruments are written as they read (``transpose`` says how they sound), drums by
    their places on five lines with an instrument each, the harmony as chord symbols over the first
    part, sections as rehearsal marks. Swing is written straight, with a word.

    Args:
        score: The piece.
        swing: Place of the off-beat, 0.5 (straight) to 0.75.
        concert_pitch: Whether transposing instruments are written as they sound.

    Returns:
        The file, UTF-8.
    """
    root = ET.Element("score-partwise", version="4.0")
    work = ET.SubElement(root, "work")
    ET.SubElement(work, "work-title").text = printable(score.title)
    encoding = ET.SubElement(ET.SubElement(root, "identification"), "encoding")
    ET.SubElement(encoding, "software").text = f"composer {__version__}"
    for element in ("accidental", "beam"):
        ET.SubElement(encoding, "supports", element=element, type="yes")
    parts = [engrave(score, part, concert_pitch=concert_pitch) for part in score.parts]
    root.append(_defaults(sum(len(part.clefs) for part in parts)))
    listing = ET.SubElement(root, "part-list")
    for number, part in enumerate(parts, start=1):
        _score_part(listing, part, number, _drum_keys(score, number - 1))
    texts = texts_by_bar(score, swing)
    for number, part in enumerate(parts, start=1):
        body = ET.SubElement(root, "part", id=f"P{number}")
        measures = Measures(score, part, f"P{number}")
        for bar in range(score.bars):
            body.append(measures.measure(bar, texts.get(bar, ()) if number == 1 else ()))
    ET.indent(root, " ")
    data: bytes = ET.tostring(root, encoding="utf-8")
    return _DOCTYPE.encode() + data + b"\n"


def _defaults(staves: int) -> ET.Element:
    """A4, upright, and a staff size at which two systems stand on a page, or one that fits."""
    size = next((mm for most, mm in _STAFF_MM if staves <= most), _STAFF_MM[-1][1])
    defaults = ET.Element("defaults")
    scaling = ET.SubElement(defaults, "scaling")
    ET.SubElement(scaling, "millimeters").text = f"{size:g}"
    ET.SubElement(scaling, "tenths").text = "40"
    layout = ET.SubElement(defaults, "page-layout")
    for name, millimetres in (("page-height", 297), ("page-width", 210)):
        ET.SubElement(layout, name).text = f"{millimetres * 40 / size:.2f}"
    margins = ET.SubElement(layout, "page-margins", type="both")
    for side in ("left", "right", "top", "bottom"):
        ET.SubElement(margins, f"{side}-margin").text = f"{_MARGIN_MM * 40 / size:.2f}"
    return defaults


def printable(text: str) -> str:
    r"""A text without the characters that XML cannot hold.

    >>> printable("a\x00b")
    'ab'
    """
    kept = (c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return "".join(c for c in kept if c not in "\ufffe\uffff")


def _drum_keys(score: Score, index: int) -> Sequence[int]:
    return sorted({note.pitch.midi for note in score.parts[index].notes})


def _score_part(listing: ET.Element, part: PaperPart, number: int, keys: Sequence[int]) -> None:
    """The entry of a part: its name, its instruments, and how MIDI plays them."""
    entry = ET.SubElement(listing, "score-part", id=f"P{number}")
    ET.SubElement(entry, "part-name").text = printable(part.name)
    drums = part.instrument.is_drums
    names: Mapping[str, str] = {f"P{number}-I1": printable(part.name)}
    if drums and keys:
        names = {f"P{number}-I{key + 1}": drum(key).name for key in keys}
    for identifier, name in names.items():
        instrument = ET.SubElement(entry, "score-instrument", id=identifier)
        ET.SubElement(instrument, "instrument-name").text = name
    channel = _DRUM_CHANNEL if drums else _CHANNELS[(number - 1) % len(_CHANNELS)]
    for identifier, key in zip(names, keys if drums and keys else [None], strict=True):
        midi = ET.SubElement(entry, "midi-instrument", id=identifier)
        ET.SubElement(midi, "midi-channel").text = str(channel)
        ET.SubElement(midi, "midi-program").text = str(part.instrument.program + 1)
        if key is not None:
            ET.SubElement(midi, "midi-unpitched").text = str(key + 1)

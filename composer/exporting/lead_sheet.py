"""A lead sheet: the tune on one staff, with chord symbols and lyrics, as MusicXML, SVG and PDF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from composer.exporting.musicxml import musicxml
from composer.exporting.svg_pdf import pdf_of_pages
from composer.music.plan import PartPlan
from composer.music.score import Note, Part, Score
from composer.theory.instruments import Instrument

_FONT = "Leipzig"
_ROLES = ("melody", "counter", "figure")
# Tenths of a millimetre; a fixed seed makes verovio's identifiers the same each time.
_PAGE: dict[str, object] = {
    "pageWidth": 2100,
    "pageHeight": 2970,
    "pageMarginLeft": 120,
    "pageMarginRight": 120,
    "pageMarginTop": 120,
    "pageMarginBottom": 120,
    "scale": 45,
    "breaks": "auto",
    "header": "auto",
    "footer": "none",
    "font": _FONT,
    "lyricSize": 4.5,
    "spacingSystem": 6,
    "bottomMarginHeader": 8.0,
    "xmlIdSeed": 1,
}
# Whose staff bears the chords where no part has a tune.
_PIANO = Instrument("piano", 0, 48, 84, "keys", False, 10, ("melody",))
_NOBODY = PartPlan("Chords", "melody", _PIANO, False, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """A lead sheet in its three forms.

    Args:
        musicxml: As MusicXML, which ``--lead-sheet`` reads back.
        pages: As SVG, a page each.
        pdf: As PDF.
    """

    musicxml: bytes
    pages: tuple[str, ...]
    pdf: bytes


def lead_sheet(score: Score, swing: float = 0.5) -> LeadSheet:
    """Set a piece as a lead sheet.

    Args:
        score: The piece.
        swing: Place of the off-beat, 0.5 (straight) to 0.75.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    written = musicxml(tune_score(score), swing, concert_pitch=True)
    toolkit = verovio.toolkit()
    toolkit.setOptions(_PAGE)
    if not toolkit.loadData(_drawn(written)):
        raise ValueError("verovio does not read what is written")
    pages = tuple(toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1))
    glyphs = Path(toolkit.getResourcePath()) / _FONT
    return LeadSheet(written, pages, pdf_of_pages(pages, glyphs, score.title))


def _drawn(written: bytes) -> str:
    """MusicXML for verovio, which writes degrees of chords beside the text that names them."""
    from defusedxml.ElementTree import fromstring

    root: ET.Element = fromstring(written)
    for harmony in root.iter("harmony"):
        for degree in harmony.findall("degree"):
            harmony.remove(degree)
    return ET.tostring(root, encoding="unicode")


def tune_score(score: Score) -> Score:
    """The piece as its tune alone, one voice: bar by bar that of the part that leads there.

    Parts lead in the order of the arrangement. Where nobody has the tune, an answering part has it.
    Of notes struck together the highest is kept, and no note lasts into the next.
    """
    leading = [p for role in _ROLES for p in score.parts if p.plan.role == role]
    bar = score.meter.bar_quarters
    notes: list[Note] = []
    taken: set[int] = set()
    for part in leading if any(p.plan.role == "melody" for p in leading) else leading[:1]:
        if part.plan.role != "melody" and notes:
            break
        free = [n for n in part.notes if int(n.onset_quarters // bar) not in taken]
        notes += free
        taken |= {int(n.onset_quarters // bar) for n in free}
    plan = leading[0].plan if leading else _NOBODY
    return replace(score, parts=(Part(plan, _one_voice(notes)),))


def _one_voice(notes: list[Note]) -> tuple[Note, ...]:
    kept: list[Note] = []
    for note in sorted(notes, key=lambda n: (n.onset_quarters, -n.pitch.midi)):
        if kept and kept[-1].onset_quarters == note.onset_quarters:
            continue
        if kept and kept[-1].end_quarters > note.onset_quarters:
            length = note.onset_quarters - kept[-1].onset_quarters
            kept[-1] = replace(kept[-1], duration_quarters=length)
        kept.append(note)
    return tuple(kept)

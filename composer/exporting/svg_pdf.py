"""Pages of music as SVG, as verovio draws them, into one PDF.

General converters lose what makes such a page: musical signs within text come from a font that only
the page has, and Chinese from none. Here signs are drawn as the outlines that verovio keeps of its
font; letters are set in Times, which every viewer has, and what Times lacks in the Chinese font
that PDF viewers bring (STSong-Light, of Adobe-GB1).
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from composer.exporting.svg_paths import path_strokes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_A4_POINTS = (595.2756, 841.8898)
_HREF = "{http://www.w3.org/1999/xlink}href"
_TRANSFORM = re.compile(r"(translate|scale)\(([^)]*)\)")
_BOLD = frozenset({"ending", "fing", "reh", "tempo"})
_ITALIC = frozenset({"dir", "dynam", "mNum"})
_HIDDEN = "placeholder"
_WIDE_FONT = "STSong-Light"
_EM = 1000
_PRIVATE = ("\ue000", "\uf8ff")


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element hands down to those within."""

    bold: bool = False
    italic: bool = False
    musical: bool = False
    size: float = 0.0


@dataclass(slots=True)
class _Run:
    """Text of one look, and where a new line of text begins."""

    text: str
    look: _Look
    place: tuple[float, float, str] | None = None


def pdf_of_pages(pages: Sequence[str], glyphs: Path, title: str = "") -> bytes:
    """Set pages of verovio's SVG as a PDF of A4 pages, the same bytes each time.

    Args:
        pages: The pages.
        glyphs: The folder of the musical font's outlines, one file a sign.
        title: Title, for the document.

    Raises:
        ValueError: If a page is not of the kind that verovio draws.
    """
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(_WIDE_FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=_A4_POINTS, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    for page in pages:
        _Page(canvas, page, glyphs).draw()
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Page:
    def __init__(self, canvas: Any, page: str, glyphs: Path) -> None:
        self._canvas = canvas
        self._root = _parsed(page)
        self._glyphs = glyphs
        self._symbols = {e.get("id", ""): e for e in self._root.iter() if _tag(e) == "g"}

    def draw(self) -> None:
        """Draw the page onto the canvas, whose y axis is turned over."""
        music = next((e for e in self._root.iter() if _tag(e) == "svg" and e.get("viewBox")), None)
        if music is None:
            raise ValueError("the page has no view box")
        width = float(music.get("viewBox", "").split()[2])
        scale = _A4_POINTS[0] / width
        self._canvas.translate(0, _A4_POINTS[1])
        self._canvas.scale(scale, -scale)
        for child in music:
            self._element(child, _Look())

    def _element(self, element: ET.Element, look: _Look) -> None:
        classes = element.get("class", "").split()
        if _HIDDEN in classes:
            return
        look = _styled(look, classes)
        self._canvas.saveState()
        self._transform(element.get("transform", ""))
        draw = getattr(self, f"_{_tag(element)}", None)
        if draw is not None:
            draw(element, look)
        self._canvas.restoreState()

    def _transform(self, text: str) -> None:
        for kind, numbers in _TRANSFORM.findall(text):
            values = [float(n) for n in re.split(r"[\s,]+", numbers.strip())]
            x, y = values[0], values[-1]
            (self._canvas.translate if kind == "translate" else self._canvas.scale)(x, y)

    def _g(self, element: ET.Element, look: _Look) -> None:
        for child in element:
            self._element(child, look)

    def _use(self, element: ET.Element, look: _Look) -> None:
        link = str(element.get(_HREF) or element.get("href") or "")
        symbol = self._symbols.get(link.removeprefix("#"))
        if symbol is not None:
            self._g(symbol, look)

    def _path(self, element: ET.Element, look: _Look) -> None:
        path = self._canvas.beginPath()
        for stroke in path_strokes(element.get("d", "")):
            if stroke.kind == "Z":
                path.close()
            else:
                pen = {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo}[stroke.kind]
                pen(*(number for point in stroke.points for number in point))
        self._ink(element, path)

    def _polygon(self, element: ET.Element, look: _Look) -> None:
        self._corners(element, closed=True)

    def _polyline(self, element: ET.Element, look: _Look) -> None:
        self._corners(element, closed=False)

    def _corners(self, element: ET.Element, *, closed: bool) -> None:
        numbers = [float(n) for n in re.split(r"[\s,]+", element.get("points", "").strip())]
        path = self._canvas.beginPath()
        for index in range(0, len(numbers), 2):
            (path.lineTo if index else path.moveTo)(numbers[index], numbers[index + 1])
        if closed:
            path.close()
        self._ink(element, path)

    def _rect(self, element: ET.Element, look: _Look) -> None:
        x, y, width, height = (float(element.get(n, 0)) for n in ("x", "y", "width", "height"))
        path = self._canvas.beginPath()
        path.rect(x, y, width, height)
        self._ink(element, path)

    def _ellipse(self, element: ET.Element, look: _Look) -> None:
        x, y, wide, high = (float(element.get(n, 0)) for n in ("cx", "cy", "rx", "ry"))
        path = self._canvas.beginPath()
        path.ellipse(x - wide, y - high, 2 * wide, 2 * high)
        self._ink(element, path)

    def _ink(self, element: ET.Element, path: Any) -> None:
        """Fill what is filled, and stroke what has a width."""
        fill = element.get("fill") != "none" and float(element.get("fill-opacity", 1)) > 0
        width = float(element.get("stroke-width", 0))
        if width:
            self._canvas.setLineWidth(width)
            round_ends = element.get("stroke-linecap") == "round"
            self._canvas.setLineCap(int(round_ends))
            self._canvas.setLineJoin(int(element.get("stroke-linejoin") == "round"))
        self._canvas.drawPath(path, stroke=int(width > 0), fill=int(fill), fillMode=1)

    def _text(self, element: ET.Element, look: _Look) -> None:
        """Set the lines of a text, each from its place by its anchor."""
        lines: list[list[_Run]] = []
        for run in _runs(element, look):
            if run.place is not None or not lines:
                lines.append([])
            lines[-1].append(run)
        for line in lines:
            self._line(line)

    def _line(self, line: Sequence[_Run]) -> None:
        x, y, anchor = line[0].place or (0.0, 0.0, "start")
        pieces = [piece for run in line for piece in _pieces(run)]
        widths = [self._width(text, font, size) for text, font, size in pieces]
        x -= sum(widths) * {"middle": 0.5, "end": 1.0}.get(anchor, 0.0)
        for (text, font, size), width in zip(pieces, widths, strict=True):
            self._canvas.saveState()
            self._canvas.translate(x, y)
            if font:
                self._canvas.scale(1, -1)
                self._canvas.setFont(font, size)
                self._canvas.drawString(0, 0, text)
            else:
                self._signs(text, size)
            self._canvas.restoreState()
            x += width

    def _signs(self, text: str, size: float) -> None:
        """Draw signs of the musical font as outlines."""
        self._canvas.scale(size / _EM, size / _EM)
        for sign in text:
            outline, advance = self._sign(sign)
            if outline is not None:
                self._element(outline, _Look())
            self._canvas.translate(advance, 0)

    def _sign(self, sign: str) -> tuple[ET.Element | None, float]:
        """The outline of a sign and how far it moves the pen, in thousandths of its size."""
        file = self._glyphs / f"{ord(sign):04X}.xml"
        if not file.is_file():
            return None, _EM / 4
        outline = _parsed(file.read_text(encoding="utf-8"))
        reached = [p[0] for e in outline.iter() if _tag(e) == "path" for p in _places(e)]
        return outline, max(reached, default=0.0) * 1.05

    def _width(self, text: str, font: str, size: float) -> float:
        if font:
            return float(self._canvas.stringWidth(text, font, size))
        return sum(self._sign(sign)[1] for sign in text) * size / _EM


def _parsed(text: str) -> ET.Element:
    from defusedxml.ElementTree import fromstring

    root: ET.Element = fromstring(text)
    return root


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _places(element: ET.Element) -> Iterator[tuple[float, float]]:
    for stroke in path_strokes(element.get("d", "")):
        yield from stroke.points


def _styled(look: _Look, classes: Sequence[str]) -> _Look:
    """The look of what has these classes, as the style sheet of the page has it."""
    if "label" in classes:
        return replace(look, bold=False)
    bold = look.bold or not _BOLD.isdisjoint(classes)
    return replace(look, bold=bold, italic=look.italic or not _ITALIC.isdisjoint(classes))


def _runs(element: ET.Element, look: _Look) -> Iterator[_Run]:
    """The text of an element and of those within, run by run."""
    own = element.get("font-size")
    size = float(own.removesuffix("px")) if own else 0.0
    look = replace(look, size=size or look.size)
    look = replace(look, musical=look.musical or element.get("font-family") == "Leipzig")
    look = replace(look, italic=look.italic or element.get("font-style") == "italic")
    look = replace(look, bold=look.bold or element.get("font-weight") == "bold")
    place = None
    if "x" in element.attrib or "y" in element.attrib:
        place = float(element.get("x", 0)), float(element.get("y", 0)), _anchor(element)
    text = element.text or ""
    found = [_Run(text.strip("\n"), look)] if text.strip() else []
    for child in element:
        if _tag(child) == "tspan":
            found += _runs(child, look)
    if found and place is not None and found[0].place is None:
        found[0].place = place
    yield from found


def _anchor(element: ET.Element) -> str:
    return element.get("text-anchor", "start")


def _pieces(run: _Run) -> Iterator[tuple[str, str, float]]:
    """A run cut by font: text, name of the font (empty for the musical one), size."""
    weight = {(1, 0): "-Bold", (0, 1): "-Italic", (1, 1): "-BoldItalic"}
    times = "Times" + weight.get((int(run.look.bold), int(run.look.italic)), "-Roman")
    piece, font = "", ""
    for sign in run.text:
        own = _font_of(sign, times, musical=run.look.musical)
        if piece and own != font:
            yield piece, font, run.look.size
            piece = ""
        piece, font = piece + sign, own
    if piece:
        yield piece, font, run.look.size


def _font_of(sign: str, times: str, *, musical: bool) -> str:
    if musical or _PRIVATE[0] <= sign <= _PRIVATE[1]:
        return ""
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return _WIDE_FONT
    return times

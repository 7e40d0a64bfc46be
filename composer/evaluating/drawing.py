"""From a matplotlib figure to an SVG that stands in a page and takes on its colours."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

# Colours that no picture has otherwise: the page's own colours take their places, so that one
# picture fits a light and a dark page.
INK = "#010203"
FAINT = "#040506"
OURS = "#070809"
REAL = "#0a0b0c"
_VARIABLES = {INK: "--ink", FAINT: "--faint", OURS: "--ours", REAL: "--real"}

_TEXT_SIZE = 8.5


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is set into a page.

    Args:
        svg: An ``<svg>`` element; its colours are the page's variables ``--ink``, ``--faint``,
            ``--ours`` and ``--real``. All text in it is escaped.
        alt: What is to be seen, for those who do not see it.
    """

    svg: str
    alt: str


def new_figure(width: float, height: float, box: tuple[float, float, float, float]) -> Any:
    """A figure of one set of axes without a frame; no global state is touched.

    Args:
        width: In inches.
        height: In inches.
        box: Left, bottom, width and height of the axes, as shares of the figure.

    Returns:
        The figure and its axes.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    figure.patch.set_visible(False)
    axes = figure.add_axes(box)
    axes.patch.set_visible(False)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=FAINT, linewidth=0.7)
    axes.tick_params(length=0, labelsize=_TEXT_SIZE, colors=INK, pad=3)
    return figure, axes


def as_picture(figure: Any, alt: str, *, dots_per_inch: int = 100) -> Picture:
    """Draw a figure.

    Args:
        figure: A matplotlib figure.
        alt: What is to be seen.
        dots_per_inch: Of what is rastered within it.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "composer"}):
        figure.savefig(buffer, format="svg", dpi=dots_per_inch, metadata=_NO_METADATA)
    return Picture(_slimmed(buffer.getvalue()), alt)


_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def _slimmed(svg: str) -> str:
    """Without what a page does not need: prologue, style sheet, names, and digits beyond 0.01."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', "", svg, count=1)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)
    svg = re.sub(r"font: (?:\d+ )?([\d.]+px)[^;\"]*", r"font-size: \1", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return re.sub(r"\s*\n\s*", " ", svg).strip()

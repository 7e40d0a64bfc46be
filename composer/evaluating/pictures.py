"""The pictures of the report: distributions, distances, tests, self-similarity, piano rolls.

Ours is orange and real music blue (Okabe & Ito's colours, which those who do not see red or green
tell apart as well); in a piano roll the colour is the role.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from composer.evaluating.drawing import FAINT, INK, OURS, REAL, Picture, as_picture, new_figure
from composer.evaluating.results import Comparison, Metric, Yardstick
from composer.evaluating.roles import roles
from composer.evaluating.windows import Window
from composer.evaluating.words import number, printable, worst
from composer.music.song import Floats

ROLE_COLOURS = {"melody": "#e69f00", "harmony": "#56b4e9", "bass": "#009e73", "drums": "#8a8f98"}
"""Colour of each role in a piano roll."""

_MOST_BINS = 24
_FEW_VALUES = 12
_SHOWN = (0.005, 0.995)
_BARS_SHOWN = 8


def histogram(metric: Metric, ours: Floats, real: Floats) -> Picture:
    """Two distributions over one set of bins, and their medians.

    Args:
        metric: What was measured.
        ours: Finite values, at least one.
        real: Finite values, at least one.

    The outermost half per cent on each side is drawn in the first and the last bin.
    """
    figure, axes = new_figure(3.3, 1.25, (0.04, 0.3, 0.92, 0.68))
    edges = bin_edges(ours, real)
    for values, colour, style in (
        (real, REAL, {"fill": True, "alpha": 0.35, "linewidth": 0}),
        (ours, OURS, {"fill": False, "linewidth": 1.6}),
    ):
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
        axes.stairs(
            counts / len(values) / np.diff(edges), edges, color=colour, clip_on=False, **style
        )
        axes.plot(
            [np.clip(np.median(values), edges[0], edges[-1])] * 2,
            [0, -0.07],
            color=colour,
            linewidth=2.4,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
        )
    axes.set_xlim(edges[0], edges[-1])
    axes.yaxis.set_visible(False)
    axes.set_ylim(0, max(axes.get_ylim()[1], 1e-9))
    axes.locator_params(axis="x", nbins=5)
    axes.tick_params(pad=6)
    axes.set_xlabel(metric.unit, fontsize=8.5, color=INK, labelpad=1, parse_math=False)
    alt = (
        f"Histogram of {metric.title}: median {number(float(np.median(ours)))} in ours, "
        f"{number(float(np.median(real)))} in real music"
    )
    return as_picture(figure, alt)


def bin_edges(ours: Floats, real: Floats) -> Floats:
    """Edges of the bins that two sets of values share, ``[bins + 1]``.

    Where there are few different values each has a bin of its own, if they lie evenly.

    >>> bin_edges(np.array([1.0, 2.0]), np.array([2.0, 4.0])).tolist()
    [0.5, 1.5, 2.5, 3.5, 4.5]
    """
    together = np.concatenate((ours, real))
    low = min(float(np.quantile(side, _SHOWN[0], method="inverted_cdf")) for side in (ours, real))
    high = max(float(np.quantile(side, _SHOWN[1], method="inverted_cdf")) for side in (ours, real))
    if high - low <= 1e-9 * max(abs(high), 1.0):
        return np.array([low - 0.5, low + 0.5])
    distinct = np.unique(together[(together >= low) & (together <= high)])
    if len(distinct) <= _FEW_VALUES and len(distinct) > 1:
        step = float(np.diff(distinct).min())
        bins = (distinct[-1] - distinct[0]) / step
        if bins <= _MOST_BINS and math.isclose(bins, round(bins), abs_tol=0.01):
            return np.asarray(distinct[0] + (np.arange(round(bins) + 2) - 0.5) * step)
    return np.linspace(low, high, _MOST_BINS + 1)


def distance_chart(comparison: Comparison, titles: dict[str, str], most: int = 15) -> Picture:
    """The most distant metrics as bars, and on each what chance alone would give.

    Args:
        comparison: What was found.
        titles: Metrics' names in words.
        most: How many are drawn.
    """
    found = worst(comparison, most)
    height = 0.5 + 0.25 * max(len(found), 1)
    figure, axes = new_figure(7.6, height, (0.52, 0.42 / height, 0.4, 1 - 0.45 / height))
    axes.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.4)
    axes.set_axisbelow(True)
    for place, one in enumerate(found):
        axes.barh(place, one.distance, height=0.62, color=OURS, alpha=0.85)
        axes.plot([one.chance] * 2, [place - 0.31, place + 0.31], color=INK, linewidth=1.6)
        axes.text(
            one.distance, place, f" {number(one.distance)}", va="center", fontsize=8.5, color=INK
        )
    labels = [titles.get(one.metric, one.metric) for one in found]
    axes.set_yticks(range(len(found)), labels, parse_math=False)
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_xlim(0, max([one.distance for one in found], default=1.0) * 1.02 or 1.0)
    axes.set_xlabel("distance, in standard deviations of real music", fontsize=8.5, color=INK)
    listed = "; ".join(
        f"{label} {number(one.distance)}" for label, one in zip(labels, found, strict=True)
    )
    return as_picture(figure, f"The most distant metrics: {listed}")


def auc_chart(comparison: Comparison, yardsticks: Sequence[Yardstick] = ()) -> Picture:
    """The two-sample tests with their intervals, between 0.5 and 1.

    Args:
        comparison: What was found.
        yardsticks: What the boosting finds between two kinds of real music.
    """
    rows: list[tuple[str, float, float, float, str]] = [
        (f"{test.features}, {test.model}", test.auc, test.low, test.high, OURS)
        for test in sorted(comparison.tests, key=lambda test: test.features != "notes only")
    ]
    rows += [
        (_shortened(f"real: {printable(one.between)}", 56), one.auc, one.auc, one.auc, REAL)
        for one in yardsticks
    ]
    height = 0.55 + 0.27 * max(len(rows), 1)
    figure, axes = new_figure(7.6, height, (0.46, 0.45 / height, 0.5, 1 - 0.5 / height))
    axes.axvline(0.5, color=INK, linewidth=1, linestyle=(0, (3, 2)))
    axes.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.4)
    for place, (_, auc, low, high, colour) in enumerate(rows):
        axes.plot([low, high], [place, place], color=colour, linewidth=2.2, alpha=0.55)
        axes.scatter([auc], [place], s=38, color=colour, zorder=3, clip_on=False)
    lowest = min([row[2] for row in rows], default=0.5)
    axes.set_xlim(min(0.45, math.floor(lowest * 20) / 20), 1.0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows], parse_math=False)
    axes.set_xlabel("AUC: 0.5 cannot be told apart, 1 always can", fontsize=8.5, color=INK)
    listed = "; ".join(f"{row[0]} {row[1]:.2f}" for row in rows)
    return as_picture(figure, f"AUC of the two-sample tests: {listed}")


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def similarity_picture(similarity: Floats, bars: int) -> Picture:
    """How alike each two moments of a window are: dark where not, bright where alike.

    Args:
        similarity: ``[frames, frames]``, 0 to 1.
        bars: How many bars the frames span.
    """
    figure, axes = new_figure(2.3, 2.3, (0.12, 0.12, 0.83, 0.83))
    axes.imshow(
        similarity,
        cmap="cividis",
        vmin=0,
        vmax=1,
        extent=(0, bars, bars, 0),
        interpolation="nearest",
    )
    ticks = range(0, bars + 1, _BARS_SHOWN)
    axes.set(xticks=ticks, yticks=ticks)
    axes.spines["bottom"].set_visible(False)
    return as_picture(
        figure, f"Self-similarity of {bars} bars, mean {number(float(similarity.mean()))}"
    )


def piano_roll(window: Window) -> Picture:
    """All notes of a window, coloured by the role that their part is heard in.

    Args:
        window: What is drawn; drums are ticks below the pitches, a row a key of the kit.
    """
    from matplotlib.collections import PolyCollection

    figure, axes = new_figure(8.2, 2.3, (0.06, 0.12, 0.92, 0.86))
    length = window.bar_quarters
    pitched = [part for part in window.parts if not part.is_drums]
    low = min((int(part.pitch.min()) for part in pitched), default=60) - 1
    high = max((int(part.pitch.max()) for part in pitched), default=72) + 1
    keys = np.unique(np.concatenate([[0], *(part.pitch for part in window.drums)]))[1:]
    step = (high - low) / 48
    for part, role in sorted(
        zip(window.parts, roles(window), strict=True), key=lambda p: _LAYERS.index(p[1])
    ):
        start = part.onset_quarters / length
        end = start + part.duration_quarters / length
        base = part.pitch - 0.45
        tall = 0.9
        if part.is_drums:
            base, tall = low - 2.5 * step - 2 * step * np.searchsorted(keys, part.pitch), 1.3 * step
            end = start + 0.09
        corners = [(start, base), (start, base + tall), (end, base + tall), (end, base)]
        boxes: Any = np.stack(
            [np.stack(np.broadcast_arrays(x, y), axis=-1) for x, y in corners], axis=1
        )
        axes.add_collection(
            PolyCollection(
                boxes, facecolors=ROLE_COLOURS[role], alpha=0.9, linewidths=0, rasterized=True
            )
        )
    bottom = low - (2 + 2 * len(keys)) * step
    _rule(axes, window, (bottom, low, high))
    heard = ", ".join(dict.fromkeys(roles(window)))
    notes = sum(len(part) for part in window.parts)
    return as_picture(
        figure, f"Piano roll of {window.bars} bars: {notes} notes; {heard}", dots_per_inch=130
    )


_LAYERS = ("drums", "harmony", "bass", "melody")


def _rule(axes: Any, window: Window, heights: tuple[float, float, float]) -> None:
    """Bar lines, octave lines and their labels.

    Args:
        axes: Where they are drawn.
        window: What is drawn.
        heights: Bottom of the drums, top of the drums and bottom of the pitches, top.
    """
    bottom, low, high = heights
    axes.set(xlim=(0, window.bars), ylim=(bottom, high))
    ticks = list(range(0, window.bars + 1, 4))
    axes.set_xticks(ticks, [str(window.first_bar + bar) for bar in ticks])
    octaves: list[float] = [pitch for pitch in range(0, 128, 12) if low < pitch < high]
    labels = [f"C{pitch // 12 - 1:.0f}" for pitch in octaves]
    axes.set_yticks(octaves, labels)
    if window.drums:
        axes.text(
            -0.15, (bottom + low) / 2, "drums", ha="right", va="center", fontsize=8.5, color=INK
        )
    axes.grid(color=FAINT, linewidth=0.5, alpha=0.4)
    axes.set_axisbelow(True)

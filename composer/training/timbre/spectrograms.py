"""Spectrograms of a few instruments side by side: dry, refined, real."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from composer.evaluating.extra import require
from composer.refining.spectra import BANDS, N_FFT, SAMPLE_RATE, Floats, mel_filters
from composer.training.timbre.judging.distances import mel_magnitudes
from composer.training.timbre.listening_page import SIDES, TITLES

_RANGE_DB = 80.0
_TICKS_HZ = (500, 1000, 2000, 4000, 8000, 16_000)
_DOTS_PER_INCH = 100
_MAP, _COLOURS, _GREYS = "magma", 112, 16
_INK, _FAINT = "#24262b", "#5b5f68"


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """An instrument's row.

    Args:
        name: What it is called.
        sides: float32 ``[frames]`` each, by `SIDES`.
    """

    name: str
    sides: Mapping[str, Floats]


def draw_spectrograms(rows: Sequence[Sounds]) -> bytes:
    """Draw rows of three spectrograms on mel scales, one range of levels a row.

    Args:
        rows: At least one.

    Returns:
        A PNG file; the same sounds give the same picture.

    Raises:
        EvaluationError: If the extra ``[evaluate]`` is not installed.
    """
    require()
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.4, 0.75 + 2.25 * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), len(SIDES), squeeze=False, sharey=True)
    for row, axes in zip(rows, panels, strict=True):
        levels = {side: _levels_db(sound) for side, sound in row.sides.items()}
        loudest = max(float(level.max()) for level in levels.values())
        for side, panel in zip(SIDES, axes, strict=True):
            _draw(panel, levels[side] - loudest, len(row.sides[side]) / SAMPLE_RATE)
        axes[0].set_ylabel(f"{row.name}\n\nkHz", color=_INK)
    for side, panel in zip(SIDES, panels[0], strict=True):
        panel.set_title(TITLES[side], color=_INK, fontsize=11)
    for panel in panels[-1]:
        panel.set_xlabel("seconds", color=_FAINT, fontsize=9)
    scale = ScalarMappable(Normalize(-_RANGE_DB, 0), _MAP)
    bar = figure.colorbar(scale, ax=panels.ravel().tolist(), fraction=0.025, pad=0.01)
    bar.set_label("dB below the row's loudest", color=_FAINT, fontsize=9)
    bar.ax.tick_params(labelsize=8, colors=_FAINT)
    bar.outline.set_visible(False)
    return _png(figure)


def _draw(panel: Any, levels_db: Floats, seconds: float) -> None:
    panel.imshow(
        levels_db.T,
        origin="lower",
        aspect="auto",
        cmap=_MAP,
        vmin=-_RANGE_DB,
        vmax=0,
        extent=(0, seconds, 0, BANDS),
        interpolation="antialiased",
    )
    centres = mel_filters().argmax(axis=0) * (SAMPLE_RATE / N_FFT)
    panel.set_yticks(
        [float(np.interp(hertz, centres, np.arange(BANDS) + 0.5)) for hertz in _TICKS_HZ],
        [f"{hertz / 1000:g}" for hertz in _TICKS_HZ],
    )
    panel.tick_params(labelsize=8, colors=_FAINT, length=2)
    for spine in panel.spines.values():
        spine.set_visible(False)


def _levels_db(sound: Floats) -> Floats:
    """Level of each mel band over time, ``[T, BANDS]``."""
    levels: Floats = 20 * np.log10(np.maximum(mel_magnitudes(sound), 1e-9))
    return levels


def _png(figure: Any) -> bytes:
    """The figure in the colours of the map and some greys, which makes a small file."""
    from matplotlib import colormaps
    from PIL import Image

    colours = colormaps[_MAP](np.linspace(0, 1, _COLOURS))[:, :3]
    greys = np.repeat(np.linspace(0, 1, _GREYS)[:, None], 3, axis=1)
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.rint(255 * np.concatenate([colours, greys])).astype(int).ravel().tolist())
    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_DOTS_PER_INCH)
    with Image.open(drawn) as picture:
        few = picture.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    few.save(small, format="PNG", optimize=True)
    return small.getvalue()

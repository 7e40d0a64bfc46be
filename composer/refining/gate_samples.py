"""What the gate measures on samples: silence, clicks, peaks and lag, a stretch at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.loudness import true_peak_db
from composer.music.audio import Audio
from composer.refining.spectra import SAMPLE_RATE, Floats, level_of_powers, stretch_of

CELL = 55
"""Samples of a cell: four of them last 5 ms."""
_FRAME_CELLS = 4
_STRETCH_CELLS = 600
_EDGE_CELLS = 40
"""Cells beside a stretch that are looked at too."""
_EDGE_FRAMES = _EDGE_CELLS // _FRAME_CELLS

SILENCE_DB = -200.0
"""What digital silence is given as."""
_QUIET_DB = -80.0
_THERE_DB, _GONE_DB = -60.0, -40.0
_NEAR_FRAMES = 2  # a frame counts as silent, or not, where as many at each side do

_CLICK_CREST = 20.0
_CLICK_EXCESS = 4.0
_CLICK_LEAST = 1e-3
_CLICK_NEAR, _CLICK_FAR = 1, 6
_FIRST_CELLS = 2

LAG_CELLS = _EDGE_CELLS
_LAG_RISE_CELLS = 4
_HOT = 10 ** (-7 / 20)
_PEAK_STRETCH = 1 << 14
_PEAK_MARGIN = 256

Powers = NDArray[np.float64]


@dataclass(slots=True)
class SampleFigures:
    """What was found; `look` fills it.

    Args:
        finite: Whether all samples of both are numbers.
        silence_db: Loudest 5 ms of the wet sound where the dry one is silent, dBFS.
        gap_frames: How many 5 ms of the dry sound are silence, or nearly, in the wet one.
        clicks: Jumps of the wet sound that the dry one lacks.
        first_click_seconds: Where the first of them is.
        products: Of the rises of both, by lag from -`LAG_CELLS` to `LAG_CELLS`.
        squares: Of the rises of each.
        powers: Mean square of each 5 ms of the dry and the wet sound, a stretch at a time.
    """

    finite: bool = True
    silence_db: float = SILENCE_DB
    gap_frames: int = 0
    clicks: int = 0
    first_click_seconds: float = 0.0
    products: Powers = field(default_factory=lambda: np.zeros(2 * LAG_CELLS + 1))
    squares: Powers = field(default_factory=lambda: np.zeros(2))
    powers: tuple[list[Floats], list[Floats]] = field(default_factory=lambda: ([], []))

    @property
    def level(self) -> float:
        """Level of the dry sound: root mean square of what is within 50 dB of its loudest 5 ms."""
        return level_of_powers(np.concatenate(self.powers[0]))

    @property
    def power_change_db(self) -> float:
        """How much more power the wet sound has; 0 where both are silent."""
        dry, wet = (sum(float(part.sum(dtype=np.float64)) for part in side) for side in self.powers)
        if not dry or not wet:
            return 0.0 if dry == wet else float(np.copysign(-SILENCE_DB, wet - dry))
        return 10 * float(np.log10(wet / dry))

    @property
    def attack_correlation(self) -> float:
        """How alike the levels of both rise, at the best lag; 1 where nothing rises in either."""
        if not self.squares.all():
            return 0.0 if self.squares.any() else 1.0
        return float(self.products.max() / np.sqrt(self.squares.prod()))

    @property
    def lag_seconds(self) -> float:
        """How much later the wet sound rises than the dry one; 0 where nothing rises."""
        sums = self.products
        best = int(sums.argmax())
        if sums[best] <= 0:
            return 0.0
        offset = 0.0
        if 0 < best < len(sums) - 1:
            left, here, right = sums[best - 1 : best + 2]
            curve = left - 2 * here + right
            offset = 0.5 * float(left - right) / float(curve) if curve < 0 else 0.0
        return (best + offset - LAG_CELLS) * CELL / SAMPLE_RATE


def look(dry: Audio, wet: Audio) -> SampleFigures:
    """Measure both; they are of equal length and have as many channels."""
    figures = SampleFigures()
    step = _STRETCH_CELLS * CELL
    size = (_STRETCH_CELLS + 2 * _EDGE_CELLS) * CELL
    for start in range(0, dry.frames, step):
        first = start - _EDGE_CELLS * CELL - 2
        parts = [stretch_of(audio.samples, first, size + 2) for audio in (dry, wet)]
        if not all(np.isfinite(part.sum(dtype=np.float64)) for part in parts):
            figures.finite = False
            return figures
        frames = _frame_powers(figures, parts)
        _silence(figures, _frame_peaks(parts[0]), frames[1])
        _gaps(figures, *frames)
        bends = [_bends(part) for part in parts]
        _clicks(figures, bends, start)
        _rise(figures, [means for _, means in bends])
    return figures


def _frame_powers(figures: SampleFigures, parts: list[Floats]) -> list[Floats]:
    """Mean square of each 5 ms of the loudest channel, dry and wet; edges included."""
    frames = []
    inner = slice(_EDGE_FRAMES, -_EDGE_FRAMES)
    for part, held in zip(parts, figures.powers, strict=True):
        power = _cell_powers(part[:, 2:])
        frame = power.reshape(len(part), -1, _FRAME_CELLS).mean(axis=2)
        held.append(frame.mean(axis=0)[inner])
        frames.append(frame.max(axis=0))
    return frames


def _frame_peaks(part: Floats) -> Floats:
    """Highest sample of each 5 ms of any channel."""
    frames = np.abs(part[:, 2:]).reshape(len(part), -1, _FRAME_CELLS * CELL)
    return np.asarray(frames.max(axis=(0, 2)), np.float32)


def _silence(figures: SampleFigures, dry_peaks: Floats, wet: Floats) -> None:
    """The loudest frame of the wet sound in which no sample of the dry one is heard.

    Up to the very frame before an onset: what sounds there sounds too early.
    """
    heard = wet[dry_peaks < 10 ** (_QUIET_DB / 20)]
    if heard.size:
        loudest = 10 * float(np.log10(max(float(heard.max()), 1e-20)))
        figures.silence_db = max(figures.silence_db, loudest)


def _gaps(figures: SampleFigures, dry: Floats, wet: Floats) -> None:
    """Frames in which the wet sound is all but gone, and the dry one is there all around."""
    there = _around(dry > 10 ** (_THERE_DB / 10))[_EDGE_FRAMES:-_EDGE_FRAMES]
    gone = (wet < dry * 10 ** (_GONE_DB / 10))[_EDGE_FRAMES:-_EDGE_FRAMES]
    figures.gap_frames += int(np.count_nonzero(there & gone))


def _around(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a frame and its `_NEAR_FRAMES` neighbours at each side are found."""
    padded = np.pad(found, _NEAR_FRAMES)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEAR_FRAMES + 1)
    return np.asarray(windows.all(axis=1), np.bool_)


def _cell_powers(part: Floats) -> Floats:
    """Mean square of each channel's cells, ``[channels, cells]``."""
    cells = part.reshape(len(part), -1, CELL)
    return np.einsum("cij,cij->ci", cells, cells) / np.float32(CELL)  # type: ignore[no-any-return]


def _bends(part: Floats) -> tuple[Floats, Floats]:
    """Highest and mean square of the second difference in each cell, ``[channels, cells]``."""
    second = np.diff(part, n=2, axis=1)
    np.square(second, out=second)
    cells = second.reshape(len(part), -1, CELL)
    return cells.max(axis=2), cells.mean(axis=2)


def _clicks(figures: SampleFigures, bends: list[tuple[Floats, Floats]], start: int) -> None:
    """Cells of the wet sound with a bend that stands out from both sides, and not in the dry one.

    What begins with the first samples of all is an onset.
    """
    dry, wet = bends
    crest = _crest(*wet)
    loud = (crest > _CLICK_CREST**2) & (wet[0] > _CLICK_LEAST**2)
    inner = slice(_EDGE_CELLS, _EDGE_CELLS + _STRETCH_CELLS)
    if not loud[:, inner].any():
        return
    bent = loud & (crest > _CLICK_EXCESS**2 * _widest(_crest(*dry)))
    found = np.asarray(bent.any(axis=0))[inner]
    if not start:
        found[:_FIRST_CELLS] = False
    places = np.flatnonzero(found)
    if places.size and not figures.clicks:
        figures.first_click_seconds = (start + int(places[0]) * CELL) / SAMPLE_RATE
    # Neighbouring cells are one click.
    figures.clicks += int(np.count_nonzero(np.diff(places, prepend=-9) > 2))


def _crest(highest: Floats, means: Floats) -> Floats:
    """Highest bend against the louder of what is before and after, ``[channels, cells]``."""
    width = _CLICK_FAR - _CLICK_NEAR
    padded = np.pad(means, ((0, 0), (_CLICK_FAR, _CLICK_FAR)), mode="edge")
    sums = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1).mean(axis=2)
    count = means.shape[1]
    before, after = sums[:, :count], sums[:, -count:]
    return np.asarray(highest / (np.maximum(before, after) + np.float32(1e-12)), np.float32)


def _widest(crest: Floats) -> Floats:
    """The highest of three neighbours."""
    wide = crest.copy()
    np.maximum(wide[:, 1:], crest[:, :-1], out=wide[:, 1:])
    np.maximum(wide[:, :-1], crest[:, 1:], out=wide[:, :-1])
    return wide


def _rise(figures: SampleFigures, bends: list[Floats]) -> None:
    """Add the products of the rises of both at every lag."""
    rises = [_rises(means.mean(axis=0)) for means in bends]
    inner = slice(_EDGE_CELLS, _EDGE_CELLS + _STRETCH_CELLS)
    moved = np.lib.stride_tricks.sliding_window_view(rises[1], _STRETCH_CELLS)
    figures.products += moved @ rises[0][inner]
    figures.squares += [float(np.square(rise[inner]).sum()) for rise in rises]


def _rises(powers: Floats) -> Floats:
    """Rise of the level in 5 ms, in decibels, less its mean."""
    levels = 10 * np.log10(powers + np.float32(1e-10))
    rise = np.zeros_like(levels)
    np.maximum(levels[_LAG_RISE_CELLS:] - levels[:-_LAG_RISE_CELLS], 0, out=rise[_LAG_RISE_CELLS:])
    return np.asarray(rise - rise.mean(), np.float32)


def peak_db(audio: Audio) -> float:
    """True peak in dBTP; the sample peak where that is so low that no more can lie between."""
    highest = SILENCE_DB
    for start in range(0, audio.frames, _PEAK_STRETCH):
        part = audio.samples[:, start : start + _PEAK_STRETCH]
        peak = max(float(part.max(initial=0.0)), -float(part.min(initial=0.0)))
        if peak <= 0:
            continue
        found = 20 * float(np.log10(peak))
        if peak > _HOT:
            size = _PEAK_STRETCH + 2 * _PEAK_MARGIN
            found = true_peak_db(stretch_of(audio.samples, start - _PEAK_MARGIN, size)) or found
        highest = max(highest, found)
    return highest

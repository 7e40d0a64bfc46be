"""How much the pieces of a folder differ from each other."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from composer.evaluating.results import Diversity, Metric, MetricTable
from composer.evaluating.windows import Window
from composer.music.song import Floats

_SLOTS = 4  # in a quarter: sixteenths, so that small delays of a performance make no new bar
_FARTHEST = 5.0
_MOST_PIECES = 1000
_DRAWS = 5
_SEED = 32


def diversity(
    windows: Sequence[Window],
    table: MetricTable,
    real: MetricTable | None,
    briefs: Sequence[str | None],
    catalogue: Sequence[Metric],
) -> Diversity | None:
    """Measure how far the pieces lie from each other, and how many bars they share.

    Args:
        windows: One a piece.
        table: Their metrics, in the same order.
        real: The reference, which sets the scale; without one the folder's own deviations do.
        briefs: Each piece's brief without its seed, as one canonical text; None where unknown.
        catalogue: What the metrics are; distances are on notes only.

    Returns:
        None with fewer than two pieces. NaN stands where there is no reference, or no metric that
        two pieces have in common.
    """
    if len(windows) < 2:
        return None
    names = [
        m.name
        for m in catalogue
        if m.notes_only and m.name in table.metrics and (real is None or m.name in real.metrics)
    ]
    ours = _values(table, names)
    theirs = ours if real is None else _values(real, names)
    ours, theirs = standardised(ours, theirs), standardised(theirs, theirs)
    nearest, real_nearest = _nearest_of_as_many(ours, theirs)
    groups = _groups(briefs)
    bars = [bars_of(window) for window in windows]
    return Diversity(
        spread=_mean_distance([ours]),
        real_spread=math.nan if real is None else _mean_distance([theirs]),
        nearest=nearest,
        real_nearest=math.nan if real is None else real_nearest,
        shared_bars=_shared([bars]),
        between_seeds=_mean_distance([ours[group] for group in groups]) if groups else None,
        seed_groups=len(groups),
        shared_between_seeds=(
            _shared([[bars[index] for index in group] for group in groups]) if groups else None
        ),
    )


def bars_of(window: Window) -> tuple[bytes, ...]:
    """What each bar of the pitched parts sounds like together; empty bars are left out.

    Two bars are the same when the same notes begin on the same sixteenths, one bar moved up or
    down as a whole. Lengths, instruments and doublings do not count.

    >>> from composer import Brief, compose
    >>> from composer.evaluating.windows import opening
    >>> from composer.midi.songs import song_of
    >>> window = opening(song_of(compose(Brief(key="C", bars=4, style="pop")).performance))
    >>> len(bars_of(window))
    4
    """
    if not window.pitched:
        return ()
    length = max(round(window.bar_quarters * _SLOTS), 1)
    onsets = np.concatenate([part.onset_quarters for part in window.pitched])
    pitches = np.concatenate([part.pitch for part in window.pitched])
    slots = np.floor(onsets * _SLOTS + 0.5).astype(np.int64)
    slots = np.minimum(slots, window.bars * length - 1)
    notes = np.unique(slots * 128 + pitches)  # in order of time, then pitch; doublings are one
    bars, starts = np.unique(notes // (128 * length), return_index=True)
    found = []
    for bar, of_bar in zip(bars, np.split(notes, starts[1:]), strict=True):
        onset, pitch = np.divmod(of_bar - bar * length * 128, 128)
        moved = onset * 128 + pitch - pitch.min()
        found.append(length.to_bytes(2, "big") + moved.astype(np.uint32).tobytes())
    return tuple(found)


def standardised(values: Floats, reference: Floats) -> Floats:
    """In standard deviations from the reference's median, at most 5 of them.

    Args:
        values: ``[windows, metrics]``, finite or NaN.
        reference: ``[windows, metrics]``, the same metrics.

    Returns:
        ``[windows, metrics]``; NaN for metrics that the reference has never or always the same.
    """
    scaled = np.full(values.shape, np.nan)
    for index, known in enumerate(reference.T):
        present = known[np.isfinite(known)]
        deviation = float(present.std()) if len(present) else 0.0
        if deviation > 0:
            scaled[:, index] = (values[:, index] - np.median(present)) / deviation
    return np.asarray(np.clip(scaled, -_FARTHEST, _FARTHEST), dtype=np.float64)


def distances(first: Floats, second: Floats) -> Floats:
    """Root mean square difference over the metrics that both have.

    Args:
        first: ``[rows, metrics]``, finite or NaN.
        second: ``[columns, metrics]``.

    Returns:
        ``[rows, columns]``; NaN where two have no metric in common.

    >>> distances(np.array([[0.0, 3.0]]), np.array([[4.0, np.nan], [0.0, 3.0]])).tolist()
    [[4.0, 0.0]]
    """
    has, also_has = np.isfinite(first).astype(float), np.isfinite(second).astype(float)
    a, b = np.nan_to_num(first), np.nan_to_num(second)
    squares = (a**2) @ also_has.T + has @ (b**2).T - 2 * (a @ b.T)
    shared = has @ also_has.T
    mean = np.where(shared > 0, np.maximum(squares, 0.0) / np.maximum(shared, 1.0), np.nan)
    return np.asarray(np.sqrt(mean))


def _values(table: MetricTable, names: Sequence[str]) -> Floats:
    values = table.values[:, [table.metrics.index(name) for name in names]]
    return np.asarray(np.where(np.isfinite(values), values, np.nan), dtype=np.float64)


def _mean(values: Floats) -> float:
    present = values[np.isfinite(values)]
    return float(present.mean()) if len(present) else math.nan


def _few(values: Floats, count: int, generator: np.random.Generator) -> Floats:
    """At most so many rows, drawn without repetition."""
    if len(values) <= count:
        return values
    return values[np.sort(generator.choice(len(values), count, replace=False))]


def _mean_distance(blocks: Sequence[Floats]) -> float:
    """Mean over the pairs within each block, each block counting by its pairs."""
    generator = np.random.default_rng(_SEED)
    pairs = []
    for block in blocks:
        rows = _few(block, _MOST_PIECES, generator)
        pairs.append(distances(rows, rows)[np.triu_indices(len(rows), 1)])
    return _mean(np.concatenate(pairs))


def _nearest_of_as_many(ours: Floats, theirs: Floats) -> tuple[float, float]:
    """Mean distance to the nearest other piece, on both sides in draws of one size.

    The more pieces there are, the nearer lies the nearest: only draws of one size compare.
    """
    generator = np.random.default_rng(_SEED)
    size = min(len(ours), len(theirs), _MOST_PIECES)
    found = [
        [_mean_nearest(_few(side, size, generator)) for _ in range(_DRAWS)]
        for side in (ours, theirs)
    ]
    return float(np.mean(found[0])), float(np.mean(found[1]))


def _mean_nearest(values: Floats) -> float:
    between = distances(values, values)
    np.fill_diagonal(between, np.inf)
    nearest = np.where(np.isnan(between), np.inf, between).min(axis=1, initial=np.inf)
    return _mean(nearest)


def _groups(briefs: Sequence[str | None]) -> list[list[int]]:
    """Pieces of one brief, as row numbers; only groups of two or more."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, brief in enumerate(briefs):
        if brief is not None:
            rows[brief].append(row)
    return [group for group in rows.values() if len(group) > 1]


def _shared(groups: Sequence[Sequence[tuple[bytes, ...]]]) -> float:
    """Mean share of a piece's bars that another piece of its group holds too."""
    shares = []
    for pieces in groups:
        holders = Counter(bar for bars in pieces for bar in set(bars))
        shares += [sum(holders[bar] > 1 for bar in bars) / len(bars) for bars in pieces if bars]
    return float(np.mean(shares)) if shares else math.nan

"""From a dirty file to its longest stretch in one meter, on the beat, with parts that play.

What cannot be mended is dropped, and every reason has a name; what is mended is counted too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.windows import GRID, Window
from composer.music.song import Floats, Integers, MeterSpan, Song, SongPart, part_of

Flags = NDArray[np.bool_]

FEWEST_BARS = 8
FEWEST_PARTS = 2
MOST_PARTS = 16
MOST_BARS = 400

_METERS = {"2/2": (4, 4)}  # written otherwise, heard the same
_KNOWN = ("4/4", "3/4", "2/4", "6/8", "12/8", "9/8", "5/4", "7/8")
_FEWEST_NOTES = 4
_HALF_SLOT = 0.5 / GRID
_EPSILON = 1e-6
_DRUM_WORDS = ("drum", "perc", "kit", "snare", "hihat", "hi-hat", "cymbal", "kick")
_DRUM_KEYS = (27, 87)
_DRUM_SHARE = 0.98
_MOST_DRUM_SOUNDS = 16
_ON_SIXTEENTHS, _ON_TRIPLETS, _ON_EITHER = 0.62, 0.58, 0.80
_LONGEST_NOTE = 4 * 16.0
_FALLBACK_TEMPO = 120.0


class DroppedError(Exception):
    """A file is left out; the message is the reason as it is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """What is left of a file.

    Args:
        window: Its longest stretch in one meter, from the first bar with a note to the last.
        mended: How often each thing was mended.
    """

    window: Window
    mended: Counter[str]


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one meter, in quarters; a meter of None is one that we do not know."""

    meter: MeterSpan | None
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The whole bars of a run between the first note and the last."""

    meter: MeterSpan
    start: float
    bars: int
    skipped: int

    @property
    def quarters(self) -> float:
        """Its length."""
        return self.bars * self.meter.bar_quarters


def clean(song: Song) -> Cleaned:
    """Clean a song.

    Raises:
        DroppedError: If it cannot be used.
    """
    mended: Counter[str] = Counter()
    stretch = _longest_stretch(song, mended)
    meter, start = stretch.meter, stretch.start
    bars = min(stretch.bars, MOST_BARS)
    if bars < FEWEST_BARS:
        raise DroppedError(f"under {FEWEST_BARS} bars")
    if bars < stretch.bars:
        mended[f"files cut off after {MOST_BARS} bars"] = 1
    end = start + bars * meter.bar_quarters
    cut = (part.between(start, end, early=_HALF_SLOT) for part in song.parts)
    parts = _usable_parts(cut, mended)
    if len(parts) < FEWEST_PARTS:
        raise DroppedError("one part only")
    if all(part.is_drums for part in parts):
        raise DroppedError("drums only")
    if not on_the_beat(parts):
        raise DroppedError("the beat is not where the tempo says")
    tempo = _tempo(song, start, end)
    window = Window(
        song.name, "middle", 1, bars, meter.numerator, meter.denominator, parts, tempo, bars
    )
    return Cleaned(window, mended)


def on_the_beat(parts: Iterable[SongPart]) -> bool:
    """Whether onsets gather on sixteenths or triplets.

    Where the tempo of the file is not that of the music, onsets lie anywhere: a third of them on
    sixteenths (of twelve slots), half on sixteenths or triplets.
    """
    onsets = np.concatenate([part.onset_quarters for part in parts])
    slots = np.floor(onsets * GRID + 0.5).astype(np.int64) % GRID
    share = np.bincount(slots, minlength=GRID) / len(slots)
    sixteenths = share[[0, 3, 6, 9]].sum()
    triplets = share[[0, 4, 8]].sum()
    either = share[[0, 3, 4, 6, 8, 9]].sum()
    found = sixteenths >= _ON_SIXTEENTHS or triplets >= _ON_TRIPLETS or either >= _ON_EITHER
    return bool(found)


def _longest_stretch(song: Song, mended: Counter[str]) -> _Stretch:
    """The longest stretch of one meter between the first note and the last.

    Raises:
        DroppedError: If there is no bar of a known meter.
    """
    first = min(float(part.onset_quarters[0]) for part in song.parts) + _HALF_SLOT
    last = max(float(part.onset_quarters[-1]) for part in song.parts) + _HALF_SLOT
    runs = _runs(song, last)
    found = [
        _whole_bars(run.meter, run.start, run.end, first, last)
        for run in runs
        if run.meter is not None
    ]
    best = max(found, key=lambda stretch: stretch.quarters, default=None)
    if best is None or best.bars <= 0:
        raise DroppedError("no known meter")
    if best.skipped:
        mended["files whose empty bars at the start were cut off"] = 1
    if len(runs) > 1:
        mended["files whose other meters were cut off"] = 1
    return best


def _runs(song: Song, last: float) -> list[_Run]:
    """The stretches of one meter up to the last note; a signature said again begins none."""
    runs: list[_Run] = []
    ends = [span.onset_quarters for span in song.meters[1:]] + [np.inf]
    for span, end in zip(song.meters, ends, strict=True):
        start = span.onset_quarters
        if min(end, last) <= start:
            continue
        meter = _known_meter(span)
        before = runs[-1] if runs else None
        if before is not None and before.meter is not None and meter is not None:
            bars = (start - before.start) / meter.bar_quarters
            if before.meter.name == meter.name and abs(bars - round(bars)) < _EPSILON:
                runs[-1] = replace(before, end=end)
                continue
        runs.append(_Run(meter, start, end))
    return runs


def _whole_bars(meter: MeterSpan, start: float, end: float, first: float, last: float) -> _Stretch:
    """The whole bars of a run, from the one with the first note to the one with the last."""
    length = meter.bar_quarters
    skipped = max(int((first - start) / length + _EPSILON), 0)
    until = min(end, start + (int((last - start) / length + _EPSILON) + 1) * length)
    start += skipped * length
    return _Stretch(meter, start, int((until - start) / length + _EPSILON), skipped)


def _known_meter(meter: MeterSpan) -> MeterSpan | None:
    name = meter.name
    if name in _METERS:
        return MeterSpan(meter.onset_quarters, *_METERS[name])
    return meter if name in _KNOWN else None


def _usable_parts(parts: Iterable[SongPart], mended: Counter[str]) -> tuple[SongPart, ...]:
    """Parts that play, doublings left out, drums on one part."""
    kept: list[SongPart] = []
    seen: set[bytes] = set()
    for part in _playing(parts, mended):
        slots = _slots(part)
        mark = bytes([part.is_drums]) + np.stack([slots, part.pitch]).tobytes()
        if mark in seen:
            mended["doubled parts left out"] += 1
            continue
        seen.add(mark)
        kept.append(part)
    drums = [part for part in kept if part.is_drums]
    if len(drums) > 1:
        mended["files whose drum tracks were joined"] = 1
        kept = [_joined(drums), *(part for part in kept if not part.is_drums)]
    if len(kept) > MOST_PARTS:
        mended[f"parts beyond {MOST_PARTS} left out"] += len(kept) - MOST_PARTS
        kept = sorted(kept, key=len, reverse=True)[:MOST_PARTS]
    return tuple(kept)


def _playing(parts: Iterable[SongPart], mended: Counter[str]) -> Iterator[SongPart]:
    """Each part mended by itself, without those of hardly any note."""
    for part in parts:
        if not len(part):
            continue
        if len(part) < _FEWEST_NOTES:
            mended["parts of hardly any note left out"] += 1
            continue
        if not part.is_drums and _looks_like_drums(part):
            mended["parts off channel 10 taken for drums"] += 1
            part = replace(part, is_drums=True)
        part = _mended_notes(part, mended)
        if len(part) >= _FEWEST_NOTES:
            yield part


def _mended_notes(part: SongPart, mended: Counter[str]) -> SongPart:
    """The part without notes that cannot be played or written."""
    inside = np.ones(len(part), dtype=np.bool_)
    lengths = np.minimum(part.duration_quarters, _LONGEST_NOTE)
    if part.is_drums:
        inside = (part.pitch >= _DRUM_KEYS[0]) & (part.pitch <= _DRUM_KEYS[1])
        mended["drum strokes outside of General MIDI left out"] += int((~inside).sum())
    else:
        mended["notes that hang shortened"] += int((part.duration_quarters > _LONGEST_NOTE).sum())
    twice = inside & _struck_again(part, lengths)
    mended["notes struck twice at once left out"] += int(twice.sum())
    return _with_notes(part, inside & ~twice, lengths)


def _struck_again(part: SongPart, lengths: Floats) -> Flags:
    """Which notes share slot and pitch with a longer one, or with an earlier one of its length."""
    slots = _slots(part)
    order = np.lexsort((-lengths, part.pitch, slots))
    again = np.zeros(len(part), dtype=np.bool_)
    same = (np.diff(slots[order]) == 0) & (np.diff(part.pitch[order]) == 0)
    again[order[1:]] = same
    return again


def _with_notes(part: SongPart, kept: Flags, lengths: Floats) -> SongPart:
    return part_of(
        part.name,
        part.program,
        part.is_drums,
        part.onset_quarters[kept],
        lengths[kept],
        part.pitch[kept],
        part.velocity[kept],
    )


def _slots(part: SongPart) -> Integers:
    """Onsets on the grid."""
    return np.floor(part.onset_quarters * GRID + 0.5).astype(np.int64)


def _joined(drums: list[SongPart]) -> SongPart:
    """Several drum parts as one."""
    return part_of(
        "drums",
        0,
        True,
        np.concatenate([part.onset_quarters for part in drums]),
        np.concatenate([part.duration_quarters for part in drums]),
        np.concatenate([part.pitch for part in drums]),
        np.concatenate([part.velocity for part in drums]),
    )


def _looks_like_drums(part: SongPart) -> bool:
    """Whether a part off the drum channel is called drums and plays percussion keys."""
    name = part.name.lower()
    if not any(word in name for word in _DRUM_WORDS) or "steel" in name:
        return False
    if part.program != 0:
        return False
    inside = ((part.pitch >= 35) & (part.pitch <= 59)).mean()
    return bool(inside >= _DRUM_SHARE and len(np.unique(part.pitch)) <= _MOST_DRUM_SOUNDS)


def _tempo(song: Song, start: float, end: float) -> float:
    """The tempo that holds longest between two moments, in quarters a minute."""
    changes = [span.onset_quarters for span in song.tempos[1:]] + [np.inf]
    held: dict[float, float] = {}
    for span, until in zip(song.tempos, changes, strict=True):
        length = min(until, end) - max(span.onset_quarters, start)
        if length > 0:
            tempo = round(span.quarters_per_minute, 2)
            held[tempo] = held.get(tempo, 0.0) + length
    return max(held, key=lambda tempo: held[tempo]) if held else _FALLBACK_TEMPO

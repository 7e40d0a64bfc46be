"""A tune out of anyone's notes: one voice, quantised to what a player meant."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from composer.music.song import Floats, Integers, SongPart

Line = list[tuple[Fraction, Fraction, int, int]]
"""Onset and length in quarters, pitch and velocity of each note."""

_BINARY, _TERNARY = 4, 3
_TERNARY_COST = 0.05  # mean deviation in quarters that a triplet must save
_SHORTEST = Fraction(1, 8)
_OVERLAP = 1 / 12  # quarters that a note may reach into the next
_LOW = 15  # semitones under the middle of a line from which on a note accompanies
_LEGATO = 0.3  # a rest shorter than this, in quarters, is how a note was played, not written


def skyline(part: SongPart, swing: float = 0.5) -> Line:
    """The highest line of a part as it would be written.

    A note belongs to it if nothing higher sounds when it begins; what lies far below the line's
    middle is accompaniment. Onsets fall on sixteenths, or on thirds of a quarter where these fit a
    beat better; swung eighths are written straight; a note ends where the next begins, at the
    latest.

    Args:
        part: The notes.
        swing: Where in the quarter its off-beats lie, 0.5 (straight) to 0.75.

    >>> from composer.music.song import part_of
    >>> flute = part_of("", 73, False, [0.02, 0.98, 1.0], [1, 1, 1], [72, 74, 60], [80] * 3)
    >>> [(str(onset), str(length), pitch) for onset, length, pitch, _ in skyline(flute)]
    [('0', '1', 72), ('1', '1', 74)]
    """
    kept = _upper(part)
    if not len(kept):
        return []
    onsets, pitches = part.onset_quarters[kept], part.pitch[kept]
    written = quantised(onsets, swing)
    ends = onsets + part.duration_quarters[kept]
    best: dict[Fraction, tuple[int, int, float]] = {}
    for onset, pitch, velocity, end in zip(
        written, pitches.tolist(), part.velocity[kept].tolist(), ends.tolist(), strict=True
    ):
        if onset not in best or pitch > best[onset][0]:
            best[onset] = (pitch, velocity, end)
    order = sorted(best)
    line: Line = []
    for onset, then in zip(order, [*order[1:], None], strict=True):
        pitch, velocity, end = best[onset]
        length = _written_length(end - float(onset))
        if then is not None and then - onset - length < _LEGATO:
            length = then - onset
        line.append((onset, length, pitch, velocity))
    return line


def quantised(onsets_quarters: Floats, swing: float = 0.5) -> list[Fraction]:
    """Onsets on the grid that fits the beat they lie in: four parts of a quarter, or three.

    Args:
        onsets_quarters: Onsets, ascending.
        swing: Where the off-beats lie; those near it are written on the half.

    >>> [str(onset) for onset in quantised(np.array([0.01, 0.34, 0.66, 1.24]))]
    ['0', '1/3', '2/3', '5/4']
    """
    straight = unswung(onsets_quarters, swing)
    beats = np.floor(straight + 1 / 16).astype(np.int64)
    result: list[Fraction] = []
    for beat in dict.fromkeys(beats.tolist()):
        own = straight[beats == beat]
        parts = _BINARY
        if _error(own, _TERNARY) + _TERNARY_COST < _error(own, _BINARY):
            parts = _TERNARY
        result += [Fraction(int(np.floor(onset * parts + 0.5)), parts) for onset in own]
    return result


def unswung(onsets: Floats, swing: float) -> Floats:
    """Onsets with swung off-beats on the half; the rest of the quarter is stretched alike.

    Args:
        onsets: Onsets in quarters.
        swing: Where in the quarter the off-beats lie, 0.5 (straight) to 0.75.
    """
    if swing <= 0.52:
        return onsets
    beats = np.floor(onsets + 1 / 16)
    place = onsets - beats
    early = place * 0.5 / swing
    late = 0.5 + (place - swing) * 0.5 / (1 - swing)
    straight: Floats = beats + np.where(place < swing, early, late)
    return straight


def _error(onsets: Floats, parts: int) -> float:
    return float(np.abs(onsets * parts - np.round(onsets * parts)).mean() / parts)


def _written_length(played: float) -> Fraction:
    """A length on sixteenths, an eighth of a quarter at least."""
    return max(_SHORTEST, Fraction(max(round(played * 4), 0), 4))


def _upper(part: SongPart) -> Integers:
    """Indices of the notes that nothing higher covers, ascending."""
    order = np.lexsort((-part.pitch, part.onset_quarters))
    kept: list[int] = []
    ends = np.full(129, -1.0)  # when the last note of each pitch has ended
    onsets, pitches = part.onset_quarters.tolist(), part.pitch.tolist()
    lengths = part.duration_quarters.tolist()
    for index in order.tolist():
        onset, pitch = onsets[index], pitches[index]
        if not (ends[pitch + 1 :] > onset + _OVERLAP).any():
            kept.append(index)
        ends[pitch] = max(ends[pitch], onset + lengths[index])
    found = np.array(kept, dtype=np.int64)
    if not len(found):
        return found
    middle = float(np.median(part.pitch[found]))
    found = found[part.pitch[found] >= middle - _LOW]
    result: Integers = np.sort(found)
    return result

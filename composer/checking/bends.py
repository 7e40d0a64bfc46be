"""The bend wheel of a track: it bends all that sounds on its channel, and must come to rest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from composer.music.performance import Track

LOWEST_BEND, HIGHEST_BEND = -8192, 8191


def hanging_bends(track: Track) -> Iterator[tuple[int, str]]:
    """Tick and message where the wheel is left out of the middle at the end.

    Source: MIDI 1.0 Detailed Specification (1996), on Pitch Bend Change: the middle is no bend.
    """
    if track.bends and track.bends[-1].value != 0:
        last = track.bends[-1]
        yield last.ticks, f"the bend wheel is left at {last.value}"


def reckless_bends(track: Track) -> Iterator[tuple[int, str]]:
    """Tick and message where the wheel moves twice at once, or is out of the middle wrongly.

    It is out of the middle wrongly where two notes sound, and where a note begins but for the tick
    at which the wheel itself moves: a scoop starts there.
    """
    bends = track.bends
    ticks = [bend.ticks for bend in bends]
    for before, here in pairwise(bends):
        if before.ticks == here.ticks:
            yield here.ticks, "the bend wheel moves twice at one tick"
    if not bends:
        return
    sounding_until = -1
    for note in track.notes:
        first = bisect_right(ticks, note.onset_ticks) - 1
        if first >= 0 and bends[first].value and bends[first].ticks < note.onset_ticks:
            yield note.onset_ticks, f"{note.pitch} begins while the wheel is bent"
        if note.onset_ticks < sounding_until:
            until = min(sounding_until, note.end_ticks)
            last = bisect_right(ticks, until - 1)
            if any(bend.value for bend in bends[max(0, first) : last]):
                yield note.onset_ticks, f"{note.pitch} is bent while another note sounds"
        sounding_until = max(sounding_until, note.end_ticks)
